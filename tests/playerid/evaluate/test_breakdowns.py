import pyarrow as pa
import pytest

from playerid import tables
from playerid.evaluate.breakdowns import add_breakdowns, count_breakdowns
from playerid.leagues import load_league
from tests.playerid.evaluate.world import matched

COURT = load_league("nba").court
# NBA: baseline at 14.33 m, foul line at 8.53 m, lane to 2.44 m, arc to 7.24 m around x = 12.73 m,
# corner line at 6.71 m as far as x = 10.06 m; thirds of the width part at 2.54 m.
PLACES = {
    "lane": (10.0, 0.0),
    "arc": (10.0, -5.0),
    "deep": (4.0, 0.0),
    "corner": (13.0, 7.0),
    "back": (-3.0, 3.0),
}


def clocks(*rows):
    frames, running = zip(*rows, strict=True) if rows else ((), ())
    columns = {"frame_index": frames, "clock_running": pa.array(running, pa.bool_())}
    return pa.table(columns)


def broken_down(found, true, clock_frames, games=1):
    counts = count_breakdowns(matched(found, true), COURT, clock_frames)
    return {
        (row.pop("breakdown"), row.pop("value")): tuple(row.values())
        for row in add_breakdowns([counts] * games).to_pylist()
    }


def world(frames=(0, 3), **names):
    """Five players far apart; whoever is in `names` is called so, "" is unnamed."""
    true = [
        (frame, k, "player", player, 100 * k, *place)
        for frame in frames
        for k, (player, place) in enumerate(PLACES.items())
    ]
    found = [(f, k, role, names.get(p, p), left, 0.0, 0.0) for f, k, role, p, left, _, _ in true]
    return found, true


def test_perfect_names_by_zone_depth_overlap_and_clock():
    rows = broken_down(*world(), clocks((0, True), (3, False)))
    assert rows == {
        ("zone", "lane"): (2, 1, 1),
        ("zone", "inside arc"): (2, 1, 1),
        ("zone", "outside arc"): (4, 1, 1),
        ("zone", "backcourt"): (2, 1, 1),
        ("depth", "near"): (2, 1, 1),
        ("depth", "middle"): (4, 1, 1),
        ("depth", "far"): (4, 1, 1),
        ("overlap", "none"): (10, 1, 1),
        ("clock", "running"): (5, 1, 1),
        ("clock", "standing"): (5, 1, 1),
    }


def test_a_wrong_name_and_a_missing_one_count_where_the_player_truly_is():
    """Wrong in the corner, unnamed in the lane; two games are twice as many rows."""
    rows = broken_down(*world(corner="lane", lane=""), clocks((0, None)), games=2)
    assert rows["zone", "lane"] == (4, None, 0)
    assert rows["zone", "outside arc"] == (8, 0.5, 1)
    assert rows["depth", "far"] == (8, 0.5, 1)
    assert rows["depth", "middle"] == (8, 1, 0.5)
    assert rows["clock", "unknown"] == (20, 0.75, 0.8)


def test_the_same_game_at_the_other_basket_has_the_same_zones():
    found, true = world()
    mirrored = [(*row[:5], -row[5], row[6]) for row in true]
    assert broken_down(found, mirrored, clocks()) == broken_down(found, true, clocks())


def test_names_where_boxes_overlap():
    """Frame 0: boxes 10 of 40 px into each other (IoU 1/7), names right; frame 3: 30 of 40 (IoU
    0.6), names swapped; a third player stands alone and is unnamed."""
    true = [
        (frame, k, "player", f"p{k}", left, 5.0, 0.0)
        for frame, lefts in ((0, (0, 30, 500)), (3, (0, 10, 500)))
        for k, left in enumerate(lefts)
    ]
    called = {(0, 0): "p0", (0, 1): "p1", (3, 0): "p1", (3, 1): "p0"}
    found = [(f, k, r, called.get((f, k), ""), left, x, y) for f, k, r, _, left, x, y in true]
    rows = broken_down(found, true, clocks())
    assert rows["overlap", "up to 0.3"] == (2, 1, 1)
    assert rows["overlap", "above 0.3"] == (2, 0, 1)
    assert rows["overlap", "none"] == (2, None, 0)


def test_a_name_on_nobody_is_wrong_where_it_was_found():
    """Somebody is found in the backcourt, on the near side, where nobody is."""
    found, true = world(frames=(0,))
    rows = broken_down([*found, (0, 9, "player", "lane", 900, -9.0, -7.0)], true, clocks())
    assert rows["zone", "backcourt"] == (1, 0.5, 2)
    assert rows["depth", "near"] == (1, 0.5, 2)


@pytest.mark.parametrize("frames", [(0,), ()])
def test_nothing_found_has_no_precision(frames):
    true = world(frames=frames)[1]
    rows = broken_down([], true, tables.CLOCK_FRAMES.schema.empty_table())
    assert all(precision is None for _, precision, _ in rows.values())
    assert len(rows) == (9 if frames else 0)
