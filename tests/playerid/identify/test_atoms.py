import pyarrow as pa
import pytest

from playerid import tables
from playerid.identify import (
    PIECES,
    gather_evidence,
    identify,
    renumber,
    split_by_shirts,
    split_tracklets,
)
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


def shirt_crops(*looks):
    """A crop each 30 frames: upper case for cluster 1, "." for a crop that was set aside."""
    return pa.Table.from_pylist(
        [
            {"game_id": "g", "tracklet_id": tracklet, "frame_index": 30 * place, "embedding": [0.0]}
            | ({} if look == "." else {"cluster": int(look.isupper()), "cluster_score": score})
            for tracklet, shown, score in looks
            for place, look in enumerate(shown)
        ],
        tables.TEAM_CROPS.schema,
    )


def walk(tracklet, way):
    """Boxes in every third frame, each as far right as the way says at that frame."""
    return [
        {
            "game_id": "g", "frame_index": frame, "time_s": frame / 30, "segment_index": 0,
            "tracklet_id": tracklet, "x_min_px": x, "y_min_px": 0.0, "x_max_px": x + 20.0,
            "y_max_px": 60.0, "label": "player", "detection_score": 0.9,
        }
        for frame in range(0, 181, 3)
        for x in [float(way(frame))]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "score", "is_split"),
    [
        pytest.param("AAAbbb", 0.99, True, id="three sure crops on either side"),
        pytest.param("bbbAAAA", 0.99, True, id="the other way"),
        pytest.param("A.AA.bb.b", 0.99, True, id="crops that were set aside say nothing"),
        pytest.param("AAAAbbAA", 0.99, False, id="covered by an opponent for a moment"),
        pytest.param("AAAAAbb", 0.99, False, id="two crops are no change"),
        pytest.param("AAAbbb", 0.5, False, id="crops that are not sure"),
        pytest.param("......", 0.99, False, id="a referee"),
        pytest.param("", 0.99, False, id="no crops"),
    ],
)
def test_a_tracklet_is_split_where_the_shirt_changes(shown, score, is_split):
    boxes = pa.Table.from_pylist(walk(5, lambda _: 0), tables.TRACKED_BOXES.schema)
    pieces = split_by_shirts(boxes, shirt_crops((5, shown, score)))
    assert pieces.schema.equals(PIECES)
    assert pieces["piece_id"].to_pylist() == ([5, 6] if is_split else [])


def test_the_new_piece_begins_where_the_two_met():
    """Number 7 comes near between the crops at 60 and 90, and covers number 5 most at 81."""
    boxes = walk(5, lambda _: 0) + walk(7, lambda frame: 4 + abs(frame - 81))
    boxes = pa.Table.from_pylist(boxes, tables.TRACKED_BOXES.schema)
    crops = shirt_crops((5, "AAAbbb", 0.99), (7, "bbbbbb", 0.99))
    assert split_by_shirts(boxes, crops).to_pylist() == [
        {"tracklet_id": 5, "start_frame": 0, "piece_id": 5},
        {"tracklet_id": 5, "start_frame": 81, "piece_id": 8},
    ]
    renumbered = renumber(crops, split_by_shirts(boxes, crops))
    assert renumbered["tracklet_id"].to_pylist() == [5] * 3 + [8] * 3 + [7] * 6
