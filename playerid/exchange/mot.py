"""MOTChallenge text: boxes of tracked people, one line each.

`frame, id, left, top, width, height, confidence, x, y, z`: frames and ids from 1, pixels; x, y
are court coordinates in metres and z is 0, or all three are -1. Ground truth has nine columns:
`frame, id, left, top, width, height, considered, class, visibility`.
"""

import configparser
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables
from playerid.errors import TableError
from playerid.exchange.recordings import rows_of
from playerid.game.roster import Game

ROWS = """
select frame_index + 1, tracklet_id + 1, x_min_px, y_min_px, x_max_px - x_min_px,
    y_max_px - y_min_px, detection_score, coalesce(court_x_m, -1), coalesce(court_y_m, -1),
    if(court_x_m is null, -1, 0)
from player_frames
order by frame_index, tracklet_id
"""
SEQUENCE = """
select games.game_id, max(player_frames.frame_index) + 1,
    1 / median((segments.end_s - segments.start_s) / (segments.end_frame - segments.start_frame))
from player_frames inner join segments using (game_id, segment_index) cross join games
group by games.game_id
"""


def write_mot(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `<folder>/<game_id>/gt/gt.txt`, in the ten columns, and `seqinfo.ini`.

    It cannot hold: time (only a frame rate), camera cuts, role, team, player and probability,
    the ball, the clock; which frames were sampled and held nobody.
    """
    game_id, length, rate = connection.sql(SEQUENCE).fetchall()[0]
    target = folder / game_id / "gt" / "gt.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        f"{frame},{person},{left:g},{top:g},{width:g},{height:g},{score:.4g},{x:.2f},{y:.2f},{z}"
        for frame, person, left, top, width, height, score, x, y, z in connection.sql(
            ROWS
        ).fetchall()
    )
    target.write_text("\n".join(lines) + "\n", "utf-8")
    about = folder / game_id / "seqinfo.ini"
    about.write_text(
        f"[Sequence]\nname={game_id}\nframeRate={rate:.6g}\nseqLength={length}\n", "utf-8"
    )
    return [target, about]


def read_mot(path: Path, game: Game, frame_rate: float | None = None) -> dict[str, pa.Table]:
    """Public tables of a MOTChallenge file: one segment in the main view, people without names.

    Of ground truth, rows that are not considered are left out, as its own scores do.

    Args:
        path: the text; `seqinfo.ini` beside it, or a folder above, says the frame rate.
        game: which game it is, with its rosters.
        frame_rate: frames a second, if no `seqinfo.ini` does.

    Returns:
        Name of each public table -> its rows.

    Raises:
        TableError: The text is not such a table, or nobody knows the frame rate.
    """
    values = _read(path)
    rate = frame_rate or _frame_rate(path)
    frame, person = values[:, 0].astype(np.int64) - 1, values[:, 1].astype(np.int64) - 1
    order = np.lexsort((frame, person))
    frame, person, values = frame[order], person[order], values[order]
    frames = int(frame.max()) + 1
    has_place = values.shape[1] >= 10 and (values[:, 7:10] != -1).any(axis=1)
    place_m = np.where(np.atleast_1d(has_place)[:, None], values[:, 7:9], np.nan)
    common: dict[str, Any] = {"game_id": game.game_id, "segment_index": 0}
    who, first = np.unique(person, return_index=True)
    last = np.append(first[1:], len(person)) - 1
    found = {
        "segments": rows_of(tables.SEGMENTS, 1, common | {
            "start_frame": 0, "end_frame": frames, "start_s": 0.0, "end_s": frames / rate,
            "view": "main",
        }),
        "identities": rows_of(tables.IDENTITIES, len(who), common | {
            "tracklet_id": who, "start_s": frame[first] / rate, "end_s": frame[last] / rate,
            "role": "player",
        }),
        "player_frames": rows_of(tables.PLAYER_FRAMES, len(frame), common | {
            "frame_index": frame, "time_s": frame / rate, "tracklet_id": person, "role": "player",
            "x_min_px": values[:, 2], "y_min_px": values[:, 3],
            "x_max_px": values[:, 2] + values[:, 4], "y_max_px": values[:, 3] + values[:, 5],
            "detection_score": values[:, 6],
            "court_x_m": place_m[:, 0], "court_y_m": place_m[:, 1],
        }),
        "games": rows_of(tables.GAMES, 1, {
            "game_id": game.game_id, "season": game.season, "date": game.date,
            "league": game.league, "home_team_id": game.home.team_id,
            "away_team_id": game.away.team_id, "duration_s": frames / rate,
            "main_view_s": frames / rate, "court_coverage": float(np.mean(has_place)),
            "pack": "imported", "models": "{}", "published_at": 0,
        }),
        "rosters": game.roster_rows(),
    }  # fmt: skip
    return {t.name: found.get(t.name, t.schema.empty_table()) for t in tables.PUBLIC_TABLES}


def _read(path: Path) -> NDArray[np.float64]:
    try:
        values = np.loadtxt(path, delimiter=",", ndmin=2)
    except (OSError, ValueError) as error:
        raise TableError(
            f"{path}: expected lines of numbers with commas between: {error}"
        ) from error
    if not len(values) or values.shape[1] not in (9, 10):
        raise TableError(
            f"{path}: expected 9 columns (ground truth) or 10 (results), found {values.shape[1]}"
        )
    if (values[:, :2] < 1).any() or (values[:, 4:6] <= 0).any():
        raise TableError(f"{path}: frames and ids count from 1, widths and heights are above 0")
    return values[values[:, 6] > 0] if values.shape[1] == 9 else values


def _frame_rate(path: Path) -> float:
    for folder in (path.parent, path.parent.parent):
        if (folder / "seqinfo.ini").is_file():
            about = configparser.ConfigParser()
            about.read(folder / "seqinfo.ini", "utf-8")
            rate = about.getfloat("Sequence", "frameRate", fallback=0.0)
            if rate > 0:
                return rate
    raise TableError(f"{path}: no seqinfo.ini with a frameRate beside it; say it with --frame-rate")
