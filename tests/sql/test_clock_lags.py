"""The lag between the clock that is seen and that of the calls: found, doubted, and used.

The game of a hundred seconds: HOM and AWY have the ball for ten seconds in turn, and each change
is called, as a turnover, four seconds later.
"""

import pyarrow as pa
import pytest

from playerid.warehouse.warehouse import put_rows
from tests.sql.handmade import Game, Person, ask, at, handler_and_marker, open_game

LATE_S = 4.0


def turns(time_s):
    """Tracklet 1 of HOM, then 11 of AWY, and so on."""
    return 1 if int(time_s / 10 + 1e-6) % 2 == 0 else 11


CALLED = [
    {"kind": "turnover", "period": 1, "game_clock_s": 600.0 - 10 * k - LATE_S,
     "team_id": "HOM" if k % 2 else "AWY"}
    for k in range(1, 10)
]  # fmt: skip
SHOTS = [
    {"kind": "made shot", "period": 1, "game_clock_s": 600.0 - 10 * k - 7.5,
     "team_id": "AWY" if k % 2 else "HOM", "player_id": "A1" if k % 2 else "H1", "points": 2}
    for k in range(10)
]  # fmt: skip


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    people = handler_and_marker()
    return open_game(tmp_path_factory.mktemp("late"), Game(people, 99.9, turns, called=CALLED))


def test_every_change_that_was_seen_is_paired_with_its_call(late):
    rows = ask(late, "from clock_pairs order by seen_s")
    assert [(row["event"], row["team_id"], row["seen_s"]) for row in rows] == [
        ("change of control", "AWY" if k % 2 else "HOM", pytest.approx(10 * k))
        for k in range(1, 10)
    ]
    assert {round(row["lag_s"], 2) for row in rows} == {LATE_S}


def test_the_lag_of_a_game_is_known_and_used(late):
    (lag,) = ask(late, "from clock_lags")
    assert (lag["state"], lag["pairs"], lag["seen"], lag["second_lag_s"]) == ("known", 9, 9, None)
    assert (lag["lag_s"], lag["spread_s"]) == (pytest.approx(LATE_S), pytest.approx(0, abs=1e-3))
    (shift,) = ask(late, "select lag_s, shift_s, origin from call_shifts")
    assert (shift["shift_s"], shift["origin"]) == (pytest.approx(LATE_S), "game")
    (usual,) = ask(late, "select season, lag_s, games, apart from archive_clock_lags")
    assert usual == {
        "season": "2025-26", "lag_s": pytest.approx(LATE_S), "games": 1, "apart": 0,
    }  # fmt: skip


def test_possessions_agree_after_the_lag_and_not_at_equal_clocks(late):
    """Called possessions of ten seconds are judged in their inner four; the last is not called.

    At equal clocks these are the seconds 7 to 11 after a change that was seen: one of the four is
    of the other team.
    """
    rows = ask(late, "select sum(judged_s), sum(agreed_s), sum(judged_equal_s), sum(agreed_equal_s)"
                     " from possession_agreement")  # fmt: skip
    judged, agreed, judged_equal, agreed_equal = rows[0].values()
    assert judged == pytest.approx(8 * 4, abs=1)
    assert agreed == judged
    assert judged_equal == pytest.approx(8 * 4, abs=1)
    assert agreed_equal == pytest.approx(8 * 3, abs=1)


def test_shots_agree_after_the_lag(tmp_path):
    """Ten shots of HOM's handler or AWY's are called 2.5 s after their release, as made."""
    people = handler_and_marker()
    for person, turn in ((people[0], 0), (people[1], 1)):
        person.action = lambda t, turn=turn: (
            "jump-shot" if 4.7 <= t % 10 <= 5.05 and int(t / 10) % 2 == turn else None
        )
    holder = lambda t: turns(t) if t % 10 <= 5.05 else None  # noqa: E731
    connection = open_game(tmp_path, Game(people, 99.9, holder, called=SHOTS))
    (row,) = ask(connection, "from shot_agreement")
    assert row == {
        "game_id": "0020000001", "seen": 10, "equal": 0, "lag_s": pytest.approx(2.5, abs=0.11),
        "agreed": 10, "same_player": 10, "made": 10,
    }  # fmt: skip


def pairs(*groups):
    """Pairs of one game: each group is a lag, how many, and how much it drifts at each."""
    rows = []
    for lag_s, count, drift_s in groups:
        for k in range(count):
            seen_s = 60.0 * len(rows)
            rows.append({
                "game_id": "0020000001", "event": "change of control", "team_id": "HOM",
                "period": 1, "seen_s": seen_s, "seen_clock_s": 720 - 30.0 * k,
                "event_index": len(rows), "called_clock_s": 0.0, "lag_s": lag_s + drift_s * k,
            })  # fmt: skip
    return rows


@pytest.mark.parametrize(
    ("groups", "state", "lag_s", "second_lag_s"),
    [
        pytest.param([(4.0, 10, 0), (-6.0, 2, 0), (8.5, 1, 0)], "known", 4.0, None, id="known"),
        pytest.param([(4.0, 7, 0)], "not known", None, None, id="too few"),
        pytest.param([(4.0, 9, 0)] + [(k - 9.0, 1, 0) for k in range(10)], "not known", None, None,
                     id="scattered"),
        pytest.param([(4.0, 10, 0), (-2.0, 7, 0)], "two modes", 4.0, -2.0, id="two modes"),
        pytest.param([(3.0, 20, 0.1)], "drifts", 4.0, None, id="drifts"),
    ],
)  # fmt: skip
def test_a_lag_is_known_doubted_or_not_known(groups, state, lag_s, second_lag_s, tmp_path):
    people = [*handler_and_marker(), Person(5, "HOM", at((12.0, 0.0)), "H5", 0.99)]
    connection = open_game(tmp_path, Game(people, 1.0))
    put_rows(connection, "clock_pairs", pa.Table.from_pylist(pairs(*groups)))
    (row,) = ask(connection, "select state, lag_s, second_lag_s, drift_s from clock_lags")
    assert row["state"] == state
    assert row["lag_s"] == (lag_s if lag_s is None else pytest.approx(lag_s, abs=0.3))
    assert row["second_lag_s"] == second_lag_s


def test_the_lag_of_the_archive_serves_games_whose_own_is_not_known(tmp_path):
    game = Game(handler_and_marker(), 9.9, called=CALLED[:1])
    connection = open_game(tmp_path, game)
    query = "select lag_s, shift_s, origin from call_shifts"
    assert ask(connection, query) == [{"lag_s": None, "shift_s": 0, "origin": "equal clocks"}]
    connection.execute("create or replace macro archive_lag_s() as 1.5")
    assert ask(connection, query) == [{"lag_s": 1.5, "shift_s": 1.5, "origin": "archive"}]
