"""Recorded motion: a tracking file becomes a game that can be rendered.

A Parquet or CSV file with one row per tracked thing and sample, court coordinates in metres:

    time_s         seconds from the begin, evenly spaced, 5 Hz or more
    person_id      text; "ball" for the ball
    team           "home", "away" or "referee"; empty for the ball
    jersey_number  text; empty for ball and referees
    name           text; may be absent
    x_m, y_m       origin at the centre of the court, x along its length, y towards the far side
    z_m            of the ball; may be absent: a ball that nobody is near flies in an arc
    period, game_clock_s, shot_clock_s   may be absent: the clock then runs from 10:00

Every sample has five players of each team and one ball. Referees may be absent: they are then
placed where referees stand.
"""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv
from scipy.ndimage import gaussian_filter1d, median_filter

from playerid.arena.ball import GRAVITY_MPS2
from playerid.arena.cast import Cast, draw_cast
from playerid.arena.game_motion import ArenaGame, GameMotion
from playerid.arena.world import ACTIONS, Person
from playerid.errors import GameError
from playerid.leagues import load_basketball
from playerid.leagues.basketball.court_marks import BasketballCourt

Floats = NDArray[np.float64]

COLUMNS = ("time_s", "person_id", "team", "jersey_number", "x_m", "y_m")
TEAMS = {"home": 0, "away": 1, "referee": -1}
TEXT = ("person_id", "team", "jersey_number", "name")


def read_motion(file: Path, league: str = "nba", seed: int = 0) -> ArenaGame:
    """Read a tracking file as a game.

    Args:
        file: Parquet or CSV, as the module describes.
        league: name of a league file.
        seed: draws looks, heights and teams' names.

    Raises:
        GameError: The file lacks a column, or a sample lacks players or the ball.
    """
    rows = read_rows(file)
    samples = [
        list(group) for _, group in itertools.groupby(rows, key=lambda row: float(row["time_s"]))
    ]
    if len(samples) < 2:
        raise GameError(f"{file}: expected at least two samples, got {len(samples)}")
    step_s = float(np.median(np.diff([float(sample[0]["time_s"]) for sample in samples])))
    cast = cast_people(rows, seed)
    index_of = {person.person_id: index for index, person in enumerate(cast.people)}
    slots = [place_sample(sample, index_of, cast, file) for sample in samples]
    people = np.array([[index for index, _ in slot] for slot in slots], np.int32)
    positions = np.array([[place for _, place in slot] for slot in slots], np.float64)
    balls = [next(row for row in sample if row["person_id"] == "ball") for sample in samples]
    rules = load_basketball(league)
    if people.shape[1] < 13:
        people, positions = add_referees(people, positions, balls, rules.court)
    motion = describe_motion(people, positions, balls, step_s)
    return ArenaGame(rules, cast, motion, ())


def read_rows(file: Path) -> list[dict[str, Any]]:
    """Rows of the file, by time.

    Raises:
        GameError: A column is missing.
    """
    if file.suffix == ".csv":
        kinds = {name: pa.string() for name in TEXT}
        options = csv.ConvertOptions(column_types=kinds, strings_can_be_null=False)
        table = csv.read_csv(file, convert_options=options)
    else:
        table = pq.read_table(file)
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise GameError(f"{file}: expected columns {', '.join(COLUMNS)}; missing {missing}")
    rows: list[dict[str, Any]] = table.sort_by("time_s").to_pylist()
    return rows


def cast_people(rows: list[dict[str, Any]], seed: int) -> Cast:
    """The people of the file, in order of first appearance; referees are drawn if it has none."""
    drawn = draw_cast(seed)
    first = {row["person_id"]: row for row in reversed(rows) if row["person_id"] != "ball"}
    people = []
    for index, (person_id, row) in enumerate(sorted(first.items())):
        model = drawn.people[index % 26]
        team = TEAMS[row["team"]]
        people.append(
            Person(
                person_id=person_id,
                role="player" if team >= 0 else "referee",
                team=team,
                number=row["jersey_number"] or "",
                name=row.get("name") or person_id,
                height_m=model.height_m,
                look_seed=model.look_seed,
            )
        )
    if all(person.role == "player" for person in people):
        people += drawn.people[26:]
    return replace(drawn, people=tuple(people))


def place_sample(
    sample: list[dict[str, Any]], index_of: dict[str, int], cast: Cast, file: Path
) -> list[tuple[int, tuple[float, float]]]:
    """Cast index and place of everybody at one time: five home, five away, referees.

    Raises:
        GameError: There are not five players of each team, or not one ball.
    """
    found = [
        (index_of[row["person_id"]], (float(row["x_m"]), float(row["y_m"])))
        for row in sample
        if row["person_id"] != "ball"
    ]
    teams = [cast.people[index].team for index, _ in found]
    counts = [teams.count(0), teams.count(1), len(sample) - len(found)]
    if counts != [5, 5, 1] or teams.count(-1) not in {0, 3}:
        raise GameError(
            f"{file}: at {sample[0]['time_s']} s expected 5 home, 5 away, 1 ball and 0 or 3"
            f" referees, got {counts[0]}, {counts[1]}, {counts[2]} and {teams.count(-1)}"
        )
    order = {0: 0, 1: 1, -1: 2}
    return sorted(found, key=lambda item: (order[cast.people[item[0]].team], item[0]))


def add_referees(
    people: NDArray[np.int32],
    positions: Floats,
    balls: list[dict[str, Any]],
    court: BasketballCourt,
) -> tuple[NDArray[np.int32], Floats]:
    """Three referees, the last of the cast, on the baseline and the sidelines."""
    ball_x = gaussian_filter1d(np.array([float(ball["x_m"]) for ball in balls]), 12, mode="nearest")
    last = int(people.max())
    people = np.hstack([people, np.tile(last + 1 + np.arange(3, dtype=np.int32), (len(people), 1))])
    half, width = court.length / 2, court.width / 2
    places = np.stack(
        [
            np.stack([np.clip(1.25 * ball_x, -half - 0.7, half + 0.7), 0 * ball_x + 3.5], -1),
            np.stack([0.75 * ball_x, 0 * ball_x + width - 0.3], -1),
            np.stack([0.45 * ball_x, 0 * ball_x - width + 1.0], -1),
        ],
        1,
    )
    return people, np.concatenate([positions, places], 1)


def describe_motion(
    people: NDArray[np.int32], positions: Floats, balls: list[dict[str, Any]], step_s: float
) -> GameMotion:
    """Fill in what tracking does not say: who has the ball, who attacks, who does what."""
    count = len(people)
    ball = np.array([[float(row["x_m"]), float(row["y_m"])] for row in balls])
    reach = np.linalg.norm(positions[:, :10] - ball[:, None], axis=-1)
    heights = [row.get("z_m") for row in balls]
    high = np.array([height is not None and float(height) > 2.6 for height in heights])
    holder = np.where((reach.min(1) < 1.1) & ~high, reach.argmin(1), -1)
    team = find_teams(holder, step_s)
    z = arc_heights(holder, step_s)
    z = np.array([own if own is not None else arc for own, arc in zip(heights, z, strict=True)])
    velocity = np.gradient(positions, step_s, axis=0)
    velocity[np.linalg.norm(velocity, axis=-1) > 12] = 0.0
    speed = np.linalg.norm(velocity, axis=-1, keepdims=True)
    run = np.clip((speed - 1.5) / 2, 0, 1)
    look = ball[:, None] - positions
    look /= np.maximum(np.linalg.norm(look, axis=-1, keepdims=True), 0.3)
    chests = gaussian_filter1d(
        run * velocity / np.maximum(speed, 0.3) + (1 - run) * look, 3, axis=0
    )
    actions = np.full(people.shape, ACTIONS.index("run"), np.int8)
    held = np.flatnonzero(holder >= 0)
    moves = speed[held, holder[held], 0] > 0.8
    actions[held, holder[held]] = np.where(moves, ACTIONS.index("dribble"), ACTIONS.index("hold"))
    return GameMotion(
        step_s=step_s,
        people=people,
        positions_m=positions,
        velocities_mps=velocity,
        chests=chests,
        actions=actions,
        lift_m=np.zeros(people.shape),
        ball_m=np.column_stack([ball, z]),
        holder=holder.astype(np.int8),
        ball_in_basket=np.zeros(count, bool),
        offence=team.astype(np.int8),
        attacks_right=find_direction(team, ball[:, 0]),
        **read_clock(balls, step_s),
    )


def find_teams(holder: NDArray[np.int64], step_s: float) -> NDArray[np.int64]:
    """(T,) who has control: the team of the last holder, short touches left out."""
    team = np.where(holder >= 0, holder // 5, -1)
    known = np.maximum.accumulate(np.where(team >= 0, np.arange(len(team)), -1))
    first = int(team[team >= 0][0]) if (team >= 0).any() else 0
    carried = np.where(known >= 0, team[known], first)
    return np.asarray(median_filter(carried, 2 * round(0.5 / step_s) + 1, mode="nearest"))


def find_direction(team: NDArray[np.int64], ball_x: Floats) -> NDArray[np.bool_]:
    """(T,) whether the team in control attacks right: it mostly has the ball where it attacks."""
    sums = [float(ball_x[team == side].sum()) for side in (0, 1)]
    home_right = sums[0] - sums[1] > 0
    return np.asarray((team == 0) == home_right)


def arc_heights(holder: NDArray[np.int64], step_s: float) -> Floats:
    """(T,) height of a ball that is thrown from one pair of hands to the next."""
    heights = np.full(len(holder), 1.1)
    edges = np.flatnonzero(np.diff(np.r_[0, (holder < 0).astype(np.int8), 0]))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        since = (np.arange(start, end) - start + 1) * step_s
        lasts = (end - start + 1) * step_s
        heights[start:end] += np.minimum(GRAVITY_MPS2 / 2 * since * (lasts - since), 3.4)
    return heights


def read_clock(balls: list[dict[str, Any]], step_s: float) -> dict[str, Any]:
    """Clocks of the ball's rows; without them the clock runs from 10:00 in the first period."""
    count = len(balls)

    def column(name: str, default: Floats) -> Floats:
        values = [row.get(name) for row in balls]
        return default if None in values else np.array(values, np.float64)

    elapsed = np.arange(count) * step_s
    clock = column("game_clock_s", np.maximum(600.0 - elapsed, 0))
    running = np.diff(clock, append=clock[-1] - step_s) < 0
    return {
        "period": column("period", np.ones(count)).astype(np.int8),
        "game_clock_s": clock,
        "shot_clock_s": column("shot_clock_s", np.maximum(24.0 - elapsed, 0)),
        "clock_running": running,
        "scores": np.zeros((count, 2), np.int16),
    }
