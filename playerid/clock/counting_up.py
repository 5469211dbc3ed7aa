"""A clock that counts up through the whole game -> the period, and the time left in it."""

import numpy as np
from numpy.typing import NDArray

from playerid.leagues import Clock

Floats = NDArray[np.float64]

TIME_ADDED_S = 1800.0
"""More is never added to a game."""


def longest_game_s(clock: Clock) -> float:
    """No clock of the league shows more, seconds."""
    return clock.periods * clock.period_s + 2 * clock.overtime_s + TIME_ADDED_S


def split_by_period(
    times_s: Floats, played_s: Floats, clock: Clock, *, same_run_s: float = 20.0
) -> tuple[Floats, Floats]:
    """Tell the period of each frame, and the time left in it.

    Such a clock goes on past the end of a period while time is added, and the next period begins
    at that end again. So what is past an end is time added if the clock has run on from before it;
    it is the next period if the clock was set back, or nothing was seen of the one before.

    Args:
        times_s: (N,) of the frames, in order.
        played_s: (N,) what the clock shows, seconds; NaN if unknown.
        clock: of the league.
        same_run_s: a clock runs on if it is as far from the time of the video as before, give or
            take so much: less than the least time that is added and then taken back.

    Returns:
        (N,) period, and (N,) seconds left in it, below 0 in time added; NaN if unknown.
    """
    ends_s = clock.period_s * np.arange(1, clock.periods + 1)
    ends_s = np.append(ends_s, ends_s[-1] + clock.overtime_s * np.arange(1, 3))
    period = np.where(np.isnan(played_s), np.nan, np.searchsorted(ends_s, played_s, "right") + 1.0)
    period = np.minimum(period, len(ends_s))
    offset_s = times_s - played_s
    for number in range(1, len(ends_s)):
        before, after = np.flatnonzero(period == number), period == number + 1
        if not len(before):
            continue
        runs_on = np.abs(offset_s - offset_s[before[-1]]) <= same_run_s
        is_next = np.flatnonzero(after & ~runs_on & (times_s > times_s[before[-1]]))
        until_s = times_s[is_next[0]] if len(is_next) else np.inf
        period = np.where(after & runs_on & (times_s < until_s), number, period)
    known = np.isfinite(period)
    left_s = np.full(len(times_s), np.nan)
    left_s[known] = ends_s[period[known].astype(int) - 1] - played_s[known]
    return period, left_s
