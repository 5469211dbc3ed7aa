"""Image points <-> court points, and the areas of the court."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playerid.errors import CalibrationError
from playerid.leagues import Court

Side = Literal["left", "right"]


SIDES: tuple[Side, Side] = ("left", "right")


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


def court_polygon(court: Court) -> NDArray[np.float64]:
    """Corners of the court, (4, 2), metres."""
    x, y = court.length / 2, court.width / 2
    return np.array([[-x, y], [x, y], [x, -y], [-x, -y]])


def lane_polygon(court: Court, side: Side, *, behind_baseline: bool = False) -> NDArray[np.float64]:
    """Corners of a lane, lines included.

    Args:
        court: the rules.
        side: which basket, as the main camera sees it.
        behind_baseline: add the imaginary area behind the baseline that counts for three
            seconds (NBA and WNBA: 4 ft; elsewhere none).

    Returns:
        (4, 2) metres: baseline far, lane far, lane near, baseline near.
    """
    extra = court.lane_behind_baseline if behind_baseline else 0.0
    back, front = court.length / 2 + extra, court.length / 2 - court.lane_length
    y = court.lane_width / 2
    polygon = np.array([[-back, y], [-front, y], [-front, -y], [-back, -y]])
    return _on_side(polygon, side)


def three_point_polygon(court: Court, side: Side, arc_points: int = 40) -> NDArray[np.float64]:
    """Outline of the area inside a three-point line, (arc_points + 2, 2), metres."""
    limit = math.asin(court.three_point_corner / court.three_point_radius)
    angles = np.linspace(limit, -limit, arc_points)
    arc = court.three_point_radius * np.column_stack([np.cos(angles), np.sin(angles)])
    arc[:, 0] -= court.basket_x
    line, y = -court.length / 2, court.three_point_corner
    return _on_side(np.vstack([[line, y], arc, [line, -y]]), side)


def centre_circle_polygon(court: Court, arc_points: int = 48) -> NDArray[np.float64]:
    """Outline of the centre circle, (arc_points, 2), metres."""
    angles = np.arange(arc_points) * 2 * math.pi / arc_points
    return court.circle_radius * np.column_stack([np.cos(angles), np.sin(angles)])


def _on_side(polygon_m: NDArray[np.float64], side: Side) -> NDArray[np.float64]:
    return polygon_m if side == "left" else polygon_m * np.array([-1.0, 1.0])


def court_lines(court: Court, arc_points: int = 24) -> list[NDArray[np.float64]]:
    """Every painted line as a polyline, each (points, 2), metres."""
    edge = court_polygon(court)
    half = np.array([[0.0, court.width / 2], [0.0, -court.width / 2]])
    circle = centre_circle_polygon(court, 2 * arc_points)
    lines = [np.vstack([edge, edge[:1]]), half, np.vstack([circle, circle[:1]])]
    bow = np.linspace(math.pi / 2, -math.pi / 2, arc_points)
    unit = np.column_stack([np.cos(bow), np.sin(bow)])
    foul = np.array([court.lane_length - court.length / 2, 0.0])
    basket = np.array([-court.basket_x, 0.0])
    for side in SIDES:
        lines += [
            lane_polygon(court, side),
            three_point_polygon(court, side, 2 * arc_points),
            _on_side(foul + court.circle_radius * unit, side),
            _on_side(basket + court.restricted_radius * unit, side),
        ]
    return lines


def areas_at(points_m: NDArray[np.float64], court: Court) -> dict[str, NDArray[np.bool_]]:
    """Tell which areas of the court each point lies in; NaN lies in none.

    Args:
        points_m: (N, 2) court points, metres.
        court: the rules.

    Returns:
        Region of `REGIONS` -> (N,) inside it, on either side.
    """
    x, y = np.abs(points_m[:, 0]), np.abs(points_m[:, 1])
    inside = (x <= court.length / 2) & (y <= court.width / 2)
    deep = court.length / 2 - x
    arc = np.hypot(x - court.basket_x, y) <= court.three_point_radius
    straight = (deep <= court.three_point_straight) & (y <= court.three_point_corner)
    return {
        "court": inside,
        "lane": inside & (deep <= court.lane_length) & (y <= court.lane_width / 2),
        "three_point_area": inside & (straight | (arc & (deep > court.three_point_straight))),
        "centre_circle": np.hypot(x, y) <= court.circle_radius,
    }
