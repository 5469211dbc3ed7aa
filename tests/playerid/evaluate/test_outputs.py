import numpy as np
import pyarrow.parquet as pq
import pytest

from playerid.evaluate import evaluate_game
from playerid.evaluate.outputs import precision_by_coverage, write_evaluation
from playerid.leagues import load_league
from tests.playerid.evaluate.test_game import perfect, published, truth

COURT = load_league("nba").court


def rows(folder, name):
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Game "good" is perfect; in game "bad" p1 and p2 exchange their names after frame 12."""
    other = {"p1": "p2", "p2": "p1", "p3": "p3"}
    swapped = [
        {**row, "player_id": other[row["player_id"]]} if row["frame_index"] > 12 else row
        for row in perfect()
    ]
    games = {
        name: evaluate_game(published(found), truth(), COURT)
        for name, found in (("good", perfect()), ("bad", swapped))
    }
    made = tmp_path_factory.mktemp("evaluation") / "made"
    assert all(path.is_file() for path in write_evaluation(games, made))
    return made


def test_scores_have_a_row_per_game_and_null_where_there_is_nothing_to_score(folder):
    good, bad = rows(folder, "scores")
    assert (good["game_id"], good["identity_precision"], good["switches"]) == ("good", 1, 0)
    assert (bad["game_id"], bad["identity_precision"]) == ("bad", pytest.approx(2 / 3))
    assert good["clock_right"] is None


def test_breakdowns_pool_the_games(folder):
    """10 of 60 names are wrong; the clock was never read."""
    clock = [row for row in rows(folder, "breakdowns") if row["breakdown"] == "clock"]
    assert clock == [
        {"breakdown": "clock", "value": "unknown", "player_frames": 60,
         "precision": pytest.approx(50 / 60), "coverage": 1.0}
    ]  # fmt: skip


def test_switches_tell_game_frames_and_cause(folder):
    told = [
        (
            row["game_id"],
            row["player_id"],
            row["frame_index"],
            row["next_frame_index"],
            row["cause"],
        )
        for row in rows(folder, "switches")
    ]
    assert told == [("bad", "p1", 12, 15, "split"), ("bad", "p2", 12, 15, "split")]


def test_the_reliability_curve_and_the_plots(folder):
    (only,) = rows(folder, "reliability")
    assert only["count"] == 60
    assert (only["confidence"], only["right_share"]) == pytest.approx((0.99, 50 / 60))
    for plot in ("reliability", "precision_coverage"):
        assert "probability" in (folder / "reliability.svg").read_text("utf-8")
        assert (folder / f"{plot}.svg").read_text("utf-8").count("<path") > 2


def test_precision_by_coverage():
    """Of 10 player-frames 4 are named; those of equal probability stand or fall together."""
    probs, right = np.array([0.9, 0.95, 0.9, 0.99]), np.array([False, True, True, True])
    curve = precision_by_coverage(probs, right, 10)
    assert curve.to_pydict() == {
        "least_prob": [0.99, 0.95, 0.9],
        "coverage": [0.1, 0.2, 0.4],
        "precision": [1.0, 1.0, 0.75],
    }


def test_nobody_named_has_an_empty_curve():
    assert len(precision_by_coverage(np.zeros(0), np.zeros(0, bool), 10)) == 0
