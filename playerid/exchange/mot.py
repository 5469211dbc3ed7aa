"""MOTChallenge text: boxes of tracked people, one line each.

`frame, id, left, top, width, height, confidence, ...`: frames from 1, pixels. What follows are
class and visibility of ground truth (`considered` stands for the confidence), or fillers of
results; no two trackers agree on it, so it is never read as a place on the court. What we write
has a `places.csv` beside it, which says time, score and place of each line.

References:
    https://motchallenge.net/instructions; TrackEval, which reads nine columns of ground truth.
"""

import configparser
import csv
import logging
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

logger = logging.getLogger(__name__)

ROWS = """
select frame_index + 1, tracklet_id + 1, x_min_px, y_min_px, x_max_px - x_min_px,
    y_max_px - y_min_px, time_s, detection_score, court_x_m, court_y_m
from player_frames
where x_max_px > x_min_px and y_max_px > y_min_px
order by frame_index, tracklet_id
"""
SEQUENCE = """
select max(games.game_id), max(end_frame),
    sum(end_frame - start_frame) / sum(end_s - start_s)
from segments cross join games
"""
PLACES = "places.csv"
PLACE_COLUMNS = ("frame", "id", "time_s", "detection_score", "court_x_m", "court_y_m")
PERSON_CLASSES = (1, -1)  # a pedestrian, and none


def write_mot(
    connection: duckdb.DuckDBPyConnection, folder: Path, size_px: tuple[int, int] | None = None
) -> list[Path]:
    """Write `<folder>/<game_id>/gt/gt.txt` as ground truth, `seqinfo.ini` and `places.csv`.

    It cannot hold: camera cuts, role, team, player and probability, the ball, the clock; which
    frames were sampled and held nobody; people without a box.

    Args:
        connection: the game.
        folder: where to.
        size_px: width and height of its pictures, if they are known.

    Raises:
        TableError: Nobody has a box, as in imported tracking.
    """
    game_id, length, rate = connection.sql(SEQUENCE).fetchall()[0]
    rows = connection.sql(ROWS).fetchall()
    if not rows:
        raise TableError(f"game {game_id}: nobody has a box, so there is nothing to write")
    target = folder / game_id / "gt" / "gt.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        f"{frame},{person},{left:.9g},{top:.9g},{width:.9g},{height:.9g},1,1,1"
        for frame, person, left, top, width, height, *_ in rows
    )
    target.write_text("\n".join(lines) + "\n", "utf-8")
    about = folder / game_id / "seqinfo.ini"
    size = f"imWidth={size_px[0]}\nimHeight={size_px[1]}\n" if size_px else ""
    about.write_text(
        f"[Sequence]\nname={game_id}\nimDir=img1\nframeRate={rate:.6g}\nseqLength={length}\n"
        f"{size}imExt=.jpg\n",
        "utf-8",
    )
    places = folder / game_id / PLACES
    with places.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(PLACE_COLUMNS)
        writer.writerows((row[0], row[1], *row[6:]) for row in rows)
    return [target, about, places]


def read_mot(path: Path, game: Game, frame_rate: float | None = None) -> dict[str, pa.Table]:
    """Public tables of a MOTChallenge file: one segment in the main view, people without names.

    Of ground truth, rows that are not considered or of another class than people are left out, as
    its own scores do.

    Args:
        path: the text; `seqinfo.ini` beside it, or a folder above, says the frame rate.
        game: which game it is, with its rosters.
        frame_rate: frames a second; it overrules `seqinfo.ini`.

    Returns:
        Name of each public table -> its rows.

    Raises:
        TableError: The text is not such a table, or nobody knows the frame rate.
    """
    values = _read(path)
    first_id = min(1, int(values[:, 1].min()))
    rate = frame_rate or _frame_rate(path)
    frame = values[:, 0].astype(np.int64) - 1
    person = values[:, 1].astype(np.int64) - first_id
    order = np.lexsort((frame, person))
    frame, person, values = frame[order], person[order], values[order]
    time_s, score, place_m = _beside(path, values, frame / rate)
    end_frame = max(int(frame.max()) + 1, _length(path))
    end_s = max(end_frame / rate, float(time_s.max()))
    common: dict[str, Any] = {"game_id": game.game_id, "segment_index": 0}
    who, first = np.unique(person, return_index=True)
    last = np.append(first[1:], len(person)) - 1
    found = {
        "segments": rows_of(tables.SEGMENTS, 1, common | {
            "start_frame": 0, "end_frame": end_frame, "start_s": 0.0, "end_s": end_s,
            "view": "main",
        }),
        "identities": rows_of(tables.IDENTITIES, len(who), common | {
            "tracklet_id": who, "start_s": time_s[first], "end_s": time_s[last],
            "role": "player",
        }),
        "player_frames": rows_of(tables.PLAYER_FRAMES, len(frame), common | {
            "frame_index": frame, "time_s": time_s, "tracklet_id": person, "role": "player",
            "x_min_px": values[:, 2], "y_min_px": values[:, 3],
            "x_max_px": values[:, 2] + values[:, 4], "y_max_px": values[:, 3] + values[:, 5],
            "detection_score": score,
            "court_x_m": place_m[:, 0], "court_y_m": place_m[:, 1],
        }),
        "games": rows_of(tables.GAMES, 1, {
            "game_id": game.game_id, "season": game.season, "date": game.date,
            "league": game.league, "home_team_id": game.home.team_id,
            "away_team_id": game.away.team_id, "home_team_name": game.home.name,
            "away_team_name": game.away.name, "duration_s": end_s, "main_view_s": end_s,
            "court_coverage": float(np.isfinite(place_m[:, 0]).mean()),
            "pack": "imported", "models": "{}", "published_at": 0,
        }),
        "rosters": game.roster_rows(),
    }  # fmt: skip
    return {t.name: found.get(t.name, t.schema.empty_table()) for t in tables.PUBLIC_TABLES}


def _read(path: Path) -> NDArray[np.float64]:
    try:
        values = np.loadtxt(path, delimiter=",", ndmin=2, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise TableError(
            f"{path}: expected lines of numbers with commas between: {error}"
        ) from error
    if not len(values) or values.shape[1] not in range(7, 11):
        raise TableError(
            f"{path}: expected 9 columns (ground truth) or 7 to 10 (results), found"
            f" {values.shape[1]}"
        )
    if (values[:, 0] < 1).any() or (values[:, 1] < 0).any() or (values[:, 4:6] <= 0).any():
        raise TableError(
            f"{path}: expected frames that count from 1, ids from 0 or 1, widths and heights"
            " above 0"
        )
    return _people(values, path) if values.shape[1] == 9 else values


def _people(values: NDArray[np.float64], path: Path) -> NDArray[np.float64]:
    """Rows of ground truth that are considered and of people; how many are not is told."""
    considered = values[:, 6] > 0
    person = np.isin(values[:, 7], PERSON_CLASSES)
    for count, why in (
        (int((~considered).sum()), "that are not considered"),
        (int((considered & ~person).sum()), "of another class than 1, a person"),
    ):
        if count:
            logger.warning("%s: left out %d of %d rows %s", path, count, len(values), why)
    kept = values[considered & person]
    if not len(kept):
        raise TableError(f"{path}: all {len(values)} rows are ignored: none is a considered person")
    return kept


def _beside(
    path: Path, values: NDArray[np.float64], even_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Times, scores and places of the rows, as our own file beside says; NaN where nobody does."""
    found = _find_beside(path, PLACES)
    is_result = values.shape[1] != 9
    score = np.where(is_result & (values[:, 6] >= 0), values[:, 6], np.nan)
    if found is None:
        return even_s, score, np.full((len(values), 2), np.nan)
    with found.open(encoding="utf-8", newline="") as file:
        told = {
            (int(row["frame"]), int(row["id"])): [
                float(row[name] or "nan") for name in PLACE_COLUMNS[2:]
            ]
            for row in csv.DictReader(file)
        }
    keys = [(int(row[0]), int(row[1])) for row in values]
    if missing := [key for key in keys if key not in told]:
        raise TableError(f"{found}: no line of frame {missing[0][0]} and id {missing[0][1]}")
    columns = np.array([told[key] for key in keys])
    return columns[:, 0], columns[:, 1], columns[:, 2:]


def _find_beside(path: Path, name: str) -> Path | None:
    """A file of that name beside the text, or a folder above."""
    files = (folder / name for folder in (path.parent, path.parent.parent))
    return next((file for file in files if file.is_file()), None)


def _about(path: Path) -> configparser.ConfigParser:
    about = configparser.ConfigParser()
    if found := _find_beside(path, "seqinfo.ini"):
        about.read(found, "utf-8-sig")
    return about


def _length(path: Path) -> int:
    return _about(path).getint("Sequence", "seqLength", fallback=0)


def _frame_rate(path: Path) -> float:
    rate = _about(path).getfloat("Sequence", "frameRate", fallback=0.0)
    if rate <= 0:
        raise TableError(
            f"{path}: no seqinfo.ini with a frameRate beside it; say it with --frame-rate"
        )
    return rate
