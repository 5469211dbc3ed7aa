"""A full-length game's evidence: cost, and that it grows with length and no faster."""

import time

import numpy as np
import pytest

from playerid.identify import gather_evidence, identify, identify_by_rule
from tests.benchmarks.simulated_evidence import Rates, simulate

pytestmark = pytest.mark.slow


def run(segments, method=identify):
    """Processor seconds, tracklets, and share of named time that is right and named."""
    game = simulate(segments, seed=segments, rates=Rates(tracklet_s=40))
    start_s = time.process_time()
    told = (game.tracked_boxes, game.number_readings, game.teams, game.positions, game.team_crops)
    rows = method(gather_evidence(game.game, *told))
    spent_s = time.process_time() - start_s
    names = np.array([name or "" for name in rows["player_id"].to_pylist()])
    lasts_s = rows["end_s"].to_numpy() - rows["start_s"].to_numpy()
    right, named = names == np.array(game.truth), names != ""
    precision = lasts_s[named & right].sum() / lasts_s[named].sum()
    return spent_s, len(rows), precision, lasts_s[named].sum() / lasts_s.sum()


def test_a_full_game_takes_twenty_seconds_at_most():
    spent_s, tracklets, precision, coverage = run(280)
    assert tracklets >= 3500
    assert spent_s <= 20
    assert precision >= 0.99
    assert coverage >= 0.6


def test_cost_grows_about_linearly():
    short_s, few, *_ = run(70)
    long_s, many, *_ = run(280)
    assert long_s / short_s <= 1.5 * many / few


def test_evidence_names_more_than_the_rule_and_is_right_more_often():
    _, _, precision, coverage = run(100)
    _, _, rule_precision, rule_coverage = run(100, identify_by_rule)
    assert coverage > rule_coverage
    assert precision >= rule_precision
