import numpy as np

from playerid.arena.cast import draw_cast, draw_numbers
from playerid.game.roster import NUMBERS


def test_same_seed_same_cast():
    assert draw_cast(3) == draw_cast(3)
    assert draw_cast(3) != draw_cast(4)


def test_two_rosters_of_thirteen_and_three_referees():
    cast = draw_cast(0)
    assert [person.team for person in cast.people] == [0] * 13 + [1] * 13 + [-1] * 3
    assert len({person.person_id for person in cast.people}) == 29
    assert cast.teams[0].team_id != cast.teams[1].team_id


def test_numbers_are_distinct_within_a_team_and_shared_between_teams():
    shared = 0
    for seed in range(20):
        cast = draw_cast(seed)
        home = {person.number for person in cast.people[:13]}
        away = {person.number for person in cast.people[13:26]}
        assert len(home) == len(away) == 13
        assert home | away <= set(NUMBERS)
        shared += bool(home & away)
    assert shared > 12


def test_zero_and_double_zero_both_occur():
    drawn = {number for seed in range(60) for number in draw_numbers(np.random.default_rng(seed))}
    assert {"0", "00"} <= drawn
