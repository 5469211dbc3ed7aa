"""The grass of a pitch, seen from above: mown stripes, worn patches, shade, and the lines."""

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.floor import Floor
from playerid.leagues.soccer.pitch import Pitch

Array = NDArray[np.float64]
Colour = tuple[float, float, float]
FINE = 20
"""Pixels a metre of the finest picture."""
MARGIN_M = 9.0
"""Grass around the boundary."""
COARSE = 5
"""How much coarser grass is drawn than lines: what mowers and boots leave is wide."""


def draw_grass(rng: np.random.Generator, pitch: Pitch) -> Floor:
    """Draw the pitch of one stadium.

    Args:
        rng: draws colours, pattern, wear, shade and the width of the lines.
        pitch: whose lines it has.
    """
    reach = (pitch.length / 2 + MARGIN_M, pitch.width / 2 + MARGIN_M)
    shape = (round(2 * reach[1] * FINE / COARSE), round(2 * reach[0] * FINE / COARSE))
    x, y = np.meshgrid(
        (np.arange(shape[1]) + 0.5) * COARSE / FINE - reach[0],
        reach[1] - (np.arange(shape[0]) + 0.5) * COARSE / FINE,
    )
    turf = _mow(rng, pitch, x, y)
    turf = _wear(rng, pitch, turf, x, y)
    turf *= _shade(rng, x, y)[..., None]
    size = (round(2 * reach[0] * FINE), round(2 * reach[1] * FINE))
    picture = cv2.resize(
        np.clip(turf, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR
    )
    _draw_lines(rng, pitch, picture, reach)
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    to_court = np.array(
        [
            [1 / FINE, 0, 0.5 / FINE - reach[0]],
            [0, -1 / FINE, reach[1] - 0.5 / FINE],
            [0, 0, 1],
        ]
    )
    green: tuple[int, int, int] = tuple(int(v) for v in turf.mean(axis=(0, 1)))  # type: ignore[assignment]
    return Floor((picture, half), to_court, (green, green))


def _green(rng: np.random.Generator) -> NDArray[np.float64]:
    """Hue, saturation and value (OpenCV) of grass: from yellowish to bluish, pale to deep."""
    return np.array([rng.uniform(34, 58), rng.uniform(80, 235), rng.uniform(80, 185)])


def _rgb(hsv: NDArray[np.float64]) -> NDArray[np.float64]:
    pixel = np.clip(hsv, 0, [179, 255, 255]).astype(np.uint8)[None, None]
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0], np.float64)


def _mow(rng: np.random.Generator, pitch: Pitch, x: Array, y: Array) -> Array:
    """Two greens in a pattern; one beyond the lines, or another."""
    first = _green(rng)
    second = first + rng.normal(0, [2.5, 22, 0])
    second[2] *= math.exp(rng.choice([-1, 1]) * rng.uniform(0.03, 0.35))
    across = pitch.length / rng.integers(12, 23)
    along = pitch.width / rng.integers(6, 14)
    turn = rng.uniform(0.3, 1.2)
    patterns: list[Callable[[], Array]] = [
        lambda: np.sin(math.pi * x / across),
        lambda: np.sin(math.pi * x / across) * np.sin(math.pi * y / along),
        lambda: np.sin(math.pi * y / along),
        lambda: np.sin(math.pi * (x * math.cos(turn) + y * math.sin(turn)) / across),
        lambda: np.sin(math.pi * np.hypot(x, y) / across),
        lambda: np.zeros_like(x),
    ]
    drawn = patterns[int(rng.choice(6, p=[0.42, 0.28, 0.06, 0.07, 0.05, 0.12]))]()
    share = np.clip(0.5 + drawn * rng.uniform(2, 12), 0, 1)[..., None]
    turf = _rgb(first) * (1 - share) + _rgb(second) * share
    beyond = np.maximum(np.abs(x) - pitch.length / 2, np.abs(y) - pitch.width / 2)
    if rng.random() < 0.6:
        edge = rng.uniform(0.5, 2.5)
        outside = first * [1, rng.uniform(0.6, 1.1), rng.uniform(0.7, 1.2)]
        if rng.random() < 0.15:
            outside = np.array([rng.uniform(0, 20), rng.uniform(0, 160), rng.uniform(60, 190)])
        turf[beyond > edge] = _rgb(outside)
    return np.asarray(turf)


def _wear(rng: np.random.Generator, pitch: Pitch, turf: Array, x: Array, y: Array) -> Array:
    """Uneven growth, and earth where many boots were: before the goals and at the centre."""
    uneven = sum(
        (
            strength
            * cv2.resize(rng.normal(size=size), x.shape[::-1], interpolation=cv2.INTER_CUBIC)
            for size, strength in (((9, 14), 0.03), ((40, 60), 0.03), (x.shape, 0.05))
        ),
        np.zeros_like(x),
    )
    turf = turf * (1 + uneven * rng.uniform(0.2, 1.5))[..., None]
    if rng.random() < 0.45:
        return np.asarray(turf)
    earth = np.array([rng.uniform(110, 190), rng.uniform(100, 160), rng.uniform(50, 110)])
    goal = pitch.length / 2 - rng.uniform(1, 6)
    places = [(-goal, 0.0), (goal, 0.0), (0.0, 0.0)]
    places += [(rng.uniform(-45, 45), rng.uniform(-30, 30)) for _ in range(int(rng.integers(0, 6)))]
    worn = np.zeros_like(x)
    for place in places:
        spread = rng.uniform(1.5, 6.0, 2)
        worn += rng.uniform(0, 1) * np.exp(
            -(((x - place[0]) / spread[0]) ** 2 + ((y - place[1]) / spread[1]) ** 2)
        )
    patchy = np.clip(1 + 12 * uneven, 0, 2)
    share = np.clip(worn * patchy * rng.uniform(0.1, 0.7), 0, 0.8)[..., None]
    return np.asarray(turf * (1 - share) + earth * share)


def _shade(rng: np.random.Generator, x: Array, y: Array) -> Array:
    """Falling light, and on some days the edge of a roof's shadow."""
    light = 1 + rng.uniform(-0.12, 0.12) * x / 60 + rng.uniform(-0.12, 0.12) * y / 40
    if rng.random() < 0.2:
        slope, start = rng.uniform(-0.4, 0.4), rng.uniform(-25, 25)
        dark = 1 / (1 + np.exp(-(y - start - slope * x) * rng.uniform(0.8, 4)))
        light = light * (1 - rng.uniform(0.25, 0.6) * (dark if rng.random() < 0.7 else 1 - dark))
    return np.asarray(light)


def _draw_lines(
    rng: np.random.Generator, pitch: Pitch, picture: NDArray[np.uint8], reach: tuple[float, float]
) -> None:
    def place(points_m: Array) -> NDArray[np.int32]:
        pixels = (points_m * [1, -1] + reach) * FINE * 16 - 8
        return np.asarray(np.round(pixels), np.int32)

    whole = picture.copy()
    thick = max(2, round(pitch.line_width * rng.uniform(0.8, 1.6) * FINE))
    light = rng.uniform(205, 255)
    white = (light, light, light * rng.uniform(0.92, 1))
    for line in pitch.lines(48):
        cv2.polylines(whole, [place(line)], False, white, thick, cv2.LINE_AA, 4)
    mark = pitch.length / 2 - pitch.penalty_mark_from_goal_line
    for x in (-mark, 0.0, mark):
        centre = place(np.array([[x, 0.0]]))[0].tolist()
        cv2.circle(whole, centre, round(0.16 * FINE * 16), white, -1, cv2.LINE_AA, 4)
    opacity = rng.uniform(0.65, 1.0)
    cv2.addWeighted(whole, opacity, picture, 1 - opacity, 0, dst=picture)
