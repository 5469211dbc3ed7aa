"""Named points found in a picture -> the homography of its view, or why there is none."""

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.court.alignment import Alignment, refine_homography
from playerid.court.geometry import CourtView, to_court_below_horizon, to_image_in_front
from playerid.court.line_alignment import align_lines
from playerid.leagues.marks import Court
from playerid.models.court import CourtKeypoints

_MIN_POINTS = 6
"""Fewer points that agree prove nothing: four always agree."""


def solve_view(
    keypoints: CourtKeypoints,
    court: Court,
    size_px: tuple[int, int],
    *,
    min_score: float = 0.25,
    tolerance: float = 0.02,
    max_error: float = 0.021,
) -> CourtView:
    """Find the homography on which the points of one frame agree.

    RANSAC, then least squares on the points that agree, weighted by their scores, and on the lines
    where the model saw some. A view that no camera above the near side of the court could show is
    not solved.

    Args:
        keypoints: the points, and perhaps lines, that a court model found.
        court: the rules, which say where the points are.
        size_px: width and height of the picture.
        min_score: points below it are not used.
        tolerance: distance at which a point still agrees, as a share of the width.
        max_error: root mean square distance on the floor above which the view is not believed, as
            a share of the court's length: 0.6 m on a court of 28.65 m.

    Returns:
        The view; without a homography, and with the reason, if it is not solved.
    """
    sure = keypoints.scores >= min_score
    if sure.sum() < _MIN_POINTS:
        return CourtView(None, None, 0, f"{sure.sum()} court points found, {_MIN_POINTS} needed")
    points_m = court.points().points_m[sure]
    points_px = keypoints.points_px[sure].astype(np.float64)
    tolerance_px = tolerance * size_px[0]
    matrix, agree = _agree(points_m, points_px, tolerance_px)
    if matrix is None or agree.sum() < _MIN_POINTS:
        return CourtView(None, None, int(agree.sum()), "the court points do not agree")
    alignment = Alignment(
        points_m[agree],
        points_px[agree],
        np.zeros((agree.sum(), 2)),
        keypoints.scores[sure][agree].astype(np.float64),
    )
    for _ in range(4):
        matrix = refine_homography(matrix, alignment, tolerance_px / 5)
    lines_px = keypoints.lines_px.astype(np.float64)
    if not _doubt(matrix, alignment, size_px, court.length):
        matrix = align_lines(matrix, alignment, lines_px, court, size_px[0])
    found_m = to_court_below_horizon(alignment.points_px, matrix)
    error_m = float(np.sqrt(((found_m - alignment.points_m) ** 2).sum(axis=1).mean()))
    reason = _doubt(matrix, alignment, size_px, court.length)
    max_error_m = max_error * court.length
    if not reason and not error_m <= max_error_m:
        reason = (
            f"the court points miss by {error_m:.2f} m, at most {max_error_m:.2g} m is believed"
        )
    if not reason and agree.sum() < 0.5 * sure.sum():
        reason = f"only {agree.sum()} of {sure.sum()} court points agree"
    if reason:
        return CourtView(None, None, int(agree.sum()), reason)
    return CourtView(matrix, error_m, int(agree.sum()), "")


def _agree(
    points_m: NDArray[np.float64], points_px: NDArray[np.float64], tolerance_px: float
) -> tuple[NDArray[np.float64] | None, NDArray[np.bool_]]:
    """Homography from pixels to metres by RANSAC, and the points within the tolerance of it."""
    nobody = np.zeros(len(points_m), np.bool_)
    cv2.setRNGSeed(0)
    court_to_image, _ = cv2.findHomography(
        points_m, points_px, cv2.RANSAC, tolerance_px, maxIters=2000, confidence=0.999
    )
    if court_to_image is None or not np.isfinite(court_to_image).all():
        return None, nobody
    if np.linalg.cond(court_to_image) > 1e12:
        return None, nobody
    image_to_court = np.linalg.inv(court_to_image)
    homogeneous = np.column_stack([points_px, np.ones(len(points_px))])
    image_to_court *= np.sign(np.median(homogeneous @ image_to_court[2]))
    gap = np.linalg.norm(to_image_in_front(points_m, image_to_court) - points_px, axis=1)
    return image_to_court, np.nan_to_num(gap, nan=np.inf) <= tolerance_px


def _doubt(
    image_to_court: NDArray[np.float64],
    alignment: Alignment,
    size_px: tuple[int, int],
    length_m: float,
) -> str:
    """Say why no camera above the near side would show this; "" if one might.

    A picture shows between a seventh and twice the length of a court.
    """
    spread_m = np.linalg.svd(
        alignment.points_m - alignment.points_m.mean(axis=0), compute_uv=False
    ) / np.sqrt(len(alignment.points_m))
    if spread_m[1] < 0.021 * length_m:
        return "the court points lie on one line"
    x, y = np.meshgrid([0.0, 0.5, 1.0], [0.75, 1.0])
    floor_px = np.column_stack([x.ravel(), y.ravel()]) * size_px
    probes = np.vstack([alignment.points_px, floor_px])
    homogeneous = np.column_stack([probes, np.ones(len(probes))]) @ image_to_court.T
    if (homogeneous[:, 2] <= 0).any():
        return "the horizon crosses the floor"
    here, right, down = (
        to_court_below_horizon(probes + step, image_to_court) for step in ([0, 0], [1, 0], [0, 1])
    )
    along, towards = right - here, down - here
    turn = along[:, 0] * towards[:, 1] - along[:, 1] * towards[:, 0]
    if not (turn < 0).all():
        return "the view is a mirror image"
    seen = len(alignment.points_px)
    if np.median(along[:seen, 0]) <= 0 or np.median(towards[:seen, 1]) >= 0:
        return "the view is not from the near side"
    wide_m = np.median(np.linalg.norm(along[:seen], axis=1)) * size_px[0]
    if not 0.14 * length_m <= wide_m <= 2.1 * length_m:
        return f"the picture would be {wide_m:.0f} m wide"
    return ""
