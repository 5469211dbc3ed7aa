"""Views of a game against points of the court that a person marked in its frames.

A CSV file with a header and one row per point and frame, in any order of the columns:

frame_index  frame of the video, from 0
point        as `Court.points` names it
x_px,y_px    where it is in the picture
"""

import csv
import io
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.court.geometry import to_court_below_horizon, to_image_in_front
from playerid.errors import LabelsError
from playerid.leagues.marks import Court

COLUMNS = ("frame_index", "point", "x_px", "y_px")
Marked = Mapping[int, tuple[NDArray[np.float64], NDArray[np.float64]]]


def read_court_points(text: str, file: str, court: Court) -> Marked:
    """Read marked points; the format is that of this module's description.

    Args:
        text: content of the CSV file.
        file: where it came from, for the message.
        court: whose points are named.

    Returns:
        Frame -> the same N points in the picture (N, 2), pixels, and on the court (N, 2), metres.

    Raises:
        LabelsError: A column is missing, a value is none, or the court has no such point.
    """
    reader = csv.DictReader(io.StringIO(text))
    if missing := set(COLUMNS) - set(reader.fieldnames or ()):
        raise LabelsError(f"{file} lacks the columns {', '.join(sorted(missing))}")
    known = court.points()
    marked: dict[int, list[list[float]]] = {}
    for line, row in enumerate(reader, start=2):
        if row["point"] not in known.names:
            raise LabelsError(f"{file}, line {line}: the court has no point {row['point']!r}")
        place_m = known.points_m[known.names.index(row["point"])].tolist()
        try:
            pair = [float(row["x_px"]), float(row["y_px"]), *place_m]
            marked.setdefault(int(row["frame_index"]), []).append(pair)
        except ValueError as error:
            raise LabelsError(f"{file}, line {line}: expected numbers") from error
    pairs = {frame: np.array(rows) for frame, rows in sorted(marked.items())}
    return {frame: (rows[:, :2], rows[:, 2:]) for frame, rows in pairs.items()}


def score_court_points(
    court_views: pa.Table, marked: Marked, *, max_away: int = 1
) -> dict[str, float]:
    """Compare published views with marked points.

    Args:
        court_views: rows of the game.
        marked: of `read_court_points`.
        max_away: a frame that was not sampled is compared with the nearest one so far away.

    Returns:
        `court_solved`, share of the marked frames that have a view; of those, the median and the
        ninth decile of the distances in the picture, `court_point_px` and `court_point_p90_px`,
        and on the floor, `court_point_m` and `court_point_p90_m`. NaN where there is none.
    """
    matrices = dict(
        zip(
            court_views["frame_index"].to_pylist(),
            court_views["image_to_court"].to_pylist(),
            strict=True,
        )
    )
    sampled = np.array(sorted(matrices), np.int64)
    gaps_px, gaps_m, solved = [np.zeros(0)], [np.zeros(0)], 0
    for frame, (points_px, points_m) in marked.items():
        near = int(sampled[np.abs(sampled - frame).argmin()]) if len(sampled) else -1
        if abs(near - frame) > max_away or matrices.get(near) is None:
            continue
        solved += 1
        matrix = np.array(matrices[near], np.float64).reshape(3, 3)
        shown_px, placed_m = (
            to_image_in_front(points_m, matrix),
            to_court_below_horizon(points_px, matrix),
        )
        gaps_px.append(np.linalg.norm(shown_px - points_px, axis=1))
        gaps_m.append(np.linalg.norm(placed_m - points_m, axis=1))
    scores = {"court_solved": solved / len(marked) if marked else float("nan")}
    for unit, gaps in (("px", np.concatenate(gaps_px)), ("m", np.concatenate(gaps_m))):
        known = np.nan_to_num(gaps, nan=np.inf)
        scores[f"court_point_{unit}"] = float(np.median(known)) if len(known) else float("nan")
        ninth = float(np.quantile(known, 0.9)) if len(known) else float("nan")
        scores[f"court_point_p90_{unit}"] = ninth
    return scores
