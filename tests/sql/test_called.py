"""The play-by-play beside what was seen, in a game small enough to check by hand.

Twenty seconds, 10:00 to 9:40 of the first period: HOM has the ball throughout. Five players of
each team stand somewhere; H5 is in the lane from 1 to 6 s. By the play-by-play H6 comes in for H5
at 9:50, and HOM loses the ball by a basket at 9:45.
"""

import pytest

from tests.sql.handmade import Game, Person, ask, at, between, handler_and_marker, open_game

HOME, AWAY = [f"H{n}" for n in range(1, 6)], [f"A{n}" for n in range(1, 6)]


def event(kind, clock_s, player=None, **more):
    team = {"H": "HOM", "A": "AWY"}[player[0]] if player else None
    return {"kind": kind, "period": 1, "game_clock_s": clock_s, "player_id": player,
            "team_id": team, **more}  # fmt: skip


CALLED = [
    *(event("rebound", 700, player) for player in HOME + AWAY),
    event("foul", 690, "A6", detail="technical foul"),  # from the bench
    event("missed shot", 680, "A1"),
    event("rebound", 620, "H1"),
    event("turnover", 594, "H5", detail="three seconds"),
    event("rebound", 594, "H1"),
    event("substitution", 590, "H5", in_player_id="H6"),
    event("foul", 588, "A1", detail="defensive three seconds"),
    event("made shot", 585, "H1", points=2),
    event("missed shot", 570, "A2"),
    event("turnover", 400, "A3", detail="three seconds"),
]


@pytest.fixture(scope="module")
def called(tmp_path_factory):
    others = [Person(n, "HOM", at((1.0 + n, -6.5)), f"H{n}", 0.99) for n in (2, 3, 4)] + [
        Person(10 + n, "AWY", at((1.0 + n, 6.5)), f"A{n}", 0.99) for n in (2, 3, 4, 5)
    ]
    people = [
        *handler_and_marker(),
        *others,
        Person(5, "HOM", between(1.0, 6.0, (12.0, 0.0)), "H5", 0.99),
    ]
    return open_game(tmp_path_factory.mktemp("called"), Game(people, 20.0, called=CALLED))


def test_stints_follow_the_substitutions(called):
    rows = ask(called, "select player_id, start_clock_s, end_clock_s from called_stints")
    stints = {row["player_id"]: (row["start_clock_s"], row["end_clock_s"]) for row in rows}
    assert stints == {
        **dict.fromkeys(["H1", "H2", "H3", "H4", *AWAY], (720, 0)),
        "H5": (720, 590),
        "H6": (590, 0),
    }


def test_lineups_are_what_stints_have_in_common(called):
    rows = ask(called, "from called_lineups where team_id = 'HOM' order by start_clock_s desc")
    assert [(r["player_ids"], r["players"], r["end_clock_s"]) for r in rows] == [
        ("H1,H2,H3,H4,H5", 5, 590),
        ("H1,H2,H3,H4,H6", 5, 0),
    ]


def test_possessions_go_on_until_the_other_team_has_the_ball(called):
    rows = ask(called, "from called_possessions order by start_clock_s desc")
    found = [(r["team_id"], r["start_clock_s"], r["end_clock_s"], r["points"]) for r in rows]
    assert found == [("AWY", 700, 680, 0), ("HOM", 620, 585, 2), ("AWY", 585, 400, 0)]


def test_players_seen_beside_the_lineups_called(called):
    rows = {r["player_id"]: r for r in ask(called, "from lineup_agreement")}
    # Clocks of 600 to 593 and 587 to 580 are judged: 0 to 7 s and 13 to 20 s.
    assert rows["H5"]["agreed_s"] == pytest.approx(7.1, abs=0.2)
    assert rows["H5"]["disagreed_s"] == pytest.approx(7.1, abs=0.2)
    assert rows["H5"]["unjudged_s"] == pytest.approx(5.9, abs=0.2)
    assert rows["H6"]["called_s"] == pytest.approx(7.1, abs=0.2)
    assert rows["H6"]["agreed_s"] == 0
    assert rows["A1"]["agreed_s"] == pytest.approx(rows["A1"]["called_s"])


def test_control_seen_beside_the_possessions_called(called):
    (row,) = ask(called, "from possession_agreement")
    assert row["team_id"] == "HOM"
    assert row["agreed_s"] == pytest.approx(12.1, abs=0.3)  # to 588
    assert row["disagreed_s"] == pytest.approx(2.0, abs=0.3)  # from 582
    assert row["judged_s"] == pytest.approx(row["agreed_s"] + row["disagreed_s"])


def test_violations_seen_beside_those_called(called):
    rows = ask(called, "from violation_agreement where grade is null or grade <> 'possible'")
    assert {(r["outcome"], r["kind"], r["player_id"]) for r in rows} == {
        ("seen and called", "offence", "H5"),
        ("called only", "defence", "A1"),
        ("called out of view", "offence", "A3"),
    }


def test_a_game_without_a_play_by_play_has_no_agreement(tmp_path):
    people = [*handler_and_marker(), Person(5, "HOM", at((12.0, 0.0)), "H5", 0.99)]
    connection = open_game(tmp_path, Game(people, 8.0))
    for view in ("lineup_agreement", "possession_agreement", "violation_agreement"):
        assert ask(connection, f"from {view}") == []
