"""Readings of the score bug -> clocks and scores of every sampled frame.

A clock falls, by no more than the time that passes; periods and scores rise. The readings that
can all be true are kept (`choose_consistent`); between them a value is filled in only where both
sides agree, and the game clock where it ran evenly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from math import isfinite

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.clock.bug_text import parse_text
from playerid.clock.chain import Price, choose_consistent
from playerid.clock.counting_up import longest_game_s, split_by_period
from playerid.clock.running import follow_clock
from playerid.leagues import Clock
from playerid.tables import CLOCK_FRAMES

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """N values of one field, in order of time.

    Attributes:
        times_s: (N,) when they were read, seconds.
        segments: (N,) camera shots that they were read in.
        values: (N,) seconds, points or periods.
        steps_s: (N,) resolution of a clock, seconds; 1 for the others.
        weights: (N,) the reader's scores.
    """

    times_s: Floats
    segments: NDArray[np.int64]
    values: Floats
    steps_s: Floats
    weights: Floats

    def __len__(self) -> int:
        """N."""
        return len(self.times_s)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Series":
        """Some of them."""
        return Series(**{f.name: getattr(self, f.name)[rows] for f in fields(Series)})

    def at(self, times_s: Floats, *, near_s: float, gap_s: float) -> Floats:
        """Values at (M,) times, NaN where unknown.

        Known is what the readings on both sides agree on, if they are at most `gap_s` apart, or
        else what was read within `near_s`.
        """
        if not len(self):
            return np.full(len(times_s), np.nan)
        after = np.searchsorted(self.times_s, times_s)
        before, after = np.clip(after - 1, 0, None), np.clip(after, None, len(self) - 1)
        since, until = times_s - self.times_s[before], self.times_s[after] - times_s
        is_after_nearer = np.abs(until) < np.abs(since)
        nearest = np.where(is_after_nearer, self.values[after], self.values[before])
        agree = (self.values[before] == self.values[after]) & (since >= 0) & (until >= 0)
        is_near = np.minimum(np.abs(since), np.abs(until)) <= near_s
        return np.where((agree & (since + until <= gap_s)) | is_near, nearest, np.nan)


PriceOf = Callable[[Series], Price]
"""Which steps a series can make, and what the unlikely ones cost."""


def decode_clock(game_id: str, frames: pa.Table, readings: pa.Table, clock: Clock) -> pa.Table:
    """Decode the readings of a game.

    Args:
        game_id: the game.
        frames: rows of `sampled_frames`.
        readings: rows of `clock_readings`.
        clock: of the league.

    Returns:
        Rows of `clock_frames`: the frames of which anything is known, in segments with a bug.
    """
    seen = np.unique(np.asarray(readings["segment_index"]))
    frames = frames.filter(pa.array(np.isin(np.asarray(frames["segment_index"]), seen)))
    times_s = np.asarray(frames["time_s"], np.float64)
    series = {name: _series(readings, name, clock.periods) for name in _LIMITS}
    series = {name: s.take(s.values <= _LIMITS[name](clock)) for name, s in series.items()}
    periods = _consistent(series["period"], _rises(1, 0.0))
    whole_s = longest_game_s(clock)
    if clock.counts_up:
        series["clock"] = replace(series["clock"], values=whole_s - series["clock"].values)
    game_clock = _follow_game_clock(series["clock"], periods)
    shot_clock = _consistent(series["shot_clock"], _falls_or_is_set)
    state = follow_clock(game_clock.times_s, game_clock.values, game_clock.steps_s, times_s)
    found: dict[str, Floats] = {
        "period": periods.at(times_s, near_s=2.0, gap_s=np.inf),
        "game_clock_s": state.clock_s,
        "shot_clock_s": shot_clock.at(times_s, near_s=0.15, gap_s=0.5),
        "clock_running": state.is_running,
    }
    if clock.counts_up:
        found["period"], found["game_clock_s"] = split_by_period(
            times_s, whole_s - state.clock_s, clock
        )
    for name in ("home_score", "away_score"):
        scores = _consistent(series[name], _rises(4, 0.5))
        found[name] = scores.at(times_s, near_s=1.0, gap_s=np.inf)
    every_s = _times(readings, "clock")
    agreement = _share_within(times_s, game_clock.times_s, every_s)
    found["clock_score"] = np.where(np.isnan(state.clock_s), np.nan, agreement)
    return _rows(game_id, frames, found)


_LIMITS: Mapping[str, Callable[[Clock], float]] = {
    "clock": lambda clock: (
        longest_game_s(clock) if clock.counts_up else max(clock.period_s, clock.overtime_s)
    ),
    "period": lambda clock: clock.periods + 9,
    "shot_clock": lambda clock: clock.shot_clock_s if isfinite(clock.shot_clock_s) else 0,
    "home_score": lambda clock: 250,
    "away_score": lambda clock: 250,
}
"""Field -> the largest value it can have."""


def _times(readings: pa.Table, field: str) -> Floats:
    is_field = np.asarray(readings["field"]) == field
    return np.sort(np.asarray(readings["time_s"], np.float64)[is_field])


def _series(readings: pa.Table, field: str, periods: int) -> Series:
    rows = sorted(
        (row for row in readings.to_pylist() if row["field"] == field), key=lambda r: r["time_s"]
    )
    shown = [(row, parse_text(row["text"], periods)) for row in rows]
    known = [(row, s, s.value(field)) for row, s in shown if s.value(field) is not None]
    return Series(
        np.array([row["time_s"] for row, _, _ in known], np.float64),
        np.array([row["segment_index"] for row, _, _ in known], np.int64),
        np.array([value for _, _, value in known], np.float64),
        np.array([s.clock_step_s for _, s, _ in known], np.float64),
        np.array([row["text_score"] for row, _, _ in known], np.float64),
    )


def _consistent(series: Series, price_of: PriceOf) -> Series:
    return series.take(choose_consistent(series.weights, price_of(series)))


def _rises(most: float, per_second: float) -> PriceOf:
    """Values that never fall, and rise by at most so much at once, and so much a second."""

    def price_of(series: Series) -> Price:
        def price(earlier: NDArray[np.int64], later: int) -> Floats:
            rise = series.values[later] - series.values[earlier]
            since = series.times_s[later] - series.times_s[earlier]
            is_possible = (rise >= 0) & (rise <= most + per_second * since)
            return np.where(is_possible, 0.0, np.inf)

        return price

    return price_of


def _falls_or_is_set(series: Series) -> Price:
    """A shot clock falls by no more than the time that passes, or is set anew."""

    def price(earlier: NDArray[np.int64], later: int) -> Floats:
        drop = series.values[earlier] - series.values[later]
        since = series.times_s[later] - series.times_s[earlier]
        price = np.where(drop < 0, 0.5, np.inf)
        return np.where((drop >= 0) & (drop <= since + 1.3) | (since > 2.0), 0.0, price)

    return price


def _follow_game_clock(
    series: Series,
    periods: Series,
    *,
    latency_s: float = 0.3,
    skip_price: float = 8.0,
    set_back_price: float = 20.0,
) -> Series:
    """The readings of the game clock that can all be true.

    Args:
        series: of the clock.
        periods: that can all be true.
        latency_s: by which a bug may lag, or catch up.
        skip_price: of time that is left out, as at the cuts of a shortened video: as many sure
            readings must follow.
        set_back_price: of a clock set back, as officials do: more than a replay's few seconds of
            old clock are worth.
    """
    period = periods.at(series.times_s, near_s=5.0, gap_s=np.inf)

    def price(earlier: NDArray[np.int64], later: int) -> Floats:
        drop = series.values[earlier] - series.values[later]
        since = series.times_s[later] - series.times_s[earlier]
        slack = np.maximum(series.steps_s[earlier], series.steps_s[later]) + latency_s
        runs = (drop >= 0) & (drop <= since + slack)
        is_apart = (since > 1.0) | (series.segments[later] != series.segments[earlier])
        jump = np.where(drop > 0, skip_price, set_back_price)
        price = np.where(runs, 0.0, np.where(is_apart, jump, np.inf))
        price = np.where(period[later] > period[earlier], 0.0, price)
        return np.where(period[later] < period[earlier], np.inf, price)

    return series.take(choose_consistent(series.weights, price))


def _share_within(
    times_s: Floats, agreeing_s: Floats, every_s: Floats, span_s: float = 1.0
) -> Floats:
    """Share of the readings around each time that agree; NaN where there are none."""
    counts = [
        np.searchsorted(seen, times_s + span_s, "right") - np.searchsorted(seen, times_s - span_s)
        for seen in (agreeing_s, every_s)
    ]
    share = np.full(len(times_s), np.nan)
    np.divide(counts[0], counts[1], out=share, where=counts[1] > 0)
    return share


def _rows(game_id: str, frames: pa.Table, found: Mapping[str, Floats]) -> pa.Table:
    columns = {
        "game_id": pa.array([game_id] * frames.num_rows, pa.string()),
        **{name: frames[name] for name in ("frame_index", "time_s", "segment_index")},
    }
    for name, values in found.items():
        kind = CLOCK_FRAMES.schema.field(name).type
        unknown = np.isnan(values)
        known = np.where(unknown, 0, values)
        columns[name] = pa.array(known, mask=unknown).cast(kind)
    is_known = np.any([~np.isnan(values) for values in found.values()], axis=0)
    return pa.table(columns).select(CLOCK_FRAMES.schema.names).filter(pa.array(is_known))
