import numpy as np
import pytest

from playerid.identify.following import Course, following_probs

ALONE, PER_OVERLAP, AT_END = 6.4, -7.6, -1.4


def follow(*rows):
    """Probabilities of boxes given as (tracklet, segment, time, left edge), 10 x 10 px each."""
    tracklets, segments, times_s, left = (np.array(column) for column in zip(*rows, strict=True))
    boxes = np.column_stack([left, 0 * left, left + 10, 0 * left + 10]).astype(float)
    frames = np.rint(times_s * 25).astype(int)
    return following_probs(Course(tracklets, segments, frames, times_s.astype(float), boxes))


def said(overlap=0.0, end_s=np.inf):
    return 1 / (1 + np.exp(-ALONE - PER_OVERLAP * overlap - AT_END * np.exp(-end_s)))


def test_an_overlap_tells_on_the_boxes_shortly_before_and_after():
    """Half of two boxes is shared at 1.0 s, an IoU of 50 / 150; both last from cut to cut."""
    times = (0.0, 0.5, 0.7, 1.0, 1.3, 1.5)
    one = [(1, 0, t, 0) for t in times]
    other = [(2, 0, t, 5 if t == 1.0 else 90) for t in times]
    expected = [said(1 / 3 if 0.7 <= t <= 1.3 else 0) for t in times]
    assert follow(*one, *other) == pytest.approx(expected * 2)


def test_a_tracklet_that_is_lost_is_doubted_towards_its_end():
    lasting = [(1, 0, t / 10, 0) for t in range(31)]
    lost = [(2, 0, t / 10, 90) for t in range(11)]
    probs = follow(*lasting, *lost)
    assert probs[:31] == pytest.approx(said())
    assert probs[31:] == pytest.approx([said(end_s=1 - t / 10) for t in range(11)])


def test_a_cut_is_no_end():
    rows = [(1, 0, t / 10, 0) for t in range(11)] + [(2, 1, 1.1 + t / 10, 0) for t in range(11)]
    assert follow(*rows) == pytest.approx(said())


def test_the_overlap_is_with_the_others_of_the_frame():
    assert follow((1, 0, 0, 0), (2, 1, 1, 0)) == pytest.approx(said())


def test_no_boxes_give_no_probabilities():
    none = np.zeros(0, int)
    assert len(following_probs(Course(none, none, none, np.zeros(0), np.zeros((0, 4))))) == 0
