import numpy as np
import pytest

from playerid.court.alignment import Alignment, refine_homography
from playerid.court.geometry import to_court, to_image_in_front
from playerid.court.homography import solve_view
from playerid.leagues import load_basketball
from playerid.models.court import CourtKeypoints

COURT = load_basketball("nba").court
SIZE = (1280, 720)


def camera(x_m: float, seen_m: float = 18.0) -> np.ndarray:
    """Homography of a camera 25 m from the sideline's middle, 11 m up, that looks at (x_m, 0)."""
    place, aim = np.array([0.0, -25.0, 11.0]), np.array([x_m, 0.0, 0.0])
    forward = (aim - place) / np.linalg.norm(aim - place)
    right = np.cross(forward, [0, 0, 1]) / np.linalg.norm(np.cross(forward, [0, 0, 1]))
    rotation = np.stack([right, np.cross(forward, right), forward])
    focal = 1280 * np.linalg.norm(aim - place) / seen_m
    inner = np.array([[focal, 0, 640], [0, focal, 360], [0, 0, 1]])
    projection = inner @ np.column_stack([rotation, -rotation @ place])
    return np.linalg.inv(projection[:, [0, 1, 3]])


def keypoints(image_to_court: np.ndarray, noise_px: float = 0.0) -> CourtKeypoints:
    """What a perfect model finds in a picture of 1280 x 720, moved by some noise."""
    points_px = to_image_in_front(COURT.points().points_m, image_to_court)
    inside = (points_px > 0).all(axis=1) & (points_px < [1280, 720]).all(axis=1)
    points_px = points_px + np.random.default_rng(1).normal(0, noise_px, points_px.shape)
    return CourtKeypoints(
        np.nan_to_num(points_px).astype(np.float32), np.where(inside, 0.9, 0.01).astype(np.float32)
    )


def worst_error_m(image_to_court: np.ndarray, truth: np.ndarray) -> float:
    feet_px = np.array([[x, y] for x in (100.0, 640.0, 1200.0) for y in (350.0, 500.0, 700.0)])
    gaps = to_court(feet_px, image_to_court) - to_court(feet_px, truth)
    return float(np.linalg.norm(gaps, axis=1).max())


@pytest.mark.parametrize("x_m", [-9.0, 0.0, 8.0])
def test_perfect_points_give_the_camera_back(x_m):
    view = solve_view(keypoints(camera(x_m)), COURT, SIZE)
    assert view.reason == ""
    assert worst_error_m(view.image_to_court, camera(x_m)) < 1e-3
    assert view.court_error_m < 1e-3


def test_noise_is_averaged_and_admitted():
    view = solve_view(keypoints(camera(7.0), noise_px=4.0), COURT, SIZE)
    assert worst_error_m(view.image_to_court, camera(7.0)) < 0.25
    # 4 px of noise in x and y, where a pixel is about 14 mm across and 35 mm deep: 0.15 m.
    assert 0.08 < view.court_error_m < 0.25


def test_a_third_of_wrong_points_changes_nothing():
    found = keypoints(camera(7.0), noise_px=1.0)
    points_px = found.points_px.copy()
    wrong = np.flatnonzero(found.scores > 0.5)[::3]
    points_px[wrong] += [90, -60]
    view = solve_view(CourtKeypoints(points_px, found.scores), COURT, SIZE)
    assert view.points == (found.scores > 0.5).sum() - len(wrong)
    assert worst_error_m(view.image_to_court, camera(7.0)) < 0.1


def test_too_few_points_are_said_so():
    found = keypoints(camera(7.0))
    scores = np.zeros_like(found.scores)
    scores[np.flatnonzero(found.scores > 0.5)[:5]] = 0.9
    view = solve_view(CourtKeypoints(found.points_px, scores), COURT, SIZE)
    assert view.image_to_court is None
    assert view.court_error_m is None
    assert view.reason == "5 court points found, 6 needed"


def test_points_of_one_line_prove_nothing():
    found = keypoints(camera(0.0, seen_m=40.0))
    names = COURT.points().names
    far = np.array(["sideline" in n or "corner" in n or "throw" in n for n in names])
    far &= np.array([n.endswith("far") for n in names])
    scores = np.where(far, found.scores, 0).astype(np.float32)
    assert (scores > 0.5).sum() >= 6
    view = solve_view(CourtKeypoints(found.points_px, scores), COURT, SIZE)
    assert view.image_to_court is None


def test_points_at_random_do_not_agree():
    random = np.random.default_rng(3)
    found = keypoints(camera(7.0))
    points_px = random.uniform([0, 0], [1280, 720], found.points_px.shape).astype(np.float32)
    view = solve_view(CourtKeypoints(points_px, found.scores), COURT, SIZE)
    assert view.image_to_court is None
    assert view.reason


@pytest.mark.parametrize(
    ("mirror", "reason"),
    [
        pytest.param(np.diag([-1.0, 1.0]), "mirror", id="mirror image"),
        pytest.param(np.diag([-1.0, -1.0]), "near side", id="from the far side"),
    ],
)
def test_an_impossible_view_is_not_solved(mirror, reason):
    found = keypoints(camera(7.0))
    points_px = (found.points_px - [640, 360]) @ mirror + [640, 360]
    view = solve_view(CourtKeypoints(points_px.astype(np.float32), found.scores), COURT, SIZE)
    assert view.image_to_court is None
    assert reason in view.reason or "horizon" in view.reason


def test_refinement_slides_along_lines():
    truth = camera(5.0)
    points_m = COURT.points().points_m
    points_px = to_image_in_front(points_m, truth)
    moved = truth @ np.array([[1.01, 0.004, 5.0], [0.002, 0.99, -4.0], [0, 0, 1]])
    # Of half of the points only the row is known, of the others only the column.
    normals = np.where(np.arange(len(points_m))[:, None] % 2, [1.0, 0.0], [0.0, 1.0])
    slid = points_px + 30 * normals[:, ::-1]
    alignment = Alignment(points_m, slid, normals, np.ones(len(points_m)))
    for _ in range(6):
        moved = refine_homography(moved, alignment, 50.0)
    assert worst_error_m(moved, truth) < 0.01
