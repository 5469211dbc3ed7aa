import math

import numpy as np
import pytest

from playerid.arena.camera import Camera, aim, draw_main_camera, plan_main_camera
from playerid.leagues import load_basketball

NBA = load_basketball("nba").court

# 10 m above the floor, 10 m before the origin, looking 45 degrees down: the origin is in the
# middle of the picture, at a depth of 10 * sqrt(2) m.
SLANTED = Camera((0.0, -10.0, 10.0), 0.0, math.pi / 4, 0.0, 1000.0, 1280, 720)
DEPTH_M = 10 * math.sqrt(2)


@pytest.mark.parametrize(
    ("point_m", "point_px"),
    [
        pytest.param((0, 0, 0), (640, 360), id="centre"),
        pytest.param((1, 0, 0), (640 + 1000 / DEPTH_M, 360), id="x is right"),
        pytest.param((0, 10, 0), (640, 360 - 1000 / 3), id="far is up: depth 15 r2, rise 5 r2"),
        pytest.param((0, -10, 0), (640, 1360), id="below the camera: depth 5 r2, down 5 r2"),
    ],
)
def test_projection(point_m, point_px):
    seen_px, _ = SLANTED.project(np.array([point_m], float))
    assert seen_px[0] == pytest.approx(point_px)


def test_depth_is_along_the_axis():
    assert SLANTED.project(np.zeros(3))[1] == pytest.approx(DEPTH_M)


def test_positive_pan_looks_right():
    turned = Camera((0.0, -10.0, 10.0), 0.1, math.pi / 4, 0.0, 1000.0)
    assert turned.project(np.zeros(3))[0][0] < 640


def test_positive_roll_turns_the_camera_clockwise():
    rolled = Camera((0.0, -10.0, 10.0), 0.0, math.pi / 4, 0.1, 1000.0)
    right = rolled.project(np.array([3.0, 0.0, 0.0]))[0]
    assert right[1] < 360  # the world turns the other way


@pytest.mark.parametrize("seed", range(5))
def test_homography_is_the_projection_of_the_floor(seed):
    rng = np.random.default_rng(seed)
    camera = draw_main_camera(rng, NBA, np.array([8.0, 0.0]))
    floor = np.column_stack([rng.uniform(-14, 14, (50, 1)), rng.uniform(-7, 7, 50), np.zeros(50)])
    points_px, _ = camera.project(floor)
    back = np.column_stack([points_px, np.ones(50)]) @ camera.image_to_court.T
    assert (back[:, 2] > 0).all()
    assert back[:, :2] / back[:, 2:] == pytest.approx(floor[:, :2], abs=1e-6)


def test_aim_puts_the_target_in_the_middle_at_the_asked_width():
    camera = aim((3.0, -20.0, 9.0), (5.0, 1.0, 1.0), 16.0)
    assert camera.project(np.array([5.0, 1.0, 1.0]))[0] == pytest.approx((640, 360))
    distance = math.dist((3, -20, 9), (5, 1, 1))
    assert 1280 * distance / camera.focal_px == pytest.approx(16.0)


def test_resized_camera_sees_the_same():
    small = SLANTED.resized(640, 360)
    point = np.array([2.0, 3.0, 1.0])
    assert small.project(point)[0] * 2 == pytest.approx(SLANTED.project(point)[0])


def test_operator_follows_the_play_smoothly_in_any_order():
    times = np.arange(0, 20, 0.1)
    focus = np.column_stack([np.where(times < 10, -11.0, 11.0), np.zeros(200)])
    operator = plan_main_camera(4, NBA, times, focus)
    pans = np.array([operator.camera(t).pan_rad for t in times])
    assert pans[0] < -0.2
    assert pans[-1] > 0.2
    assert np.abs(np.diff(pans)).max() < 0.15  # a tenth of a second
    assert operator.camera(3.0) == plan_main_camera(4, NBA, times, focus).camera(3.0)


@pytest.mark.parametrize("seed", range(12))
def test_main_camera_frames_players_as_broadcasts_do(seed):
    camera = draw_main_camera(np.random.default_rng(seed), NBA, np.array([9.0, 0.0]))
    top, bottom = camera.project(np.array([[9.0, 0.0, 2.0], [9.0, 0.0, 0.0]]))[0]
    assert 0.12 <= (bottom[1] - top[1]) / 720 <= 0.35
    assert camera.position_m[1] < -15
