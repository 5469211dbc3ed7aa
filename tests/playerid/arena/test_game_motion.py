from functools import cache

import numpy as np
import pytest

from playerid.arena.simulation import play_game
from playerid.arena.world import ACTIONS

SEEDS = range(4)


@cache
def game(seed, league="nba"):
    return play_game(seed, league, 30.0)


def speeds(motion):
    return np.linalg.norm(motion.velocities_mps, axis=-1)


def test_same_seed_same_game():
    one, two = play_game(5, "nba", 8.0), play_game(5, "nba", 8.0)
    np.testing.assert_array_equal(one.motion.positions_m, two.motion.positions_m)
    np.testing.assert_array_equal(one.motion.ball_m, two.motion.ball_m)
    assert (one.cast, one.plants) == (two.cast, two.plants)
    other = play_game(6, "nba", 8.0).motion.positions_m
    assert not np.array_equal(one.motion.positions_m, other)


def test_a_longer_game_begins_like_a_shorter_one():
    short, long = play_game(5, "nba", 6.0), play_game(5, "nba", 9.0)
    assert long.world_at(3.0).positions_m == pytest.approx(short.world_at(3.0).positions_m)


def test_a_ball_lost_before_a_screen_ends_no_game():
    assert play_game(1543237594, "nba", 14.0).duration_s >= 14.0


@pytest.mark.parametrize("seed", SEEDS)
def test_people_move_within_human_limits(seed):
    motion = game(seed).motion
    assert speeds(motion).max() < 9.0
    accel = np.diff(motion.velocities_mps, axis=0) / motion.step_s
    assert np.percentile(np.linalg.norm(accel, axis=-1), 99) < 9.0


def test_mean_speed_is_that_of_play():
    live = np.concatenate(
        [speeds(game(s).motion)[game(s).motion.clock_running, :10] for s in SEEDS]
    )
    assert 1.5 < live.mean() < 2.3


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_stands_inside_another(seed):
    places = game(seed).motion.positions_m
    apart = np.linalg.norm(places[:, :, None] - places[:, None], axis=-1)
    apart += 9 * np.eye(places.shape[1])
    assert apart.min() > 0.4
    assert (apart.min((1, 2)) < 0.5).mean() < 0.03


@pytest.mark.parametrize("seed", SEEDS)
def test_ball_is_with_its_holder_or_flies(seed):
    motion = game(seed).motion
    held = np.flatnonzero(motion.holder >= 0)
    gap = np.linalg.norm(
        motion.ball_m[held, :2] - motion.positions_m[held, motion.holder[held]], axis=-1
    )
    assert np.percentile(gap, 99) < 1.0
    leap = np.linalg.norm(np.diff(motion.ball_m, axis=0), axis=-1)
    assert leap.max() < 1.3  # 32 m/s in a step of 0.04 s
    assert motion.ball_m[:, 2].min() > 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_clocks_only_count_down_and_stop_at_dead_balls(seed):
    motion = game(seed).motion
    change = np.diff(motion.game_clock_s)
    assert change.max() <= 0
    running = motion.clock_running[1:]
    assert change[running] == pytest.approx(-motion.step_s, abs=1e-6)
    assert (change[~running] == 0).all()
    assert (motion.shot_clock_s > 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_attackers_end_up_in_front_of_their_basket(seed):
    motion = game(seed).motion
    side = np.where(motion.attacks_right, 1, -1)
    home = motion.offence == 0
    assert ((motion.holder[home] < 5) | (motion.holder[home] == -1)).all()
    late = (motion.offence >= 0) & (motion.shot_clock_s < 10) & motion.clock_running
    assert (side[late] * motion.ball_m[late, 0] > 0).mean() > 0.95


def test_actions_are_known_and_varied():
    seen = {ACTIONS[code] for seed in SEEDS for code in np.unique(game(seed).motion.actions)}
    assert {"run", "defend", "hold", "dribble", "jump-shot"} <= seen


def test_baskets_count():
    scored = np.concatenate([np.diff(game(s).motion.scores.sum(1).astype(int)) for s in range(8)])
    assert set(scored[scored != 0]) <= {1, 2, 3}
    assert scored.sum() > 0


def test_world_between_samples_is_the_mean():
    motion = game(0).motion
    world = game(0).world_at(2.5 * motion.step_s)
    assert world.positions_m == pytest.approx(motion.positions_m[2:4].mean(0))
    assert world.ball_m == pytest.approx(motion.ball_m[2:4].mean(0))
    assert world.game_s == 2.5 * motion.step_s


def test_world_after_the_end_is_the_end():
    assert game(0).world_at(99.0).ball_m == pytest.approx(game(0).motion.ball_m[-1])


def test_substitutes_come_from_the_bench_of_their_team():
    swaps = 0
    for seed in range(12):
        motion, cast = play_game(seed, "nba", 40.0).motion, game(0).cast
        for slot in range(10):
            teams = {cast.people[index].team for index in motion.people[:, slot]}
            assert teams == {slot // 5}
        assert all(len(set(row)) == 13 for row in motion.people[::25])
        swaps += int((np.diff(motion.people, axis=0) != 0).sum())
    assert swaps > 0


def test_leagues_have_their_own_courts():
    fiba = game(1, "fiba")
    assert fiba.league.court.length == 28.0
    assert all(plant.kind == "offensive" for plant in fiba.plants)
