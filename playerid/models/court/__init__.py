"""What a court model does: one image -> the named points of the court."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.leagues import Court


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
