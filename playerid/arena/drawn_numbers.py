"""Crops of jersey numbers as a detector would cut them, for training a number reader."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.effects import blur_motion, compress, grade
from playerid.arena.kit import (
    BACK_U,
    FRONT_U,
    TEXTURE_HEIGHT,
    TEXTURE_WIDTH,
    Jersey,
    draw_colour,
    draw_folds,
    draw_jersey,
    draw_kit,
)

NAMES = [
    "Ames",
    "Baker",
    "Okafor",
    "Silva",
    "Novak",
    "Wright",
    "Tate",
    "Diallo",
    "Jovic",
    "Moreau",
    "Hill",
    "Vandermeer",
    "Ito",
]


def render_number_crop(
    rng: np.random.Generator, *, height_px: tuple[int, int] = (16, 64), blank_prob: float = 0.06
) -> tuple[NDArray[np.uint8], str]:
    """Render one crop of a jersey number.

    Args:
        rng: the same state gives the same crop.
        height_px: least and most height of the digits in the picture that was filmed.
        blank_prob: how often the crop shows cloth without a legible number; its text is "".

    Returns:
        RGB crop (height, width, 3), and the number's text: "", "0", "00" or "1" to "99".
    """
    jersey, number = _draw_wearer(rng)
    is_back = rng.random() < 0.55
    centre_u = BACK_U if is_back else FRONT_U
    is_blank = rng.random() < blank_prob
    yaw = rng.normal(0, 0.4)
    if is_blank:
        yaw = float(rng.choice([-1, 1])) * rng.uniform(1.15, 1.6)
    picture, digits = _look_at(jersey, centre_u, float(np.clip(yaw, -1.6, 1.6)), rng)
    rows, columns = np.nonzero(digits > 100)
    start, end = (round((centre_u + side) * TEXTURE_WIDTH) for side in (-0.25, 0.25))
    seen = len(rows) / (np.count_nonzero(jersey.digits[:, start:end] > 100) + 1)
    if is_blank or seen < 0.5:
        row, column = rng.integers(60, 120), rng.integers(60, 110)
        size = rng.integers([30, 40], [60, 70])
        box = np.array([column, row, column + size[0], row + size[1]], float)
        number = ""
    else:
        box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)
    crop = _cut(picture, box, rng)
    scale = rng.uniform(*height_px) / float(box[3] - box[1])
    return _degrade(crop, scale, rng), number


def _draw_wearer(rng: np.random.Generator) -> tuple[Jersey, str]:
    number = "00" if rng.random() < 0.015 else str(rng.integers(0, 100))
    if rng.random() < 0.35:
        number = str(rng.integers(0, 10))
    kit = draw_kit(rng, str(rng.choice(NAMES)).upper(), draw_colour(rng))
    return draw_jersey(kit, number, str(rng.choice(NAMES)), rng), number


def _look_at(
    jersey: Jersey, centre_u: float, yaw: float, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The torso as a cylinder turned by `yaw`, tilted a little, on some background."""
    size = 240
    grid_y, grid_x = np.mgrid[0:size, 0:size].astype(np.float32)
    roll, pitch = rng.normal(0, 0.16), rng.normal(0, 0.12)
    across = (grid_x - size / 2) / (size * 0.3)
    down = (grid_y - size / 2) / (size * 0.95) + 0.45
    across, down = (
        math.cos(roll) * across + math.sin(roll) * (down - 0.45) * 2.4,
        down - math.sin(roll) * across * 0.3 + pitch * across**2 * 0.5,
    )
    inside = np.abs(across) < 1
    angle = np.arcsin(np.clip(across, -1, 1)) * 0.92
    ripple = 0.012 * np.sin(grid_y / rng.uniform(8, 30) + rng.uniform(0, 6))
    turn = (angle + yaw) / (2 * np.pi) + centre_u + ripple
    u = (turn % 1.0) * TEXTURE_WIDTH
    v = down * TEXTURE_HEIGHT
    maps = (u.astype(np.float32), v.astype(np.float32))
    colour = cv2.remap(jersey.colour, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    digits = cv2.remap(jersey.digits, *maps, cv2.INTER_LINEAR)
    light = rng.uniform(-0.6, 0.6)
    shade = (0.72 + 0.38 * np.cos(np.clip(angle - light, -1.5, 1.5))) * draw_folds(rng, size, size)
    back = np.array(draw_colour(rng), np.float32)
    picture = np.where(inside[..., None], colour * shade[..., None], back)
    return np.clip(picture, 0, 255).astype(np.uint8), np.where(inside, digits, 0).astype(np.uint8)


def _cut(
    picture: NDArray[np.uint8], box: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Cut the box with the margins, and the errors, of a detector."""
    width, height = box[2] - box[0], box[3] - box[1]
    error = rng.normal([-0.16, -0.12, 0.16, 0.12], 0.07)
    x0, y0, x1, y1 = box + error * np.array([width, height, width, height])
    rows, columns = picture.shape[:2]
    x0, y0 = int(np.clip(x0, 0, columns - 9)), int(np.clip(y0, 0, rows - 9))
    x1, y1 = int(np.clip(x1, x0 + 8, columns)), int(np.clip(y1, y0 + 8, rows))
    return picture[y0:y1, x0:x1]


def _degrade(crop: NDArray[np.uint8], scale: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """What camera and encoder leave of it at the scale it was filmed."""
    size = (max(6, round(crop.shape[1] * scale)), max(8, round(crop.shape[0] * scale)))
    small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.35:
        length = rng.uniform(0.03, 0.16) * size[1]
        small = blur_motion(small, length, rng.uniform(-0.6, 0.6))
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.25, 0.04 * size[1] + 0.3))
    if rng.random() < 0.2:
        part = rng.integers(1, max(2, size[0] // 4))
        small[:, :part] = draw_colour(rng)
    small = grade(small, rng, strength=1.3)
    noise = rng.normal(0, rng.uniform(0.5, 7), small.shape)
    small = np.clip(small + noise, 0, 255).astype(np.uint8)
    return compress(small, int(rng.integers(35, 92)))
