"""Image points <-> court points, the court's named points and areas, and what a model can do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.errors import CalibrationError
from playerid.league import Court

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")


@dataclass(frozen=True, slots=True)
class CourtKeypoints:
    """Where the named points of the court are in one image.

    Attributes:
        points_px: (K, 2) float32, pixels; K and the order are those of `court_points`.
        scores: (K,) float32 in [0, 1]; low where a point is out of view or hidden.
    """

    points_px: NDArray[np.float32]
    scores: NDArray[np.float32]


class CourtModel(Protocol):
    """Finds the named points of the court."""

    def find(self, images: Sequence[NDArray[np.uint8]]) -> list[CourtKeypoints]:
        """Find the points in each RGB image (height, width, 3)."""
        ...


@dataclass(frozen=True, slots=True)
class CourtPoints:
    """The named points of a court's floor.

    Attributes:
        names: K names, such as "left lane far"; the same for every league.
        points_m: (K, 2), court coordinates, metres.
    """

    names: tuple[str, ...]
    points_m: NDArray[np.float64]


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


def court_points(court: Court) -> CourtPoints:
    """Name the points of the floor that a court model looks for.

    The vertices of the reference (Roboflow's 33, less the two rims, which are not on the floor),
    and points along the lines between them: the more of a line is hidden, the more of them help.
    Every coordinate follows from the rule table.
    """
    left = _left_points(court)
    middle = _middle_points(court)
    names = [f"left {name}" for name in left] + list(middle) + [f"right {name}" for name in left]
    points_m = np.array([*left.values(), *middle.values(), *left.values()], np.float64)
    points_m[-len(left) :, 0] *= -1
    return CourtPoints(tuple(names), points_m)


def _left_points(court: Court) -> dict[str, tuple[float, float]]:
    """Points of the left half, from the baseline inwards."""
    line = -court.length / 2
    basket = -court.basket_x
    straight = line + court.three_point_straight
    foul = line + court.lane_length
    throw = line + court.throw_line_from_baseline
    diagonal = court.circle_radius * math.sqrt(0.5)
    points = {"baseline middle": (line, 0.0)}
    for name, y in (("far", 1), ("near", -1)):
        points |= {
            f"corner {name}": (line, y * court.width / 2),
            f"baseline three-point {name}": (line, y * court.three_point_corner),
            f"baseline lane {name}": (line, y * court.lane_width / 2),
            f"lane side {name}": (line + court.lane_length / 2, y * court.lane_width / 2),
            f"three-point break {name}": (straight, y * court.three_point_corner),
            f"lane {name}": (foul, y * court.lane_width / 2),
            f"foul circle {name}": (foul + diagonal, y * diagonal),
            f"sideline corner {name}": ((line + throw) / 2, y * court.width / 2),
            f"throw line {name}": (throw, y * court.width / 2),
            f"sideline middle {name}": (throw / 2, y * court.width / 2),
        }
        for degrees in (60, 30):
            angle = math.radians(degrees)
            points[f"three-point arc {degrees} {name}"] = (
                basket + court.three_point_radius * math.cos(angle),
                y * court.three_point_radius * math.sin(angle),
            )
    return points | {
        "restricted arc": (basket + court.restricted_radius, 0.0),
        "foul line middle": (foul, 0.0),
        "foul circle top": (foul + court.circle_radius, 0.0),
        "three-point arc top": (basket + court.three_point_radius, 0.0),
    }


def _middle_points(court: Court) -> dict[str, tuple[float, float]]:
    points = {"centre": (0.0, 0.0)}
    for name, y in (("far", 1), ("near", -1)):
        points |= {
            f"half-line {name}": (0.0, y * court.width / 2),
            f"half-line side {name}": (0.0, y * court.width / 4),
            f"centre circle {name}": (0.0, y * court.circle_radius),
        }
    return points | {
        "centre circle left": (-court.circle_radius, 0.0),
        "centre circle right": (court.circle_radius, 0.0),
    }


def mirror_names(names: Sequence[str]) -> NDArray[np.intp]:
    """For each point, the position of its mirror image across the half-line.

    Returns:
        (K,) indices: in a picture flipped left to right, point k is where `mirror[k]` was.
    """
    swap = {"left": "right", "right": "left"}
    mirrored = [" ".join(swap.get(word, word) for word in name.split()) for name in names]
    return np.array([list(names).index(name) for name in mirrored], np.intp)


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
