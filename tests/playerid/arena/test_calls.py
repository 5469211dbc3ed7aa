"""The play-by-play of simulated games: it is read by our reader, and it is what happened."""

from collections import Counter

import numpy as np
import pytest

from playerid.arena.calls import tell_calls
from playerid.arena.simulation import play_game
from playerid.game.play_by_play import KnownPeople, read_play_by_play

SECONDS = 240.0


@pytest.fixture(scope="module")
def game():
    return play_game(6, duration_s=SECONDS)


@pytest.fixture(scope="module")
def rows(game):
    players = [person for person in game.cast.people if person.role == "player"]
    people = KnownPeople(
        {p.person_id: game.cast.teams[p.team].team_id for p in players},
        {p.person_id: p.name for p in players},
    )
    told = tell_calls(game.calls, game.cast, "g", SECONDS)
    return read_play_by_play(told, "pbp.json", "g", people).to_pylist()


def test_points_called_are_those_of_the_scoreboard(game, rows):
    counted = Counter()
    for row in rows:
        counted[row["team_id"]] += row["points"] or 0
    told = [call.scores for call in game.calls if call.scores and call.time_s < SECONDS]
    gained = np.array(told[-1]) - game.motion.scores[0]
    assert gained.sum() > 0
    assert [counted[team.team_id] for team in game.cast.teams] == gained.tolist()


def test_every_basket_that_is_seen_is_called(game):
    rings = np.flatnonzero(np.diff(game.motion.ball_in_basket.astype(int)) == 1)
    seen_s = rings * game.motion.step_s
    made = [c.time_s for c in game.calls if c.kind == "made shot" or c.points == 1]
    assert len(seen_s) > 3
    assert all(min(abs(called - seen) for called in made) < 1.0 for seen in seen_s)


def test_the_five_on_the_floor_are_those_who_were_brought_in(game):
    floor = [set(), set()]
    changes = [call for call in game.calls if call.kind == "substitution"]
    assert any(call.person >= 0 for call in changes)
    for call in changes:
        team = floor[game.cast.people[call.comes_in].team]
        team.discard(call.person)
        team.add(call.comes_in)
    people = game.motion.people[-1, :10]
    assert floor == [set(people[:5].tolist()), set(people[5:].tolist())]


def test_what_comes_after_the_end_is_not_told(game):
    calls = [call for call in game.calls if call.time_s < 60]
    assert tell_calls(game.calls, game.cast, "g", 60.0) == tell_calls(calls, game.cast, "g", 999.0)
