"""Times of recordings are those of their data: at any rate, with and without a column for them."""

import csv
import json

import numpy as np
import pytest

from playerid.archive.archive import Archive
from playerid.errors import TableError
from playerid.exchange.formats import Given, import_file
from playerid.exchange.moments import number_moments, times_by_clock, usual_step
from playerid.exchange.sportvu import FOOT_M, read_sportvu_json
from playerid.exchange.sportvu_csv import COLUMNS, read_sportvu_csv
from tests.playerid.exchange.test_formats import rows

STEP_S = 0.12
SPEED_MPS = 2.0


def moments(count, step_s, clock=lambda time_s: 700 - time_s):
    """Player 7 carries the ball along the court at 2 m/s; player 8 stands in the corner."""
    for index in range(count):
        time_s = index * step_s
        x_ft = round(30 + SPEED_MPS * time_s / FOOT_M, 4)
        yield time_s, round(clock(time_s), 2), [("-1", "-1", x_ft, 25.0), ("10", "7", x_ft, 25.0),
                                                ("20", "8", 0.0, 50.0)]  # fmt: skip


def write_csv(path, told, separator=",", newline="\n", bom=""):
    names = [*COLUMNS, "player_name"]
    with path.open("w", newline="") as file:
        file.write(bom)
        writer = csv.writer(file, delimiter=separator, lineterminator=newline)
        writer.writerow(names)
        for event, (_, clock_s, people) in told:
            for team, player, x_ft, y_ft in people:
                writer.writerow([
                    team, player, x_ft, y_ft, 4.2, clock_s, 18.5, 1, "0021500001", event, "x",
                ])  # fmt: skip


def speeds(play):
    column = play.players_m[:, list(play.player_ids).index("7")]
    return np.linalg.norm(np.diff(column, axis=0), axis=1) / np.diff(play.time_s)


@pytest.mark.parametrize(
    "style",
    [{}, {"separator": ";"}, {"newline": "\r\n"}, {"bom": "\ufeff"}],
    ids=["plain", "semicolons", "CRLF", "BOM"],
)
def test_csv_without_times_is_as_far_apart_as_its_clock_says(style, tmp_path):
    path = tmp_path / "game.csv"
    write_csv(path, [(1, moment) for moment in moments(50, STEP_S)], **style)
    (recording,) = read_sportvu_csv(path, season="2015-16")
    (play,) = recording.plays
    assert play.time_s == pytest.approx(np.arange(50) * STEP_S, abs=0.006)
    assert speeds(play).mean() == pytest.approx(SPEED_MPS, rel=0.01)
    assert play.shot_clock_s.tolist() == [18.5] * 50


def test_a_frame_rate_that_is_said_rules_over_the_clock(tmp_path):
    path = tmp_path / "game.csv"
    write_csv(path, [(1, moment) for moment in moments(50, STEP_S)])
    archive = Archive(str(tmp_path / "archive"))
    import_file(archive, path, "sportvu-csv", Given(season="2015-16", frame_rate=10))
    (found,) = rows(archive, "select max(time_s) as last_s from player_frames")
    assert found["last_s"] == pytest.approx(4.9)
    with pytest.raises(TableError, match="--frame-rate is of sportvu-csv and mot"):
        import_file(archive, path, "sportvu-json", Given(frame_rate=10))


def test_without_times_a_clock_or_a_rate_nobody_knows_the_times(tmp_path):
    path = tmp_path / "game.csv"
    write_csv(path, [(1, moment) for moment in moments(9, STEP_S, clock=lambda _: 700)])
    with pytest.raises(TableError, match="say it with --frame-rate"):
        list(read_sportvu_csv(path, season="2015-16"))


def test_a_moment_of_two_events_counts_once(tmp_path):
    """Both events have moments 10 to 19; the clock stands from 15 on, while 7 goes on moving."""
    path = tmp_path / "game.csv"
    told = list(moments(30, STEP_S, clock=lambda time_s: 700 - min(time_s, 15 * STEP_S)))
    write_csv(path, [(1, m) for m in told[:20]] + [(2, m) for m in told[10:]])
    (recording,) = read_sportvu_csv(path, season="2015-16")
    assert [len(play.time_s) for play in recording.plays] == [20, 10]


def test_sportvu_json_at_other_rates_keeps_its_holder_and_its_clock(tmp_path):
    people = [{"playerid": 7, "firstname": "A", "lastname": "B", "jersey": "7"}]
    others = [{"playerid": 8, "firstname": "C", "lastname": "D", "jersey": "8"}]
    event = {
        "home": {"teamid": 10, "players": people},
        "visitor": {"teamid": 20, "players": others},
        "moments": [
            [1, 1_446_000_000_000 + round(1000 * time_s), clock_s, 18.5, None,
             [[int(team), int(player), x_ft, y_ft, 0.0] for team, player, x_ft, y_ft in placed]]
            for time_s, clock_s, placed in moments(50, STEP_S)
        ],
    }  # fmt: skip
    path = tmp_path / "game.json"
    content = {"gameid": "0021500001", "gamedate": "2015-10-28", "events": [event]}
    path.write_text(json.dumps(content))
    (play,) = read_sportvu_json(path).plays
    assert speeds(play) == pytest.approx(np.full(49, SPEED_MPS), rel=1e-3)
    archive = Archive(str(tmp_path / "archive"))
    import_file(archive, path, "sportvu-json")
    (found,) = rows(
        archive,
        "select count(*) as frames, count(holder_tracklet_id) as held, count(game_clock_s) as told,"
        " count(*) filter (clock_running) as runs, any_value(shot_clock_s) as shot_clock_s"
        " from ball_frames left join clock_frames using (game_id, frame_index)",
    )
    assert found == {"frames": 50, "held": 50, "told": 50, "runs": 50, "shot_clock_s": 18.5}


def test_a_clock_of_tenths_at_25_hz_is_neither_faster_nor_standing():
    time_s = np.arange(250) * 0.04
    clock_s = np.floor((700 - time_s) * 10 + 1e-6) / 10
    step_s = usual_step([clock_s], "game.csv")
    assert step_s == pytest.approx(0.04, rel=0.02)
    assert times_by_clock(clock_s, 0.04) == pytest.approx(time_s)


def test_where_the_clock_jumps_there_are_moments_missing_and_where_it_stands_there_are_none():
    """Four moments of 0.12 s, five seconds without any, three with a standing clock."""
    clock_s = np.array([700, 699.88, 699.76, 699.64, 694.64, 694.64, 694.64, 694.52])
    expected = [0, 0.12, 0.24, 0.36, 5.36, 5.48, 5.6, 5.72]
    assert times_by_clock(clock_s, 0.12) == pytest.approx(expected)


def test_a_moment_begins_where_somebody_comes_again():
    keys = [1] * 7
    assert number_moments(list("abcabac"), keys, "-1").tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert number_moments(["-1", "a", "-1", "b", "-1", "a"], keys[:6], "-1").tolist() == [
        0, 0, 1, 1, 2, 2,
    ]  # fmt: skip
    assert number_moments(list("abcd"), [1, 1, 2, 2], "-1").tolist() == [0, 0, 1, 1]
