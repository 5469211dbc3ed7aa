"""Pixels of painted lines and a rough homography -> a homography that puts the lines on them."""

import itertools

import numpy as np
from numpy.typing import NDArray

from playerid.court.alignment import Alignment, refine_homography
from playerid.court.geometry import to_image_in_front
from playerid.leagues.marks import Court

Array = NDArray[np.float64]
_LEAST = 40
"""Fewer pixels of lines are not worth moving a view for."""


def align_lines(
    image_to_court: Array,
    points: Alignment,
    lines_px: Array,
    court: Court,
    width_px: int,
) -> Array:
    """Move a homography so that the court's lines fall on the pixels where lines were seen.

    Each pixel is paired with the nearest line and counts across it only, so that a straight line
    may be seen anywhere along itself. Named points count too, a tenth as much: they hold what the
    lines leave open.

    Args:
        image_to_court: (3, 3) pixels to metres, roughly right.
        points: named points that agree with it.
        lines_px: (L, 2) pixels on painted lines.
        court: whose lines they are.
        width_px: of the picture.

    Returns:
        The moved homography; the given one where too few lines were seen, or no more of them lie
        on the court's lines than before.
    """
    if len(lines_px) < _LEAST:
        return image_to_court
    marks_m = _along_lines(court)
    moved = image_to_court
    for share in (0.02, 0.012, 0.007, 0.005, 0.005):
        found = _pair(moved, marks_m, lines_px, share * width_px)
        if len(found[0]) < _LEAST:
            return image_to_court
        marks, seen, normals = found
        joined = Alignment(
            np.vstack([points.points_m, marks]),
            np.vstack([points.points_px, seen]),
            np.vstack([points.normals_px, normals]),
            np.concatenate([0.1 * points.weights, np.ones(len(marks))]),
        )
        moved = refine_homography(moved, joined, share * width_px / 3)
    before, after = (
        len(_pair(matrix, marks_m, lines_px, 0.0012 * width_px)[0])
        for matrix in (image_to_court, moved)
    )
    return moved if after > before else image_to_court


def _along_lines(court: Court, step_m: float = 0.01) -> list[Array]:
    """Points along each line, a hundredth of the court's length apart, metres."""
    step_m *= court.length
    lines = []
    for line in court.lines():
        pieces = []
        for start, end in itertools.pairwise(line):
            count = max(int(np.linalg.norm(end - start) / step_m), 1)
            shares = np.linspace(0, 1, count, endpoint=False)[:, None]
            pieces.append(start + shares * (end - start))
        lines.append(np.vstack([*pieces, line[-1:]]))
    return lines


def _pair(
    image_to_court: Array, lines_m: list[Array], seen_px: Array, radius_px: float
) -> tuple[Array, Array, Array]:
    """Pair pixels with places on lines: (M, 2) metres, (M, 2) pixels, (M, 2) unit normals."""
    starts, ends, starts_m, ends_m = [], [], [], []
    for line in lines_m:
        line_px = to_image_in_front(line, image_to_court)
        fine = np.asarray(np.isfinite(line_px).all(axis=1), np.bool_)
        both = fine[:-1] & fine[1:]
        starts.append(line_px[:-1][both])
        ends.append(line_px[1:][both])
        starts_m.append(line[:-1][both])
        ends_m.append(line[1:][both])
    start, end = np.vstack(starts), np.vstack(ends)
    start_m, end_m = np.vstack(starts_m), np.vstack(ends_m)
    if not len(start):
        return np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2))
    along = end - start
    long = np.maximum((along**2).sum(axis=1), 1e-9)
    share = ((seen_px[:, None] - start[None]) * along[None]).sum(axis=2) / long
    share = np.clip(share, 0, 1)
    gap = np.linalg.norm(start[None] + share[..., None] * along[None] - seen_px[:, None], axis=2)
    nearest = gap.argmin(axis=1)
    rows = np.arange(len(seen_px))
    close = np.asarray(gap[rows, nearest] < radius_px, np.bool_)
    rows, nearest = rows[close], nearest[close]
    part = share[rows, nearest][:, None]
    tangent = along[nearest] / np.sqrt(long[nearest])[:, None]
    return (
        start_m[nearest] + part * (end_m[nearest] - start_m[nearest]),
        seen_px[rows],
        np.column_stack([-tangent[:, 1], tangent[:, 0]]),
    )
