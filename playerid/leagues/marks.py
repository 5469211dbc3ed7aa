"""What every sport's playing surface tells: its size, its named points, its painted lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")


@dataclass(frozen=True, slots=True)
class CourtPoints:
    """The named points of a court's floor.

    Attributes:
        names: K names, such as "left lane far"; the same for every league of a sport.
        points_m: (K, 2), court coordinates, metres.
    """

    names: tuple[str, ...]
    points_m: Points


class Court(Protocol):
    """Where a game is played: a court or a pitch, centred at the origin."""

    @property
    def length(self) -> float:
        """Along x, metres."""
        ...

    @property
    def width(self) -> float:
        """Along y, metres."""
        ...

    @property
    def target_x(self) -> float:
        """|x| of what is aimed at, a basket or a goal; its y is 0, metres."""
        ...

    @property
    def ground(self) -> tuple[int, int, int]:
        """Usual colour of the floor in pictures of the court, RGB."""
        ...

    @property
    def area_corner(self) -> tuple[float, float]:
        """Far front corner of the area before the right target: lane or penalty area, metres."""
        ...

    def points(self) -> CourtPoints:
        """The points that a court model looks for."""
        ...

    def lines(self, arc_points: int = 24) -> list[Points]:
        """Every painted line as a polyline, each (points, 2), metres."""
        ...

    @property
    def zones(self) -> Mapping[str, str]:
        """Area before a target -> what people call being in it, inner ones first; "court" last."""
        ...

    def areas_at(self, points_m: Points) -> dict[str, NDArray[np.bool_]]:
        """Tell which areas each point lies in; NaN lies in none.

        Args:
            points_m: (N, 2) court points, metres.

        Returns:
            Area -> (N,) inside it, on either side. The first is "court", the last is
            "centre_circle"; those between lie at both ends.
        """
        ...


def outline(length: float, width: float) -> Points:
    """Corners of a rectangle around the centre, (4, 2), metres."""
    x, y = length / 2, width / 2
    return np.array([[-x, y], [x, y], [x, -y], [-x, -y]])


def circle(radius: float, arc_points: int = 48) -> Points:
    """A circle around the centre, (arc_points, 2), metres."""
    angles = np.arange(arc_points) * 2 * np.pi / arc_points
    return radius * np.column_stack([np.cos(angles), np.sin(angles)])


def closed(polygon_m: Points) -> Points:
    """A polygon as a polyline that ends where it began."""
    return np.vstack([polygon_m, polygon_m[:1]])


def on_side(polygon_m: Points, side: Side) -> Points:
    """Points of the left end at either end."""
    return polygon_m if side == "left" else polygon_m * np.array([-1.0, 1.0])


def mirrored_points(
    left: dict[str, tuple[float, float]], middle: dict[str, tuple[float, float]]
) -> CourtPoints:
    """Points of the left end, of the middle, and of the right end."""
    names = [f"left {name}" for name in left] + list(middle) + [f"right {name}" for name in left]
    points_m = np.array([*left.values(), *middle.values(), *left.values()], np.float64)
    points_m[-len(left) :, 0] *= -1
    return CourtPoints(tuple(names), points_m)
