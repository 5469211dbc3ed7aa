"""Tiny games written by hand: who stands where as a function of time, and nothing else.

The world of a game unless a test says otherwise: NBA rules, 10 frames a second, one segment from
0 s in the main view, first period, clock running. "HOM" attacks the basket at x > 0: its handler,
tracklet 1 ("H1"), stands with the ball on that half, marked by tracklet 11 ("A1").
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.tables import PUBLIC_TABLES
from playerid.warehouse import warehouse

Place = tuple[float, float] | None
Where = Callable[[float], Place]

IN_LANE = (12.0, 0.0)  # 2.4 m from the nearest side of the lane on every court
OUTSIDE = (6.0, -6.0)
HANDLER = (5.0, 5.0)


@dataclass
class Person:
    """Somebody on the court; `where` answers None while they are not observed."""

    tracklet: int
    team: str | None
    where: Where
    player: str | None = None
    prob: float | None = None
    role: str = "player"
    action: Callable[[float], str | None] = lambda _: None


@dataclass
class Game:
    """A game written by hand; frames lie `step_s` apart, `cuts` begin new segments."""

    people: list[Person]
    seconds: float
    holder: Callable[[float], int | None] = lambda _: 1
    step_s: float = 0.1
    league: str = "nba"
    cuts: tuple[float, ...] = ()
    running: Callable[[float], bool | None] | None = lambda _: True
    period: Callable[[float], int | None] = lambda _: 1
    scored: Callable[[float], bool] = lambda _: False
    score: Callable[[float], tuple[int | None, int | None]] = lambda _: (None, None)
    views: tuple[str, ...] = ()
    game_id: str = "0020000001"
    rosters: list[dict[str, object]] = field(default_factory=list)
    called: list[dict[str, object]] = field(default_factory=list)
    videos: list[str] | None = None
    team_names: tuple[str | None, str | None] = (None, None)


def at(place: Place) -> Where:
    """Stand still."""
    return lambda _: place


def between(start_s: float, end_s: float, inside: Place, outside: Place = OUTSIDE) -> Where:
    """Stand at `inside` from `start_s` to `end_s`, both included, and at `outside` else."""
    return lambda t: inside if start_s - 1e-6 <= t <= end_s + 1e-6 else outside


def handler_and_marker() -> list[Person]:
    """Who has the ball at the three-point line, and who stays with them."""
    return [
        Person(1, "HOM", at(HANDLER), "H1", 0.99),
        Person(11, "AWY", at((6.0, 4.5)), "A1", 0.99),
    ]


def open_game(folder: Path, *games: Game) -> duckdb.DuckDBPyConnection:
    """Write the public tables of the games as Parquet and connect to them."""
    files: dict[str, list[str]] = {}
    for game in games:
        rows = _rows(game)
        for table in PUBLIC_TABLES:
            path = folder / f"{table.name}-{game.game_id}.parquet"
            columns = [
                {f.name: row.get(f.name, _blank(f)) for f in table.schema}
                for row in rows[table.name]
            ]
            pq.write_table(pa.Table.from_pylist(columns, table.schema), path)
            files.setdefault(table.name, []).append(str(path))
    return warehouse.connect(files)


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, object]]:
    """Rows of a query as dictionaries."""
    answer = connection.execute(query)
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _blank(column: pa.Field) -> object:
    """Null, or zero where a column that no question reads may not be null."""
    if column.nullable:
        return None
    return "" if pa.types.is_string(column.type) else 0


def _rows(game: Game) -> dict[str, list[dict[str, object]]]:
    rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in PUBLIC_TABLES}
    edges = [0.0, *game.cuts, game.seconds + game.step_s]
    frames = round(game.seconds / game.step_s) + 1
    for frame in range(frames):
        time_s = round(frame * game.step_s, 6)
        segment = sum(time_s >= cut - 1e-6 for cut in game.cuts)
        key = {
            "game_id": game.game_id,
            "frame_index": frame,
            "time_s": time_s,
            "segment_index": segment,
        }
        box = {"x_min_px": 0.0, "y_min_px": 0.0, "x_max_px": 9.0, "y_max_px": 9.0}
        for person in game.people:
            if (place := person.where(time_s)) is not None:
                rows["player_frames"].append(
                    {
                        **key,
                        **box,
                        "tracklet_id": person.tracklet + 100 * segment,
                        "role": person.role,
                        "team_id": person.team,
                        "player_id": person.player,
                        "identity_prob": person.prob,
                        "detection_score": 0.9,
                        "court_x_m": place[0],
                        "court_y_m": place[1],
                        "action": person.action(time_s),
                    }
                )
        holder = game.holder(time_s)
        rows["ball_frames"].append(
            {
                **key,
                **box,
                "detection_score": 0.9,
                "holder_tracklet_id": None if holder is None else holder + 100 * segment,
                "in_basket": game.scored(time_s),
            }
        )
        if game.running is not None:
            rows["clock_frames"].append(
                {
                    **key,
                    "period": game.period(time_s),
                    "game_clock_s": 600.0 - time_s,
                    "clock_running": game.running(time_s),
                    "home_score": game.score(time_s)[0],
                    "away_score": game.score(time_s)[1],
                }
            )
    for index, (start_s, end_s) in enumerate(pairwise(edges)):
        rows["segments"].append(
            {
                "game_id": game.game_id,
                "segment_index": index,
                "start_frame": round(start_s / game.step_s),
                "end_frame": round(end_s / game.step_s),
                "start_s": start_s,
                "end_s": end_s,
                "view": game.views[index] if game.views else "main",
            }
        )
    rows["rosters"] = game.rosters or [
        {
            "game_id": game.game_id,
            "player_id": person.player,
            "team_id": person.team,
            "player_name": f"Player {person.player}",
            "jersey_number": str(person.tracklet),
            "active": True,
        }
        for person in {p.player: p for p in game.people if p.player}.values()
    ]
    rows["games"] = [_game_row(game)]
    rows["called_events"] = [
        {"game_id": game.game_id, "event_index": index, **event}
        for index, event in enumerate(game.called)
    ]
    return rows


def _game_row(game: Game) -> dict[str, object]:
    return {
        "game_id": game.game_id,
        "season": "2025-26",
        "date": date(2026, 1, 2),
        "league": game.league,
        "home_team_id": "HOM",
        "away_team_id": "AWY",
        "videos": game.videos,
        "home_team_name": game.team_names[0],
        "away_team_name": game.team_names[1],
        "duration_s": game.seconds,
        "main_view_s": game.seconds,
        "court_coverage": 1.0,
        "identity_coverage": 1.0,
        "inputs_sha256": "",
        "pack": "by hand",
        "models": "{}",
        "version": "0",
        "published_at": datetime(2026, 1, 2, tzinfo=UTC),
    }
