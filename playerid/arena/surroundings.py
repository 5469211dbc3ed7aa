"""What is around a court: stands, benches, boards, the rows before the camera, gym walls."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.figures import Sprite
from playerid.arena.kit import Colour, Kit, draw_colour
from playerid.arena.outfits import dress_player, dress_spectator
from playerid.arena.panels import Panel
from playerid.arena.stands import (
    Angle,
    Seating,
    draw_board,
    draw_people,
    draw_row,
    draw_spectators,
    draw_stand,
)
from playerid.arena.world import Person
from playerid.leagues.basketball.court_marks import BasketballCourt

SOUTH, NORTH = -math.pi / 2, math.pi / 2
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Taste:
    """What a hall's parts share.

    Attributes:
        colours: of the club.
        dim: light on the crowd against that on the court.
        seat: colour of the seats.
    """

    colours: tuple[Colour, ...]
    dim: float
    seat: Colour


def _solid(colour: NDArray[np.uint8], corner: Point, right: Point, down: Point) -> Panel:
    nothing = np.zeros((0, 0), np.uint8)
    return Panel(colour, nothing, np.array(corner), np.array(right), np.array(down))


def _upright(
    layers: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    x: float,
    y: float,
    scale: float,
    base: float = 0.0,
) -> Panel:
    """A row of people along x, its left end at x, at a distance y, on a step of height base."""
    rows, columns = layers[1].shape
    tall = rows / scale
    return Panel(
        *layers,
        np.array([x, y, tall + base]),
        np.array([columns / scale, 0, 0]),
        np.array([0, 0, -tall]),
    )


def draw_far_side(rng: np.random.Generator, court: BasketballCourt, taste: Taste) -> list[Panel]:
    """The stand opposite the main camera."""
    scale, rows = 44.0, 19
    standing = float(rng.choice([0.02, 0.1, 0.7], p=[0.5, 0.35, 0.15]))
    pool = draw_spectators(rng, 28, taste.colours, standing, Angle(SOUTH, (0, -40, 9), scale))
    top = taste.dim * rng.uniform(0.3, 0.95)
    seating = Seating(64, rows, scale, rng.uniform(0.6, 1.0), 0.52, taste.seat, (taste.dim, top))
    front = court.width / 2 + rng.uniform(3.0, 4.2)
    depth, rise = rows * 0.85, rows * rng.uniform(0.34, 0.45)
    stand = cv2.GaussianBlur(draw_stand(rng, pool, seating), (0, 0), rng.uniform(0.3, 1.0))
    return [_solid(stand, (-32, front + depth, rise), (64, 0, 0), (0, -depth, -rise))]


def draw_ends(rng: np.random.Generator, court: BasketballCourt, taste: Taste) -> list[Panel]:
    """Stands behind the baselines; steep and stretched, for they are seen from the side."""
    scale, stretch = 40.0, 1.5
    panels = []
    for side in (-1, 1):
        angle = Angle(0.0 if side < 0 else math.pi, (-side * 14.0, -24.0, 9.0), scale)
        pool = draw_spectators(rng, 14, taste.colours, 0.05, angle)
        filled = rng.uniform(0.7, 1.0)
        light = (taste.dim, taste.dim * 0.5)
        stand = draw_stand(
            rng, pool, Seating(24 / stretch, 11, scale, filled, 0.52, taste.seat, light)
        )
        front = side * (court.length / 2 + rng.uniform(4.0, 5.5))
        tall = stand.shape[0] / scale
        start, step = (-12.0, 24.0) if side < 0 else (12.0, -24.0)
        lean = side * tall * 0.5
        panels.append(_solid(stand, (front + lean, start, tall), (0, step, 0), (-lean, 0, -tall)))
    return panels


def _draw_bench(rng: np.random.Generator, kit: Kit, x: float, y: float) -> Panel:
    """Substitutes in their kit and coaches in dark clothes: people who do not play."""
    scale = 64.0
    players = [
        Person("", "player", 0, str(rng.integers(60)), "Reserve", 1.95, int(rng.integers(1 << 30)))
        for _ in range(7)
    ]
    outfits = [dress_player(person, kit) for person in players]
    outfits += [dress_spectator(rng, ((24, 25, 32), (60, 60, 66)), 0.9) for _ in range(3)]
    actions = ["stand" if rng.random() < 0.12 else "sit" for _ in players] + ["stand"] * 3
    pool = draw_people(rng, outfits, actions, Angle(SOUTH, (0, -34, 9), scale))
    return _upright(draw_row(rng, pool, 2.3, Seating(8, 1, scale, 0.9, 0.72)), x, y, scale)


def draw_courtside(
    rng: np.random.Generator,
    court: BasketballCourt,
    taste: Taste,
    kits: tuple[Kit, Kit],
    *,
    is_gym: bool,
) -> list[Panel]:
    """The scorer's table with its board, benches and, except in a gym, the seats beside them."""
    scale = 60.0
    y = court.width / 2 + rng.uniform(1.7, 2.6)
    panels = []
    if not is_gym:
        angle = Angle(SOUTH, (0, -36, 11), scale)
        pool = draw_spectators(rng, 16, taste.colours, 0.08, angle)
        light = rng.uniform(0.75, 1.0)
        seating = Seating(34, 1, scale, rng.uniform(0.75, 1.0), 0.6, light=(light, light))
        rows = [draw_row(rng, pool, 2.5, seating) for _ in range(2)]
        panels.append(_upright(_stack_rows(rows, round(0.45 * scale)), -17.0, y + 0.3, scale))
        panels += _draw_photographers(rng, court, taste)
    for side, kit in zip((-1, 1), kits, strict=True):
        panels.append(_draw_bench(rng, kit, side * rng.uniform(6.0, 10.0) - 4, y - 0.25))
    length = rng.uniform(5.0, 20.0)
    start = rng.uniform(-12.0, 12.0 - length)
    board = draw_board(rng, length, 0.8, scale)
    glow = np.clip(board * rng.uniform(0.8, 1.2), 0, 255).astype(np.uint8)
    panels.append(_solid(glow, (start, y - 0.5, 0.8), (length, 0, 0), (0, 0, -0.8)))
    if rng.random() < 0.6:
        for side in (-1, 1):
            end = draw_board(rng, 5.0, 0.8, 40.0)
            x = side * (court.length / 2 + 2.9)
            y0, step = (1.5, 5.0) if side < 0 else (6.5, -5.0)
            panels.append(_solid(end, (x, y0, 0.8), (0, step, 0), (0, 0, -0.8)))
    return panels


def _stack_rows(
    rows: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]], shift_px: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The second of two rows in front of the first, which is raised."""
    (colour, alpha), (front, cover) = rows
    colour, alpha = np.roll(colour, -shift_px, axis=0), np.roll(alpha, -shift_px, axis=0)
    colour[-shift_px:], alpha[-shift_px:] = 0, 0
    rest = cv2.merge([255 - cover] * 3)
    mixed = cv2.add(cv2.multiply(colour, rest, scale=1 / 255), front)
    return np.asarray(mixed, np.uint8), np.maximum(alpha, cover)


def _draw_photographers(
    rng: np.random.Generator, court: BasketballCourt, taste: Taste
) -> list[Panel]:
    """People on the floor behind the baselines."""
    scale, panels = 56.0, []
    for side in (-1, 1):
        angle = Angle(0.0 if side < 0 else math.pi, (-side * 14.0, -24.0, 9.0), scale)
        pool = draw_spectators(rng, 5, ((28, 28, 32), *taste.colours), 0.1, angle)
        colour, alpha = draw_row(rng, pool, 2.2, Seating(3.8, 1, scale, 0.8, 0.7))
        x = side * (court.length / 2 + rng.uniform(2.4, 3.2))
        for start in (-8.0, 2.2):
            left, step = (start, 6.0) if side < 0 else (start + 6.0, -6.0)
            panels.append(
                Panel(
                    colour,
                    alpha,
                    np.array([x, left, 1.9]),
                    np.array([0, step, 0]),
                    np.array([0, 0, -2.2]),
                )
            )
    return panels


def draw_gym(rng: np.random.Generator, court: BasketballCourt) -> list[Panel]:
    """Walls of a gymnasium without stands."""
    walls_of: list[Colour] = [(215, 208, 195), (150, 150, 150), (190, 180, 160), (235, 235, 232)]
    base = np.array(walls_of[int(rng.integers(4))], float)
    y, x = court.width / 2 + 4.0, court.length / 2 + 5.5
    walls: list[tuple[Point, Point]] = [
        ((-x, y, 7.0), (2 * x, 0, 0)),
        ((-x, -12.0, 7.0), (0, y + 12.0, 0)),
        ((x, y, 7.0), (0, -y - 12.0, 0)),
    ]
    pad = np.array(draw_colour(rng, "vivid") if rng.random() < 0.6 else base * 0.7)
    panels = []
    for corner, right in walls:
        width = round(float(np.linalg.norm(right)) * 30)
        bricks = rng.normal(0, 4, (210, width // 8 + 1, 1)).repeat(8, axis=1)[:, :width]
        wall = np.clip(base + bricks, 0, 255).astype(np.uint8)
        wall[150:] = pad
        for _ in range(int(rng.integers(2, 7))):
            left, top = int(rng.integers(width)), int(rng.integers(20, 150))
            grey = rng.integers(40, 200)
            wall[top : top + 60, left : left + int(rng.integers(20, 150))] = grey
        panels.append(_solid(wall, corner, right, (0, 0, -7.0)))
    return panels


def draw_near_side(
    rng: np.random.Generator, court: BasketballCourt, taste: Taste, level: str
) -> list[Panel]:
    """People between the camera and the court, seen from behind and not quite sharp."""
    scale = 56.0
    standing = 0.3 if level == "hard" else float(rng.choice([0.0, 0.0, 0.08]))
    pool = draw_spectators(rng, 18, taste.colours, standing, Angle(NORTH, (0, -18, 7), scale))
    start = court.width / 2 + rng.uniform(1.2, 2.6)
    filled, rise = rng.uniform(0.55, 1.0), rng.uniform(0.2, 0.4)
    rows = [
        _draw_near_row(
            rng, pool, Seating(40, 1, scale, filled, 0.62, light=(max(taste.dim, 0.6),) * 2)
        )
        for _ in range(int(rng.integers(2, 6)))
    ]
    return [
        _upright(row, -20.0, -(start + i * 0.95), scale, i * rise - 0.3)
        for i, row in enumerate(rows)
    ]


def _draw_near_row(
    rng: np.random.Generator, pool: list[Sprite], seating: Seating
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    colour, alpha = draw_row(rng, pool, 2.4, seating)
    light = rng.uniform(0.7, 1.0)
    soft = rng.uniform(0.4, 1.6)
    blurred = cv2.GaussianBlur(cv2.multiply(colour, (light,) * 4), (0, 0), soft)
    return np.asarray(blurred, np.uint8), np.asarray(
        cv2.GaussianBlur(alpha, (0, 0), soft), np.uint8
    )
