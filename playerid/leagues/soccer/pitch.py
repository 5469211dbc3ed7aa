"""The lengths and the marks of a soccer pitch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.leagues.marks import (
    SIDES,
    CourtPoints,
    Points,
    circle,
    closed,
    mirrored_points,
    on_side,
    outline,
)


@dataclass(frozen=True, slots=True)
class Pitch:
    """Lengths of the pitch, metres, as the Laws measure them (outer edges of lines).

    Every mark but the boundary has the same size on every pitch. Derived lengths are computed.
    """

    length: float
    width: float
    penalty_area_length: float
    penalty_area_width: float
    goal_area_length: float
    goal_area_width: float
    penalty_mark_from_goal_line: float
    circle_radius: float
    corner_radius: float
    goal_width: float
    goal_height: float
    line_width: float

    @property
    def target_x(self) -> float:
        """Where the goal is."""
        return self.length / 2

    @property
    def ground(self) -> tuple[int, int, int]:
        """Grass."""
        return 92, 134, 74

    @property
    def area_corner(self) -> tuple[float, float]:
        """Far front corner of the right penalty area."""
        return self.length / 2 - self.penalty_area_length, self.penalty_area_width / 2

    @property
    def arc_half_width(self) -> float:
        """|y| at which the penalty arc meets the penalty area, metres."""
        rise = self.penalty_area_length - self.penalty_mark_from_goal_line
        return math.sqrt(self.circle_radius**2 - rise**2)

    def points(self) -> CourtPoints:
        """The points that a court model looks for: where lines meet, and places between."""
        return mirrored_points(_left_points(self), _middle_points(self))

    def lines(self, arc_points: int = 24) -> list[Points]:
        """Every painted line as a polyline, each (points, 2), metres."""
        half = np.array([[0.0, self.width / 2], [0.0, -self.width / 2]])
        lines = [
            closed(outline(self.length, self.width)),
            half,
            closed(circle(self.circle_radius, 2 * arc_points)),
        ]
        for side in SIDES:
            lines += [
                on_side(self._area(self.penalty_area_length, self.penalty_area_width), side),
                on_side(self._area(self.goal_area_length, self.goal_area_width), side),
                on_side(self._penalty_arc(arc_points), side),
                *(on_side(self._corner_arc(end, arc_points // 2), side) for end in (1, -1)),
            ]
        return lines

    @property
    def zones(self) -> Mapping[str, str]:
        """Area before a goal -> what people call being in it."""
        return {
            "goal_area": "goal area", "penalty_area": "penalty area", "court": "outside areas",
        }  # fmt: skip

    def areas_at(self, points_m: Points) -> dict[str, NDArray[np.bool_]]:
        """Tell which areas of the pitch each point lies in; NaN lies in none."""
        x, y = np.abs(points_m[:, 0]), np.abs(points_m[:, 1])
        deep = self.length / 2 - x
        inside = (deep >= 0) & (y <= self.width / 2)
        return {
            "court": inside,
            "penalty_area": inside
            & (deep <= self.penalty_area_length)
            & (y <= self.penalty_area_width / 2),
            "goal_area": inside & (deep <= self.goal_area_length) & (y <= self.goal_area_width / 2),
            "centre_circle": np.hypot(x, y) <= self.circle_radius,
        }

    def _area(self, length: float, width: float) -> Points:
        """The three sides of the left area of this size that are not on the goal line."""
        line, y = -self.length / 2, width / 2
        return np.array([[line, y], [line + length, y], [line + length, -y], [line, -y]])

    def _penalty_arc(self, arc_points: int) -> Points:
        rise = self.penalty_area_length - self.penalty_mark_from_goal_line
        limit = math.acos(rise / self.circle_radius)
        angles = np.linspace(limit, -limit, arc_points)
        arc = self.circle_radius * np.column_stack([np.cos(angles), np.sin(angles)])
        arc[:, 0] += self.penalty_mark_from_goal_line - self.length / 2
        return np.asarray(arc)

    def _corner_arc(self, end: int, arc_points: int) -> Points:
        angles = np.linspace(0, math.pi / 2, arc_points)
        arc = self.corner_radius * np.column_stack([np.cos(angles), -end * np.sin(angles)])
        return np.asarray(arc + np.array([-self.length / 2, end * self.width / 2]))


def _left_points(pitch: Pitch) -> dict[str, tuple[float, float]]:
    """Points of the left half, from the goal line inwards."""
    line = -pitch.length / 2
    box, small = line + pitch.penalty_area_length, line + pitch.goal_area_length
    mark = line + pitch.penalty_mark_from_goal_line
    points: dict[str, tuple[float, float]] = {}
    for name, y in (("far", 1), ("near", -1)):
        points |= {
            f"corner {name}": (line, y * pitch.width / 2),
            f"goal line penalty area {name}": (line, y * pitch.penalty_area_width / 2),
            f"goal line goal area {name}": (line, y * pitch.goal_area_width / 2),
            f"goal post {name}": (line, y * pitch.goal_width / 2),
            f"goal area {name}": (small, y * pitch.goal_area_width / 2),
            f"penalty area {name}": (box, y * pitch.penalty_area_width / 2),
            f"penalty area side {name}": ((line + box) / 2, y * pitch.penalty_area_width / 2),
            f"penalty area front {name}": (box, y * pitch.penalty_area_width / 3),
            f"penalty arc {name}": (box, y * pitch.arc_half_width),
            f"touchline penalty area {name}": (box, y * pitch.width / 2),
            f"touchline quarter {name}": (line / 2, y * pitch.width / 2),
        }
    return points | {
        "penalty mark": (mark, 0.0),
        "goal area middle": (small, 0.0),
        "penalty arc top": (mark + pitch.circle_radius, 0.0),
    }


def _middle_points(pitch: Pitch) -> dict[str, tuple[float, float]]:
    diagonal = pitch.circle_radius * math.sqrt(0.5)
    points = {
        "centre": (0.0, 0.0),
        "centre circle left": (-pitch.circle_radius, 0.0),
        "centre circle right": (pitch.circle_radius, 0.0),
    }
    for name, y in (("far", 1), ("near", -1)):
        points |= {
            f"halfway line {name}": (0.0, y * pitch.width / 2),
            f"halfway line side {name}": (0.0, y * pitch.width / 3),
            f"centre circle {name}": (0.0, y * pitch.circle_radius),
            f"centre circle left {name}": (-diagonal, y * diagonal),
            f"centre circle right {name}": (diagonal, y * diagonal),
        }
    return points
