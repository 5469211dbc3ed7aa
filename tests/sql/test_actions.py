"""Screens, cuts, closeouts, fast breaks and defences, in games small enough to check by hand.

The basket that HOM attacks is at (12.7254, 0).
"""

import math

import numpy as np
import pytest

from playerid.publish.answers import answer
from playerid.tables import MATERIALISED
from tests.sql.handmade import Game, Person, ask, at, open_game

BASKET_X = 12.7254


def path(*places):
    """Stand at each place from its time on."""
    return lambda t: next(place for start_s, place in reversed(places) if t >= start_s - 1e-6)


def run(start, end, start_s, speed_mps):
    """Stand, then run straight to `end`, and stand there."""
    length_m = math.dist(start, end)

    def where(t):
        share = min(max((t - start_s) * speed_mps / length_m, 0.0), 1.0)
        return tuple(a + share * (b - a) for a, b in zip(start, end, strict=True))

    return where


def ten(**others):
    """Five of each team in front of the basket, who stand, but for those who are given."""
    places = {
        1: (4.0, 4.0),
        2: (9.0, -3.0),
        3: (7.0, -6.0),
        4: (11.0, 7.0),
        5: (13.0, -5.0),
        11: (5.0, 3.6),
        12: (10.0, -2.0),
        13: (9.0, -4.5),
        14: (12.0, 5.0),
        15: (13.0, -2.0),
    }
    return [
        Person(k, "HOM" if k < 10 else "AWY", others.get(f"p{k}", at(place)), f"P{k}", 0.99)
        for k, place in places.items()
    ]


def screen(*, after, screened=(5.0, 3.6), screener=(5.5, 2.9), roll=(10.0, 1.0)):
    """P2 stands in the way of P11 from 1.0 s to 3.0 s; then P1 stands at (8, 5)."""
    return ten(
        p1=path((0, (4.0, 4.0)), (3.1, (8.0, 5.0))),
        p2=path((0, (9.0, -3.0)), (1.0, screener), (3.1, roll)),
        p11=path((0, screened), (3.1, after[0])),
        p12=path((0, (10.0, -2.0)), (3.1, after[1])),
    )


def zone_or_man(*, is_zone):
    """Attackers wander along straight lines; defenders follow them, or where the ball is."""
    spots = {1: (3.0, 0.0), 2: (6.0, 5.0), 3: (6.0, -5.0), 4: (10.0, 6.0), 5: (10.0, -6.0)}
    random = np.random.default_rng(3)
    swings = {k: (random.uniform(1, 3), random.uniform(0.5, 1.5)) for k in spots}

    def attacker(k):
        size_m, pace = swings[k]
        return lambda t: (
            spots[k][0] + size_m * math.cos(pace * t),
            spots[k][1] + size_m * math.sin(pace * t),
        )

    def defender(k):
        def follow(t):
            x, y = attacker(k)(t)
            return 0.3 * BASKET_X + 0.7 * x, 0.7 * y

        def shift(t):
            ball_x, ball_y = attacker(1 + int(t // 2) % 5)(t)
            base_x, base_y = 0.3 * BASKET_X + 0.7 * spots[k][0], 0.7 * spots[k][1]
            return base_x + 0.1 * ball_x, base_y + 0.3 * ball_y

        return shift if is_zone else follow

    places = {f"p{k}": attacker(k) for k in spots} | {f"p1{k}": defender(k) for k in spots}
    return ten(**places)


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    cutter = run((6.0, -5.0), (BASKET_X, 0.0), 2.0, 6.0)
    caught = lambda t: 1 if t <= 2.0 else (None if t < 2.5 else 3 if t <= 4.0 else 1)  # noqa: E731
    games = {
        # 8.38 m from the basket, 1.2 s at 6 m/s, and stands there.
        "cut": Game(
            ten(p2=lambda t: cutter(min(t, 3.2))), 6.0, lambda t: 2 if 3.8 <= t <= 4.2 else 1
        ),
        "closeout": Game(
            ten(p13=run((7.0, -2.0), (7.0, -5.2), 2.5, 4.0), p12=at((12.0, -1.0))), 6.0, caught
        ),
        "over": Game(screen(after=((7.5, 4.6), (10.5, 0.0))), 6.0),
        "switch": Game(screen(after=((9.5, 1.0), (8.5, 4.7))), 6.0),
        "trap": Game(screen(after=((7.5, 4.6), (8.5, 4.7))), 6.0),
        "under": Game(
            screen(
                after=((7.5, 4.6), (10.5, 0.0)),
                screened=(5.6, 2.4),
                screener=(5.5, 3.2),
                roll=(2.0, 0.0),
            ),
            6.0,
        ),
        "break": Game(
            [
                Person(1, "HOM", run((-8.0, 1.0), (7.0, 1.0), 2.1, 6.0), "P1", 0.99),
                Person(2, "HOM", at((9.0, 4.0)), "P2", 0.99),
                Person(11, "AWY", at((-8.0, 0.0)), "P11", 0.99),
                Person(12, "AWY", at((11.0, 0.0)), "P12", 0.99),
                Person(13, "AWY", at((0.0, 0.0)), "P13", 0.99),
            ],
            14.0,
            lambda t: 11 if t <= 2.0 else 1,
        ),
        "man": Game(zone_or_man(is_zone=False), 12.0, lambda t: 1 + int(t // 2) % 5),
        "zone": Game(zone_or_man(is_zone=True), 12.0, lambda t: 1 + int(t // 2) % 5),
    }
    for name, game in games.items():
        game.game_id = name
    opened = open_game(tmp_path_factory.mktemp("actions"), *games.values())
    assert {table.name for table, _ in answer(opened)} == set(MATERIALISED)  # computed once
    return opened


def test_a_cut_by_hand(connection):
    # Over the last 0.4 s: 3 m/s from 2.2 s on, when 1.2 m are run, to 3.4 s.
    (row,) = ask(connection, "from cuts where game_id = 'cut'")
    start_m = math.hypot(BASKET_X - 6.0, 5.0)
    assert (row["player_id"], row["start_s"], row["end_s"]) == ("P2", 2.2, 3.4)
    assert row["end_distance_m"] == pytest.approx(start_m - 7.2, abs=0.001)
    assert row["neared_m"] == pytest.approx(6.0, abs=0.001)
    assert (row["got_ball"], row["is_shot"]) == (True, False)


def test_who_carries_the_ball_to_the_basket_does_not_cut(connection):
    assert ask(connection, "from cuts where game_id <> 'cut' and player_id = 'P1'") == []


def test_a_closeout_by_hand(connection):
    # From 4 m to 0.8 m in 0.8 s.
    (row,) = ask(connection, "from closeouts where game_id = 'closeout'")
    assert (row["player_id"], row["defender_player_id"], row["start_s"]) == ("P3", "P13", 2.5)
    assert row["start_distance_m"] == pytest.approx(4.0, abs=0.001)
    assert row["nearest_distance_m"] == pytest.approx(0.8, abs=0.001)
    assert row["closing_mps"] == pytest.approx(4.0, abs=0.01)
    assert row["basket_distance_m"] == pytest.approx(math.hypot(BASKET_X - 7, 6), abs=0.001)
    assert row["outcome"] == "pass"


@pytest.mark.parametrize(
    ("defence", "then"), [("over", "roll"), ("switch", "roll"), ("trap", "roll"), ("under", "pop")]
)
def test_screens_and_what_the_defence_did(connection, defence, then):
    # P2 comes in a step of 0.1 s; it has stood for 0.4 s at 1.4 s, and the handler leaves at 3.1 s.
    (row,) = ask(connection, f"from screens where game_id = '{defence}'")
    assert (row["player_id"], row["screener_player_id"]) == ("P1", "P2")
    assert row["defender_player_id"] == "P11"
    assert (row["start_s"], row["end_s"]) == (1.4, 3.0)
    assert (row["defence"], row["screener_then"]) == (defence, then)
    assert row["is_pick_and_roll"] == (then == "roll")
    assert (row["ended_by"], row["screener_got_ball"]) == (None, False)


def test_a_fast_break_without_a_shot(connection):
    # 15 m at 6 m/s from 2.1 s on; 7.239 m from the basket after 13.56 m, in the frame at 4.4 s.
    (row,) = ask(connection, "from fast_breaks")
    assert (row["game_id"], row["team_id"], row["player_id"]) == ("break", "HOM", "P1")
    assert (row["start_s"], row["reached_s"]) == (2.1, 4.4)
    assert (row["attackers"], row["defenders_back"], row["is_shot"]) == (2, 1, False)


def test_a_zone_follows_the_ball_and_a_man_his_man(connection):
    rows = ask(connection, "from defences where game_id in ('man', 'zone') order by game_id")
    assert [(row["game_id"], row["team_id"], row["defenders"]) for row in rows] == [
        ("man", "AWY", 5), ("zone", "AWY", 5)
    ]  # fmt: skip
    man, zone = rows
    assert (man["defence"], zone["defence"]) == ("man", "zone")
    assert man["zone_prob"] < 0.001
    assert zone["zone_prob"] > 0.9
    assert man["man_share"] == pytest.approx(1.0, abs=0.001)
    assert zone["ball_share"] > 0.9


def test_of_a_defence_that_stands_only_the_prior_is_known(connection):
    (row,) = ask(connection, "from defences where game_id = 'closeout'")
    assert row["zone_prob"] <= 0.05
