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
        seen_m: (K, 2) where it was seen, metres.
        places_m: (K, 2) medians of that within a short time.
        velocities_mps: (K, 2) slope of the line through what was seen within a moment to either
            side; NaN where the ball was seen too seldom.
        drifts_mps: (K,) speed over a longer time, which tells a ball that lies.
    """

    times_s: NDArray[np.float64]
    samples: NDArray[np.int64]
    seen_m: NDArray[np.float64]
    places_m: NDArray[np.float64]
    velocities_mps: NDArray[np.float64]
    drifts_mps: NDArray[np.float64]

    @property
    def speeds_mps(self) -> NDArray[np.float64]:
        """(K,) metres a second."""
        return np.asarray(np.linalg.norm(self.velocities_mps, axis=1))

    def leaves(self, index: int, near_m: float = 1.5) -> int:
        """The last sample before the ball has moved away from where it lay."""
        away_m = np.linalg.norm(self.seen_m[index:] - self.places_m[index], axis=1)
        moved = np.flatnonzero(away_m > near_m)
        return index + (int(moved[0]) if len(moved) else len(away_m)) - 1


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


def ball_path(
    game: SampledGame, *, moment_s: float = 0.25, calm_s: float = 0.4, lies_s: float = 0.6
) -> BallPath:
    """The ball where it was seen.

    Args:
        game: the game.
        moment_s: half the span over which a velocity is measured; longer ones blur a kick.
        calm_s: half the span of the medians; single places err by half a metre.
        lies_s: half the span over which a drift is measured.
    """
    seen = np.flatnonzero(np.isfinite(game.ball_m).all(axis=1))
    times_s, seen_m, periods = game.times_s[seen], game.ball_m[seen], game.periods[seen]
    calm = _spans(times_s, periods, calm_s)
    places_m = np.array([np.median(seen_m[start:end], axis=0) for start, end in calm])
    velocities = _slopes(times_s, seen_m, _spans(times_s, periods, moment_s))
    drifts = _slopes(times_s, seen_m, _spans(times_s, periods, lies_s))
    return BallPath(
        times_s, seen, seen_m, places_m.reshape(-1, 2), velocities, np.linalg.norm(drifts, axis=1)
    )


def _spans(
    times_s: NDArray[np.float64], periods: NDArray[np.int64], reach_s: float
) -> list[tuple[int, int]]:
    """Half-open range of the samples within reach of each, in the same period."""
    edges = np.flatnonzero(np.diff(periods)) + 1
    begins = np.concatenate([[0], edges])[np.searchsorted(edges, np.arange(len(periods)), "right")]
    ends = np.append(edges, len(periods))[np.searchsorted(edges, np.arange(len(periods)), "right")]
    first = np.maximum(np.searchsorted(times_s, times_s - reach_s - 1e-6), begins)
    last = np.minimum(np.searchsorted(times_s, times_s + reach_s + 1e-6), ends)
    return list(zip(first.tolist(), last.tolist(), strict=True))


def _slopes(
    times_s: NDArray[np.float64], places_m: NDArray[np.float64], spans: list[tuple[int, int]]
) -> NDArray[np.float64]:
    """(K, 2) metres a second, by least squares; NaN from fewer than three samples."""
    slopes = np.full((len(times_s), 2), np.nan)
    for index, (start, end) in enumerate(spans):
        if end - start >= 3:
            span = times_s[start:end] - times_s[start:end].mean()
            slopes[index] = span @ places_m[start:end] / (span**2).sum()
    return slopes


def exits(path: BallPath, court: GoalCourt, *, margin_m: float = 0.5) -> list[Exit]:
    """Each time the ball leaves the court, and when it is back.

    Args:
        path: of the ball.
        court: where it is played.
        margin_m: how far outside its median must be, and a third of how far it must be seen once;
            places of a ball err by as much.
    """
    limits = np.array([court.length / 2, court.width / 2])
    beyond, seen = np.abs(path.places_m) - limits, np.abs(path.seen_m) - limits
    outside = (beyond > margin_m).any(axis=1) | (seen >= 3 * margin_m).any(axis=1)
    inside = (beyond <= 0).all(axis=1) & ~outside
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
    start, step = path.seen_m[last], path.seen_m[out] - path.seen_m[last]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(step != 0, (np.sign(step) * limits - start) / step, np.inf)
    shares = np.where(np.abs(path.seen_m[out]) > limits, shares, np.inf)
    axis = int(np.argmin(shares))
    share = float(np.clip(shares[axis], 0.0, 1.0))
    x, y = (start + share * step).tolist()
    moment = path.times_s[last] + share * (path.times_s[out] - path.times_s[last])
    return Exit(last, back, float(moment), (x, y), axis == 0)
