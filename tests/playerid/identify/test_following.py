import numpy as np
import pyarrow as pa
import pytest

from playerid.identify.following import Course, count_meetings, following_probs

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


def met(boxes, readings, number="7"):
    """Meetings of boxes given as (tracklet, frame, left edge); readings as (tracklet, frame)."""
    ids, frames, left = zip(*boxes, strict=True)
    table = pa.table(
        {
            "tracklet_id": pa.array(ids, pa.int32()),
            "frame_index": pa.array(frames, pa.int32()),
            "x_min_px": pa.array(left, pa.float32()),
            "y_min_px": pa.array([0.0] * len(ids), pa.float32()),
            "x_max_px": pa.array([x + 10.0 for x in left], pa.float32()),
            "y_max_px": pa.array([10.0] * len(ids), pa.float32()),
        }
    )
    read = pa.table(
        {
            "tracklet_id": pa.array([r[0] for r in readings], pa.int32()),
            "frame_index": pa.array([r[1] for r in readings], pa.int32()),
            "jersey_number": pa.array([r[2] for r in readings], pa.string()),
            "legible_prob": pa.array([0.9 for _ in readings], pa.float32()),
            "number_prob": pa.array([r[3] if len(r) > 3 else 0.9 for r in readings], pa.float32()),
        }
    )
    worn = pa.table(
        {
            "tracklet_id": pa.array([1, 2], pa.int32()),
            "jersey_number": pa.array([number, None], pa.string()),
        }
    )
    return dict(zip(zip(ids, frames, strict=True), count_meetings(table, read, worn), strict=True))


COURSE = [(1, t, 0) for t in range(7)] + [(2, t, 2 if t in {2, 4} else 50) for t in range(7)]
"""Two people who meet at 2 and at 4."""


def test_meetings_are_counted_from_where_the_number_was_read():
    found = met(COURSE, [(1, 0, "7")])
    assert [found[1, t] for t in range(7)] == [0, 0, 1, 1, 2, 2, 2]
    assert [found[2, t] for t in range(7)] == [0] * 7


def test_the_nearer_reading_counts_before_or_after():
    found = met(COURSE, [(1, 0, "7"), (1, 5, "7")])
    assert [found[1, t] for t in range(7)] == [0, 0, 1, 1, 0, 0, 0]


def test_other_numbers_and_unsure_ones_are_not_counted():
    found = met(COURSE, [(1, 0, "7"), (1, 5, "17"), (1, 5, "7", 0.5), (2, 5, "7")])
    assert [found[1, t] for t in range(7)] == [0, 0, 1, 1, 2, 2, 2]


def test_the_order_of_the_boxes_does_not_matter():
    assert met(COURSE[::-1], [(1, 0, "7")]) == met(COURSE, [(1, 0, "7")])


def test_who_is_never_read_met_nobody():
    assert set(met(COURSE, []).values()) == {0}


@pytest.mark.parametrize(("meetings", "share"), [(0, 1.0), (1, 0.83), (2, 0.83**2), (9, 0.83**2)])
def test_a_meeting_costs_and_two_are_the_most(meetings, share):
    one, zero = np.ones(1, int), np.zeros(1)
    course = Course(one, one, one, zero, np.array([[0, 0, 10, 10.0]]), one * meetings)
    assert following_probs(course) == pytest.approx(said() * share)
