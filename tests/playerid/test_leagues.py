import numpy as np
import pytest

from playerid.errors import GameError
from playerid.leagues import (
    league_names,
    load_basketball,
    load_league,
    load_sport,
    sport_names,
)


@pytest.mark.parametrize(
    ("league", "straight_m", "apex_m", "corner_offset_m"),
    [
        # 5.25 ft + sqrt(23.75^2 - 22^2) ft = 14.198 ft; 29 ft; 25 - 22 = 3 ft.
        pytest.param("nba", 4.3275, 8.8392, 0.9144, id="nba"),
        # 5.25 ft + sqrt(22.1458^2 - 22^2) ft = 7.787 ft; 27.396 ft; 3 ft.
        pytest.param("wnba", 2.3736, 8.3503, 0.9144, id="wnba"),
        # 5.25 ft + sqrt(22.1458^2 - 21.6563^2) ft = 9.881 ft; 27.396 ft; 3.344 ft.
        pytest.param("ncaa", 3.0117, 8.3503, 1.0192, id="ncaa"),
        # 1.575 + sqrt(6.75^2 - 6.60^2) m; the reference's preset says 3.30.
        pytest.param("fiba", 2.9901, 8.325, 0.90, id="fiba"),
    ],
)
def test_what_follows_from_the_three_point_line(league, straight_m, apex_m, corner_offset_m):
    court = load_league(league).court
    assert court.three_point_straight == pytest.approx(straight_m, abs=1e-4)
    apex = court.basket_from_baseline + court.three_point_radius
    assert apex == pytest.approx(apex_m, abs=1e-4)
    assert court.width / 2 - court.three_point_corner == pytest.approx(corner_offset_m, abs=1e-4)


@pytest.mark.parametrize(
    ("league", "size_m", "lane_m", "backboard_m"),
    [
        ("nba", (28.6512, 15.24), (5.7912, 4.8768), 1.2192),
        ("wnba", (28.6512, 15.24), (5.7912, 4.8768), 1.2192),
        ("ncaa", (28.6512, 15.24), (5.7912, 3.6576), 1.2192),
        ("fiba", (28.0, 15.0), (5.80, 4.90), 1.20),
    ],
)
def test_sizes_are_in_metres(league, size_m, lane_m, backboard_m):
    court = load_league(league).court
    assert (court.length, court.width) == pytest.approx(size_m)
    assert (court.lane_length, court.lane_width) == pytest.approx(lane_m)
    assert court.backboard_from_baseline == pytest.approx(backboard_m)


@pytest.mark.parametrize("league", league_names("basketball"))
def test_the_foul_line_is_fifteen_feet_from_the_backboard(league):
    court = load_league(league).court
    # 15 ft = 4.572 m; FIBA says 4.60 m.
    expected = 4.60 if league == "fiba" else 4.572
    assert court.lane_length - court.backboard_from_baseline == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("league", "behind_m"), [("nba", 1.2192), ("fiba", 0.0), ("ncaa", 0.0)])
def test_only_some_lanes_go_on_behind_the_baseline(league, behind_m):
    assert load_league(league).court.lane_behind_baseline == pytest.approx(behind_m)


def test_periods():
    assert [load_league(name).clock.periods for name in ("nba", "wnba", "fiba", "ncaa")] == [
        4,
        4,
        4,
        2,
    ]
    assert load_league("nba").clock.period_s == 720


def test_an_unknown_league_is_named():
    with pytest.raises(GameError, match="'nbl': expected one of fiba, ifab, nba"):
        load_league("nbl")


def test_what_follows_from_the_marks_of_a_pitch():
    pitch = load_league("ifab").court
    # Law 1: the arc is 9.15 m from the mark at 11 m; it leaves the area 16.5 m from the line.
    assert pitch.arc_half_width == pytest.approx(7.3125, abs=1e-4)
    assert (pitch.target_x, pitch.area_corner) == (52.5, (36.0, 20.16))


def test_the_lines_of_a_pitch_are_on_it_and_alike_on_both_sides():
    pitch = load_league("ifab").court
    lines = np.vstack(pitch.lines())
    assert (np.abs(lines) <= [52.5 + 1e-9, 34 + 1e-9]).all()
    mirrored = {(round(-x, 6), round(y, 6)) for x, y in lines}
    assert mirrored == {(round(x, 6), round(y, 6)) for x, y in lines}
    # The near corner arcs bend into the pitch: their middle is on it, a metre from the corner.
    corner = np.abs(np.hypot(lines[:, 0] + 52.5, lines[:, 1] + 34) - 1) < 1e-6
    assert corner.sum() == 12


@pytest.mark.parametrize(
    ("point_m", "areas"),
    [
        ((0, 0), {"court", "centre_circle"}),
        ((-50, 0), {"court", "penalty_area", "goal_area"}),
        ((37, -20), {"court", "penalty_area"}),
        ((35, 0), {"court"}),
        ((53, 0), set()),
        ((np.nan, 0), set()),
    ],
)
def test_areas_of_a_pitch(point_m, areas):
    inside = load_league("ifab").court.areas_at(np.array([point_m], float))
    assert {name for name, mask in inside.items() if mask[0]} == areas


def test_every_sport_says_what_its_teams_are():
    assert sport_names() == ["basketball", "soccer"]
    assert [load_sport(name).on_court for name in sport_names()] == [5, 11]
    assert league_names("soccer") == ["ifab"]
    with pytest.raises(GameError, match="unknown sport 'curling': expected one of basketball"):
        load_sport("curling")
    with pytest.raises(GameError, match="'ifab' is a league of soccer"):
        load_basketball("ifab")
