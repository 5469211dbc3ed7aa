"""A game of full size with made-up motion, for timings only: nobody should believe its answers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.archive import store
from playerid.publish.answers import answer
from playerid.tables import BALL_FRAMES, CLOCK_FRAMES, GAMES, PLAYER_FRAMES, ROSTERS, SEGMENTS
from playerid.warehouse.warehouse import materialised_tables

PERSONS = 12  # five of each team, then two referees
SEGMENTS_OF_GAME = 340
FRAMES_OF_SEGMENT = 258
STEP_S = 1 / 30


def write_game(folder: Path, game_id: str = "0020000001", seed: int = 0) -> dict[str, list[str]]:
    """Write one game: 340 segments, 87,720 frames, 1,052,640 rows of people.

    Players circle around the basket of the attack, in and out of the lane, every 12 s or so;
    the ball goes from hand to hand; teams attack in turns.
    """
    random = np.random.default_rng(seed)
    frames = SEGMENTS_OF_GAME * FRAMES_OF_SEGMENT
    frame = np.arange(frames, dtype=np.int32)
    segment = frame // FRAMES_OF_SEGMENT
    time_s = frame * STEP_S + 20.0 * segment
    offence = segment % 2
    sign = np.where(offence == 0, 1.0, -1.0)
    holder = (time_s // 4 % 5).astype(int) + 5 * offence
    tables = {
        "player_frames": _people(game_id, random, frame, segment, time_s, sign),
        "ball_frames": {
            "holder_tracklet_id": segment * PERSONS + holder,
            "in_basket": np.zeros(frames, bool),
        },
        "clock_frames": {
            "period": np.full(frames, 1) + segment // 85,
            "game_clock_s": 720.0 - time_s % 700,
            "clock_running": np.ones(frames, bool),
        },
    }
    for name in ("ball_frames", "clock_frames"):
        tables[name] |= {
            "game_id": np.full(frames, game_id),
            "frame_index": frame,
            "time_s": time_s,
            "segment_index": segment,
        }
    tables["segments"] = _segments(game_id, time_s)
    tables["games"] = {
        "game_id": [game_id],
        "league": ["nba"],
        "home_team_id": ["HOM"],
        "away_team_id": ["AWY"],
    }
    tables["rosters"] = {
        "game_id": np.full(10, game_id),
        "player_id": [f"p{k}" for k in range(10)],
        "team_id": ["HOM"] * 5 + ["AWY"] * 5,
        "player_name": [f"Player {k}" for k in range(10)],
        "jersey_number": [str(k) for k in range(10)],
        "active": np.ones(10, bool),
    }
    declared = (PLAYER_FRAMES, BALL_FRAMES, CLOCK_FRAMES, SEGMENTS, GAMES, ROSTERS)
    return {t.name: [_write(folder, game_id, t, tables[t.name])] for t in declared}


def _people(game_id, random, frame, segment, time_s, sign):
    phase = random.uniform(0, 2 * np.pi, (SEGMENTS_OF_GAME, PERSONS))[segment]
    period_s = random.uniform(6, 18, (SEGMENTS_OF_GAME, PERSONS))[segment]
    radius_m = random.uniform(1.0, 6.5, (SEGMENTS_OF_GAME, PERSONS))[segment]
    angle = phase + 2 * np.pi * time_s[:, None] / period_s
    noise = random.normal(0, 0.05, (2, *angle.shape))
    x = sign[:, None] * (12.0 - np.abs(radius_m * np.cos(angle))) + noise[0]
    y = radius_m * np.sin(angle) + noise[1]
    person = np.arange(PERSONS)
    shape = angle.shape
    known = random.uniform(size=(SEGMENTS_OF_GAME, PERSONS))[segment] < 0.85
    player = np.where(known & (person < 10), np.char.add("p", person.astype(str)), "")
    team = np.where(person < 5, "HOM", np.where(person < 10, "AWY", ""))
    columns = {
        "game_id": np.full(shape, game_id),
        "frame_index": np.broadcast_to(frame[:, None], shape),
        "time_s": np.broadcast_to(time_s[:, None], shape),
        "segment_index": np.broadcast_to(segment[:, None], shape),
        "tracklet_id": segment[:, None] * PERSONS + person,
        "role": np.broadcast_to(np.where(person < 10, "player", "referee"), shape),
        "team_id": np.broadcast_to(team, shape),
        "player_id": player,
        "identity_prob": np.full(shape, 0.97),
        "detection_score": np.full(shape, 0.9),
        "court_x_m": np.round(x, 2),
        "court_y_m": np.round(y, 2),
    }
    order = np.argsort(columns["tracklet_id"].ravel(), kind="stable")
    return {name: values.ravel()[order] for name, values in columns.items()}


def _segments(game_id, time_s):
    starts = np.arange(SEGMENTS_OF_GAME) * FRAMES_OF_SEGMENT
    return {
        "game_id": np.full(SEGMENTS_OF_GAME, game_id),
        "segment_index": np.arange(SEGMENTS_OF_GAME),
        "start_frame": starts,
        "end_frame": starts + FRAMES_OF_SEGMENT,
        "start_s": time_s[starts],
        "end_s": time_s[starts] + FRAMES_OF_SEGMENT * STEP_S,
        "view": np.full(SEGMENTS_OF_GAME, "main"),
    }


def _write(folder, game_id, table, columns):
    rows = len(columns["game_id"])
    arrays = []
    for field in table.schema:
        values = columns.get(field.name)
        if values is None:
            blank = None if field.nullable else ("" if pa.types.is_string(field.type) else 0)
            arrays.append(pa.array([blank], field.type).take(pa.array(np.zeros(rows, int))))
            continue
        array = pa.array(values)
        if pa.types.is_string(field.type) and field.nullable:
            array = pa.array(np.asarray(values), mask=np.asarray(values) == "")
        arrays.append(array.cast(field.type))
    path = folder / f"{table.name}-{game_id}.parquet"
    path.write_bytes(store.encode(table, pa.table(arrays, schema=table.schema)))
    return str(path)


def write_answers(folder: Path, connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Write the materialised views of a connection as the publication of a game does."""
    files = {}
    for table, rows in answer(connection):
        path = folder / f"{table.name}.parquet"
        path.write_bytes(store.encode(table, rows))
        files[table.name] = [str(path)]
    return files


def write_season(
    folder: Path, answers: Mapping[str, Sequence[str]], games: int
) -> dict[str, list[str]]:
    """Write the answers of one game as those of `games` games, each under its own name."""
    files: dict[str, list[str]] = {}
    tables = {table.name: table for table in materialised_tables()}
    for name in ("lane_stays", "possessions", "three_second_violations"):
        rows = pq.read_table(answers[name][0]).cast(tables[name].schema)
        index = rows.schema.get_field_index("game_id")
        for game in range(games):
            game_id = f"00200{game:05d}"
            path = folder / name / "season=2025-26" / f"game_id={game_id}" / "rows.parquet"
            path.parent.mkdir(parents=True)
            column = pa.repeat(pa.scalar(game_id), len(rows))
            named = rows.set_column(index, rows.schema.field(index), column)
            path.write_bytes(store.encode(tables[name], named))
            files.setdefault(name, []).append(str(path))
    return files
