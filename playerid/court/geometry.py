"""Image points <-> court points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.errors import CalibrationError


@dataclass(frozen=True, slots=True)
class CourtView:
    """How one frame shows the court.

    Attributes:
        image_to_court: (3, 3) homography from pixels to metres, positive on the floor in front
            of the camera; None if the view is not solved.
        court_error_m: root mean square distance of the points that agree, metres; None if not
            solved.
        points: court points that agree with the homography.
        reason: why the view is not solved; "" if it is.
    """

    image_to_court: NDArray[np.float64] | None
    court_error_m: float | None
    points: int
    reason: str


def to_court(
    points_px: NDArray[np.float64], image_to_court: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Project image points onto the floor of the court.

    Only points on the floor project correctly: give a player's foot point, not the box centre.

    Args:
        points_px: (N, 2) image points (x, y), pixels. N may be 0.
        image_to_court: (3, 3) homography from pixels to metres.

    Returns:
        (N, 2) court points (x, y), metres; see "court coordinates" in the glossary.

    Raises:
        CalibrationError: A point lies on or above the horizon of the homography, so it has no
            place on the floor.

    References:
        Hartley & Zisserman, Multiple View Geometry, 2nd ed., section 2.3.
    """
    points_m = to_court_below_horizon(points_px, image_to_court)
    lost = np.isnan(points_m).any(axis=1).sum()
    if lost:
        raise CalibrationError(f"{lost} of {len(points_px)} points are on or above the horizon")
    return points_m


def to_court_below_horizon(
    points_px: NDArray[np.float64], image_to_court: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Project like `to_court`; points on or above the horizon become NaN."""
    return _project(points_px, image_to_court)


def to_image(
    points_m: NDArray[np.float64], image_to_court: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Project points of the floor into the image.

    Args:
        points_m: (N, 2) court points (x, y), metres. N may be 0.
        image_to_court: (3, 3) homography from pixels to metres.

    Returns:
        (N, 2) image points (x, y), pixels; they may lie outside the picture.

    Raises:
        CalibrationError: A point lies behind the camera.
    """
    points_px = to_image_in_front(points_m, image_to_court)
    lost = np.isnan(points_px).any(axis=1).sum()
    if lost:
        raise CalibrationError(f"{lost} of {len(points_m)} points are behind the camera")
    return points_px


def to_image_in_front(
    points_m: NDArray[np.float64], image_to_court: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Project like `to_image`; points behind the camera become NaN."""
    return _project(points_m, np.asarray(np.linalg.inv(image_to_court), np.float64))


def _project(points: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    scale = homogeneous[:, 2:]
    return np.where(scale > 0, homogeneous[:, :2] / np.where(scale > 0, scale, 1.0), np.nan)
