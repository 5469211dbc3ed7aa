"""Crowds and boards: people in rows, drawn once and looked at from one side."""

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


@dataclass(frozen=True, slots=True)
class Seating:
    """Rows of seats.

    Attributes:
        length_m: of a row.
        rows: how many.
        pixels_per_m: of the drawing.
        filled: share of the seats that are taken.
        step_m: from seat to seat.
        seat: colour of the seats.
        light: at the lowest and at the highest row.
    """

    length_m: float
    rows: int
    pixels_per_m: float
    filled: float
    step_m: float = 0.52
    seat: Colour = (30, 30, 34)
    light: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Angle:
    """From where people are seen.

    Attributes:
        facing_rad: direction most of them look.
        looked_at_from: the camera, metres, the people being at the origin.
        pixels_per_m: of the drawing.
    """

    facing_rad: float
    looked_at_from: tuple[float, float, float]
    pixels_per_m: float


def draw_people(
    rng: np.random.Generator, outfits: list[Outfit], actions: list[str], angle: Angle
) -> list[Sprite]:
    """Sprites of single people."""
    count = len(outfits)
    facing = angle.facing_rad + rng.normal(0, 0.35, count)
    heights = rng.uniform(1.6, 1.95, count)
    stances = [
        make_stance(action, speed_mps=0.0, heading_rad=0.0, phase_rad=0.0, variant=float(v))
        for action, v in zip(actions, rng.random(count), strict=True)
    ]
    joints = pose_bodies(stances, np.zeros((count, 3)), facing, heights)
    size = round(4 * angle.pixels_per_m)
    camera = aim(angle.looked_at_from, (0.0, 0.0, 0.0), 4.0, (size, size))
    sprites = []
    for shape, outfit in zip(see_bodies(joints, facing, heights, camera), outfits, strict=True):
        assert shape is not None
        sprite = draw_person(shape, outfit, (size, size))
        assert sprite is not None
        sprites.append(sprite)
    return sprites


def draw_spectators(
    rng: np.random.Generator,
    count: int,
    colours: tuple[Colour, ...],
    standing: float,
    angle: Angle,
) -> list[Sprite]:
    """A pool of people of the crowd, seated or, with probability `standing`, on their feet."""
    club = float(rng.choice([0.05, 0.15, 0.5]))
    outfits = [dress_spectator(rng, colours, club) for _ in range(count)]
    actions = [
        str(rng.choice(["stand", "cheer"], p=[0.7, 0.3])) if rng.random() < standing else "sit"
        for _ in range(count)
    ]
    return draw_people(rng, outfits, actions, angle)


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


def draw_stand(rng: np.random.Generator, pool: list[Sprite], seating: Seating) -> NDArray[np.uint8]:
    """Rows of seats and people on a slope, the lowest row below."""
    scale = seating.pixels_per_m
    pitch, seat_px = 0.52 * scale, round(seating.step_m * scale)
    height, width = round((seating.rows + 1) * pitch), round(seating.length_m * scale)
    picture = np.full((height, width, 3), 28, np.uint8)
    half = pool[0].alpha.shape[0]
    aisles = np.arange(0, seating.length_m, rng.uniform(7, 12)) + rng.uniform(0, 6)
    for row in range(seating.rows):
        base = round((row + 1) * pitch + 0.25 * scale)
        for x in range(int(rng.integers(seat_px)), width, seat_px):
            if np.abs(aisles - x / scale).min() < 0.6:
                picture[base - round(pitch) : base, x : x + seat_px] = 70 + 25 * (row % 2)
                continue
            top = max(0, base - round(0.8 * scale))
            cv2.rectangle(picture, (x + 1, top), (x + seat_px - 2, base), seating.seat, -1)
            if rng.random() < seating.filled:
                sprite = pool[int(rng.integers(len(pool)))]
                left = x - sprite.alpha.shape[1] // 2 + seat_px // 2
                up = round((rng.normal(0, 0.04) + 0.1) * scale)
                paste(picture, None, sprite, left, base - half + up)
    low, high = seating.light
    gain = np.linspace(high, low, height)[:, None, None]
    return np.clip(picture * gain, 0, 255).astype(np.uint8)


def draw_row(
    rng: np.random.Generator, pool: list[Sprite], height_m: float, seating: Seating
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """One row of people with nothing behind them: colour times coverage, and coverage."""
    scale = seating.pixels_per_m
    height, width = round(height_m * scale), round(seating.length_m * scale)
    colour = np.zeros((height, width, 3), np.uint8)
    alpha = np.zeros((height, width), np.uint8)
    x = rng.uniform(0, 0.5)
    while x < seating.length_m:
        if rng.random() < seating.filled:
            sprite = pool[int(rng.integers(len(pool)))]
            left = round(x * scale) - sprite.alpha.shape[1] // 2
            drop = round(rng.uniform(-0.06, 0.08) * scale)
            paste(colour, alpha, sprite, left, height - sprite.alpha.shape[0] + drop)
        x += seating.step_m * rng.uniform(0.9, 1.2)
    return np.clip(colour * seating.light[0], 0, 255).astype(np.uint8), alpha


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
