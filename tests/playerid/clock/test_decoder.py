import math

import numpy as np
import pyarrow as pa
import pytest

from playerid import tables
from playerid.clock.decoder import decode_clock
from playerid.leagues import load_league

CLOCK = load_league("nba").clock


def show(clock_s):
    """A clock as bugs show it."""
    if clock_s < 60:
        return f"{math.floor(clock_s * 10 + 1e-6) / 10:.1f}"
    whole = math.ceil(clock_s - 1e-6)
    return f"{whole // 60}:{whole % 60:02d}"


def frames_of(seconds, segments=((0.0, math.inf),)):
    """Ten frames a second; a frame belongs to the segment whose times hold it."""
    rows = []
    for index in range(round(seconds * 10)):
        time_s = index / 10
        for segment, (start_s, end_s) in enumerate(segments):
            if start_s <= time_s < end_s:
                rows.append(("g", index, time_s, segment))
    columns = zip(*rows, strict=True)
    return pa.table([pa.array(c) for c in columns], tables.SAMPLED_FRAMES.schema.names).cast(
        tables.SAMPLED_FRAMES.schema
    )


def read(frames, **texts):
    """Readings of every second frame: field -> text at a time, None where there is none."""
    rows = [
        {**row, "field": field, "text": text(row["time_s"]), "text_score": 0.9}
        for row in frames.to_pylist()[::2]
        for field, text in texts.items()
        if text(row["time_s"]) is not None
    ]
    return pa.Table.from_pylist(rows, tables.CLOCK_READINGS.schema)


def decode(frames, **texts):
    rows = decode_clock("g", frames, read(frames, **texts), CLOCK)
    return {row["frame_index"]: row for row in rows.to_pylist()}


def errors(rows, truth):
    return [abs(row["game_clock_s"] - truth(row["time_s"])) for row in rows.values()]


def test_a_running_clock_is_known_between_its_seconds():
    def truth(time_s):
        return 253.4 - time_s

    rows = decode(frames_of(10), clock=lambda t: show(truth(t)))
    assert len(rows) == 100
    assert max(errors(rows, truth)) < 0.2
    # Whether it ran before the first step that is seen, and after the last, is not known.
    known = [row["clock_running"] for row in rows.values()][5:-12]
    assert known == [True] * len(known)


def test_misreadings_are_left_out():
    def text(time_s):
        wrong = {20: "8:13", 30: "4:98", 40: "1:10", 41: "4:70"}
        if 6.0 <= time_s < 7.0:
            return "4:01"  # a second long, because a place that looks as before is not read again
        return wrong.get(round(time_s * 10), show(253.4 - time_s))

    rows = decode(frames_of(10), clock=text)
    assert max(errors(rows, lambda t: 253.4 - t)) < 0.3
    assert rows[5]["clock_score"] == 1
    assert rows[65]["clock_score"] == pytest.approx(6 / 11, abs=0.1)


def test_a_clock_that_stops_and_starts():
    def truth(time_s):
        return 253.4 - min(time_s, 4) - max(time_s - 12, 0)

    rows = decode(frames_of(18), clock=lambda t: show(truth(t)))
    assert max(errors(rows, truth)) <= 1
    states = {t: rows[t * 10]["clock_running"] for t in (2, 7, 9, 15)}
    assert states == {2: True, 7: False, 9: False, 15: True}
    # Never wrong, also near the stop and the start.
    for row in rows.values():
        runs = row["time_s"] < 4 or row["time_s"] > 12
        assert row["clock_running"] in {None, runs}, row


def test_tenths_in_the_last_minute():
    rows = decode(frames_of(8), clock=lambda t: show(63.0 - t))
    assert max(errors(rows, lambda t: 63.0 - t)) < 0.3
    assert rows[55]["clock_running"] is True


def test_nothing_is_filled_in_where_the_bug_is_hidden():
    rows = decode(frames_of(20), clock=lambda t: show(253.4 - t) if not 5 <= t < 12 else None)
    assert all(rows[i]["game_clock_s"] is not None for i in range(45))
    assert not any(i in rows and rows[i]["game_clock_s"] is not None for i in range(53, 117))


def test_a_new_period_and_an_old_clock_in_a_replay():
    segments = ((0, 10), (10, 14), (14, 24), (24, 34))

    def clock(time_s):
        if time_s < 10:
            return show(20.0 - time_s)
        if time_s < 14:
            return show(20.0 - (time_s - 10))  # a replay of the first ten seconds
        return show(10.0 - (time_s - 14)) if time_s < 24 else show(720 - (time_s - 24))

    rows = decode(frames_of(34, segments), clock=clock, period=lambda t: "1ST" if t < 24 else "2ND")
    assert rows[120].get("game_clock_s") is None
    assert rows[190]["game_clock_s"] == pytest.approx(5, abs=0.3)
    assert rows[300]["game_clock_s"] == pytest.approx(714, abs=0.3)
    assert (rows[190]["period"], rows[300]["period"]) == (1, 2)


def test_scores_rise_by_what_a_basket_counts():
    def home(time_s):
        if 3 <= time_s < 3.4:
            return "90"
        return "30" if time_s < 6 else "33"

    rows = decode(frames_of(10), clock=lambda t: show(253.4 - t), home_score=home,
                  away_score=lambda t: "4O" if t < 5 else "40")  # fmt: skip
    assert {row["home_score"] for row in rows.values()} == {30, 33}
    assert (rows[32]["home_score"], rows[70]["home_score"]) == (30, 33)
    assert rows[20]["away_score"] is None
    assert rows[80]["away_score"] == 40


def test_the_shot_clock_is_set_anew_and_goes_blank():
    def shot(time_s):
        if time_s < 3:
            return str(9 - int(time_s))
        if 5 <= time_s < 5.2:
            return "99"
        return str(24 - int(time_s - 3)) if time_s < 8 else None

    rows = decode(frames_of(10), clock=lambda t: show(253.4 - t), shot_clock=shot)
    assert [rows[i]["shot_clock_s"] for i in (15, 25, 40, 70, 95)] == [8, 7, 23, 20, None]


def test_no_reading_gives_no_row():
    empty = tables.CLOCK_READINGS.schema.empty_table()
    rows = decode_clock("g", frames_of(3), empty, CLOCK)
    assert rows.schema.names == tables.CLOCK_FRAMES.schema.names
    assert rows.num_rows == 0
    assert np.asarray(rows["frame_index"]).size == 0


def test_a_shortened_video_skips_time_at_its_cuts():
    def truth(time_s):
        return 679.4 - time_s if time_s < 5 else 659.4 - time_s

    rows = decode(frames_of(10, ((0, 5), (5, 10))), clock=lambda t: show(truth(t)))
    assert max(errors(rows, truth)) <= 1
    assert len(rows) == 100


def test_a_clock_does_not_fall_below_zero():
    rows = decode(frames_of(4), clock=lambda t: show(max(2.0 - t, 0.0)))
    assert min(row["game_clock_s"] for row in rows.values()) == 0
    assert rows[37]["game_clock_s"] == 0
