import pytest

from playerid.errors import ArchiveError
from playerid.operate.plan import RATES, makespan, plan_games
from playerid.operate.prices import Prices

PRICES = Prices(gpu_machine_hour=3600.0, cpu_machine_hour=360.0)


def measured(duration_s, cost):
    return {"duration_s": duration_s, **dict.fromkeys(RATES, cost)}


def test_games_of_one_length_tell_the_cost_of_a_second():
    plan = plan_games({"a": 50.0, "b": 0.0}, [measured(100.0, 10.0)], PRICES, start_s=0)
    assert (plan.games, plan.measured_games, plan.video_s) == (2, 1, 50.0)
    assert (plan.cpu_s, plan.gpu_s, plan.wall_s) == (5.0, 5.0, 5.0)
    assert plan.price == 5.0


def test_games_of_several_lengths_tell_the_cost_of_a_game_too():
    rows = [measured(100.0, 30.0), measured(50.0, 20.0)]  # 10 a game and 0.2 a second
    plan = plan_games({"a": 200.0, "b": 10.0}, rows, PRICES, workers=2, start_s=1)
    assert plan.cpu_s == pytest.approx(50 + 12)
    assert plan.wall_s == pytest.approx(51)


def test_each_worker_takes_the_next_game():
    assert makespan([5, 1, 1, 1], workers=2) == 5
    assert makespan([1, 1, 5], workers=2) == 6


def test_a_plan_needs_a_measured_game():
    with pytest.raises(ArchiveError, match="process one or two games first"):
        plan_games({"a": 1.0}, [{"duration_s": 1.0, "wall_s": None}], PRICES)
