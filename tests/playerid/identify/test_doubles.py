"""Boxes of people in frames 0 to 30, 10 px wide and 20 px high; who stands where is said by x."""

import numpy as np
import pyarrow as pa
import pytest

from playerid.identify.atoms import renumber
from playerid.identify.doubles import split_doubles
from playerid.identify.shared_frames import count_shared
from playerid.tables import TRACKED_BOXES


def boxes(*people):
    """People: (tracklet, frames, x)."""
    rows = [
        {
            "game_id": "g", "frame_index": frame, "time_s": frame / 10, "segment_index": 0,
            "tracklet_id": tracklet, "x_min_px": x, "y_min_px": 0.0, "x_max_px": x + 10.0,
            "y_max_px": 20.0, "label": "player", "detection_score": 0.9,
        }
        for tracklet, frames, x in people
        for frame in frames
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, TRACKED_BOXES.schema)


def frames_of(rows):
    found = {}
    for row in rows.to_pylist():
        found.setdefault(row["tracklet_id"], []).append(row["frame_index"])
    return found


def split(rows):
    return frames_of(renumber(rows, split_doubles(rows)))


def test_who_shares_frames():
    rows, frames = np.array([0, 0, 1, 1, 2]), np.array([5, 6, 6, 7, 8])
    assert count_shared(rows, frames, 3).toarray().tolist() == [[2, 1, 0], [1, 2, 0], [0, 0, 1]]


def test_the_frames_in_which_somebody_has_two_boxes_are_cut_from_the_shorter_tracklet():
    found = split(boxes((1, range(20), 100.0), (2, range(18, 30), 103.0)))
    assert found == {1: list(range(20)), 2: list(range(20, 30)), 3: [18, 19]}


def test_a_box_beside_him_in_the_middle_is_cut_and_the_tracklet_goes_on():
    frames = [*range(4), 8, *range(20, 30)]
    found = split(boxes((1, range(5, 16), 100.0), (2, frames, 103.0)))
    assert found[1] == [*range(5, 8), *range(9, 16)]
    assert found[3] == [8]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((2, range(18, 30), 200.0), id="somebody elsewhere"),
        pytest.param((2, range(10, 30), 103.0), id="side by side for a second"),
        pytest.param((2, range(18, 24), 103.0), id="a third of the shorter"),
        pytest.param((2, range(20, 30), 103.0), id="one after the other"),
    ],
)
def test_two_people_stay_as_they_are(other):
    rows = boxes((1, range(20), 100.0), other)
    assert split(rows) == frames_of(rows)


def test_no_boxes_at_all():
    assert len(split_doubles(boxes())) == 0
