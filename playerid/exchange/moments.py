"""Moments of a tracking file that does not say its times: where one begins, and when it was."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from playerid.errors import TableError


def number_moments(who: Sequence[str], keys: Sequence[Hashable], ball: str) -> NDArray[np.int64]:
    """Moment of each row, from 0: a new one begins where somebody comes again.

    Args:
        who: (N,) who is placed, in the order of the file.
        keys: (N,) what all rows of a moment have in common: event, period, clock.
        ball: its name; where it is the first of a file, it is the first of each moment.
    """
    numbers = np.zeros(len(who), np.int64)
    is_ball_first = bool(who) and who[0] == ball
    there: set[str] = set()
    number, last = 0, keys[0] if keys else None
    for row, (name, key) in enumerate(zip(who, keys, strict=True)):
        if there and (name in there or key != last or (is_ball_first and name == ball)):
            number += 1
            there.clear()
        there.add(name)
        last = key
        numbers[row] = number
    return numbers


def usual_step(clocks_s: Sequence[NDArray[np.float64]], file: str) -> float:
    """Time between two moments, by the game clock while it runs.

    A clock that shows tenths stands for two or three moments and then jumps: what it lost is
    divided by the moments in which it did.

    Args:
        clocks_s: the game clock of the moments of each play; NaN unknown.
        file: for the message.

    Raises:
        TableError: The clock never runs.
    """
    stood, fell = [], []
    for clock_s in clocks_s:
        changes = np.flatnonzero(np.diff(clock_s) != 0) + 1  # NaN differs from everything
        drops = -np.diff(clock_s)[changes - 1]
        stood += np.diff(changes).tolist()
        fell += drops[1:].tolist()
    samples, drops_s = np.array(stood, np.float64), np.array(fell, np.float64)
    runs = np.isfinite(drops_s) & (drops_s > 0)
    samples, drops_s = samples[runs], drops_s[runs]
    if not len(drops_s):
        raise TableError(
            f"{file}: neither time_s nor a running game_clock says how far apart its moments are;"
            " say it with --frame-rate"
        )
    usual = (samples <= 2 * np.median(samples)) & (drops_s <= 2 * np.median(drops_s))
    return float(drops_s[usual].sum() / samples[usual].sum())


def times_by_clock(clock_s: NDArray[np.float64], step_s: float) -> NDArray[np.float64]:
    """Times of the moments of a play, from its first: a usual step, or more where the clock says.

    Args:
        clock_s: (T,) game clock, seconds left; NaN unknown.
        step_s: usual time between two moments, seconds.
    """
    time_s: NDArray[np.float64] = np.arange(len(clock_s), dtype=np.float64) * step_s
    if len(clock_s) < 2:
        return time_s
    fallen_s = -np.diff(clock_s)
    changed = np.flatnonzero(np.nan_to_num(fallen_s) > 0)
    stood = np.diff(np.concatenate([[-1], changed]))  # steps up to each fall
    if not len(changed):
        return time_s
    is_fine = np.median(stood) == 1
    usual_s = np.median(fallen_s[changed])
    steps_s = np.full(len(fallen_s), step_s)
    for at, count in zip(changed, stood, strict=True):
        if fallen_s[at] > 2 * max(count * step_s, usual_s):
            steps_s[at] += fallen_s[at] - count * step_s
        elif is_fine and fallen_s[at] >= count * step_s / 2:
            steps_s[at - count + 1 : at + 1] = fallen_s[at] / count
    time_s[1:] = np.cumsum(steps_s)
    return time_s
