"""Who holds the ball."""

import pyarrow as pa
import pytest

from playerid import tables
from playerid.publish.assembly import ball_frames

AT = {"game_id": "g", "time_s": 0.0, "segment_index": 0}
NO_COURT = tables.COURT_VIEWS.schema.empty_table()


def thing(frame, x, label, *, wide=10.0, score=0.9, **who):
    box = {"x_min_px": x, "y_min_px": 0.0, "x_max_px": x + wide, "y_max_px": 100.0}
    return AT | {"frame_index": frame, "label": label, "detection_score": score} | box | who


def person(tracklet, x, label="player", frame=7):
    return thing(frame, x, label, wide=40.0, tracklet_id=tracklet)


def balls_of(people, *objects):
    seen = [row | {"object_index": index} for index, row in enumerate(objects)]
    return ball_frames(
        pa.Table.from_pylist(seen, tables.OBJECT_BOXES.schema),
        pa.Table.from_pylist(people, tables.TRACKED_BOXES.schema),
        NO_COURT,
    ).to_pylist()


@pytest.mark.parametrize(
    ("people", "holder"),
    [
        pytest.param([person(1, 0), person(2, 100)], 2, id="whose box holds its centre"),
        pytest.param([person(1, 90), person(2, 100)], None, id="two boxes hold it"),
        pytest.param([person(1, 0)], None, id="nobody's"),
        pytest.param([person(1, 75)], 1, id="its centre on the edge"),
        pytest.param([person(2, 100, "referee")], None, id="a referee's"),
        pytest.param([person(1, 0, "player-in-possession"), person(2, 100)], 1, id="told so"),
        pytest.param(
            [person(1, 0, "player-in-possession"), person(2, 100, "player-in-possession")],
            2,
            id="two are told so",
        ),
        pytest.param([person(2, 100, frame=8)], None, id="there a frame later"),
        pytest.param([], None, id="nobody is there"),
    ],
)
def test_who_holds_the_ball(people, holder):
    (ball,) = balls_of(people, thing(7, 110, "ball"))
    assert ball["holder_tracklet_id"] == holder


def test_the_surest_box_of_a_frame_is_the_ball():
    first, second = balls_of(
        [person(1, 300, frame=9)],
        thing(7, 10, "ball", score=0.4),
        thing(7, 50, "ball", score=0.6),
        thing(7, 70, "ball-in-basket", score=0.2),
        thing(7, 90, "player", score=0.9),
        thing(9, 310, "ball-in-basket"),
    )
    assert (first["frame_index"], first["x_min_px"], first["in_basket"]) == (7, 50, False)
    assert (second["frame_index"], second["holder_tracklet_id"], second["in_basket"]) == (
        9,
        1,
        True,
    )


def test_a_ball_that_has_fallen_through_a_ring_is_in_the_basket():
    above, ring, fallen = (
        thing(7, 50, "ball", y_min_px=-130.0, y_max_px=-110.0),
        thing(7, 40, "rim", wide=30.0),
        thing(9, 50, "ball", y_min_px=90.0, y_max_px=110.0),
    )
    balls = balls_of([], above, ring, fallen, ring | {"frame_index": 9})
    assert [ball["in_basket"] for ball in balls] == [False, True]
