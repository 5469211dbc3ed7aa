"""Recorded SportVU-like plays as the public tables, for the same SQL."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables
from playerid.league import League, load_league

FOOT_M = 0.3048
BALL_ID = -1
PAUSE_S = 10.0  # between two plays, so that times of a game never overlap


@dataclass(frozen=True, slots=True)
class Play:
    """One recorded play of a game.

    Attributes:
        period: from 1.
        clock_start_s: game clock at its start, seconds left.
        step_s: time between two samples, seconds.
        player_ids: (P,) text, in the order of `players_m`.
        players_m: (T, P, 2) court coordinates from the centre of the court, metres; NaN unknown.
        ball_m: (T, 2) the ball above the floor, metres; NaN unknown.
    """

    period: int
    clock_start_s: float
    step_s: float
    player_ids: NDArray[np.str_]
    players_m: NDArray[np.float64]
    ball_m: NDArray[np.float64]


def import_sportvu(
    clips: pa.Table, positions: pa.Table, players: pa.Table, *, step_s: float = 0.12
) -> dict[str, pa.Table]:
    """Public tables of recorded plays: a play is a segment, a player in it a tracklet.

    What the recordings do not say is found from positions: who holds the ball (`find_holders`)
    and when a shot attempt was released (`find_shots`). The first team is taken for the home team.

    Args:
        clips: columns clip, game_id, team_a, team_b, quarter, clock_start_s.
        positions: columns clip, step, player_id (-1 the ball), x_ft, y_ft; origin in a corner.
        players: columns game_id, player_id, team, name.
        step_s: time between two steps, seconds.

    Returns:
        Name of each public table -> its rows.
    """
    league = load_league("nba")
    plays = _read_plays(positions, clips, step_s, league)
    teams = {(row["game_id"], str(row["player_id"])): row["team"] for row in players.to_pylist()}
    parts: dict[str, list[pa.Table]] = {table.name: [] for table in tables.PUBLIC_TABLES}
    games: dict[str, list[int]] = {}
    rows = {row["clip"]: row for row in clips.to_pylist()}
    for clip in sorted(plays, key=lambda c: (rows[c]["game_id"], rows[c]["quarter"], c)):
        games.setdefault(rows[clip]["game_id"], []).append(clip)
    for game_id, chosen in games.items():
        first = rows[chosen[0]]
        start_s, start_frame = 0.0, 0
        for index, clip in enumerate(chosen):
            frames = len(plays[clip].ball_m)
            found = _play_tables(plays[clip], game_id, index, (start_s, start_frame), teams, league)
            for name, table in found.items():
                parts[name].append(table)
            start_s += frames * step_s + PAUSE_S
            start_frame += frames
        parts["games"].append(_game_row(game_id, first, start_s))
        parts["rosters"].append(_roster_rows(game_id, players))
    return {
        table.name: pa.concat_tables([table.schema.empty_table(), *parts[table.name]])
        for table in tables.PUBLIC_TABLES
    }


def find_holders(
    play: Play, basket_x_m: float, *, reach_m: float = 1.2, fastest_mps: float = 4.0
) -> NDArray[np.int64]:
    """Who has the ball in each sample: the nearest player, if near and as fast as the ball.

    The height of the ball is not recorded, so at a ring nobody has it.

    Args:
        play: the play.
        basket_x_m: distance of the baskets from the centre of the court.
        reach_m: largest distance on the floor of ball and holder.
        fastest_mps: largest speed of the ball relative to the holder; passes are faster.

    Returns:
        (T,) index of the player, -1 where nobody has it.
    """
    away_m = np.linalg.norm(play.players_m - play.ball_m[:, None], axis=2)
    nearest = np.argmin(np.where(np.isnan(away_m), np.inf, away_m), axis=1)
    samples = np.arange(len(nearest))
    relative = play.ball_m[:, None] - play.players_m
    speeds = np.linalg.norm(np.gradient(relative, play.step_s, axis=0), axis=2)
    held = (away_m[samples, nearest] <= reach_m) & (speeds[samples, nearest] <= fastest_mps)
    return np.where(held & ~_at_ring(play, basket_x_m), nearest, -1)


def find_shots(
    play: Play, holders: NDArray[np.int64], basket_x_m: float, *, flight_s: float = 2.5
) -> NDArray[np.int64]:
    """Samples in which a shot attempt is released: the last hold before the ball is at a ring.

    Args:
        play: the play.
        holders: (T,) from `find_holders`.
        basket_x_m: distance of the baskets from the centre of the court.
        flight_s: longest flight from the hand to the ring.

    Returns:
        (S,) sample indices.
    """
    at_ring = _at_ring(play, basket_x_m)
    arrivals = np.flatnonzero(at_ring & ~np.concatenate([[False], at_ring[:-1]]))
    shots = set()
    for arrival in arrivals:
        before = np.flatnonzero(holders[:arrival] >= 0)
        if len(before) and (arrival - before[-1]) * play.step_s <= flight_s:
            shots.add(int(before[-1]))
    return np.array(sorted(shots), np.int64)


def _at_ring(play: Play, basket_x_m: float, near_m: float = 0.6) -> NDArray[np.bool_]:
    baskets = np.array([[-basket_x_m, 0.0], [basket_x_m, 0.0]])
    away_m = np.linalg.norm(play.ball_m[:, None] - baskets, axis=2).min(axis=1)
    at_ring: NDArray[np.bool_] = away_m <= near_m
    return at_ring


def _read_plays(
    positions: pa.Table, clips: pa.Table, step_s: float, league: League
) -> dict[int, Play]:
    clip = positions["clip"].to_numpy()
    step = positions["step"].to_numpy()
    who = positions["player_id"].to_numpy()
    corner = np.array([league.court.length / 2, league.court.width / 2])
    place = np.column_stack([positions["x_ft"].to_numpy(), positions["y_ft"].to_numpy()])
    place_m = place.astype(np.float64) * FOOT_M - corner
    about = {row["clip"]: row for row in clips.to_pylist()}
    order = np.argsort(clip, kind="stable")
    plays = {}
    for group in np.split(order, np.flatnonzero(np.diff(clip[order])) + 1):
        ids, index = np.unique(who[group], return_inverse=True)
        steps, row = np.unique(step[group], return_inverse=True)
        grid = np.full((int(steps[-1]) + 1, len(ids), 2), np.nan)
        grid[steps[row], index] = place_m[group]
        is_ball = ids == BALL_ID
        meta = about[int(clip[group[0]])]
        ball = grid[:, is_ball][:, 0] if is_ball.any() else np.full((len(grid), 2), np.nan)
        plays[meta["clip"]] = Play(
            meta["quarter"], meta["clock_start_s"], step_s, ids[~is_ball].astype(str),
            grid[:, ~is_ball], ball,
        )  # fmt: skip
    return plays


def _play_tables(
    play: Play,
    game_id: str,
    index: int,
    start: tuple[float, int],
    teams: dict[tuple[str, str], str],
    league: League,
) -> dict[str, pa.Table]:
    frames, people = play.players_m.shape[:2]
    frame = start[1] + np.arange(frames)
    time_s = start[0] + np.arange(frames) * play.step_s
    holders = find_holders(play, league.court.basket_x)
    shots = find_shots(play, holders, league.court.basket_x)
    tracklet = index * 100 + np.arange(people)
    team = np.array([teams.get((game_id, name), "") for name in play.player_ids])
    action = np.full((people, frames), "", dtype="U13")
    action[holders[shots], shots] = "jump-shot"
    person, sample = np.nonzero(np.isfinite(play.players_m[:, :, 0]).T)
    common = {"game_id": game_id, "segment_index": index}
    seen = np.isfinite(play.ball_m[:, 0])
    clock_s = np.maximum(play.clock_start_s - np.arange(frames) * play.step_s, 0.0)
    return {
        "segments": _rows(tables.SEGMENTS, 1, common | {
            "start_frame": frame[:1], "end_frame": frame[-1:] + 1, "start_s": time_s[:1],
            "end_s": time_s[-1:] + play.step_s, "view": "main",
        }),
        "player_frames": _rows(tables.PLAYER_FRAMES, len(person), common | {
            "frame_index": frame[sample], "time_s": time_s[sample],
            "tracklet_id": tracklet[person], "role": "player", "team_id": team[person],
            "player_id": play.player_ids[person], "identity_prob": 1.0, "detection_score": 1.0,
            "court_x_m": play.players_m[sample, person, 0],
            "court_y_m": play.players_m[sample, person, 1],
            "action": action[person, sample],
        }),
        "ball_frames": _rows(tables.BALL_FRAMES, int(seen.sum()), common | {
            "frame_index": frame[seen], "time_s": time_s[seen], "detection_score": 1.0,
            "in_basket": False,
            "holder_tracklet_id": pa.array(
                tracklet[holders[seen]], pa.int32(), mask=holders[seen] < 0
            ),
        }),
        "clock_frames": _rows(tables.CLOCK_FRAMES, frames, common | {
            "frame_index": frame, "time_s": time_s, "period": play.period,
            "game_clock_s": clock_s, "clock_running": True,
        }),
    }  # fmt: skip


def _rows(table: tables.Table, count: int, values: dict[str, object]) -> pa.Table:
    """Rows of a table; "" and what is not given is null, or zero where null is not allowed."""
    arrays = []
    for column in table.schema:
        value = values.get(column.name)
        if value is None:
            zero = "" if pa.types.is_string(column.type) else 0
            value = None if column.nullable else zero
        if not isinstance(value, np.ndarray | pa.Array):
            arrays.append(pa.repeat(pa.scalar(value, column.type), count))
            continue
        array = pa.array(value, mask=value == "") if _is_text(value) else pa.array(value)
        arrays.append(array.cast(column.type))
    return pa.table(arrays, schema=table.schema)


def _is_text(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "U"


def _game_row(game_id: str, clip: dict[str, object], duration_s: float) -> pa.Table:
    known = {
        "game_id": game_id,
        "season": f"20{game_id[3:5]}",
        "date": date(1970, 1, 1),
        "league": "nba",
        "home_team_id": clip["team_a"],
        "away_team_id": clip["team_b"],
        "duration_s": duration_s,
        "main_view_s": duration_s,
        "court_coverage": 1.0,
        "identity_coverage": 1.0,
        "models": "{}",
        "published_at": datetime(1970, 1, 1, tzinfo=UTC),
    }
    return _rows(tables.GAMES, 1, known)


def _roster_rows(game_id: str, players: pa.Table) -> pa.Table:
    rows = [row for row in players.to_pylist() if row["game_id"] == game_id]
    return pa.Table.from_pylist(
        [
            {
                "game_id": game_id,
                "player_id": str(row["player_id"]),
                "team_id": row["team"],
                "player_name": row["name"],
                "jersey_number": "",
                "active": True,
            }
            for row in rows
        ],
        tables.ROSTERS.schema,
    )
