import numpy as np
import pytest

from playerid.errors import WeightsError
from playerid.models.detector import Detections
from playerid.models.tracker.motion import ALGORITHMS, CameraMotion, MotionTracker, move_boxes

BLANK = np.zeros((360, 640, 3), np.uint8)


def started(tracker, frames_per_second=10.0):
    tracker.start_segment(frames_per_second)
    return tracker


def detections(*boxes_px, labels=None):
    boxes = np.array(boxes_px, np.float32).reshape(-1, 4)
    names = np.array(labels or ["player"] * len(boxes), np.str_)
    return Detections(boxes, np.full(len(boxes), 0.9, np.float32), names)


def standing(x_px, y_px=100):
    """A person 30 pixels wide and 80 high."""
    return (x_px, y_px, x_px + 30, y_px + 80)


def look_once(tracker, *boxes_px, image=BLANK):
    """Everybody in the first frame of a segment is tracked from there on."""
    assert len(tracker.update(image, detections(*boxes_px))) == len(boxes_px)


def texture(seed=5, height=420, width=1000):
    """A still background with corners to follow."""
    random = np.random.default_rng(seed)
    blocks = random.integers(0, 255, (height // 10, width // 10, 3), np.uint8)
    return np.kron(blocks, np.ones((10, 10, 1), np.uint8))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_two_people_who_walk_apart_keep_their_ids(algorithm):
    tracker = started(MotionTracker(algorithm=algorithm))
    seen = [
        tracker.update(BLANK, detections(standing(300 + 4 * t), standing(200 - 4 * t)))
        for t in range(20)
    ]
    for t, people in list(enumerate(seen))[2:]:  # some algorithms wait for a second look
        by_id = dict(zip(people.track_ids.tolist(), people.boxes_px[:, 0].tolist(), strict=True))
        assert by_id == {1: 300 + 4 * t, 2: 200 - 4 * t}


def test_a_label_that_flickers_does_not_break_a_track():
    tracker = started(MotionTracker())
    look_once(tracker, standing(100))
    labels = ["player", "player-jump-shot", "referee", "player"]
    seen = [tracker.update(BLANK, detections(standing(100), labels=[label])) for label in labels]
    assert [people.track_ids.tolist() for people in seen] == [[1]] * 4
    assert [people.labels.tolist() for people in seen] == [[label] for label in labels]


def test_a_person_missed_for_half_a_second_keeps_the_id_and_has_no_box_meanwhile():
    tracker = started(MotionTracker())
    look_once(tracker, standing(97))
    seen = []
    for t in range(16):
        missed = 5 <= t < 10
        seen.append(
            tracker.update(BLANK, detections() if missed else detections(standing(100 + 3 * t)))
        )
    assert [len(people) for people in seen] == [1] * 5 + [0] * 5 + [1] * 6
    assert {int(i) for people in seen for i in people.track_ids} == {1}


def test_a_person_gone_for_long_comes_back_as_somebody_else():
    tracker = started(MotionTracker(lost_s=1.0))
    look_once(tracker, standing(100))
    tracker.update(BLANK, detections(standing(100)))
    for _ in range(15):
        tracker.update(BLANK, detections())
    # Within a segment a track begins with the second box: the first may be a false one.
    assert len(tracker.update(BLANK, detections(standing(100)))) == 0
    assert tracker.update(BLANK, detections(standing(100))).track_ids.tolist() == [2]


@pytest.mark.parametrize("frames_per_second", [5.0, 10.0, 25.0])
def test_a_lost_person_keeps_the_id_for_as_long_whatever_the_rate(frames_per_second):
    for missing_s, expected in [(0.6, 1), (1.6, 2)]:
        tracker = started(MotionTracker(lost_s=1.0), frames_per_second)
        look_once(tracker, standing(100))
        tracker.update(BLANK, detections(standing(100)))
        for _ in range(round(missing_s * frames_per_second)):
            tracker.update(BLANK, detections())
        tracker.update(BLANK, detections(standing(100)))
        assert tracker.update(BLANK, detections(standing(100))).track_ids.tolist() == [expected]


def test_a_new_segment_forgets_everybody_and_counts_from_one():
    tracker = started(MotionTracker())
    for _ in range(2):
        tracker.update(BLANK, detections(standing(100), standing(300)))
    tracker.start_segment(10.0)
    look_once(tracker, standing(300))
    assert tracker.update(BLANK, detections(standing(300))).track_ids.tolist() == [1]


def test_nobody():
    tracker = started(MotionTracker())
    for _ in range(3):
        assert len(tracker.update(BLANK, Detections.empty())) == 0


@pytest.mark.parametrize(("split_iou", "together"), [(0.6, False), (1.0, True)])
def test_who_stood_in_the_way_of_another_gets_a_new_id_when_they_part(split_iou, together):
    tracker = started(MotionTracker(split_iou=split_iou))
    look_once(tracker, standing(200), standing(260))
    seen = [
        tracker.update(BLANK, detections(standing(200), standing(200 + offset)))
        for offset in [60, 45, 30, 15, 4, 2, 4, 15, 30, 45, 60]
    ]
    first, last = set(seen[0].track_ids.tolist()), set(seen[-1].track_ids.tolist())
    assert first == {1, 2}
    assert (first == last) is together
    assert together or first.isdisjoint(last)


def test_a_quick_pan_does_not_break_tracks():
    # The camera pans 45 pixels a sample, half again the width of a person, to the left and back.
    background = texture()
    shifts = [0, 45, 90, 135, 180, 225, 180, 135, 90, 45, 0]

    def tracked(camera_motion):
        tracker = started(MotionTracker(camera_motion=camera_motion, distinct=0))
        ids = []
        still = np.ascontiguousarray(background[:360, :640])
        look_once(tracker, *(standing(x) for x in (250, 300, 350, 400)), image=still)
        for shift in shifts:
            image = np.ascontiguousarray(background[:360, shift : shift + 640])
            people = detections(*(standing(x - shift) for x in (250, 300, 350, 400)))
            ids.append(tracker.update(image, people).track_ids.tolist())
        return ids

    assert tracked(camera_motion=True) == [[1, 2, 3, 4]] * len(shifts)
    assert tracked(camera_motion=False) != [[1, 2, 3, 4]] * len(shifts)


def test_the_camera_is_followed():
    background, camera = texture(), CameraMotion()
    camera.follow(np.ascontiguousarray(background[:360, :640]))
    step = camera.follow(np.ascontiguousarray(background[12:372, 40:680]))
    assert step == pytest.approx(np.array([[1, 0, -40], [0, 1, -12], [0, 0, 1]]), abs=0.5)


def test_boxes_move_with_shift_and_zoom():
    step = np.array([[2.0, 0, 5], [0, 2.0, 0], [0, 0, 1]])
    assert move_boxes(np.array([[10, 10, 20, 30]]), step).tolist() == [[25, 20, 45, 60]]


def test_people_in_different_shirts_keep_their_ids_through_an_overlap():
    tracker = started(MotionTracker())
    seen = []
    for offset in [60, 60, 45, 30, 15, 4, 2, 4, 15, 30, 45, 60]:
        image = BLANK.copy()
        image[100:180, 200 + offset : 230 + offset] = (30, 60, 220)
        image[100:180, 200:230] = (230, 40, 40)
        people = detections(standing(200), standing(200 + offset))
        seen.append(tracker.update(image, people).track_ids.tolist())
    assert seen[1:] == [[1, 2]] * 11


def test_an_unknown_algorithm_is_refused():
    with pytest.raises(WeightsError, match="deepsort"):
        MotionTracker(algorithm="deepsort")
