import numpy as np
import pytest

from playerid.models.tracker import TrackedPeople
from playerid.models.tracker.doubts import Cuts


def people(**boxes_px):
    """A frame: a1=x puts the 10 x 10 box of track 1 at x."""
    ids = np.array([int(name[1:]) for name in boxes_px], np.int32)
    boxes = np.array([[x, 0, x + 10, 10] for x in boxes_px.values()], np.float32).reshape(-1, 4)
    return TrackedPeople(
        boxes, ids, np.ones(len(ids), np.float32), np.full(len(ids), "player", np.str_)
    )


def rename_all(cuts, frames):
    return [
        cuts.rename(frame.track_ids, frame.boxes_px).tolist()
        for frame in (people(**frame) for frame in frames)
    ]


def test_a_track_id_stands_once_in_a_frame():
    with pytest.raises(AssertionError, match="twice"):
        TrackedPeople(
            np.zeros((2, 4), np.float32),
            np.array([1, 1], np.int32),
            np.ones(2, np.float32),
            np.array(["player", "player"]),
        )


def test_ids_count_from_one_in_the_order_of_appearance():
    assert rename_all(Cuts(0.6), [{"a7": 0}, {"a7": 0, "a3": 50}]) == [[1], [1, 2]]


def test_tracks_that_met_and_parted_are_cut_and_the_bystander_is_not():
    frames = [
        {"a0": 0, "a1": 20, "a2": 90},
        {"a0": 0, "a1": 1, "a2": 90},  # overlap 9 / 11
        {"a0": 0, "a1": 5, "a2": 90},  # overlap 5 / 15: not yet apart
        {"a0": 0, "a1": 20, "a2": 90},
        {"a0": 0, "a1": 20, "a2": 90},
    ]
    expected = [[1, 2, 3], [1, 2, 3], [1, 2, 3], [4, 5, 3], [4, 5, 3]]
    assert rename_all(Cuts(0.6), frames) == expected


RED, BLUE = (50.0, 60.0, 30.0), (30.0, 20.0, -60.0)


def rename_with_looks(cuts, frames, looks):
    return [
        cuts.rename(frame.track_ids, frame.boxes_px, np.array(look)).tolist()
        for frame, look in zip((people(**frame) for frame in frames), looks, strict=True)
    ]


MEETING = [{"a0": 0, "a1": 20}, {"a0": 0, "a1": 1}, {"a0": 0, "a1": 20}]


def test_people_who_look_different_keep_their_ids_when_they_part():
    looks = [[RED, BLUE]] * 3
    assert rename_with_looks(Cuts(0.6), MEETING, looks) == [[1, 2]] * 3


def test_ids_that_were_swapped_in_an_overlap_are_swapped_back():
    looks = [[RED, BLUE], [RED, BLUE], [BLUE, RED]]
    assert rename_with_looks(Cuts(0.6), MEETING, looks) == [[1, 2], [1, 2], [2, 1]]


def test_people_who_look_alike_get_new_ids_when_they_part():
    looks = [[RED, RED]] * 3
    assert rename_with_looks(Cuts(0.6), MEETING, looks) == [[1, 2], [1, 2], [3, 4]]


def test_looks_and_masks_that_disagree_cut_both():
    looks = [[RED, BLUE], [RED, BLUE], [BLUE, RED]]
    expected = [[1, 2], [1, 2], [3, 4]]
    assert rename_with_looks(Cuts(0.6, judge=lambda pair: 1.0), MEETING, looks) == expected


@pytest.mark.parametrize("said", [0.0, 0.39, -0.39])
def test_who_was_followed_by_masks_and_looks_alike_stays_when_nobody_is_sure(said):
    looks = [[RED, RED]] * 3
    cuts = Cuts(0.6, judge=lambda pair: said)
    assert rename_with_looks(cuts, MEETING, looks) == [[1, 2]] * 3


def test_a_track_that_takes_on_the_looks_of_another_is_cut():
    frames = [{"a0": 0}] * 5
    looks = [[RED], [RED], [BLUE], [BLUE], [BLUE]]
    assert rename_with_looks(Cuts(0.6, patience=2), frames, looks) == [[1], [1], [1], [2], [2]]


def test_looks_that_change_for_one_frame_do_not_cut():
    looks = [[RED], [BLUE], [RED], [BLUE], [RED]]
    assert rename_with_looks(Cuts(0.6, patience=2), [{"a0": 0}] * 5, looks) == [[1]] * 5


def test_who_vanished_behind_another_is_cut_on_coming_back():
    frames = [{"a0": 0, "a1": 20}, {"a0": 0, "a1": 1}, {"a0": 0}, {"a0": 0, "a1": 20}]
    assert rename_all(Cuts(0.6), frames) == [[1, 2], [1, 2], [1], [3, 4]]
