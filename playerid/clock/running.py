"""When the game clock runs and when it stands, from the steps it was seen to make."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClockState:
    """The game clock at M times.

    Attributes:
        clock_s: (M,) seconds left, NaN where unknown.
        is_running: (M,) 1 where it runs, 0 where it stands, NaN where unknown.
    """

    clock_s: Floats
    is_running: Floats


def follow_clock(
    read_s: Floats,
    shown_s: Floats,
    steps_s: Floats,
    times_s: Floats,
    *,
    longest_gap_s: float = 1.6,
    latency_s: float = 0.25,
) -> ClockState:
    """Follow a clock between its readings.

    A display of whole seconds tells more than whole seconds: it steps at known times. It ran
    where it fell by as much as time passed between two steps; it stood where it showed the same
    for longer than a step takes, except near the ends, where it may have stopped or started. What
    is shown counts as exact when it appears.

    Args:
        read_s: (N,) increasing times of readings that can all be true, seconds.
        shown_s: (N,) what they show, seconds.
        steps_s: (N,) resolution of the display, seconds.
        times_s: (M,) times asked for, seconds.
        longest_gap_s: readings further apart do not tell what was between; one misread second
            is bridged.
        latency_s: by which a display may be late.
    """
    clock_s, is_running = np.full(len(times_s), np.nan), np.full(len(times_s), np.nan)
    reach_s = 0.15  # known so long before and after a reading: less than between two
    since, drop = np.diff(read_s), -np.diff(shown_s)
    jumps = (drop < 0) | (drop > since + steps_s[1:] + 2 * latency_s)
    gaps = np.flatnonzero((since > longest_gap_s) | jumps) + 1
    for rows in np.split(np.arange(len(read_s)), gaps):
        if not len(rows):
            continue
        display = _Display.of(read_s[rows], shown_s[rows], steps_s[rows])
        begin_s, end_s = read_s[rows[0]] - reach_s, read_s[rows[-1]] + reach_s
        asked = (times_s >= begin_s) & (times_s <= end_s) & np.isnan(clock_s)
        clock_s[asked], is_running[asked] = display.follow(times_s[asked], latency_s)
    return ClockState(np.maximum(clock_s, 0.0), is_running)


@dataclass(frozen=True, slots=True)
class _Display:
    """K stretches in which the display does not change.

    Attributes:
        edges_s: (K + 1,) when they begin; the last one's end.
        slack_s: (K + 1,) by how much that may be wrong.
        shown_s: (K,) what is shown.
        steps_s: (K,) its resolution.
    """

    edges_s: Floats
    slack_s: Floats
    shown_s: Floats
    steps_s: Floats

    @classmethod
    def of(cls, read_s: Floats, shown_s: Floats, steps_s: Floats) -> "_Display":
        """Find the stretches in readings without gaps."""
        first = np.flatnonzero(np.diff(shown_s, prepend=np.nan) != 0)
        last = np.append(first[1:] - 1, len(read_s) - 1)
        inner = (read_s[last[:-1]] + read_s[first[1:]]) / 2
        slack = (read_s[first[1:]] - read_s[last[:-1]]) / 2
        return cls(
            np.concatenate([read_s[:1], inner, read_s[-1:]]),
            np.concatenate([[0.0], slack, [0.0]]),
            shown_s[first],
            steps_s[first],
        )

    def follow(self, times_s: Floats, latency_s: float) -> tuple[Floats, Floats]:
        """Clock, and whether it runs, at (M,) times."""
        count = len(self.shown_s)
        lasts = np.diff(self.edges_s)
        allowance = latency_s + self.slack_s[:-1] + self.slack_s[1:]
        drops = np.append(-np.diff(self.shown_s), self.steps_s[-1:])
        is_even = lasts <= drops + allowance
        is_between = (np.arange(count) > 0) & (np.arange(count) < count - 1)

        k = np.clip(np.searchsorted(self.edges_s, times_s, "right") - 1, 0, count - 1)
        since, until = times_s - self.edges_s[k], self.edges_s[k + 1] - times_s
        runs = is_even[k] & is_between[k]
        margin = drops[k] + allowance[k]
        stands = ~is_even[k] & (since > margin) & (until > margin)
        is_running = np.where(runs, 1.0, np.where(stands, 0.0, np.nan))

        rate = np.where(is_even & (lasts > 0), drops / np.maximum(lasts, 1e-9), 0.0)
        clock_s = self.shown_s[k] - rate[k] * since * is_between[k]
        return self._at_the_ends(clock_s, k, since, until, is_even, drops), is_running

    def _at_the_ends(
        self,
        clock_s: Floats,
        k: NDArray[np.int64],
        since: Floats,
        until: Floats,
        is_even: NDArray[np.bool_],
        drops: Floats,
    ) -> Floats:
        """Let the first and last stretch run as their neighbour does, within what they show."""
        last = len(self.shown_s) - 1
        if last < 2:
            return clock_s
        to_run = np.where(is_even[1], np.minimum(until, drops[0]), drops[0])
        clock_s = np.where(k == 0, self.shown_s[0] - drops[0] + to_run, clock_s)
        has_run = np.where(is_even[last - 1], np.minimum(since, self.steps_s[last]), 0.0)
        return np.where(k == last, self.shown_s[last] - has_run, clock_s)
