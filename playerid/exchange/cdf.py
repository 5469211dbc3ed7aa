"""JSON lines named after the Common Data Format: a line per frame, court metres.

It is not valid against the schema of the format: `period` is our number, since its periods are
not those of every sport, and `timestamp` is null, since a video does not say the time of day.
`time_s`, `segment_index`, `game_clock_s` and `shot_clock_s` are ours.

References:
    Anzer et al., Common Data Format, 2025, version 0.2.
"""

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from playerid.errors import TableError
from playerid.exchange.recordings import RecordedPlay, Recording
from playerid.exchange.sportvu import BALL_ID, make_grid, roster_rows

logger = logging.getLogger(__name__)

PEOPLE = """
select player_frames.*, segments.view
from player_frames inner join segments using (game_id, segment_index)
order by frame_index, tracklet_id
"""


def write_cdf_jsonl(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `<game_id>.cdf.jsonl`: a line per frame of the main view, court metres.

    A player without a name has an id of null. It cannot hold: people whose team is undecided,
    probabilities, jersey numbers as text, boxes, cameras; the ball has a place only while held.
    """
    game_id = str(connection.sql("select game_id from games").fetchall()[0][0])
    home, away = connection.sql("select home_team_id, away_team_id from games").fetchall()[0]
    target = folder / f"{game_id}.cdf.jsonl"
    with target.open("w", encoding="utf-8") as file:
        for frame in _cdf_frames(connection, game_id, {"home": home, "away": away}):
            file.write(json.dumps(frame) + "\n")
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
                    if row["role"] == "player" and row["team_id"] == team
                ]}
                for side, team in teams.items()
            },
            "ball": {"x": holder["court_x_m"], "y": holder["court_y_m"], "z": None}
            if holder else None,
            "referees": [_cdf_place(row) for row in people if row["role"] == "referee"],
        }  # fmt: skip


def _cdf_place(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["player_id"], "x": row["court_x_m"], "y": row["court_y_m"]}


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
        named = [(p, team) for p, team in placed if p["id"] is not None]
        places = [(str(p["id"]), float(p["x"]), float(p["y"])) for p, _ in named]
        if raw.get("ball"):
            places.append((BALL_ID, float(raw["ball"]["x"]), float(raw["ball"]["y"])))
        return {
            "about": (str(raw["match"]["id"]), str(sides[0]["id"]), str(sides[1]["id"])),
            "time_s": float(raw["time_s"]),
            "segment_index": int(raw.get("segment_index") or 0),
            "teams": {str(p["id"]): team for p, team in named},
            "places": places,
            "unnamed": len(placed) - len(named) + len(raw.get("referees") or ()),
            **{name: _number(raw.get(name)) for name in ("period", "game_clock_s", "shot_clock_s")},
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
