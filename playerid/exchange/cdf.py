"""JSON lines named after the Common Data Format: a line per frame, court metres.

It is not valid against the schema of the format: `period` is our number, since its periods are
not those of every sport, and `timestamp` is null, since a video does not say the time of day.
`time_s`, `segment_index`, `game_clock_s` and `shot_clock_s` are ours.

References:
    Anzer et al., Common Data Format, 2025, version 0.2.
"""

import datetime as dt
import json
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from playerid.errors import TableError
from playerid.exchange.recordings import RecordedPlay, Recording
from playerid.exchange.sportvu import BALL_ID, make_grid, roster_rows
from playerid.leagues import load_league, load_sport, sport_names
from playerid.tables import PLAYING_ROLES

logger = logging.getLogger(__name__)

UNNAMED = "tracklet-"
UNKNOWN_DAY = dt.date(1970, 1, 1)
PERIODS = {
    name: float(number)
    for sport in sport_names()
    for number, name in enumerate(load_sport(sport).period_names, 1)
}
"""Name of a period, in any sport -> number."""
PEOPLE = """
select player_frames.*, segments.view
from player_frames inner join segments using (game_id, segment_index)
order by frame_index, tracklet_id
"""


def write_cdf_jsonl(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `<game_id>.cdf.jsonl`: a line per frame of the main view, court metres.

    A player without a name has an id of null, or that of his tracklet. It cannot hold: people whose
    team is undecided, probabilities, jersey numbers as text, boxes, cameras; where the place of the
    ball is not known, it has one only while held.
    """
    ((game_id, home, away, day, league),) = connection.sql(
        "select game_id, home_team_id, away_team_id, date, league from games"
    ).fetchall()
    target = folder / f"{game_id}.cdf.jsonl"
    names = load_league(league).sport.period_names
    seen = _by_frame(connection, "from ball_frames where court_x_m is not null") if names else {}
    lost = 0
    with target.open("w", encoding="utf-8") as file:
        for frame in _cdf_frames(connection, game_id, {"home": home, "away": away}):
            if names and (ball := seen.get(frame["frame_id"])):
                frame["ball"] = {"x": ball["court_x_m"], "y": ball["court_y_m"], "z": None}
            told = to_valid(frame, names, day or UNKNOWN_DAY) if names else _without_tracks(frame)
            lost += told is None
            if told is not None:
                file.write(json.dumps(told) + "\n")
    if lost:
        logger.warning("%s: left out %d frames whose period is not known", game_id, lost)
    return [target]


def _cdf_frames(
    connection: duckdb.DuckDBPyConnection, game_id: str, teams: dict[str, str]
) -> Iterator[dict[str, Any]]:
    clock = _by_frame(connection, "from clock_frames")
    balls = _by_frame(connection, "from ball_frames where holder_tracklet_id is not null")
    frames: dict[int, list[dict[str, Any]]] = {}
    for row in connection.sql(PEOPLE).to_arrow_table().to_pylist():
        if row["view"] == "main":
            frames.setdefault(row["frame_index"], []).append(row)
    for frame, people in frames.items():
        told = clock.get(frame, {})
        held = balls.get(frame, {}).get("holder_tracklet_id")
        holder = next((row for row in people if row["tracklet_id"] == held), None)
        yield {
            "frame_id": frame, "timestamp": None, "time_s": people[0]["time_s"],
            "segment_index": people[0]["segment_index"],
            "period": told.get("period"), "game_clock_s": told.get("game_clock_s"),
            "shot_clock_s": told.get("shot_clock_s"), "match": {"id": game_id},
            "ball_status": told.get("clock_running"),
            "ball_poss_team_id": holder["team_id"] if holder else None,
            "teams": {
                side: {"id": team, "players": [
                    _cdf_place(row) for row in people
                    if row["role"] in PLAYING_ROLES and row["team_id"] == team
                ]}
                for side, team in teams.items()
            },
            "ball": {"x": holder["court_x_m"], "y": holder["court_y_m"], "z": None}
            if holder else None,
            "referees": [_cdf_place(row) for row in people if row["role"] == "referee"],
        }  # fmt: skip


def to_valid(frame: dict[str, Any], names: Sequence[str], day: dt.date) -> dict[str, Any] | None:
    """A frame as the schema wants it; None if its period has no name.

    Args:
        frame: as it is written for other sports.
        names: of the periods, in order.
        day: of the game.
    """
    period = frame["period"]
    if period is None or not 0 < period <= len(names):
        return None
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    moment = midnight + dt.timedelta(seconds=frame["time_s"])
    told = {
        name: value
        for name, value in frame.items()
        if name not in {"ball_status", "ball_poss_team_id", "referees"}
    }
    ball = {"x": None, "y": None, "z": None} | (frame["ball"] or {})
    if frame["ball_status"] is not None:
        ball["status"] = frame["ball_status"]
    if re.fullmatch(r"[a-z0-9_]+", frame["ball_poss_team_id"] or ""):  # others are not valid
        ball["poss_team_id"] = frame["ball_poss_team_id"]
    return told | {
        "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "period": names[period - 1],
        "teams": {
            side: {"id": team["id"], "players": [_known(row) for row in team["players"]]}
            for side, team in frame["teams"].items()
        },
        "ball": ball,
        "officials": [_known(row) for row in frame["referees"]],
    }


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """A place whose id is a text; `UNNAMED` and the tracklet, if it is nobody's name."""
    name = row["id"] if row["id"] is not None else f"{UNNAMED}{row['tracklet_id']}"
    return _bare(row | {"id": name})


def _without_tracks(frame: dict[str, Any]) -> dict[str, Any]:
    """A frame whose places say no tracklet."""
    sides = frame["teams"].items()
    return frame | {
        "teams": {
            side: team | {"players": [_bare(row) for row in team["players"]]}
            for side, team in sides
        },
        "referees": [_bare(row) for row in frame["referees"]],
    }


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "x": row["x"], "y": row["y"]}


def _cdf_place(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["player_id"], "tracklet_id": row["tracklet_id"],
        "x": row["court_x_m"], "y": row["court_y_m"],
    }  # fmt: skip


def _by_frame(connection: duckdb.DuckDBPyConnection, query: str) -> dict[int, dict[str, Any]]:
    return {row["frame_index"]: row for row in connection.sql(query).to_arrow_table().to_pylist()}


def read_cdf_jsonl(path: Path, *, season: str, league: str = "nba") -> list[Recording]:
    """Read a file that we wrote, or one of others whose frames have a `time_s`.

    People without a name are left out, and counted; a frame without a `segment_index` is of the
    only one. Players have no names but their ids.

    Args:
        path: the file, of one game.
        season: of the game.
        league: name of a league file.

    Raises:
        TableError: A line is no such frame, or is of another game; the message names the line.
    """
    frames = [_frame(text, f"{path}, line {line}") for line, text in _lines(path)]
    if not frames:
        raise TableError(f"{path}: no line")
    about: Counter[tuple[str, str, str]] = Counter(frame["about"] for frame in frames)
    if len(about) > 1:
        raise TableError(f"{path}: expected one game and two teams, found {len(about)}")
    game_id, home, away = frames[0]["about"]
    people = {
        player: (player, frame["teams"][player], player, "")
        for frame in frames
        for player in frame["teams"]
    }
    if unnamed := sum(frame["unnamed"] for frame in frames):
        logger.warning("%s: left out %d places of people without a name", path, unnamed)
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for frame in sorted(frames, key=lambda frame: frame["time_s"]):
        groups[frame["segment_index"]].append(frame)
    plays = [_play(group) for group in groups.values() if any(frame["places"] for frame in group)]
    return [Recording(
        game_id, season, None, league, home, away, roster_rows(game_id, list(people.values())),
        tuple(sorted(plays, key=lambda play: float(play.time_s[0]))), is_timed=True,
    )]  # fmt: skip


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8-sig") as file:
        yield from ((line, text) for line, text in enumerate(file, start=1) if text.strip())


def _frame(text: str, place: str) -> dict[str, Any]:
    try:
        raw = json.loads(text)
        sides = [raw["teams"][side] for side in ("home", "away")]
        players = [(p, str(side["id"])) for side in sides for p in side["players"]]
        placed = [(p, team) for p, team in players if p["x"] is not None and p["y"] is not None]
        named = [
            (p, team) for p, team in placed
            if p["id"] is not None and not str(p["id"]).startswith(UNNAMED)
        ]  # fmt: skip
        places = [(str(p["id"]), float(p["x"]), float(p["y"])) for p, _ in named]
        if raw.get("ball") and raw["ball"]["x"] is not None and raw["ball"]["y"] is not None:
            places.append((BALL_ID, float(raw["ball"]["x"]), float(raw["ball"]["y"])))
        return {
            "about": (str(raw["match"]["id"]), str(sides[0]["id"]), str(sides[1]["id"])),
            "time_s": float(raw["time_s"]),
            "segment_index": int(raw.get("segment_index") or 0),
            "teams": {str(p["id"]): team for p, team in named},
            "places": places,
            "unnamed": len(placed)
            - len(named)
            + len(raw.get("referees") or raw.get("officials") or ()),
            "period": PERIODS.get(raw.get("period")) or _number(raw.get("period")),
            **{name: _number(raw.get(name)) for name in ("game_clock_s", "shot_clock_s")},
        }
    except (KeyError, TypeError, ValueError) as error:
        raise TableError(
            f"{place}: expected a frame with match, time_s and teams of players"
            f" ({type(error).__name__}: {error})"
        ) from error


def _number(value: object) -> float:
    return float("nan") if value is None else float(str(value))


def _play(frames: Sequence[Mapping[str, Any]]) -> RecordedPlay:
    rows = [(index, *place) for index, frame in enumerate(frames) for place in frame["places"]]
    moment, who, x_m, y_m = (np.array(values) for values in zip(*rows, strict=True))
    ids, players_m, ball_m = make_grid(moment, who, np.column_stack([x_m, y_m]))
    missing = len(frames) - len(ball_m)  # frames at the end in which nobody is placed
    if missing:
        players_m = np.pad(players_m, ((0, missing), (0, 0), (0, 0)), constant_values=np.nan)
        ball_m = np.pad(ball_m, ((0, missing), (0, 0)), constant_values=np.nan)
    time_s, period, clock_s, shot_clock_s = (
        np.array([frame[name] for frame in frames], np.float64)
        for name in ("time_s", "period", "game_clock_s", "shot_clock_s")
    )
    return RecordedPlay(time_s, period, clock_s, shot_clock_s, ids, players_m, ball_m)
