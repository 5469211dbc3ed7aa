import pytest

from playerid.identify import PIECES, gather_evidence, identify, renumber, split_tracklets
from tests.playerid.identify.world import (
    Tracklet,
    make_evidence,
    make_game,
    names,
    number_readings,
    team_rows,
    tracked_boxes,
)

GAME = make_game("3 13 5 7 23 28", "1 2 4 40 41")


def split(*tracklets):
    pieces = split_tracklets(GAME, tracked_boxes(tracklets), number_readings(tracklets))
    assert pieces.schema.equals(PIECES)
    return pieces.to_pylist()


@pytest.mark.parametrize(
    "reads",
    [
        pytest.param("", id="no readings"),
        pytest.param("23 23 23 ~ ~ ~ ~ 23 23", id="one number"),
        pytest.param("23 23 23 ~ ~ ~ ~ 28 28 ~ ~ ~ ~ 23 23", id="wrong for a moment"),
        pytest.param("13 13 ~ ~ ~ ~ 3 3 ~ ~ ~ ~ 3 3", id="two partial bursts"),
        pytest.param("23 23 ~ ~ ~ ~ 7 7", id="one burst against one"),
    ],
)
def test_a_tracklet_of_one_person_stays_whole(reads):
    assert split(Tracklet(4, 0, 12, reads=reads)) == []


def test_a_tracklet_is_split_where_the_number_changes():
    """23 is read until 1.8 s, 7 from 3.0 s: the second between is a piece without a reader."""
    reads = "23 23 23 ~ ~ ~ ~ 23 23 23 ~ ~ ~ ~ ~ 7 7 7 ~ ~ ~ ~ 7 7"
    pieces = split(Tracklet(4, 0, 12, reads=reads), Tracklet(9, 0, 12))
    # 30 frames a second: 2.3 s is frame 69, 2.5 s frame 75.
    assert pieces == [
        {"tracklet_id": 4, "start_frame": 0, "piece_id": 4},
        {"tracklet_id": 4, "start_frame": 69, "piece_id": 10},
        {"tracklet_id": 4, "start_frame": 75, "piece_id": 11},
    ]


def test_rows_are_renumbered_by_frame_and_other_tracklets_keep_their_ids():
    reads = "23 23 23 ~ ~ ~ ~ 23 23 23 ~ ~ ~ ~ ~ 7 7 7 ~ ~ ~ ~ 7 7"
    tracklets = [Tracklet(4, 0, 12, reads=reads), Tracklet(9, 0, 12)]
    boxes, readings = tracked_boxes(tracklets), number_readings(tracklets)
    pieces = split_tracklets(GAME, boxes, readings)
    new = renumber(boxes, pieces)
    assert new.schema.equals(boxes.schema)
    by_id = new.group_by("tracklet_id").aggregate([("frame_index", "min"), ("frame_index", "max")])
    spans = {r["tracklet_id"]: (r["frame_index_min"], r["frame_index_max"]) for r in
             by_id.to_pylist()}  # fmt: skip
    assert spans == {4: (0, 66), 10: (69, 72), 11: (75, 360), 9: (0, 360)}
    assert set(renumber(readings, pieces)["tracklet_id"].to_pylist()) == {4, 11}


def test_nothing_to_split_changes_nothing():
    boxes = tracked_boxes([Tracklet(1, 0, 3)])
    assert renumber(boxes, PIECES.empty_table()) is boxes


def test_pieces_of_a_swapped_tracklet_are_named_apart():
    first = Tracklet(1, 0, 20, reads="23 23 23 ~ ~ ~ ~ 23 23 ~ ~ ~ ~ ~ ~ ~ 7 7 7 ~ ~ ~ ~ 7 7")
    second = Tracklet(2, 0, 20, reads="7 7 7 ~ ~ ~ ~ 7 7 ~ ~ ~ ~ ~ ~ ~ 23 23 23 ~ ~ ~ ~ 23 23")
    assert names(identify(make_evidence(GAME, [first, second]))) == {1: None, 2: None}
    boxes, readings = tracked_boxes([first, second]), number_readings([first, second])
    pieces = split_tracklets(GAME, boxes, readings)
    new_boxes = renumber(boxes, pieces)
    teams = team_rows([Tracklet(i, 0, 1) for i in set(new_boxes["tracklet_id"].to_pylist())])
    found = identify(gather_evidence(GAME, new_boxes, renumber(readings, pieces), teams))
    read = [name for name in names(found).values() if name]
    assert sorted(read) == ["h23", "h23", "h7", "h7"]
    assert len(found) == 6  # the two stretches between stay open
