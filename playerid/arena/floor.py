"""The floor of a hall: wood, paint, lines, logos and lettering, seen from above."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.glyphs import TYPEFACES, draw_text
from playerid.arena.kit import Colour, contrast, draw_colour
from playerid.arena.wood import FINE, lay_wood, light_floor
from playerid.leagues.basketball.court_marks import BasketballCourt

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor as pictures to warp.

    Attributes:
        textures: RGB, each half as fine as the one before; rows grow towards the near side.
        texture_to_court: (3, 3) from pixels of the first texture to metres.
        paint: colours of the apron and the lane, which halls repeat on their pads.
    """

    textures: tuple[NDArray[np.uint8], ...]
    texture_to_court: Array
    paint: tuple[Colour, Colour]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A drawing of the floor under way: `reach` metres from the centre, FINE pixels a metre."""

    picture: NDArray[np.uint8]
    reach: tuple[float, float]
    court: BasketballCourt

    def place(self, points_m: Array) -> NDArray[np.int32]:
        x = (points_m[..., 0] + self.reach[0]) * FINE * 16
        y = (self.reach[1] - points_m[..., 1]) * FINE * 16
        return np.round(np.stack([x, y], axis=-1) - 8).astype(np.int32)

    def fill(self, outline_m: Array, colour: Colour) -> None:
        cv2.fillPoly(self.picture, [self.place(outline_m)], colour, cv2.LINE_AA, 4)

    def line(self, path_m: Array, colour: Colour) -> None:
        """A line of the court's width along a path."""
        thick = max(1, round(self.court.line_width * FINE))
        cv2.polylines(self.picture, [self.place(path_m)], False, colour, thick, cv2.LINE_AA, 4)

    def text(self, cover: NDArray[np.uint8], centre_m: tuple[float, float], colour: Colour) -> None:
        """Coverage laid on the floor, its middle at a point."""
        rows, columns = cover.shape
        left = round((centre_m[0] + self.reach[0]) * FINE - columns / 2)
        top = round((self.reach[1] - centre_m[1]) * FINE - rows / 2)
        height, width = self.picture.shape[:2]
        y0, x0, y1, x1 = (
            max(0, top),
            max(0, left),
            min(height, top + rows),
            min(width, left + columns),
        )
        if y1 <= y0 or x1 <= x0:
            return
        alpha = cover[y0 - top : y1 - top, x0 - left : x1 - left, None].astype(np.float32) / 255
        window = self.picture[y0:y1, x0:x1]
        window[:] = window * (1 - alpha) + np.array(colour, np.float32) * alpha


def arc(centre: tuple[float, float], radius: float, start_rad: float, end_rad: float) -> Array:
    """Points (64, 2) of an arc, metres."""
    angles = np.linspace(start_rad, end_rad, 64)
    return np.column_stack(
        [centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)]
    )


def box(x0: float, y0: float, x1: float, y1: float) -> Array:
    """Corners of a rectangle, closed: (5, 2)."""
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], float)


def three_point_path(court: BasketballCourt, side: float) -> Array:
    """The three-point line's middle, from corner to corner, at the basket of `side` (+1, -1)."""
    inset = court.line_width / 2
    radius, corner = court.three_point_radius - inset, court.three_point_corner - inset
    half = math.asin(corner / radius)
    bow = arc((0.0, 0.0), radius, -half, half)
    bow = np.column_stack([court.basket_x - bow[:, 0], bow[:, 1]])
    ends = np.array([[court.length / 2, -corner], [court.length / 2, corner]])
    path = np.concatenate([ends[:1], bow, ends[1:]])
    return path * [side, 1]


def draw_floor(
    rng: np.random.Generator, court: BasketballCourt, team: str, colours: tuple[Colour, ...]
) -> Floor:
    """Draw the floor of one hall.

    Args:
        rng: draws wood, paint and logos.
        court: whose lines it has.
        team: lettering.
        colours: of the club.
    """
    reach = (court.length / 2 + 6.0, court.width / 2 + 4.0)
    picture = lay_wood(rng, reach)
    plan = _Plan(picture, reach, court)
    wood: Colour = tuple(int(c) for c in picture.mean(axis=(0, 1)))  # type: ignore[assignment]
    club = colours[int(rng.integers(len(colours)))] if colours else draw_colour(rng)
    apron = club if rng.random() < 0.65 else draw_colour(rng)
    apron = wood if rng.random() < 0.15 else apron
    lane = apron if rng.random() < 0.6 else draw_colour(rng)
    _paint_areas(plan, rng, apron, lane)
    light_lines = rng.random() < 0.6
    line: Colour = (245, 245, 240) if light_lines else (25, 25, 28)
    if contrast(line, wood) < 45:
        line = (25, 25, 28)
    _print_floor(plan, rng, team, (apron, club))
    _draw_lines(plan, line)
    glossy = light_floor(plan.picture, rng)
    across = cv2.resize(glossy, None, fx=1.0, fy=0.6, interpolation=cv2.INTER_AREA)
    half = cv2.resize(across, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    to_court = np.array(
        [
            [1 / FINE, 0, 0.5 / FINE - reach[0]],
            [0, -1 / (FINE * 0.6), reach[1] - 0.5 / (FINE * 0.6)],
            [0, 0, 1],
        ]
    )
    return Floor((across, half), to_court, (apron, lane))


def _paint_areas(plan: _Plan, rng: np.random.Generator, apron: Colour, lane: Colour) -> None:
    court = plan.court
    half_x, half_y = court.length / 2, court.width / 2
    outer = box(-plan.reach[0], -plan.reach[1], plan.reach[0], plan.reach[1])
    edge = rng.uniform(1.0, 2.4)
    apron_outer = box(-half_x - 3.2, -half_y - edge, half_x + 3.2, half_y + edge)
    surround: Colour = (30, 30, 34) if rng.random() < 0.5 else apron
    inner = box(-half_x, -half_y, half_x, half_y)
    for ring, colour in (((outer, apron_outer), surround), ((apron_outer, inner), apron)):
        cv2.fillPoly(plan.picture, [plan.place(r) for r in ring], colour, cv2.LINE_8, 4)
    if rng.random() < 0.15:
        tint = rng.uniform(0.82, 0.93)
        for side in (-1, 1):
            stencil = np.zeros(plan.picture.shape[:2], np.uint8)
            cv2.fillPoly(stencil, [plan.place(three_point_path(court, side))], 255, cv2.LINE_8, 4)
            region = stencil > 127
            plan.picture[region] = (plan.picture[region] * tint).astype(np.uint8)
    if rng.random() < 0.85:
        for side in (-1, 1):
            x0, x1 = side * (half_x - court.lane_length), side * half_x
            plan.fill(box(x0, -court.lane_width / 2, x1, court.lane_width / 2), lane)
    if rng.random() < 0.3:
        plan.fill(arc((0, 0), court.circle_radius, 0, 2 * math.pi), lane)


def _draw_lines(plan: _Plan, colour: Colour) -> None:
    court, width = plan.court, plan.court.line_width
    half_x, half_y, inset = court.length / 2, court.width / 2, width / 2
    plan.line(box(-half_x - inset, -half_y - inset, half_x + inset, half_y + inset), colour)
    plan.line(np.array([(0.0, -half_y), (0.0, half_y)]), colour)
    plan.line(arc((0, 0), court.circle_radius - inset, 0, 2 * math.pi), colour)
    for side in (-1.0, 1.0):
        flip = np.array([side, 1.0])
        lane_x = half_x - court.lane_length + inset
        lane_y = court.lane_width / 2 - inset
        plan.line(
            np.array([(half_x, -lane_y), (lane_x, -lane_y), (lane_x, lane_y), (half_x, lane_y)])
            * flip,
            colour,
        )
        plan.line(three_point_path(court, side), colour)
        radius = court.circle_radius - inset
        half = math.pi / 2
        plan.line(arc((lane_x, 0), radius, half, 3 * half) * flip, colour)
        for i in range(6):
            start = -half + math.pi * (i + 0.25) / 6
            plan.line(arc((lane_x, 0), radius, start, start + math.pi / 12) * flip, colour)
        bow = arc((court.basket_x, 0), court.restricted_radius, half, 3 * half)
        plan.line(bow * flip, colour)
        x_throw = half_x - court.throw_line_from_baseline + inset
        for edge in (-1.0, 1.0):
            tick = np.array([(x_throw, edge * half_y), (x_throw, edge * (half_y - 0.9))])
            plan.line(tick * flip, colour)
            for along in (2.13, 3.05, 3.35, 4.27, 5.18):
                mark = np.array([(half_x - along, lane_y), (half_x - along, lane_y + 0.18)])
                plan.line(mark * flip * [1.0, edge], colour)


def _print_floor(
    plan: _Plan, rng: np.random.Generator, team: str, colours: tuple[Colour, Colour]
) -> None:
    """Logo at the centre, lettering behind the baselines, sponsors along the sidelines."""
    court = plan.court
    face = str(rng.choice(TYPEFACES[:3]))
    ink = _ink_on(rng, colours[0])
    text = draw_text(team.upper(), round(rng.uniform(0.9, 1.5) * FINE), rng.uniform(0.7, 1.2), face)
    most = round(court.width * 0.95 * FINE)
    if text.shape[1] > most:
        text = cv2.resize(text, (most, text.shape[0]), interpolation=cv2.INTER_AREA)
    gap = court.length / 2 + rng.uniform(1.1, 1.6)
    plan.text(cv2.rotate(text, cv2.ROTATE_90_CLOCKWISE), (gap, 0.0), ink)
    plan.text(cv2.rotate(text, cv2.ROTATE_90_COUNTERCLOCKWISE), (-gap, 0.0), ink)
    _print_logo(plan, rng, team, colours[1])
    for x in rng.permutation([-10.0, -6.5, 6.5, 10.0])[: int(rng.integers(0, 5))]:
        y = float(rng.choice([-1, 1])) * (court.width / 2 - rng.uniform(0.7, 1.8))
        word = str(rng.choice(SPONSORS))
        cover = draw_text(word, round(rng.uniform(0.4, 0.8) * FINE), 0.9, face)
        plan.text(cover, (float(x), y), draw_colour(rng, "dark" if rng.random() < 0.7 else "vivid"))
    if rng.random() < 0.8:
        cover = draw_text(str(rng.choice(SPONSORS)), round(0.6 * FINE), 1.1, face)
        for side in (-1, 1):
            plan.text(cover, (side * rng.uniform(3, 9), court.width / 2 + 0.75), ink)


SPONSORS = (
    "NORTHBANK", "Cobalt Energy", "VOLTA", "Meridian Air", "FRESHWAY", "Sable Motors",
    "ORBIT TEL", "Kestrel Insurance", "HALCYON", "Bright & Co", "TALLGRASS", "PINNACLE",
    "Lumen Arena", "AXON FIT",
)  # fmt: skip


def _ink_on(rng: np.random.Generator, ground: Colour) -> Colour:
    for _ in range(20):
        ink = draw_colour(rng)
        if contrast(ink, ground) > 90:
            return ink
    return 250, 250, 250


def _print_logo(plan: _Plan, rng: np.random.Generator, team: str, colour: Colour) -> None:
    size = rng.uniform(1.3, 3.4)
    second = _ink_on(rng, colour)
    kind = int(rng.integers(4))
    if kind == 0:
        plan.fill(arc((0, 0), size, 0, 2 * math.pi), colour)
        plan.fill(arc((0, 0), size * 0.82, 0, 2 * math.pi), second)
    elif kind == 1:
        count = int(rng.integers(5, 10))
        angles = np.linspace(0, 2 * math.pi, 2 * count, endpoint=False)
        radius = np.where(np.arange(2 * count) % 2 == 0, size, size * rng.uniform(0.5, 0.8))
        plan.fill(np.column_stack([radius * np.cos(angles), radius * np.sin(angles)]), colour)
    elif kind == 2:
        plan.fill(
            np.array(
                [
                    (-size, 0.7 * size),
                    (size, 0.7 * size),
                    (0.6 * size, -0.5 * size),
                    (0, -size),
                    (-0.6 * size, -0.5 * size),
                ]
            ),
            colour,
        )
    ink = second if kind in {1, 2} else colour
    word = draw_text(
        team.rsplit(maxsplit=1)[-1].upper(), round(size * 0.55 * FINE), rng.uniform(0.8, 1.4)
    )
    plan.text(word, (0.0, 0.0), ink)
