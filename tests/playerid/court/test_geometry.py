import numpy as np
import pytest

from playerid.court.geometry import to_court, to_court_below_horizon, to_image
from playerid.errors import CalibrationError
from playerid.leagues import league_names, load_basketball
from playerid.leagues.basketball.court_marks import lane_polygon, three_point_polygon

# A camera that shows 1 m as 100 px, with the court's origin at pixel (50, 80).
IMAGE_TO_COURT = np.array([[0.01, 0, -0.5], [0, 0.01, -0.8], [0, 0, 1]])
# The horizon is the row 100; below it, depth grows by one in 100 pixels.
HORIZON_AT_100 = np.array([[1, 0, 0], [0, 1, 0], [0, 0.01, -1]])


@pytest.mark.parametrize(
    ("point_px", "point_m"),
    [
        pytest.param((50, 80), (0, 0), id="origin"),
        pytest.param((150, 80), (1, 0), id="one metre along the court"),
        pytest.param((50, 30), (0, -0.5), id="outside the court"),
    ],
)
def test_to_court_and_back(point_px, point_m):
    points_m = to_court(np.array([point_px], float), IMAGE_TO_COURT)
    assert points_m == pytest.approx(np.array([point_m]))
    assert to_image(points_m, IMAGE_TO_COURT) == pytest.approx(np.array([point_px], float))


def test_to_court_of_nothing_is_nothing():
    assert to_court(np.zeros((0, 2)), IMAGE_TO_COURT).shape == (0, 2)


def test_to_court_rejects_a_point_above_the_horizon():
    with pytest.raises(CalibrationError, match="1 of 2 points"):
        to_court(np.array([[0, 200], [0, 50]], float), HORIZON_AT_100)


def test_to_court_below_horizon_leaves_out_what_is_above():
    points_m = to_court_below_horizon(np.array([[3, 200], [0, 50]], float), HORIZON_AT_100)
    assert points_m[0] == pytest.approx([3, 200])
    assert np.isnan(points_m[1]).all()


def test_to_image_rejects_a_point_behind_the_camera():
    # (0, -y) metres for y > 100 lies beyond the horizon of the inverse: 1 / (0.01 v - 1) < 0.
    with pytest.raises(CalibrationError, match="1 of 1 points are behind"):
        to_image(np.array([[0.0, 50.0]]), HORIZON_AT_100)


@pytest.mark.parametrize(
    ("league", "name", "point_m"),
    [
        # 47 - 5.25 - sqrt(23.75^2 - 22^2) = 32.802 ft; the reference's preset says 33.09 ft.
        pytest.param("nba", "left three-point break far", (-9.9981, 6.7056), id="nba break"),
        pytest.param("nba", "right three-point break near", (9.9981, -6.7056), id="mirrored"),
        # 14 - 2.990 m; the reference's preset says 14 - 3.30.
        pytest.param("fiba", "left three-point break far", (-11.0099, 6.60), id="fiba break"),
        # 47 - 28 ft; the reference's preset says 8.35 m from the baseline, the rule 8.5344.
        pytest.param("nba", "left throw line far", (-5.7912, 7.62), id="throw line"),
        pytest.param("fiba", "right lane near", (8.2, -2.45), id="fiba lane"),
        pytest.param("ncaa", "left lane far", (-8.5344, 1.8288), id="ncaa lane"),
        pytest.param("fiba", "left three-point arc top", (-5.675, 0.0), id="top of the arc"),
        pytest.param("fiba", "half-line far", (0.0, 7.5), id="half-line"),
        pytest.param("nba", "centre", (0.0, 0.0), id="centre"),
    ],
)
def test_points_follow_from_the_rules(league, name, point_m):
    points = load_basketball(league).court.points()
    assert points.points_m[points.names.index(name)] == pytest.approx(point_m, abs=1e-4)


def test_every_league_names_the_same_points():
    names = {load_basketball(league).court.points().names for league in league_names("basketball")}
    assert len(names) == 1
    assert len(set(*names)) == len(*names)


@pytest.mark.parametrize("league", league_names("basketball"))
def test_points_lie_on_painted_lines_or_between_them(league):
    court = load_basketball(league).court
    points = court.points()
    arc = points.points_m[[i for i, n in enumerate(points.names) if n.startswith("left three")]]
    assert np.hypot(arc[:, 0] + court.basket_x, arc[:, 1]) == pytest.approx(
        court.three_point_radius
    )
    assert (np.abs(points.points_m) <= [court.length / 2 + 1e-9, court.width / 2 + 1e-9]).all()


def test_lane_polygon():
    nba = load_basketball("nba").court
    assert lane_polygon(nba, "left") == pytest.approx(
        np.array([[-14.3256, 2.4384], [-8.5344, 2.4384], [-8.5344, -2.4384], [-14.3256, -2.4384]])
    )
    # 4 ft = 1.2192 m behind the baseline count for three seconds.
    behind = lane_polygon(nba, "right", behind_baseline=True)
    assert behind[:, 0].max() == pytest.approx(14.3256 + 1.2192)
    fiba = load_basketball("fiba").court
    assert lane_polygon(fiba, "right", behind_baseline=True)[:, 0].max() == pytest.approx(14.0)


def test_three_point_polygon_is_as_large_as_by_hand():
    court = load_basketball("fiba").court
    x, y = three_point_polygon(court, "left", 2000).T
    area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    # Straight part 2.9901 x 13.2, and the part of the disc beyond x = 2.9901 - 1.575 from its
    # centre: r^2 acos(d / r) - d sqrt(r^2 - d^2) with r = 6.75, d = 1.4151.
    expected = 2.9901 * 13.2 + 6.75**2 * np.arccos(1.4151 / 6.75) - 1.4151 * 6.6
    assert area == pytest.approx(expected, abs=0.01)


def test_lines_are_symmetric():
    lines = np.vstack(load_basketball("fiba").court.lines())
    assert lines.min(axis=0) == pytest.approx([-14, -7.5])
    assert lines.max(axis=0) == pytest.approx([14, 7.5])
