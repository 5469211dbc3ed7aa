"""Clocks of soccer show the time played: 45:00 is the end of a half, and the begin of one."""

import numpy as np
import pytest

from playerid.clock.counting_up import split_by_period
from playerid.clock.decoder import decode_clock
from playerid.leagues import load_league
from tests.playerid.clock.test_decoder import frames_of, read

CLOCK = load_league("ifab").clock


def show(played_s):
    return f"{int(played_s) // 60}:{int(played_s) % 60:02d}"


def test_the_time_left_is_that_of_the_half():
    frames = frames_of(10)
    rows = decode_clock("g", frames, read(frames, clock=lambda t: show(1000.2 + t)), CLOCK)
    told = [(row["period"], row["game_clock_s"], row["time_s"]) for row in rows.to_pylist()]
    assert {period for period, _, _ in told} == {1}
    assert max(abs(2700 - 1000.2 - t - left) for _, left, t in told) < 0.2


def test_a_clock_that_runs_on_past_the_half_is_in_time_added():
    times_s = np.arange(0, 240.0)
    period, left_s = split_by_period(times_s, 2640 + times_s, CLOCK)
    assert set(period) == {1}
    assert left_s[-1] == pytest.approx(-179)


def test_the_second_half_begins_at_the_end_of_the_first():
    first, second = np.arange(2640, 2820.0), np.arange(2700, 2800.0)
    times_s = np.arange(280.0)
    period, left_s = split_by_period(times_s, np.concatenate([first, second]), CLOCK)
    assert period.tolist() == [1.0] * 180 + [2.0] * 100
    assert left_s[180] == 2700


def test_what_is_seen_of_the_second_half_alone_is_the_second_half():
    period, left_s = split_by_period(np.arange(5.0), 4000 + np.arange(5.0), CLOCK)
    assert set(period) == {2}
    assert left_s[0] == 1400


def test_an_unknown_clock_has_no_period():
    period, left_s = split_by_period(np.arange(2.0), np.array([np.nan, 100.0]), CLOCK)
    assert np.isnan(period[0])
    assert np.isnan(left_s[0])
    assert (period[1], left_s[1]) == (1, 2600)
