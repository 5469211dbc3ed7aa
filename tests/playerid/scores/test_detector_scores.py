import numpy as np
import pytest

from playerid.models.detector import Detections
from playerid.scores.detector_scores import SCORED, score_detections


def boxes(*rows, labels, scores=None):
    count = len(rows)
    return Detections(
        np.array(rows, np.float32).reshape(count, 4),
        np.array(scores if scores is not None else [1.0] * count, np.float32),
        np.array(labels, np.str_),
    )


# Four players 20 px wide and 40 px high, side by side, and one of each other kind.
PLAYERS = [(x, 100, x + 20, 140) for x in (0, 100, 200, 300)]
OTHERS = [(400, 100, 420, 140), (500, 10, 520, 20), (450, 50, 460, 60), (5, 110, 15, 120)]
LABELS = ["player"] * 4 + ["referee", "rim", "ball", "number"]
TRUTH = boxes(*PLAYERS, *OTHERS, labels=LABELS)


def test_what_is_found_exactly_scores_one():
    assert score_detections([TRUTH], [TRUTH]) == dict.fromkeys(SCORED, pytest.approx(1.0))


def test_half_the_players_found_is_half_the_recalls():
    # Recall reaches 0.5 at precision 1: 51 of the 101 recalls 0.00, 0.01 ... 1.00.
    found = boxes(*PLAYERS[:2], labels=["player"] * 2)
    assert score_detections([found], [TRUTH])["ap50_player"] == pytest.approx(51 / 101)


def test_shifted_boxes_score_nothing():
    # 10 of 20 px overlap: 10 * 40 / (30 * 40) = 1/3 of the union.
    found = boxes(*[(x + 10, y, x2 + 10, y2) for x, y, x2, y2 in PLAYERS], labels=["player"] * 4)
    assert score_detections([found], [TRUTH])["ap50_player"] == 0
    assert score_detections([found], [TRUTH], iou=0.3)["ap50_player"] == pytest.approx(1)


def test_a_surer_false_box_costs_precision_and_a_less_sure_one_nothing():
    # One player; the false box comes first: precision at recall 1 is 1 of 2.
    truth = boxes(PLAYERS[0], labels=["player"])
    rows, labels = (PLAYERS[0], (600, 0, 620, 40)), ["player", "player"]
    surer = boxes(*rows, labels=labels, scores=[0.5, 0.9])
    less_sure = boxes(*rows, labels=labels, scores=[0.9, 0.5])
    assert score_detections([surer], [truth])["ap50_player"] == pytest.approx(0.5)
    assert score_detections([less_sure], [truth])["ap50_player"] == pytest.approx(1)


def test_what_a_player_does_makes_no_difference_but_a_referee_is_no_player():
    found = boxes(*PLAYERS[:2], labels=["player-jump-shot", "referee"])
    truth = boxes(*PLAYERS[:2], labels=["player", "player-in-possession"])
    assert score_detections([found], [truth])["ap50_player"] == pytest.approx(51 / 101)


def test_a_box_counts_only_in_its_own_frame():
    one, other = boxes(PLAYERS[0], labels=["player"]), boxes(PLAYERS[1], labels=["player"])
    assert score_detections([one, other], [other, one])["ap50_player"] == 0


def test_nothing_found_scores_zero_and_nothing_there_has_no_score():
    scores = score_detections([Detections.empty()], [boxes(PLAYERS[0], labels=["player"])])
    assert scores["ap50_player"] == 0
    assert np.isnan(scores["ap50_rim"])


def test_what_may_be_left_out_counts_neither_way():
    truth = boxes(PLAYERS[0], PLAYERS[1], labels=["player"] * 2, scores=[1, 0])
    for found in (PLAYERS[:1], PLAYERS[:2]):
        sure = boxes(*found, labels=["player"] * len(found))
        assert score_detections([sure], [truth])["ap50_player"] == pytest.approx(1)
    false = boxes(*PLAYERS[:3], labels=["player"] * 3, scores=[0.8, 0.8, 0.9])
    assert score_detections([false], [truth])["ap50_player"] == pytest.approx(0.5)
    nothing = boxes(*PLAYERS[:2], labels=["player"] * 2, scores=[0, 0])
    assert np.isnan(score_detections([false], [nothing])["ap50_player"])
