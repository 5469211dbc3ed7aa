"""Who has the ball, and when it is thrown at a ring, from positions alone."""

import numpy as np
from numpy.typing import NDArray


def find_holders(
    players_m: NDArray[np.float64],
    ball_m: NDArray[np.float64],
    time_s: NDArray[np.float64],
    basket_x_m: float,
    *,
    reach_m: float = 1.2,
    fastest_mps: float = 4.0,
) -> NDArray[np.int64]:
    """Who has the ball in each sample: the nearest player, if near and as fast as the ball.

    The height of the ball is not recorded, so at a ring nobody has it.

    Args:
        players_m: (T, P, 2) court coordinates, metres; NaN unknown.
        ball_m: (T, 2) the ball above the floor, metres; NaN unknown.
        time_s: (T,) times of the samples, increasing, seconds.
        basket_x_m: distance of the baskets from the centre of the court.
        reach_m: largest distance on the floor of ball and holder.
        fastest_mps: largest speed of the ball relative to the holder; passes are faster.

    Returns:
        (T,) index of the player, -1 where nobody has it.
    """
    if len(ball_m) < 2 or not players_m.shape[1]:
        return np.full(len(ball_m), -1)
    away_m = np.linalg.norm(players_m - ball_m[:, None], axis=2)
    nearest = np.argmin(np.where(np.isnan(away_m), np.inf, away_m), axis=1)
    samples = np.arange(len(nearest))
    speeds = np.linalg.norm(np.gradient(ball_m[:, None] - players_m, time_s, axis=0), axis=2)
    held = (away_m[samples, nearest] <= reach_m) & (speeds[samples, nearest] <= fastest_mps)
    return np.where(held & ~_at_ring(ball_m, basket_x_m), nearest, -1)


def find_shots(
    ball_m: NDArray[np.float64],
    time_s: NDArray[np.float64],
    holders: NDArray[np.int64],
    basket_x_m: float,
    *,
    flight_s: float = 2.5,
) -> NDArray[np.int64]:
    """Samples in which a shot attempt is released: the last hold before the ball is at a ring.

    Args:
        ball_m: (T, 2) the ball above the floor, metres; NaN unknown.
        time_s: (T,) times of the samples, increasing, seconds.
        holders: (T,) from `find_holders`.
        basket_x_m: distance of the baskets from the centre of the court.
        flight_s: longest flight from the hand to the ring.

    Returns:
        (S,) sample indices.
    """
    at_ring = _at_ring(ball_m, basket_x_m)
    arrivals = np.flatnonzero(at_ring & ~np.concatenate([[False], at_ring[:-1]]))
    shots = set()
    for arrival in arrivals:
        before = np.flatnonzero(holders[:arrival] >= 0)
        if len(before) and time_s[arrival] - time_s[before[-1]] <= flight_s:
            shots.add(int(before[-1]))
    return np.array(sorted(shots), np.int64)


def _at_ring(
    ball_m: NDArray[np.float64], basket_x_m: float, near_m: float = 0.6
) -> NDArray[np.bool_]:
    baskets = np.array([[-basket_x_m, 0.0], [basket_x_m, 0.0]])
    away_m = np.linalg.norm(ball_m[:, None] - baskets, axis=2).min(axis=1)
    at_ring: NDArray[np.bool_] = away_m <= near_m
    return at_ring
