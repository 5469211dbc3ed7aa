import numpy as np
import pyarrow as pa
import pytest

from playerid.evaluate.minutes import minutes_errors
from playerid.evaluate.switches import find_switches
from playerid.game.truth import GameTruth
from tests.playerid.evaluate.world import matched

FRAMES = np.arange(0, 30, 3)


def switches(found, true, cut=100):
    """Of ten compared frames; the second segment begins at `cut`."""
    shown = pa.table(
        {"frame_index": range(30), "segment_index": [int(f >= cut) for f in range(30)]}
    )
    rows = find_switches(matched(found, true), shown, FRAMES).to_pylist()
    return [(row["frame_index"], row["next_frame_index"], row["cause"]) for row in rows]


def true_pair(second_left=lambda _: 500):
    """Players p1 at 0 px and p2, apart unless told otherwise."""
    return [
        (int(frame), k, "player", f"p{k}", left, 0.0, 0.0)
        for frame in FRAMES
        for k, left in ((1, 0), (2, second_left(frame)))
    ]


def follow(true, person_at, track_at, name="p1"):
    """Rows of one published name: on which person and tracklet it is in each frame, or None."""
    rows = {(row[0], row[3]): row for row in true}
    return [
        (frame, track_at(frame), "player", name, *rows[frame, person_at(frame)][4:])
        for frame in FRAMES.tolist()
        if person_at(frame)
    ]


def swapped_at(frame):
    return lambda f: "p1" if f < frame else "p2"


def test_an_identity_that_stays_has_no_switch():
    assert switches(follow(true_pair(), lambda _: "p1", lambda f: f // 9), true_pair(), 12) == []


@pytest.mark.parametrize(
    ("tracklets", "cut", "cause"),
    [
        pytest.param(lambda f: f >= 15, 15, "cut", id="wrongly joined across a cut"),
        pytest.param(lambda f: f >= 15, 100, "split", id="wrongly joined pieces"),
        pytest.param(lambda _: 7, 100, "jump", id="a tracklet goes over"),
    ],
)
def test_causes_of_people_apart(tracklets, cut, cause):
    true = true_pair()
    found = follow(true, swapped_at(15), lambda f: int(tracklets(f)))
    assert switches(found, true, cut) == [(12, 15, cause)]


def test_a_change_where_boxes_overlap_is_a_crossing():
    """They overlap by 5 of 40 px in frame 15 alone, the first after the change."""
    true = true_pair(lambda f: 35 if f == 15 else 500)
    assert switches(follow(true, swapped_at(15), lambda _: 7), true) == [(12, 15, "crossing")]
    assert switches(follow(true, swapped_at(15), lambda f: f), true) == [(12, 15, "crossing")]


def test_a_change_behind_a_gap_is_an_occlusion():
    """Nobody has the name in frames 12 and 15."""
    true = true_pair()
    found = follow(true, lambda f: "p1" if f < 12 else "p2" if f > 15 else None, lambda _: 7)
    assert switches(found, true) == [(9, 18, "occlusion")]


def test_there_and_back_are_two_switches_and_an_unnamed_tracklet_counts_alike():
    true = true_pair()
    back = follow(true, lambda f: "p2" if f in (12, 15) else "p1", lambda _: 7, name="")
    assert switches(back, true) == [(9, 12, "jump"), (15, 18, "jump")]


def test_two_exchanged_names_are_two_switches():
    true = true_pair()
    other = follow(true, lambda f: "p2" if f < 15 else "p1", lambda _: 8, name="p2")
    assert len(switches(follow(true, swapped_at(15), lambda _: 7) + other, true)) == 2


def test_nobody_matched_is_no_switch():
    assert switches([], true_pair()) == []


def test_minutes_are_compared_with_the_frames_of_the_true_main_view():
    """30 frames a second, 60 of the main view and 30 others; p3 is not in the view, p9 nowhere."""
    frames = range(90)
    views = ["main" if f < 60 else "other" for f in frames]
    people = [
        {"person_id": person, "role": role, "view": view}
        for f, view in zip(frames, views, strict=True)
        for person, role in (("p1", "player"), ("p2", "player"), ("p3", "player"), ("r", "referee"))
        if person != "p3" or f < 15
    ]
    shown = pa.table({"time_s": [f / 30 for f in frames], "view": views})
    truth = GameTruth(pa.Table.from_pylist(people), pa.table({}), shown, pa.table({}))
    minutes = pa.table({"player_id": ["p1", "p2", "p9"], "main_view_s": [1.7, 2.0, 9.0]})
    assert minutes_errors(minutes, truth) == pytest.approx([0.3, 0, 0.5])
