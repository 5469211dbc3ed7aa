import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.exchange import import_sportvu
from playerid.exchange.holders import find_holders, find_shots
from playerid.exchange.recordings import PAUSE_S
from playerid.tables import PUBLIC_TABLES
from playerid.warehouse import warehouse

FOOT_M = 0.3048
BASKET_FT = (94 - 5.25, 25.0)


def recording():
    """Player 7 of HOM dribbles 3 ft a step from the centre, holds, and throws from 30 ft.

    Player 8 of AWY stands in the corner. Steps: 0 to 9 dribble, 10 to 14 hold at 27 ft from the
    centre, 15 to 17 the ball flies to the ring, which it reaches at step 17; 18 and 19 it stays.
    """
    rows = []
    for step in range(20):
        x_ft = 47.0 + 3.0 * min(step, 9)
        flown = min(max(step - 14, 0) / 3, 1.0)
        ball_ft = (x_ft + (BASKET_FT[0] - x_ft) * flown, 25.0)
        rows += [(0, step, -1, *ball_ft), (0, step, 7, x_ft, 25.0), (0, step, 8, 0.0, 50.0)]
    names = ("clip", "step", "player_id", "x_ft", "y_ft")
    positions = pa.table({n: list(c) for n, c in zip(names, zip(*rows, strict=True), strict=True)})
    clip = {"clip": 0, "game_id": "0021500001", "team_a": "HOM", "team_b": "AWY", "quarter": 2}
    clips = pa.Table.from_pylist([clip | {"clock_start_s": 100.0}])
    people = [(7, "HOM", "Seven"), (8, "AWY", "Eight")]
    players = pa.Table.from_pylist(
        [{"game_id": "0021500001", "player_id": i, "team": t, "name": n} for i, t, n in people]
    )
    return clips, positions, players


@pytest.fixture(scope="module")
def imported():
    return import_sportvu(*recording())


def test_every_public_table_is_there_as_declared(imported):
    assert {t.name: imported[t.name].schema for t in PUBLIC_TABLES} == {
        t.name: t.schema for t in PUBLIC_TABLES
    }


def test_positions_are_metres_from_the_centre(imported):
    rows = imported["player_frames"].to_pylist()
    first = next(r for r in rows if r["player_id"] == "7" and r["frame_index"] == 0)
    corner = next(r for r in rows if r["player_id"] == "8")
    assert (first["court_x_m"], first["court_y_m"]) == (0.0, 0.0)
    assert corner["court_x_m"] == pytest.approx(-47 * FOOT_M)
    assert corner["court_y_m"] == pytest.approx(25 * FOOT_M)
    assert (first["team_id"], corner["team_id"]) == ("HOM", "AWY")


def test_the_play_is_one_segment_with_its_clock(imported):
    (segment,) = imported["segments"].to_pylist()
    assert (segment["start_frame"], segment["end_frame"]) == (0, 20)
    assert segment["end_s"] == pytest.approx(20 * 0.12)
    clock = imported["clock_frames"].to_pylist()
    assert (clock[0]["period"], clock[0]["game_clock_s"]) == (2, 100.0)
    assert clock[10]["game_clock_s"] == pytest.approx(98.8, abs=1e-4)


def test_the_ball_is_held_until_it_is_thrown(imported):
    held = [r["holder_tracklet_id"] for r in imported["ball_frames"].to_pylist()]
    assert held[:14] == [0] * 14
    assert held[15:] == [None] * 5


def test_the_release_is_the_last_hold_before_the_ring(imported):
    acts = [r["frame_index"] for r in imported["player_frames"].to_pylist() if r["action"]]
    held = [r["holder_tracklet_id"] for r in imported["ball_frames"].to_pylist()]
    assert acts == [max(k for k, holder in enumerate(held) if holder is not None)]


def test_a_ball_that_was_never_held_is_no_shot_attempt():
    ball_m = np.linspace([0.0, 0.0], [12.725, 0.0], 10)
    time_s = np.arange(10) * 0.12
    holders = find_holders(np.full((10, 1, 2), 7.0), ball_m, time_s, 12.725)
    assert (holders == -1).all()
    assert len(find_shots(ball_m, time_s, holders, 12.725)) == 0


def test_what_a_recording_does_not_say_is_null(imported, tmp_path):
    """How it was thrown, whether it fell, boxes, scores of detection, and the day."""
    files = {}
    for name, rows in imported.items():
        pq.write_table(rows, tmp_path / f"{name}.parquet")
        files[name] = [str(tmp_path / f"{name}.parquet")]
    connection = warehouse.connect(files)
    shots = connection.sql("select player_id, kind, is_made from shot_attempts").fetchall()
    assert shots == [("7", None, None)]
    assert imported["games"]["date"].to_pylist() == [None]
    ball = imported["ball_frames"]
    assert ball["in_basket"].null_count == ball.num_rows == 20
    boxes = imported["player_frames"].select(["x_min_px", "y_max_px", "detection_score"])
    assert {column.null_count for column in boxes.columns} == {boxes.num_rows}


def test_pauses_between_plays_are_no_time_of_the_main_view():
    clips, positions, players = recording()
    second = positions.set_column(0, "clip", pa.array([1] * positions.num_rows))
    clips = pa.concat_tables([clips, clips.set_column(0, "clip", pa.array([1]))])
    found = import_sportvu(clips, pa.concat_tables([positions, second]), players)
    (game,) = found["games"].to_pylist()
    assert game["main_view_s"] == pytest.approx(2 * 20 * 0.12)
    assert game["duration_s"] == pytest.approx(2 * 20 * 0.12 + PAUSE_S)
