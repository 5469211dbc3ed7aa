"""SportVU-like tracking: JSON of the league, tables of plays; what the CSV shares with them.

Positions are feet from a corner of the court, x along its length; the ball is player -1.
"""

import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables
from playerid.errors import GameError
from playerid.exchange.recordings import RecordedPlay, Recording, tables_of
from playerid.leagues import load_league
from playerid.leagues.marks import Court

FOOT_M = 0.3048
BALL_ID = "-1"


def import_sportvu(
    clips: pa.Table, positions: pa.Table, players: pa.Table, *, step_s: float = 0.12
) -> dict[str, pa.Table]:
    """Public tables of recorded plays in three tables. The first team is taken for the home team.

    Args:
        clips: columns clip, game_id, team_a, team_b, quarter, clock_start_s. The clock is taken
            to run through a clip.
        positions: columns clip, step, player_id (-1 the ball), x_ft, y_ft.
        players: columns game_id, player_id, team, name.
        step_s: time between two steps, seconds.

    Returns:
        Name of each public table -> its rows.
    """
    court = load_league("nba").court
    about = {row["clip"]: row for row in clips.to_pylist()}
    games: dict[str, list[tuple[int, int, RecordedPlay]]] = {}
    columns = (positions[name].to_numpy() for name in ("step", "player_id", "x_ft", "y_ft"))
    step, who, x_ft, y_ft = columns
    for clip, group in groups_of(positions["clip"].to_numpy()):
        meta = about[int(clip)]
        steps, moment = np.unique(step[group], return_inverse=True)
        ids, players_m, ball_m = make_grid(
            moment, who[group].astype(str), to_metres(x_ft[group], y_ft[group], court)
        )
        time_s = steps * step_s
        clock_s = np.maximum(meta["clock_start_s"] - time_s, 0.0)
        period = np.full(len(steps), float(meta["quarter"]))
        unknown = np.full(len(steps), np.nan)
        play = RecordedPlay(time_s, period, clock_s, unknown, ids, players_m, ball_m)
        games.setdefault(meta["game_id"], []).append((meta["quarter"], int(clip), play))
    recordings = []
    for game_id in sorted(games):
        chosen = sorted(games[game_id], key=lambda item: item[:2])
        first = about[chosen[0][1]]
        people = [row for row in players.to_pylist() if row["game_id"] == game_id]
        recordings.append(Recording(
            game_id, f"20{game_id[3:5]}", None, "nba", first["team_a"], first["team_b"],
            roster_rows(game_id, [(r["player_id"], r["team"], r["name"], "") for r in people]),
            tuple(play for _, _, play in chosen),
        ))  # fmt: skip
    return tables_of(recordings)


def read_sportvu_json(path: Path, *, league: str = "nba") -> Recording:
    """Read a game as the league published it until January 2016: events of moments.

    Events overlap: a moment that an earlier event has is left out of later ones. Times are those
    of the moments. The season is the year in which it began, August to July.

    Args:
        path: JSON with `gameid`, `gamedate` and `events`.
        league: name of a league file; its court must be the one that was recorded.

    Raises:
        GameError: The file is not such JSON; the message names the file and what is missing.
    """
    court = load_league(league).court
    try:
        raw = json.loads(path.read_text("utf-8"))
        first = raw["events"][0]
        home, away = first["home"], first["visitor"]
        people = {
            str(player["playerid"]): (str(player["playerid"]), str(side["teamid"]),
                     f"{player['firstname']} {player['lastname']}", str(player["jersey"]))
            for event in raw["events"] for side in (event["home"], event["visitor"])
            for player in side["players"]
        }  # fmt: skip
        told: set[tuple[int, int]] = set()
        plays = [
            play for event in raw["events"] for play in _event_plays(event["moments"], told, court)
        ]
        day = date.fromisoformat(raw["gamedate"])
        game_id = str(raw["gameid"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise GameError(
            f"{path}: expected SportVU JSON with gameid, gamedate and events of moments"
            f" ({type(error).__name__}: {error})"
        ) from error
    season = f"{day.year - (day.month < 8)}-{(day.year - (day.month < 8) + 1) % 100:02d}"
    return Recording(
        game_id, season, day, league, str(home["teamid"]), str(away["teamid"]),
        roster_rows(game_id, list(people.values())), tuple(sorted(plays, key=_begin)),
        home_team_name=str(home.get("name") or ""), away_team_name=str(away.get("name") or ""),
    )  # fmt: skip


def to_metres(
    x_ft: NDArray[np.float64], y_ft: NDArray[np.float64], court: Court
) -> NDArray[np.float64]:
    """(N, 2) court coordinates in metres of feet from the corner."""
    corner = np.array([court.length / 2, court.width / 2])
    place_m: NDArray[np.float64] = np.column_stack([x_ft, y_ft]) * FOOT_M - corner
    return place_m


def _begin(play: RecordedPlay) -> tuple[float, float]:
    return float(play.period[0]), float(play.time_s[0])


def _event_plays(
    moments: Sequence[Sequence[Any]], told: set[tuple[int, int]], court: Court
) -> list[RecordedPlay]:
    """The moments of an event that were not told yet, one play for each period."""
    new = {(int(m[0]), int(m[1])): m for m in moments if len(m[5])}
    kept = [new[key] for key in sorted(new.keys() - told)]
    told.update(new)
    return [
        _moments_play(list(group), court) for _, group in itertools.groupby(kept, lambda m: m[0])
    ]


def _moments_play(moments: Sequence[Sequence[Any]], court: Court) -> RecordedPlay:
    rows = [
        (index, str(who), x_ft, y_ft)
        for index, m in enumerate(moments)
        for _, who, x_ft, y_ft, *_ in m[5]
    ]
    moment, who, x_ft, y_ft = (np.array(values) for values in zip(*rows, strict=True))
    period, time_ms, clock_s, shot_clock_s = (
        np.array([m[k] for m in moments], np.float64)
        for k in range(4)  # None is NaN
    )
    grid = make_grid(moment, who, to_metres(x_ft, y_ft, court))
    return RecordedPlay(time_ms / 1000, period, clock_s, shot_clock_s, *grid)


def groups_of(keys: NDArray[Any]) -> list[tuple[Any, NDArray[np.intp]]]:
    """Each key, sorted, and the rows that have it, in order."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(keys[order][1:] != keys[order][:-1]) + 1
    return [(keys[group[0]], group) for group in np.split(order, starts) if len(group)]


def make_grid(
    moment: NDArray[np.int64], who: NDArray[np.str_], place_m: NDArray[np.float64]
) -> tuple[NDArray[np.str_], NDArray[np.float64], NDArray[np.float64]]:
    """Ids of the players, their places by moment, and those of the ball.

    Args:
        moment: (N,) moment of each row, from 0 without gaps.
        who: (N,) player, or `BALL_ID`.
        place_m: (N, 2) court coordinates, metres.
    """
    ids, index = np.unique(who, return_inverse=True)
    grid = np.full((int(moment.max()) + 1, len(ids), 2), np.nan)
    grid[moment, index] = place_m
    is_ball = ids == BALL_ID
    ball_m = grid[:, is_ball][:, 0] if is_ball.any() else np.full((len(grid), 2), np.nan)
    return ids[~is_ball], grid[:, ~is_ball], ball_m


def roster_rows(game_id: str, people: Sequence[tuple[Any, str, str, str]]) -> pa.Table:
    """Rows of `rosters` of (player, team, name, number)."""
    names = ("player_id", "team_id", "player_name", "jersey_number")
    rows: list[Mapping[str, Any]] = [
        {"game_id": game_id, "active": True} | dict(zip(names, map(str, person), strict=True))
        for person in people
    ]
    return pa.Table.from_pylist(rows, tables.ROSTERS.schema)
