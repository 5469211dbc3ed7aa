"""Looks learned from tracklets that were read name those that were not; alone they name nobody."""

from dataclasses import replace

import numpy as np
import pytest

from playerid.identify import Appearance
from playerid.identify.appearance import appearance_logs
from playerid.identify.decision import Belief, player_probs
from playerid.identify.evidence import Looks
from tests.playerid.identify.world import Tracklet, make_evidence, make_game

DARK, FAIR = np.full(9, 20.0), np.full(9, 60.0)
SEGMENTS = 8


def world(unread_look, looks_differ=True):
    """Players 10 and 11 of HOME, read in many segments; one more tracklet that nobody read."""
    rng = np.random.default_rng(0)
    tracklets, rows, values = [], [], []
    for segment in range(SEGMENTS):
        for number in ("10", "11"):
            start_s = 10.0 * segment
            tracklets.append(
                Tracklet(len(tracklets) + 1, start_s, start_s + 4, segment=segment,
                         reads=" ".join([number] * 8))
            )  # fmt: skip
    tracklets.append(Tracklet(99, 10.0 * SEGMENTS, 10.0 * SEGMENTS + 4, segment=SEGMENTS))
    for row, tracklet in enumerate(tracklets):
        look = DARK if tracklet.reads.startswith("10") or not looks_differ else FAIR
        look = unread_look if tracklet.tracklet_id == 99 else look
        rows += [row] * 4
        values += [look + rng.normal(0, 5, 9) for _ in range(4)]
    evidence = make_evidence(make_game("10 11 12 13 14 15", "1 2 3 4 5"), tracklets)
    return replace(evidence, looks=Looks(np.array(rows), np.array(values)))


def column(evidence, player_id):
    return evidence.candidates.player_ids.tolist().index(player_id)


@pytest.mark.parametrize(("look", "his", "other"), [(DARK, "h10", "h11"), (FAIR, "h11", "h10")])
def test_who_looks_like_a_player_that_was_read_is_likelier_him(look, his, other):
    evidence = world(look)
    probs = player_probs(evidence, Belief())[-1]
    without = player_probs(evidence, Belief(appearance=Appearance(rounds=0)))[-1]
    assert probs[column(evidence, his)] > 3 * probs[column(evidence, other)]
    assert probs[column(evidence, his)] > 1.5 * without[column(evidence, his)]


def test_looks_that_all_share_tell_little():
    evidence = world(DARK, looks_differ=False)
    logs = appearance_logs(evidence, player_probs(evidence, Belief()), Appearance())
    ten, eleven = column(evidence, "h10"), column(evidence, "h11")
    assert abs(logs[-1, ten] - logs[-1, eleven]) < 0.8  # looks that differ: 4 and more


def test_a_tracklet_does_not_learn_its_looks_from_itself():
    evidence = world(DARK)
    probs = np.zeros((SEGMENTS * 2 + 1, len(evidence.candidates.player_ids)))
    probs[-1, column(evidence, "h12")] = 1.0  # only the tracklet itself says so
    logs = appearance_logs(evidence, probs, Appearance())
    assert logs[-1, column(evidence, "h12")] == pytest.approx(0, abs=1e-6)


def test_without_crops_nothing_is_believed():
    evidence = replace(world(DARK), looks=Looks(np.zeros(0, np.int64), np.zeros((0, 0))))
    probs = player_probs(evidence, Belief())
    assert not appearance_logs(evidence, probs, Appearance()).any()
