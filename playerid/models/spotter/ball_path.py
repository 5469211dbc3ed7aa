"""The way of the ball: where it is seen, how fast, and where it leaves the court."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.models.spotter import GoalCourt, SampledGame


@dataclass(frozen=True, slots=True)
class BallPath:
    """The K samples in which the ball was seen.

    Attributes:
        times_s: (K,) seconds.
        samples: (K,) sample of the game.
        places_m: (K, 2) metres.
        velocities_mps: (K, 2) slope of the line through the places within a moment to either
            side; NaN where the ball was seen too seldom.
    """

    times_s: NDArray[np.float64]
    samples: NDArray[np.int64]
    places_m: NDArray[np.float64]
    velocities_mps: NDArray[np.float64]

    @property
    def speeds_mps(self) -> NDArray[np.float64]:
        """(K,) metres a second."""
        return np.asarray(np.linalg.norm(self.velocities_mps, axis=1))


@dataclass(frozen=True, slots=True)
class Exit:
    """The ball leaves the court.

    Attributes:
        index: of the path, the last sample inside.
        back: of the path, the first sample after it that is inside again; its length if none is.
        time_s: when it crossed the line, seconds.
        place_m: where.
        over_end: whether over an end line, not a sideline.
    """

    index: int
    back: int
    time_s: float
    place_m: tuple[float, float]
    over_end: bool


def ball_path(game: SampledGame, *, moment_s: float = 0.25) -> BallPath:
    """The ball where it was seen.

    Args:
        game: the game.
        moment_s: half the span over which a velocity is measured; longer ones blur a kick.
    """
    seen = np.flatnonzero(np.isfinite(game.ball_m).all(axis=1))
    times_s, places_m = game.times_s[seen], game.ball_m[seen]
    velocities = np.full((len(seen), 2), np.nan)
    first = np.searchsorted(times_s, times_s - moment_s - 1e-6)
    last = np.searchsorted(times_s, times_s + moment_s + 1e-6)
    for index, (start, end) in enumerate(zip(first, last, strict=True)):
        span = times_s[start:end] - times_s[start:end].mean()
        if end - start >= 3 and (weight := (span**2).sum()) > 0:
            velocities[index] = span @ places_m[start:end] / weight
    return BallPath(times_s, seen, places_m, velocities)


def exits(path: BallPath, court: GoalCourt, *, margin_m: float = 0.5) -> list[Exit]:
    """Each time the ball leaves the court, and when it is back.

    Args:
        path: of the ball.
        court: where it is played.
        margin_m: how far outside it must be seen; places of a ball err by as much.
    """
    limits = np.array([court.length / 2, court.width / 2])
    beyond = np.abs(path.places_m) - limits
    outside, inside = (beyond > margin_m).any(axis=1), (beyond <= 0).all(axis=1)
    found: list[Exit] = []
    for index in np.flatnonzero(outside):
        before = np.flatnonzero(inside[:index])
        if not len(before) or (found and index < found[-1].back):
            continue
        last = int(before[-1])
        after = np.flatnonzero(inside[index:])
        back = int(index + after[0]) if len(after) else len(path.times_s)
        found.append(_exit(path, (last, int(index), back), limits))
    return found


def _exit(path: BallPath, samples: tuple[int, int, int], limits: NDArray[np.float64]) -> Exit:
    last, out, back = samples
    start, step = path.places_m[last], path.places_m[out] - path.places_m[last]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(step != 0, (np.sign(step) * limits - start) / step, np.inf)
    shares = np.where(np.abs(path.places_m[out]) > limits, shares, np.inf)
    axis = int(np.argmin(shares))
    share = float(np.clip(shares[axis], 0.0, 1.0))
    x, y = (start + share * step).tolist()
    moment = path.times_s[last] + share * (path.times_s[out] - path.times_s[last])
    return Exit(last, back, float(moment), (x, y), axis == 0)
