"""Matches that the arena plays, as published tables: everybody named, everything seen."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.arena.soccer.match_play import play_match
from playerid.tables import BALL_FRAMES, PUBLIC_TABLES
from playerid.warehouse import warehouse
from tests.sql.handmade import Game, Person, open_game


def open_match(folder, seed, half_s=60.0, step=2, noise_m=0.0):
    """A match, and a connection to it; every second sample, which is 0.2 s, is a frame.

    Places err by `noise_m`, another way in each frame.
    """
    match = play_match(seed, half_s=half_s)
    rng = np.random.default_rng(seed)
    match.motion.positions_m[:] += rng.normal(0, noise_m, match.motion.positions_m.shape)
    match.motion.ball_m[:, :2] += rng.normal(0, noise_m, (len(match.motion), 2))
    motion, half = match.motion, round(half_s / 0.1)
    people = []
    for slot in range(22):
        side = slot // 11
        for index in np.unique(motion.people[:, slot]):
            known = match.cast.people[int(index)]
            people.append(Person(
                100 * side + slot % 11 + 1, ("HOM", "AWY")[side], _where(motion, slot, index),
                known.person_id, 0.99, role="goalkeeper" if slot in {0, 11} else "player",
            ))  # fmt: skip

    def sample(time_s):
        return min(round(time_s / 0.1), len(motion) - 1)

    def holder(time_s):
        slot = int(motion.holder[sample(time_s)])
        return None if not 0 <= slot < 22 else 100 * (slot // 11) + slot % 11 + 1

    game = Game(
        people, (len(motion) - 1) * 0.1, holder=holder, step_s=0.1 * step, league="ifab",
        cuts=(half_s,), period=lambda t: 1 + int(sample(t) >= half), running=lambda _: True,
    )  # fmt: skip
    open_game(folder, game).close()
    file = folder / f"{BALL_FRAMES.name}-{game.game_id}.parquet"
    rows = pq.read_table(file).to_pylist()
    for row in rows:
        x, y, _ = motion.ball_m[sample(row["time_s"])]
        row |= {"court_x_m": x, "court_y_m": y}
    pq.write_table(pa.Table.from_pylist(rows, BALL_FRAMES.schema), file)
    return match, open_files(folder, game)


def open_files(folder, game):
    """Connect to the files as they are now."""
    return warehouse.connect({
        t.name: [str(folder / f"{t.name}-{game.game_id}.parquet")] for t in PUBLIC_TABLES
    })  # fmt: skip


def _where(motion, slot, index):
    def where(time_s):
        at = min(round(time_s / 0.1), len(motion) - 1)
        return tuple(motion.positions_m[at, slot]) if motion.people[at, slot] == index else None

    return where
