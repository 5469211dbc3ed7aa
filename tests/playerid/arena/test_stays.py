from dataclasses import replace

import numpy as np
import pytest

from playerid.arena.simulation import play_game
from playerid.arena.stays import Stay, count_stays, find_runs, grade_stay, list_lane_events

BASE = play_game(0, "nba", 4.0)
STEP_S = BASE.motion.step_s


def still_game(seconds, places=None, **changes):
    """Home attacks right and holds the ball at the top; everybody else is out of the way."""
    count = round(seconds / STEP_S)
    positions = np.zeros((count, 13, 2))
    positions[:, :10, 0] = 2.0
    positions[:, :10, 1] = np.linspace(-7, 7, 10)
    for slot, place in (places or {}).items():
        positions[:, slot] = place
    motion = replace(
        BASE.motion,
        people=np.tile(BASE.motion.people[0], (count, 1)),
        positions_m=positions,
        ball_m=np.tile([4.0, 0.0, 1.0], (count, 1)),
        offence=np.zeros(count, np.int8),
        attacks_right=np.ones(count, bool),
        clock_running=np.ones(count, bool),
        **{name: np.asarray(value) for name, value in changes.items()},
    )
    return replace(BASE, motion=motion, plants=())


def test_attacker_in_the_lane_is_counted():
    (stay,) = count_stays(still_game(4.0, {3: (11.0, 0.0)}))
    assert (stay.slot, stay.kind) == (3, "offensive")
    assert stay.lasts_s == pytest.approx(4.0)


def test_no_count_while_the_ball_is_in_the_backcourt():
    game = still_game(4.0, {3: (11.0, 0.0)})
    game.motion.ball_m[:50, 0] = -3.0
    (stay,) = count_stays(game)
    assert stay.start_s == pytest.approx(2.0)


def test_loss_of_control_begins_a_new_count():
    game = still_game(4.0, {3: (11.0, 0.0)})
    game.motion.offence[49] = -1
    assert [stay.lasts_s for stay in count_stays(game)] == pytest.approx([49 * 0.04, 2.0])


def test_no_count_while_the_clock_is_stopped():
    game = still_game(4.0, {3: (11.0, 0.0)})
    game.motion.clock_running[:] = False
    assert count_stays(game) == []


def test_short_step_out_does_not_end_the_count_and_a_longer_one_does():
    game = still_game(4.0, {3: (11.0, 0.0)})
    game.motion.positions_m[50:54, 3] = (11.0, 4.0)  # 0.16 s
    assert len(count_stays(game)) == 1
    game.motion.positions_m[50:56, 3] = (11.0, 4.0)  # 0.24 s
    assert [stay.lasts_s for stay in count_stays(game)] == pytest.approx([2.0, 4.0 - 56 * 0.04])


def test_defender_who_guards_is_not_counted():
    assert count_stays(still_game(4.0, {3: (10.0, 2.6), 8: (10.7, 2.2)})) == []
    (stay,) = count_stays(still_game(4.0, {3: (10.0, 2.6), 8: (12.0, 0.0)}))
    assert (stay.slot, stay.kind) == (8, "defensive")


def test_runs_are_bridged_only_while_live():
    counted = np.array([1, 1, 0, 1, 0, 0, 0, 1], bool)
    live = np.ones(8, bool)
    assert find_runs(counted, live, 3) == [(0, 4), (7, 8)]
    live[2] = False
    assert find_runs(counted, live, 3) == [(0, 2), (3, 4), (7, 8)]


@pytest.mark.parametrize(
    ("least_s", "most_s", "grade"),
    [(3.6, 4.0, "clear"), (3.2, 4.0, "possible"), (2.5, 2.9, "near-miss"), (2.5, 3.1, "possible")],
)
def test_grades(least_s, most_s, grade):
    least, most = (Stay(3, 3, "offensive", 0.0, end_s) for end_s in (least_s, most_s))
    assert grade_stay(least, most, 3.0) == grade


@pytest.mark.parametrize("seed", range(24))
def test_staged_stays_are_what_they_claim_and_nobody_else_breaks_the_rule(seed):
    game = play_game(seed, "nba", 30.0)
    events = list_lane_events(game)
    assert sorted(e.start_s for e in events) == [e.start_s for e in events]
    assert len(events) == len(game.plants)
    claimed = {(plant.person, plant.kind, plant.grade) for plant in game.plants}
    assert {(event.person, event.kind, event.grade) for event in events} == claimed


def test_games_of_a_minute_have_violations_and_near_misses():
    games = [play_game(seed, "nba", 60.0) for seed in range(8)]
    grades = [event.grade for game in games for event in list_lane_events(game)]
    assert grades.count("clear") >= 8
    assert grades.count("near-miss") >= 4
