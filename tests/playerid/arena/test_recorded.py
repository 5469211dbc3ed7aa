import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.arena.recorded import arc_heights, find_teams, read_motion
from playerid.errors import GameError

STEP_S = 0.1


def tracking(samples=20, **ball):
    """Home's h0 carries the ball to the right at 2 m/s; everybody else stands still."""
    rows = []
    for sample in range(samples):
        time_s = round(sample * STEP_S, 3)
        x_m = 2.0 + 2.0 * time_s
        rows.append(row(time_s, "ball", "", "", x_m + 0.4, 0.0))
        for index in range(5):
            home_x = x_m if index == 0 else 6.0 + index
            rows.append(row(time_s, f"h{index}", "home", str(index), home_x, 1.5 * index))
            rows.append(row(time_s, f"a{index}", "away", f"0{index}"[-2:], 9.0, -1.2 * index - 1))
    return rows


def row(time_s, person_id, team, jersey_number, x_m, y_m):
    return {
        "time_s": time_s,
        "person_id": person_id,
        "team": team,
        "jersey_number": jersey_number,
        "x_m": x_m,
        "y_m": y_m,
    }


def write(path, rows):
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_positions_are_those_of_the_file(tmp_path):
    game = read_motion(write(tmp_path / "m.parquet", tracking()))
    world = game.world_at(1.05)  # between two samples
    carrier = next(i for i, p in enumerate(game.cast.people) if p.person_id == "h0")
    slot = world.people.tolist().index(carrier)
    assert world.positions_m[slot] == pytest.approx([4.1, 0.0])
    assert world.velocities_mps[slot] == pytest.approx([2.0, 0.0])
    assert (world.holder, world.offence, world.attacks_right) == (slot, 0, True)
    assert world.actions[slot] == "dribble"
    assert world.clock_running


def test_referees_are_placed_when_the_file_has_none(tmp_path):
    game = read_motion(write(tmp_path / "m.parquet", tracking()))
    world = game.world_at(0.5)
    roles = [game.cast.people[index].role for index in world.people]
    assert roles == ["player"] * 10 + ["referee"] * 3


def test_csv_reads_like_parquet_and_keeps_numbers_as_text(tmp_path):
    rows = tracking()
    lines = [",".join(rows[0]), *(",".join(map(str, r.values())) for r in rows)]
    (tmp_path / "m.csv").write_text("\n".join(lines) + "\n")
    game = read_motion(tmp_path / "m.csv")
    same = read_motion(write(tmp_path / "m.parquet", rows))
    assert game.cast == same.cast
    assert game.world_at(0.7).positions_m == pytest.approx(same.world_at(0.7).positions_m)
    assert {person.number for person in game.cast.people} >= {"0", "00"}


def test_missing_column_is_named(tmp_path):
    rows = [{k: v for k, v in r.items() if k != "y_m"} for r in tracking()]
    with pytest.raises(GameError, match=r"missing \['y_m'\]"):
        read_motion(write(tmp_path / "m.parquet", rows))


def test_missing_player_is_told_with_its_time(tmp_path):
    rows = [r for r in tracking() if (r["time_s"], r["person_id"]) != (0.5, "a3")]
    with pytest.raises(GameError, match=r"at 0\.5 s expected 5 home, 5 away.*got 5, 4, 1 and 0"):
        read_motion(write(tmp_path / "m.parquet", rows))


def test_thrown_ball_flies_in_an_arc():
    holder = np.array([0, 0, -1, -1, -1, 1, 1])
    heights = arc_heights(holder, 0.1)
    # Three samples in the air: 0.4 s from hand to hand, its top 9.81 / 2 * 0.2 * 0.2 above them.
    assert heights == pytest.approx([1.1, 1.1, 1.24715, 1.2962, 1.24715, 1.1, 1.1])


def test_short_touches_do_not_change_control():
    holder = np.array([0] * 10 + [7] + [1] * 10 + [6] * 10)
    assert find_teams(holder, 0.1).tolist() == [0] * 21 + [1] * 10
