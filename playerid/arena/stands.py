"""Crowds, boards and benches: flat pictures that stand in the hall."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import aim
from playerid.arena.figures import Sprite, draw_person, see_bodies
from playerid.arena.floor import SPONSORS
from playerid.arena.glyphs import draw_text
from playerid.arena.kit import Colour, contrast, draw_colour
from playerid.arena.outfits import Outfit, dress_spectator
from playerid.arena.poses import make_stance, pose_bodies

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Panel:
    """A flat picture in the hall.

    Attributes:
        colour: (height, width, 3) RGB, times coverage.
        alpha: (height, width) coverage 0 to 255; empty (0, 0) where it is all covered.
        corner_m: (3,) where the upper left corner is.
        right_m: (3,) from the left to the right edge.
        down_m: (3,) from the upper to the lower edge.
    """

    colour: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    corner_m: Array
    right_m: Array
    down_m: Array


def draw_people(
    outfits: list[Outfit],
    actions: list[str],
    *,
    facing_rad: float,
    looked_at_from: tuple[float, float, float],
    pixels_per_m: float,
    rng: np.random.Generator,
) -> list[Sprite]:
    """Sprites of single people, their feet at the middle of the lower edge of (0, 0)."""
    count = len(outfits)
    facing = facing_rad + rng.normal(0, 0.35, count)
    heights = rng.uniform(1.6, 1.95, count)
    stances = [
        make_stance(action, speed_mps=0.0, heading_rad=0.0, phase_rad=0.0, variant=float(v))
        for action, v in zip(actions, rng.random(count), strict=True)
    ]
    joints = pose_bodies(stances, np.zeros((count, 3)), facing, heights)
    size = round(4 * pixels_per_m)
    camera = aim(looked_at_from, (0.0, 0.0, 0.0), 4.0, (size, size))
    shapes = see_bodies(joints, facing, heights, camera)
    sprites = []
    for shape, outfit in zip(shapes, outfits, strict=True):
        assert shape is not None
        sprite = draw_person(shape, outfit, (size, size))
        assert sprite is not None
        sprites.append(sprite)
    return sprites


def paste(
    colour: NDArray[np.uint8],
    alpha: NDArray[np.uint8] | None,
    sprite: Sprite,
    left: int,
    top: int,
) -> None:
    """Lay a sprite over a picture at a place, cut at the edges."""
    height, width = colour.shape[:2]
    rows, columns = sprite.alpha.shape
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(height, top + rows), min(width, left + columns)
    if y1 <= y0 or x1 <= x0:
        return
    cut = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    over, cover = sprite.colour[cut], sprite.alpha[cut]
    window = colour[y0:y1, x0:x1]
    rest = cv2.merge([255 - cover] * 3)
    cv2.add(cv2.multiply(window, rest, scale=1 / 255), over, dst=window)
    if alpha is not None:
        np.maximum(alpha[y0:y1, x0:x1], cover, out=alpha[y0:y1, x0:x1])


def draw_stand(
    pool: list[Sprite],
    rng: np.random.Generator,
    *,
    length_m: float,
    rows: int,
    pixels_per_m: float,
    filled: float,
    seat: Colour,
    light: tuple[float, float],
) -> NDArray[np.uint8]:
    """Rows of seats and people on a slope, lowest row below; light at the bottom and the top."""
    pitch = 0.52 * pixels_per_m
    height, width = round((rows + 1) * pitch), round(length_m * pixels_per_m)
    picture = np.full((height, width, 3), 28, np.uint8)
    half = pool[0].alpha.shape[0]
    aisles = np.arange(0, length_m, rng.uniform(7, 12)) + rng.uniform(0, 6)
    seat_px = round(0.52 * pixels_per_m)
    for row in range(rows):
        base = round((row + 1) * pitch + 0.25 * pixels_per_m)
        offset = int(rng.integers(seat_px))
        for x in range(offset, width, seat_px):
            if np.abs(aisles - x / pixels_per_m).min() < 0.6:
                shade = 70 + 25 * (row % 2)
                picture[base - round(pitch) : base, x : x + seat_px] = shade
                continue
            top = base - round(0.8 * pixels_per_m)
            cv2.rectangle(picture, (x + 1, max(0, top)), (x + seat_px - 2, base), seat, -1)
            if rng.random() < filled:
                sprite = pool[int(rng.integers(len(pool)))]
                jump = round(rng.normal(0, 0.04) * pixels_per_m)
                paste(picture, None, sprite, x - sprite.alpha.shape[1] // 2 + seat_px // 2,
                      base - half + jump + round(0.1 * pixels_per_m))  # fmt: skip
    gain = np.linspace(light[1], light[0], height)[:, None, None]
    return np.clip(picture * gain, 0, 255).astype(np.uint8)


def draw_row(
    pool: list[Sprite],
    rng: np.random.Generator,
    *,
    length_m: float,
    height_m: float,
    pixels_per_m: float,
    filled: float,
    step_m: float,
    light: float,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """One row of people with nothing behind them: colour times coverage, and coverage."""
    height, width = round(height_m * pixels_per_m), round(length_m * pixels_per_m)
    colour = np.zeros((height, width, 3), np.uint8)
    alpha = np.zeros((height, width), np.uint8)
    x = rng.uniform(0, 0.5)
    while x < length_m:
        if rng.random() < filled:
            sprite = pool[int(rng.integers(len(pool)))]
            left = round(x * pixels_per_m) - sprite.alpha.shape[1] // 2
            drop = round(rng.uniform(-0.06, 0.08) * pixels_per_m)
            paste(colour, alpha, sprite, left, height - sprite.alpha.shape[0] + drop)
        x += step_m * rng.uniform(0.9, 1.2)
    return np.clip(colour * light, 0, 255).astype(np.uint8), alpha


def draw_board(
    rng: np.random.Generator, length_m: float, height_m: float, pixels_per_m: float
) -> NDArray[np.uint8]:
    """A board of advertisements, often of light."""
    height, width = round(height_m * pixels_per_m), round(length_m * pixels_per_m)
    board = np.zeros((height, width, 3), np.uint8)
    x = 0
    shared = draw_colour(rng)
    while x < width:
        part = round(rng.uniform(2.5, 5.0) * pixels_per_m)
        ground = shared if rng.random() < 0.5 else draw_colour(rng)
        ink: Colour = (245, 245, 245) if contrast((245, 245, 245), ground) > 90 else (20, 20, 24)
        board[:, x : x + part] = ground
        word = draw_text(
            str(rng.choice(SPONSORS)), max(4, round(height * 0.6)), rng.uniform(0.7, 1.1)
        )
        span = min(word.shape[1], width - x, part)
        share = word[:, :span, None].astype(np.float32) / 255
        top = round(height * 0.2)
        start = min(x + max(0, (part - span) // 2), width - span)
        window = board[top : top + word.shape[0], start : start + span]
        window[:] = window * (1 - share) + np.array(ink) * share
        x += part
    return board


def spectators(
    rng: np.random.Generator,
    count: int,
    colours: tuple[Colour, ...],
    *,
    facing_rad: float,
    looked_at_from: tuple[float, float, float],
    pixels_per_m: float,
    standing: float,
) -> list[Sprite]:
    """A pool of people of the crowd, seated or, with probability `standing`, on their feet."""
    club = float(rng.choice([0.05, 0.15, 0.5]))
    outfits = [dress_spectator(rng, colours, club) for _ in range(count)]
    actions = [
        str(rng.choice(["stand", "cheer"], p=[0.7, 0.3])) if rng.random() < standing else "sit"
        for _ in range(count)
    ]
    return draw_people(
        outfits,
        actions,
        facing_rad=facing_rad,
        looked_at_from=looked_at_from,
        pixels_per_m=pixels_per_m,
        rng=rng,
    )


SOUTH, NORTH = -math.pi / 2, math.pi / 2
