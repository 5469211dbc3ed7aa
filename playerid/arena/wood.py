"""Wood of the floor, and the light that lies on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.kit import Colour

FINE = 64  # pixels a metre while a floor is drawn
WOODS: tuple[Colour, ...] = (
    (222, 186, 136), (205, 165, 112), (232, 205, 165), (214, 172, 108), (190, 150, 105),
    (238, 214, 180), (200, 176, 150), (178, 128, 78),
)  # fmt: skip


def lay_wood(rng: np.random.Generator, reach: tuple[float, float]) -> NDArray[np.uint8]:
    """Planks or parquet over twice the reach (x, y), metres: RGB, FINE pixels a metre."""
    width, height = round(2 * reach[0] * FINE), round(2 * reach[1] * FINE)
    base = np.array(WOODS[int(rng.integers(len(WOODS)))], np.float32)
    contrast_levels = rng.uniform(1.0, 7.0)
    planks = rng.normal(0, contrast_levels, (round(height / 4), round(width / 90))).astype(
        np.float32
    )
    tone = cv2.resize(planks, (width, height), interpolation=cv2.INTER_NEAREST)
    grain = rng.normal(0, 3.0, (height // 2, width // 24)).astype(np.float32)
    tone += cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
    parquet = rng.random() < 0.12
    if parquet:
        checks = rng.normal(0, 9, (height // 50, width // 50)).astype(np.float32)
        tone += cv2.resize(checks, (width, height), interpolation=cv2.INTER_NEAREST)
    channels = [
        np.clip(tone * (0.8 + 0.2 * i) + base[i], 0, 255).astype(np.uint8) for i in range(3)
    ]
    return np.asarray(cv2.merge(channels), np.uint8)


def light_floor(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Uneven light: bright pools under the lamps, dim corners."""
    small = np.zeros((24, 40), np.float32)
    for _ in range(int(rng.integers(2, 7))):
        centre = (int(rng.integers(40)), int(rng.integers(24)))
        cv2.circle(small, centre, int(rng.integers(3, 9)), float(rng.uniform(0.05, 0.16)), -1)
    small = cv2.GaussianBlur(small, (0, 0), 3.0) + rng.uniform(0.84, 0.98)
    height, width = picture.shape[:2]
    streaks = np.zeros((height // 16, width // 16), np.float32)
    for _ in range(int(rng.integers(0, 9))):
        centre = (int(rng.integers(width // 16)), int(rng.integers(height // 16)))
        axes = (int(rng.integers(1, 4)), int(rng.integers(5, 16)))
        cv2.ellipse(streaks, centre, axes, 0, 0, 360, float(rng.uniform(0.06, 0.3)), -1)
    streaks = cv2.GaussianBlur(streaks, (0, 0), 1.2)
    light = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    light += cv2.resize(streaks, (width, height), interpolation=cv2.INTER_LINEAR)
    gain = cv2.merge([np.clip(light * 160, 0, 255).astype(np.uint8)] * 3)
    return np.asarray(cv2.multiply(picture, gain, scale=1 / 160), np.uint8)
