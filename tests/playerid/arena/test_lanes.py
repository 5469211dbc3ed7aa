import numpy as np
import pytest

from playerid.arena.lanes import find_guards, lane_depth
from playerid.leagues import load_basketball

NBA = load_basketball("nba").court
HOOP = np.array([12.7254, 0.0])  # 94 ft / 2 - 5.25 ft


@pytest.mark.parametrize(
    ("place", "depth"),
    [
        ((10.0, 0.0), 10.0 - 8.5344),  # nearest edge: the free-throw line
        ((11.0, 2.0), 0.4384),  # nearest edge: the side, at 8 ft
        ((11.0, -2.5), -0.0616),
        ((14.9, 0.0), 14.3256 + 1.2192 - 14.9),  # behind the baseline, within 4 ft
        ((15.6, 0.0), 14.3256 + 1.2192 - 15.6),
        ((-11.0, 0.0), 5.7912 - 25.3256),  # the other lane is not the attacked one
    ],
)
def test_depth_is_the_distance_to_the_nearest_edge(place, depth):
    assert lane_depth(np.array(place), NBA, True) == pytest.approx(depth, abs=1e-3)


def test_both_baskets_mirror():
    points = np.array([[11.0, 1.0], [8.0, -2.0]])
    assert lane_depth(-points, NBA, False) == pytest.approx(lane_depth(points, NBA, True))


def test_fiba_lane_ends_at_the_baseline():
    fiba = load_basketball("fiba").court
    assert lane_depth(np.array([14.1, 0.0]), fiba, True) == pytest.approx(-0.1)


def guards(attackers, defenders):
    far = [[-10.0 - i, 5.0] for i in range(5)]
    men = np.array([*attackers, *far[len(attackers) :]])
    others = np.array([*defenders, *[[-14.0, -7.0]] * (5 - len(defenders))])
    return find_guards(men, others, HOOP)[: len(defenders)].tolist()


def test_guard_stands_between_man_and_basket_within_reach():
    assert guards([[9.0, 0.0]], [[10.0, 0.0]]) == [True]
    assert guards([[9.0, 0.0]], [[10.3, 0.0]]) == [False]  # 1.3 m away
    assert guards([[9.0, 0.0]], [[8.0, 0.0]]) == [False]  # behind his man


def test_nobody_guards_from_behind_a_teammate():
    assert guards([[9.0, 0.0]], [[9.5, 0.0], [10.1, 0.1]]) == [True, False]
    assert guards([[9.0, 0.0]], [[9.5, 0.0], [9.8, 0.8]]) == [True, True]  # 45 degrees aside
