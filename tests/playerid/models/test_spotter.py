"""Events of plays that were made up, 10 samples a second, on a pitch of 105 x 68 m."""

import numpy as np
import pytest

from playerid.leagues import load_league
from playerid.models.spotter import AWAY, HOME, NOBODY, SampledGame
from playerid.models.spotter.ball_path import ball_path, exits
from playerid.models.spotter.rules import RuleSpotter

PITCH = load_league("ifab").court


def play(*legs, people=(), sign=1):
    """The ball along legs of (seconds, place at the end); None: it is not seen.

    `people` are (side, id, where), `where` a place or a function of time that gives one or None.
    """
    ball, place = [], None
    for seconds, end in legs:
        steps = round(10 * seconds)
        if end is None or place is None:
            ball += [end if end is not None else (np.nan, np.nan)] * steps
        else:
            shares = (np.arange(steps)[:, None] + 1) / steps
            ball += list(np.array(place) + shares * (np.array(end) - place))
        place = end
    times_s = np.arange(len(ball)) / 10
    rows = [
        (at, person, found)
        for at, time_s in enumerate(times_s)
        for person, (_, _, where) in enumerate(people)
        if (found := where(time_s) if callable(where) else where) is not None
    ]
    return SampledGame(
        times_s=times_s,
        periods=np.ones(len(ball), np.int64),
        home_signs=np.full(len(ball), sign),
        ball_m=np.array(ball, float).reshape(-1, 2),
        seen_at=np.array([row[0] for row in rows], np.int64),
        seen=np.array([row[1] for row in rows], np.int64),
        places_m=np.array([row[2] for row in rows], float).reshape(-1, 2),
        player_ids=np.array([person for _, person, _ in people], np.str_),
        sides=np.array([side for side, _, _ in people], np.int64),
        court=PITCH,
    )


def told(spots, *kinds):
    return [
        (kind, round(time_s, 1), side)
        for kind, time_s, side in zip(spots.kinds, spots.times_s, spots.sides, strict=True)
        if not kinds or kind in kinds
    ]


def test_where_and_when_the_ball_leaves():
    path = ball_path(play((1.0, (0.0, 30.0)), (1.0, (0.0, 30.0)), (2.0, (8.0, 38.0))))
    (left,) = exits(path, PITCH)
    # From (0, 30) by (4, 4) m a second: over y = 34 a second later, at x = 4.
    assert left.time_s == pytest.approx(2.9, abs=0.05)
    assert left.place_m == pytest.approx((4.0, 34.0), abs=0.05)
    assert not left.over_end
    assert left.back == len(path.times_s)


def test_a_throw_in_is_where_the_ball_left():
    thrower = (AWAY, "A7", (4.0, 34.5))
    spots = RuleSpotter().spot(play(
        (1.0, (0.0, 30.0)), (2.0, (8.0, 38.0)), (5.0, None), (0.1, (4.5, 33.8)),
        (1.0, (4.5, 33.8)), (1.0, (4.5, 24.0)), people=[thrower, (HOME, "H2", (-20.0, 0.0))],
    ))  # fmt: skip
    assert told(spots)[0] == ("ball out of play", 1.9, NOBODY)
    ((kind, time_s, side),) = told(spots)[1:]
    assert (kind, side) == ("throw-in", AWAY)
    assert time_s == pytest.approx(9.0, abs=0.3)
    assert spots.probs[1] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("restart", "expected"),
    [
        pytest.param((52.0, 33.5), ("corner", HOME), id="from the corner"),
        pytest.param((48.0, 5.0), ("clearance", AWAY), id="from the goal area"),
    ],
)
def test_over_the_goal_line_it_is_a_corner_or_a_goal_kick(restart, expected):
    # Over x = 52.5 at y = 10, beside the goal; the home team attacks there.
    spots = RuleSpotter().spot(play(
        (1.0, (45.0, 10.0)), (2.0, (55.0, 10.0)), (8.0, None), (0.1, restart), (2.0, restart),
        (1.0, (restart[0] - 12.0, 0.0)),
    ))  # fmt: skip
    ((kind, time_s, side),) = told(spots, "corner", "clearance", "throw-in")
    assert (kind, side) == expected
    assert time_s == pytest.approx(13.0, abs=0.4)
    assert told(spots)[0] == ("ball out of play", 2.4, NOBODY)


HALVES = [
    *((HOME, f"H{n}", (-5.0 - 4 * n, 3.0 * n)) for n in range(1, 6)),
    *((AWAY, f"A{n}", (5.0 + 4 * n, 3.0 * n)) for n in range(1, 6)),
    (HOME, "H9", (-0.5, 0.5)),
]


def test_a_kick_off_has_the_ball_in_the_middle_and_the_teams_at_home():
    legs = [(0.1, (0.0, 0.0)), (2.0, (0.0, 0.0)), (1.0, (-12.0, 2.0))]
    spots = RuleSpotter().spot(play(*legs, people=HALVES))
    ((kind, time_s, side),) = told(spots)
    assert (kind, side) == ("kick-off", HOME)
    assert time_s == pytest.approx(2.0, abs=0.3)
    assert spots.probs[0] == pytest.approx(0.95)
    # Nobody kicks off while half of the players are in the other half.
    mixed = [(side, name, (-x, y)) for side, name, (x, y) in HALVES[::2]] + HALVES[1::2]
    assert told(RuleSpotter().spot(play(*legs, people=mixed))) == []


def test_between_the_posts_it_is_a_goal_and_the_surer_if_the_others_kick_off():
    shot = [(1.0, (40.0, 2.0)), (0.6, (54.0, 1.0))]
    alone = RuleSpotter().spot(play(*shot))
    after = RuleSpotter().spot(play(
        *shot, (30.0, None), (0.1, (0.0, 0.0)), (2.0, (0.0, 0.0)), (1.0, (12.0, 0.0)),
        people=[*HALVES[:-1], (AWAY, "A9", (0.5, 0.0))],
    ))  # fmt: skip
    for spots in (alone, after):
        assert told(spots, "goal") == [("goal", 1.4, HOME)]
        assert told(spots, "shot on target")[0][2] == HOME
    assert alone.probs[alone.kinds == "goal"] == pytest.approx(0.4)
    assert after.probs[after.kinds == "goal"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("aim", "seconds", "expected"),
    [
        pytest.param((52.0, 3.0), 1.0, ["shot on target"], id="between the posts"),
        pytest.param((52.0, 6.5), 1.0, ["shot off target"], id="beside them"),
        pytest.param((52.0, 20.0), 1.0, [], id="to the wing"),
        pytest.param((52.0, 3.0), 3.0, [], id="slowly"),
    ],
)
def test_shots_fly_fast_and_at_the_goal(aim, seconds, expected):
    spots = RuleSpotter().spot(play((1.0, (30.0, 0.0)), (seconds, aim)))
    assert [kind for kind, *_ in told(spots)] == expected
    assert {side for *_, side in told(spots)} <= {HOME}


def test_who_comes_after_another_has_gone_was_substituted():
    people = [
        (HOME, "H1", (-20.0, 0.0)),
        (HOME, "H2", lambda t: (-10.0, 5.0) if t < 500 else None),
        (HOME, "H12", lambda t: (-10.0, -5.0) if t > 530 else None),
        (AWAY, "A2", lambda t: (10.0, 5.0) if t < 500 else None),
        (HOME, "H3", lambda t: (-15.0, 5.0) if t < 995 else None),
    ]
    spots = RuleSpotter().spot(play((1000.0, None), people=people))
    assert told(spots) == [("substitution", 530.1, HOME)]
    assert (spots.player_ids[0], spots.in_player_ids[0]) == ("H2", "H12")
    assert 0.8 < spots.probs[0] < 0.9


def test_a_game_without_a_ball_has_no_events():
    assert len(RuleSpotter().spot(play((5.0, None), people=HALVES))) == 0
    assert len(RuleSpotter().spot(play())) == 0
