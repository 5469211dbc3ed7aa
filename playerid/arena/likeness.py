"""Arena motion beside real tracking: the same distributions of both, in one table.

Run as `python -m playerid.arena.likeness DIR`, where DIR holds `clips.parquet` (clip, team_a,
team_b, game_id), `positions.parquet` (clip, step, player_id, x_ft, y_ft; the ball is -1; feet from
a corner of the court; a step is 0.12 s) and `players_by_game.parquet` (game_id, player_id, team).
"""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from playerid.arena.simulation import play_game
from playerid.leagues import load_basketball

Floats = NDArray[np.float64]

STEP_S = 0.12
FOOT_M = 0.3048
PERCENTILES = (10, 50, 90, 99)


def read_plays(folder: Path, most: int) -> Iterator[tuple[Floats, Floats, NDArray[np.bool_]]]:
    """Read recorded plays.

    Yields:
        Of each play: players (T, 10, 2) and ball (T, 2) in court metres, and whether each player
        belongs to the first of the two teams (10,).
    """
    clips = pq.read_table(folder / "clips.parquet").slice(0, most).to_pylist()
    wanted = [("clip", "in", [clip["clip"] for clip in clips])]
    positions = pq.read_table(folder / "positions.parquet", filters=wanted).sort_by("clip")
    clip_ids = positions["clip"].to_numpy()
    players = pq.read_table(folder / "players_by_game.parquet").to_pylist()
    team_of = {(row["game_id"], row["player_id"]): row["team"] for row in players}
    for clip in clips:
        start, end = np.searchsorted(clip_ids, [clip["clip"], clip["clip"] + 1])
        rows = positions.slice(start, end - start)
        ids = rows["player_id"].to_numpy()
        steps = rows["step"].to_numpy()
        metres = FOOT_M * np.stack([rows["x_ft"].to_numpy(), rows["y_ft"].to_numpy()], -1)
        metres -= FOOT_M * np.array([47.0, 25.0])
        people = [person for person in np.unique(ids) if person >= 0]
        count = int(steps.max()) + 1
        tracks = [metres[ids == person] for person in people]
        ball = metres[ids == -1]
        if len(people) != 10 or any(len(track) != count for track in [*tracks, ball]):
            continue
        teams = [team_of.get((clip["game_id"], int(person))) for person in people]
        first = np.array([team == clip["team_a"] for team in teams])
        if first.sum() == 5:
            yield np.stack(tracks, 1), ball, first


def play_arena(
    games: int, lengths_s: list[float]
) -> Iterator[tuple[Floats, Floats, NDArray[np.bool_]]]:
    """Simulated plays that end, as recorded ones do, shortly after a shot attempt.

    Args:
        games: how many minutes to simulate.
        lengths_s: lengths of the recorded plays; the simulated ones take them in turn.
    """
    lengths = itertools.cycle(lengths_s)
    for seed in range(games):
        game = play_game(seed, "nba", 60.0)
        motion = game.motion
        lost = (motion.offence[:-1] >= 0) & (motion.offence[1:] < 0) & motion.clock_running[1:]
        for index in np.flatnonzero(lost):
            end_s = float(index) * motion.step_s + 1.5
            times = np.arange(max(0.0, end_s - next(lengths)), end_s, STEP_S)
            worlds = [game.world_at(float(time)) for time in times]
            if all(world.clock_running for world in worlds):
                players = np.stack([world.positions_m[:10] for world in worlds])
                ball = np.stack([world.ball_m[:2] for world in worlds])
                yield players, ball, np.arange(10) < 5


def measure(plays: Iterator[tuple[Floats, Floats, NDArray[np.bool_]]]) -> dict[str, Floats]:
    """Values of every quantity that is compared, over all plays."""
    court = load_basketball("nba").court
    values: dict[str, list[Floats]] = {}

    def add(name: str, array: Floats) -> None:
        values.setdefault(name, []).append(np.asarray(array, np.float64).ravel())

    for players, ball, first in plays:
        velocity = (players[2:] - players[:-2]) / (2 * STEP_S)
        speed = np.linalg.norm(velocity, axis=-1)
        accel = np.linalg.norm(np.diff(velocity, axis=0), axis=-1) / STEP_S
        front = np.abs(ball[:, 0]) > 5
        add("speed, m/s", speed[front[1:-1]])
        add("acceleration, m/s2", accel[front[1:-2]])
        near = np.linalg.norm(players - ball[:, None], axis=-1)
        add("nearest player to ball, m", near.min(1))
        teams = players[:, first], players[:, ~first]
        across = np.linalg.norm(teams[0][:, :, None] - teams[1][:, None], axis=-1)
        add("nearest opponent, m", across.min(2)[front])
        for team in teams:
            within = np.linalg.norm(team[:, :, None] - team[:, None], axis=-1) + 99 * np.eye(5)
            add("nearest teammate, m", within.min(2)[front])
        pairs = np.linalg.norm(players[:, :, None] - players[:, None], axis=-1)
        add("spread of ten, m", pairs[front].mean((1, 2)))
        side = np.sign(ball[:, :1])
        depth = court.length / 2 - side * players[..., 0]
        inside = (depth < court.lane_length) & (np.abs(players[..., 1]) < court.lane_width / 2)
        inside &= front[:, None]
        add("players in the lane", inside[front].sum(1))
        add("lane stay, s", find_stays(inside))
    return {name: np.concatenate(arrays) for name, arrays in values.items()}


def find_stays(inside: NDArray[np.bool_]) -> Floats:
    """Lengths, seconds, of the runs of true samples of each column of (T, N)."""
    padded = np.pad(inside.astype(np.int8), ((1, 1), (0, 0)))
    change = np.diff(padded, axis=0).T
    starts, ends = np.nonzero(change == 1)[1], np.nonzero(change == -1)[1]
    return np.asarray((ends - starts) * STEP_S, np.float64)


def write_table(real: dict[str, Floats], arena: dict[str, Floats]) -> str:
    """Percentiles of both, side by side."""
    heads = "".join(f"{f'p{percent}':>8}" for percent in PERCENTILES)
    lines = [f"{'quantity':<28}{'':>8}{'mean':>8}{heads}"]
    for name, recorded in real.items():
        for source, values in (("real", recorded), ("arena", arena[name])):
            cells = [values.mean(), *np.percentile(values, PERCENTILES)]
            label = name if source == "real" else ""
            lines.append(f"{label:<28}{source:>8}" + "".join(f"{cell:8.2f}" for cell in cells))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    recorded_plays = list(read_plays(Path(sys.argv[1]), 800))
    lengths = [len(ball) * STEP_S for _, ball, _ in recorded_plays]
    arena_plays = play_arena(40, lengths)
    sys.stdout.write(write_table(measure(iter(recorded_plays)), measure(arena_plays)))
