import numpy as np
import pytest

from playerid.arena.soccer.match_broadcast import plan_match, sample_match_frames
from playerid.court.geometry import to_court, to_image_in_front


@pytest.fixture(scope="module")
def broadcast():
    return plan_match(3, "easy", half_s=4.0)


@pytest.fixture(scope="module")
def frame(broadcast):
    return broadcast.frame(60)


def test_the_same_seed_gives_the_same_picture(broadcast, frame):
    again = plan_match(3, "easy", half_s=4.0).frame(60)
    assert np.array_equal(again.image, frame.image)
    assert np.array_equal(again.truth.boxes_px, frame.truth.boxes_px)
    assert not np.array_equal(plan_match(4, "easy", half_s=4.0).frame(60).image, frame.image)


def test_lines_are_where_the_homography_says(broadcast, frame):
    """Points of the halfway line and the circle are brighter than the grass beside them."""
    pitch = broadcast.game.league.court
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    ring = pitch.circle_radius * np.column_stack([np.cos(angles), np.sin(angles)])
    along = np.column_stack([np.zeros(40), np.linspace(-30, 30, 40)])
    inside = np.vstack([ring * 0.93, along + np.array([0.6, 0.0])])
    on = to_image_in_front(np.vstack([ring, along]), frame.truth.image_to_court)
    beside = to_image_in_front(inside, frame.truth.image_to_court)
    height, width = frame.image.shape[:2]
    seen = ((on > 6) & (on < [width - 6, height - 6])).all(axis=1)
    seen &= ((beside > 6) & (beside < [width - 6, height - 6])).all(axis=1)
    assert seen.sum() > 20
    grey = frame.image.mean(axis=2)

    def brightest(points):
        corners = points[seen].astype(int)
        return np.array([grey[y - 1 : y + 2, x - 1 : x + 2].max() for x, y in corners])

    assert np.mean(brightest(on) > brightest(beside) + 10) > 0.85


def test_feet_are_where_the_homography_says(broadcast, frame):
    truth, world = frame.truth, frame.world
    place_of = dict(zip(world.people.tolist(), world.positions_m, strict=True))
    gaps = []
    for box, label, person, shown in zip(
        truth.boxes_px, truth.labels, truth.people, truth.visible, strict=True
    ):
        if label in {"number", "ball"} or shown < 0.95 or box[3] > 718:
            continue
        foot = np.array([[(box[0] + box[2]) / 2, box[3]]], np.float64)
        gaps.append(np.linalg.norm(to_court(foot, truth.image_to_court)[0] - place_of[person]))
    assert len(gaps) >= 5
    assert np.median(gaps) < 1.0


def test_the_ball_is_in_its_box(broadcast):
    seen = 0
    for index in range(20, 200, 30):
        frame = broadcast.frame(index)
        x, y = broadcast.camera(index).project(frame.world.ball_m)[0]
        assert 0 < x < 1280  # the camera follows it
        for ball in frame.truth.boxes_px[frame.truth.labels == "ball"]:
            seen += 1
            assert ball[0] - 1 <= x <= ball[2] + 1
            assert ball[1] - 1 <= y <= ball[3] + 1
            assert ball[2] - ball[0] < 20
    assert seen >= 3


def test_labels_are_those_of_the_sport(broadcast):
    sport = broadcast.game.league.sport
    found = {
        label
        for frame in sample_match_frames(1, 6, per_match=3)
        for label in frame.truth.labels.tolist()
    }
    assert {"player", "referee", "ball"} <= found <= {*sport.classes, "number"}


def test_kits_of_goalkeepers_are_apart(broadcast):
    strips = broadcast.scene.strips
    bodies = [strip.kit.body for strip in (*strips.teams, *strips.keepers)]
    gaps = [np.abs(np.subtract(a, b)).max() for i, a in enumerate(bodies) for b in bodies[:i]]
    assert min(gaps) > 40


def test_halves_are_two_segments_of_the_main_view(broadcast):
    assert [(s.start_frame, s.end_frame, s.view) for s in broadcast.segments] == [
        (0, 100, "main"),
        (100, 200, "main"),
    ]
    assert broadcast.frame(100).world.period == 2
