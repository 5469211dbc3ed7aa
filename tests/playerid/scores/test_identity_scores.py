import numpy as np
import pytest

from playerid.scores.identity_scores import IdentityRecord


def boxes(*lefts):
    return np.array([[x, 0, x + 10, 10] for x in lefts], np.float32).reshape(-1, 4)


def record(frames):
    """Frames of (place of each true person from 1 on, tracklet -> place)."""
    made = IdentityRecord()
    for places, tracked in frames:
        made.add(
            np.arange(1, len(places) + 1), boxes(*places),
            np.array(list(tracked), int), boxes(*tracked.values()),
        )  # fmt: skip
    return made.scores()


def test_two_who_cross_and_exchange_tracklets():
    """They touch in the second frame of three; in the third each has the other's tracklet."""
    scores = record([([0, 40], {7: 0, 8: 40}), ([0, 8], {7: 0, 8: 8}), ([0, 40], {8: 0, 7: 40})])
    assert (scores.switches, scores.at_crossings, scores.breaks, scores.tracklets) == (2, 2, 2, 2)
    assert scores.precision == scores.coverage == scores.idf1 == pytest.approx(4 / 6)


def test_two_who_never_touch_switch_elsewhere():
    scores = record([([0, 40], {7: 0, 8: 40}), ([0, 40], {8: 0, 7: 40})])
    assert (scores.switches, scores.at_crossings) == (2, 0)


def test_a_cut_is_a_break_and_no_switch():
    scores = record([([0], {7: 0}), ([0], {9: 0})])
    assert (scores.switches, scores.breaks, scores.tracklets) == (0, 1, 2)


def test_boxes_that_match_two_people_stay_with_whose_they_were():
    """Each box is nearer to the other's place, and near enough to its own."""
    scores = record([([0, 3], {7: 0, 8: 3}), ([0, 3], {7: 2, 8: 1})])
    assert (scores.switches, scores.breaks) == (0, 0)


def test_who_is_followed_well():
    scores = record([([0, 40], {7: 0, 8: 40})] * 4)
    assert (scores.hota, scores.idf1) == (pytest.approx(1), 1)
    assert (scores.switches, scores.breaks) == (0, 0)
