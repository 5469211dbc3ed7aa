import itertools

import numpy as np
import pytest

from playerid.arena.camera import aim
from playerid.court.alignment import Alignment
from playerid.court.geometry import to_image_in_front
from playerid.court.homography import solve_view
from playerid.court.line_alignment import align_lines
from playerid.leagues import load_league
from playerid.models.court import CourtKeypoints
from playerid.models.court.keypoints import see_lines
from playerid.training.pitch_pictures import PitchPainter

PITCH = load_league("ifab").court
WIDTH, HEIGHT = 1280, 720
CAMERA = aim((1.0, -60.0, 20.0), (-35.0, 2.0, 0.0), 45.0, (WIDTH, HEIGHT))
NOTHING = Alignment(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))
PROBES = np.array([[x, y] for x in (200.0, 640.0, 1000.0) for y in (250.0, 420.0, 650.0)])


def line_pixels(step: int = 3) -> np.ndarray:
    """Where the camera shows the lines, every few places along them."""
    parts = []
    for line in PITCH.lines():
        shares = np.linspace(0, 1, 40, endpoint=False)[:, None]
        dense = [a + shares * (b - a) for a, b in itertools.pairwise(line)]
        parts.append(to_image_in_front(np.vstack(dense), CAMERA.image_to_court))
    pixels = np.vstack(parts)
    seen = ((pixels > 0) & (pixels < [WIDTH, HEIGHT])).all(axis=1)
    return pixels[seen][::step]


def gaps_px(image_to_court: np.ndarray) -> np.ndarray:
    """How far a homography shows places from where the camera shows them."""
    places_m = np.array([[-52.5, 20.16], [-36.0, 20.16], [-36.0, -20.16], [-47.0, 9.16]])
    shown = to_image_in_front(places_m, image_to_court)
    return np.linalg.norm(shown - to_image_in_front(places_m, CAMERA.image_to_court), axis=1)


def moved_by(pixels: float) -> np.ndarray:
    """The camera's homography, as if it looked a little aside."""
    shift = np.array([[1, 0.004, -pixels], [-0.003, 1, 0.7 * pixels], [0, 0, 1.0]])
    return CAMERA.image_to_court @ shift


@pytest.mark.parametrize("pixels", [4.0, 10.0])
def test_lines_pull_a_view_into_place(pixels):
    rough = moved_by(pixels)
    assert gaps_px(rough).min() > 0.5 * pixels
    found = align_lines(rough, NOTHING, line_pixels(), PITCH, WIDTH)
    assert gaps_px(found).max() < 0.5


def test_pixels_that_lie_on_no_line_do_not_spoil_it():
    random = np.random.default_rng(0)
    noise = random.uniform(0, [WIDTH, HEIGHT], (120, 2))
    pixels = np.vstack([line_pixels() + random.normal(0, 0.7, line_pixels().shape), noise])
    assert gaps_px(align_lines(moved_by(6.0), NOTHING, pixels, PITCH, WIDTH)).max() < 2.0


def test_too_few_pixels_move_nothing():
    rough = moved_by(6.0)
    assert align_lines(rough, NOTHING, line_pixels()[:20], PITCH, WIDTH) is rough


def test_a_view_of_rough_points_is_right_where_lines_are_seen():
    random = np.random.default_rng(1)
    points = to_image_in_front(PITCH.points().points_m, CAMERA.image_to_court)
    seen = ((points > 0) & (points < [WIDTH, HEIGHT])).all(axis=1)
    rough = (np.nan_to_num(points) + random.normal(0, 6, points.shape)).astype(np.float32)
    scores = np.where(seen, 0.9, 0.0).astype(np.float32)
    without = solve_view(CourtKeypoints(rough, scores), PITCH, (WIDTH, HEIGHT))
    lines = line_pixels().astype(np.float32)
    view = solve_view(CourtKeypoints(rough, scores, lines), PITCH, (WIDTH, HEIGHT))
    assert np.median(gaps_px(view.image_to_court)) < 1.5
    assert np.median(gaps_px(view.image_to_court)) < np.median(gaps_px(without.image_to_court)) / 2


def test_light_lines_are_seen_where_they_are_expected():
    """Three pixels in four lie within 3 px of a line of the picture, and none elsewhere."""
    painter, shares = PitchPainter(12, PITCH, stadiums=4), []
    for _ in range(6):
        picture = painter.paint(WIDTH, HEIGHT)
        dense = [
            a + share * (b - a)
            for line in picture.court.lines()
            for a, b in itertools.pairwise(line)
            for share in np.linspace(0, 1, max(int(np.linalg.norm(b - a) * 4), 1))
        ]
        marks = to_image_in_front(np.array(dense), picture.image_to_court)
        marks = marks[((marks > 0) & (marks < [WIDTH, HEIGHT])).all(axis=1)]
        if len(marks) < 50:
            continue
        prob = np.zeros((HEIGHT // 4, WIDTH // 4), np.float32)
        prob[(marks[:, 1] / 4).astype(int), (marks[:, 0] / 4).astype(int)] = 1.0
        found = see_lines(picture.image, prob)
        assert len(found) <= 400
        if len(found) > 40:
            gap = np.linalg.norm(found[:, None] - marks[None], axis=2).min(axis=1)
            shares.append((gap < 3).mean())
        assert len(see_lines(picture.image, np.zeros_like(prob))) == 0
    assert len(shares) >= 2
    assert np.median(shares) > 0.75
