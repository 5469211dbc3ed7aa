"""The lengths and the marks of a basketball court."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.leagues.marks import (
    SIDES,
    CourtPoints,
    Points,
    Side,
    circle,
    closed,
    mirrored_points,
    on_side,
    outline,
)


@dataclass(frozen=True, slots=True)
class BasketballCourt:
    """Lengths of the court, metres, as the rule book measures them (outer edges of lines).

    Derived lengths are computed, never stored.
    """

    length: float
    width: float
    basket_from_baseline: float
    backboard_from_baseline: float
    lane_length: float
    lane_width: float
    three_point_radius: float
    three_point_corner: float
    restricted_radius: float
    circle_radius: float
    throw_line_from_baseline: float
    line_width: float
    rim_height: float
    rim_radius: float
    lane_behind_baseline: float

    @property
    def three_point_straight(self) -> float:
        """Length of the straight part of the three-point line, from the baseline, metres."""
        rise = math.sqrt(self.three_point_radius**2 - self.three_point_corner**2)
        return self.basket_from_baseline + rise

    @property
    def target_x(self) -> float:
        """Where the basket is."""
        return self.basket_x

    @property
    def ground(self) -> tuple[int, int, int]:
        """Wood."""
        return 196, 154, 108

    @property
    def area_corner(self) -> tuple[float, float]:
        """Far front corner of the right lane."""
        return self.length / 2 - self.lane_length, self.lane_width / 2

    @property
    def basket_x(self) -> float:
        """Distance of either basket's centre from the centre of the court, metres."""
        return self.length / 2 - self.basket_from_baseline

    def points(self) -> CourtPoints:
        """The points that a court model looks for.

        The vertices of the reference (Roboflow's 33, less the two rims, which are not on the
        floor), and points along the lines between them: the more of a line is hidden, the more
        of them help. Every coordinate follows from the rule table.
        """
        return mirrored_points(_left_points(self), _middle_points(self))

    def lines(self, arc_points: int = 24) -> list[Points]:
        """Every painted line as a polyline, each (points, 2), metres."""
        edge = outline(self.length, self.width)
        half = np.array([[0.0, self.width / 2], [0.0, -self.width / 2]])
        centre = circle(self.circle_radius, 2 * arc_points)
        lines = [closed(edge), half, closed(centre)]
        bow = np.linspace(math.pi / 2, -math.pi / 2, arc_points)
        unit = np.column_stack([np.cos(bow), np.sin(bow)])
        foul = np.array([self.lane_length - self.length / 2, 0.0])
        basket = np.array([-self.basket_x, 0.0])
        for side in SIDES:
            lines += [
                lane_polygon(self, side),
                three_point_polygon(self, side, 2 * arc_points),
                on_side(foul + self.circle_radius * unit, side),
                on_side(basket + self.restricted_radius * unit, side),
            ]
        return lines

    @property
    def zones(self) -> Mapping[str, str]:
        """Area before a basket -> what people call being in it."""
        return {"lane": "lane", "three_point_area": "inside arc", "court": "outside arc"}

    def areas_at(self, points_m: Points) -> dict[str, NDArray[np.bool_]]:
        """Tell which areas of the court each point lies in; NaN lies in none."""
        x, y = np.abs(points_m[:, 0]), np.abs(points_m[:, 1])
        inside = (x <= self.length / 2) & (y <= self.width / 2)
        deep = self.length / 2 - x
        arc = np.hypot(x - self.basket_x, y) <= self.three_point_radius
        straight = (deep <= self.three_point_straight) & (y <= self.three_point_corner)
        return {
            "court": inside,
            "lane": inside & (deep <= self.lane_length) & (y <= self.lane_width / 2),
            "three_point_area": inside & (straight | (arc & (deep > self.three_point_straight))),
            "centre_circle": np.hypot(x, y) <= self.circle_radius,
        }


def lane_polygon(court: BasketballCourt, side: Side, *, behind_baseline: bool = False) -> Points:
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
    return on_side(polygon, side)


def three_point_polygon(court: BasketballCourt, side: Side, arc_points: int = 40) -> Points:
    """Outline of the area inside a three-point line, (arc_points + 2, 2), metres."""
    limit = math.asin(court.three_point_corner / court.three_point_radius)
    angles = np.linspace(limit, -limit, arc_points)
    arc = court.three_point_radius * np.column_stack([np.cos(angles), np.sin(angles)])
    arc[:, 0] -= court.basket_x
    line, y = -court.length / 2, court.three_point_corner
    return on_side(np.vstack([[line, y], arc, [line, -y]]), side)


def _left_points(court: BasketballCourt) -> dict[str, tuple[float, float]]:
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


def _middle_points(court: BasketballCourt) -> dict[str, tuple[float, float]]:
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
