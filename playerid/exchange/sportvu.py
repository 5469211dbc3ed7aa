"""SportVU-like tracking: JSON of the league, CSV as analysts share it, tables of plays.

Positions are feet from a corner of the court, x along its length; the ball is player -1.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from playerid import tables
from playerid.errors import GameError, TableError
from playerid.exchange.recordings import Play, Recording, tables_of
from playerid.league import Court, load_league

FOOT_M = 0.3048
BALL_ID = "-1"
CSV_COLUMNS = {
    "team_id": pa.string(),
    "player_id": pa.string(),
    "x_loc": pa.float64(),
    "y_loc": pa.float64(),
    "radius": pa.float64(),
    "game_clock": pa.float64(),
    "shot_clock": pa.float64(),
    "quarter": pa.int32(),
    "game_id": pa.string(),
    "event_id": pa.int32(),
}
TIME_COLUMN = "time_s"  # ours; files of others lack it


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
    games: dict[str, list[tuple[int, int, Play]]] = {}
    columns = (positions[name].to_numpy() for name in ("step", "player_id", "x_ft", "y_ft"))
    step, who, x_ft, y_ft = columns
    for clip, group in _groups(positions["clip"].to_numpy()):
        meta = about[int(clip)]
        grid = _grid(
            step[group], who[group].astype(str), to_metres(x_ft[group], y_ft[group], court)
        )
        ids, players_m, ball_m = grid
        clock_s = np.maximum(meta["clock_start_s"] - np.arange(len(ball_m)) * step_s, 0.0)
        play = Play(meta["quarter"], clock_s, step_s, ids, players_m, ball_m)
        games.setdefault(meta["game_id"], []).append((meta["quarter"], int(clip), play))
    recordings = []
    for game_id in sorted(games):
        chosen = sorted(games[game_id], key=lambda item: item[:2])
        first = about[chosen[0][1]]
        people = [row for row in players.to_pylist() if row["game_id"] == game_id]
        recordings.append(Recording(
            game_id, f"20{game_id[3:5]}", None, "nba", first["team_a"], first["team_b"],
            _rosters(game_id, [(r["player_id"], r["team"], r["name"], "") for r in people]),
            tuple(play for _, _, play in chosen),
        ))  # fmt: skip
    return tables_of(recordings)


def read_sportvu_json(path: Path, *, league: str = "nba", step_s: float = 0.04) -> Recording:
    """Read a game as the league published it until January 2016: events of moments.

    Events overlap: a moment that an earlier event has is left out of later ones. The season is
    the year in which it began, August to July.

    Args:
        path: JSON with `gameid`, `gamedate` and `events`.
        league: name of a league file; its court must be the one that was recorded.
        step_s: time between two moments, seconds.

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
        plays = [_event_play(event["moments"], told, court, step_s) for event in raw["events"]]
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
        _rosters(game_id, list(people.values())), tuple(play for play in plays if play),
    )  # fmt: skip


def read_sportvu_csv(
    path: Path, *, season: str, league: str = "nba", step_s: float = 0.04
) -> list[Recording]:
    """Read positions as CSV: the columns of `CSV_COLUMNS`, and `time_s` if we wrote the file.

    Without `time_s` every row of the ball begins a moment, `step_s` after the one before. The
    first team of a game is taken for the home team; players have no names.

    Args:
        path: the file, of one or several games.
        season: of all of them.
        league: name of a league file.
        step_s: time between two moments, seconds.

    Raises:
        TableError: A column is missing, or a value is not of its type.
    """
    options = pa_csv.ConvertOptions(
        column_types=CSV_COLUMNS | {TIME_COLUMN: pa.float64()}, strings_can_be_null=True
    )
    try:
        rows = pa_csv.read_csv(path, convert_options=options)
    except pa.ArrowInvalid as error:
        raise TableError(f"{path}: {error}") from error
    if missing := [name for name in CSV_COLUMNS if name not in rows.column_names]:
        raise TableError(f"{path}: expected columns {', '.join(CSV_COLUMNS)}; missing {missing}")
    court = load_league(league).court
    game_ids = np.asarray(rows["game_id"].to_pylist(), np.str_)
    return [
        _csv_recording(rows.take(pa.array(group)), str(game_id), season, league, court, step_s)
        for game_id, group in _groups(game_ids)
    ]


def to_metres(
    x_ft: NDArray[np.float64], y_ft: NDArray[np.float64], court: Court
) -> NDArray[np.float64]:
    """(N, 2) court coordinates in metres of feet from the corner."""
    corner = np.array([court.length / 2, court.width / 2])
    place_m: NDArray[np.float64] = np.column_stack([x_ft, y_ft]) * FOOT_M - corner
    return place_m


def _event_play(
    moments: Sequence[Sequence[Any]], told: set[tuple[int, int]], court: Court, step_s: float
) -> Play | None:
    new = [m for m in moments if (m[0], m[1]) not in told and len(m[5])]
    told.update((m[0], m[1]) for m in new)
    if not new:
        return None
    begin_ms = new[0][1]
    steps = [round((m[1] - begin_ms) / 1000 / step_s) for m in new]
    rows = [(s, str(p[1]), p[2], p[3]) for s, m in zip(steps, new, strict=True) for p in m[5]]
    step, who, x_ft, y_ft = (np.array(values) for values in zip(*rows, strict=True))
    ids, players_m, ball_m = _grid(step, who, to_metres(x_ft, y_ft, court))
    clock_s = np.full(len(ball_m), np.nan)
    clock_s[steps] = [np.nan if m[2] is None else m[2] for m in new]
    return Play(int(new[0][0]), clock_s, step_s, ids, players_m, ball_m)


def _csv_recording(
    rows: pa.Table, game_id: str, season: str, league: str, court: Court, step_s: float
) -> Recording:
    who = np.asarray(rows["player_id"].to_pylist(), np.str_)
    teams = {
        player: team
        for player, team in zip(who.tolist(), rows["team_id"].to_pylist(), strict=True)
        if player != BALL_ID
    }
    event = rows["event_id"].to_numpy()
    quarter, clock = (rows[name].to_numpy() for name in ("quarter", "game_clock"))
    place_m = to_metres(rows["x_loc"].to_numpy(), rows["y_loc"].to_numpy(), court)
    if TIME_COLUMN in rows.column_names:
        step_s, moment = _even_steps(rows[TIME_COLUMN].to_numpy(), step_s)
    else:
        moment = np.cumsum(who == BALL_ID)
    plays = []
    for _, group in _groups(event):
        step = moment[group] - moment[group].min()
        ids, players_m, ball_m = _grid(step, who[group], place_m[group])
        clock_s = np.full(len(ball_m), np.nan)
        clock_s[step] = clock[group]
        plays.append(Play(int(quarter[group[0]]), clock_s, step_s, ids, players_m, ball_m))
    order = [*dict.fromkeys(team for team in teams.values() if team), "", ""]
    people = [(player, team or "", player, "") for player, team in teams.items()]
    return Recording(
        game_id, season, None, league, order[0], order[1], _rosters(game_id, people), tuple(plays)
    )


def _even_steps(time_s: NDArray[np.float64], step_s: float) -> tuple[float, NDArray[np.int64]]:
    """The usual time between two moments, and the number of steps from the first to each."""
    moments = np.unique(time_s)
    usual = float(np.median(np.diff(moments))) if len(moments) > 1 else step_s
    return usual, np.rint((time_s - moments[0]) / usual).astype(np.int64)


def _groups(keys: NDArray[Any]) -> list[tuple[Any, NDArray[np.intp]]]:
    """Each key, sorted, and the rows that have it, in order."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(keys[order][1:] != keys[order][:-1]) + 1
    return [(keys[group[0]], group) for group in np.split(order, starts) if len(group)]


def _grid(
    step: NDArray[np.int64], who: NDArray[np.str_], place_m: NDArray[np.float64]
) -> tuple[NDArray[np.str_], NDArray[np.float64], NDArray[np.float64]]:
    """Ids of the players, their places by step, and those of the ball."""
    ids, index = np.unique(who, return_inverse=True)
    grid = np.full((int(step.max()) + 1, len(ids), 2), np.nan)
    grid[step, index] = place_m
    is_ball = ids == BALL_ID
    ball_m = grid[:, is_ball][:, 0] if is_ball.any() else np.full((len(grid), 2), np.nan)
    return ids[~is_ball], grid[:, ~is_ball], ball_m


def _rosters(game_id: str, people: Sequence[tuple[Any, str, str, str]]) -> pa.Table:
    names = ("player_id", "team_id", "player_name", "jersey_number")
    rows: list[Mapping[str, Any]] = [
        {"game_id": game_id, "active": True} | dict(zip(names, map(str, person), strict=True))
        for person in people
    ]
    return pa.Table.from_pylist(rows, tables.ROSTERS.schema)
