"""The main camera of a match, high in the stand opposite the far touchline."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera, MainOperator, smooth
from playerid.leagues.soccer.pitch import Pitch

Array = NDArray[np.float64]


def plan_main_camera(
    seed: int,
    pitch: Pitch,
    times_s: Array,
    focus_m: Array,
    size_px: tuple[int, int] = (1280, 720),
) -> MainOperator:
    """Plan how the main camera follows the play.

    Args:
        seed: draws where the camera stands, how tight it frames and how it lags.
        pitch: of the league.
        times_s: (T,) evenly spaced.
        focus_m: (T, 2) where the play is.
        size_px: of the picture.
    """
    rng = np.random.default_rng([seed, 101])
    step_s = float(times_s[1] - times_s[0]) if len(times_s) > 1 else 1.0
    place = (rng.normal(0, 2.0), -rng.uniform(50, 70), rng.uniform(15, 25))
    limit = pitch.length / 2 - rng.uniform(8, 14)
    x = np.clip(smooth(focus_m[:, 0], step_s, rng.uniform(0.5, 1.0)), -limit, limit)
    y = smooth(focus_m[:, 1], step_s, 1.2) * rng.uniform(0.35, 0.75) + rng.uniform(-4, 4)
    y = np.clip(y, -18, 16)
    speed = np.abs(np.gradient(x, step_s)) if len(x) > 1 else np.zeros_like(x)
    wide = rng.uniform(30, 56) * (1 + 0.02 * smooth(np.minimum(speed, 10.0), step_s, 1.5))
    settled = smooth((np.abs(x) > limit * 0.75).astype(float), step_s, 2.5)
    wide *= 1 - rng.uniform(0.0, 0.2) * settled
    return MainOperator(
        place, times_s, np.column_stack([x, y]), wide, rng.normal(0, 0.003), size_px
    )


def draw_main_camera(
    rng: np.random.Generator,
    pitch: Pitch,
    focus_m: Array,
    size_px: tuple[int, int] = (1280, 720),
) -> Camera:
    """A main camera at random that frames a point (x, y) as broadcasts do."""
    focus = np.asarray(focus_m, float).reshape(1, 2) + rng.normal(0, [5.0, 3.0], (1, 2))
    operator = plan_main_camera(int(rng.integers(1 << 31)), pitch, np.array([0.0]), focus, size_px)
    rate = float(rng.normal(0, 0.06)) if rng.random() < 0.4 else 0.0
    return replace(operator.camera(0.0), pan_rate_radps=rate)
