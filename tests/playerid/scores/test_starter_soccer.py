"""The small models of a pack on a rendered match of four seconds that no training saw."""

import numpy as np
import pytest

from playerid.arena.soccer.match_broadcast import plan_match
from playerid.court.geometry import to_court_below_horizon
from playerid.court.homography import solve_view
from playerid.frames.boxes import iou
from playerid.leagues import load_league, load_sport
from playerid.models import registry as backends
from playerid.models.detector import PERSON_LABELS
from playerid.models.packs import load_pack, sport_of
from playerid.scores.arena_sets import score_court

PITCH = load_league("ifab").court
SEED = 4_250_000


@pytest.fixture(scope="module")
def frames():
    """Every sixteenth frame of two halves of two seconds."""
    broadcast = plan_match(SEED, half_s=2.0)
    return [broadcast.frame(index, compressed=True) for index in range(8, 100, 16)]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    pack = load_pack(load_sport("soccer").pack)
    return {job: backends.load(pack[job], cache) for job in ("detector", "court")}


def test_the_pack_says_which_sport_it_knows():
    assert sport_of(load_sport("soccer").pack) == "soccer"


def test_people_are_found(frames, models):
    found = wrong = true = 0
    for frame in frames:
        truth = frame.truth
        seen = np.isin(truth.labels, PERSON_LABELS) & (truth.visible > 0.5)
        detections = models["detector"].detect([frame.image])[0]
        people = detections.where(
            np.isin(detections.labels, PERSON_LABELS) & (detections.scores >= 0.3)
        )
        overlaps = iou(people.boxes_px, truth.boxes_px[seen])
        found += int((overlaps.max(axis=0, initial=0) >= 0.5).sum())
        everybody = truth.boxes_px[np.isin(truth.labels, PERSON_LABELS)]
        wrong += int((iou(people.boxes_px, everybody).max(axis=1, initial=0) < 0.5).sum())
        true += int(seen.sum())
    assert true > 50
    assert found > 0.85 * true
    assert wrong < 0.2 * found


def test_places_are_right_to_half_a_metre(frames, models):
    scores = score_court(models["court"], frames, "soccer")
    assert scores["solved"] >= 0.8
    assert scores["error_m"] < 0.5


def test_points_and_lines_agree_with_the_camera(frames, models):
    frame = frames[0]
    keypoints = models["court"].find([frame.image])[0]
    assert len(keypoints.points_px) == len(PITCH.points().names)
    assert len(keypoints.lines_px) > 40
    view = solve_view(keypoints, PITCH, (1280, 720))
    middle = np.array([[640.0, 420.0]])
    placed = to_court_below_horizon(middle, view.image_to_court)
    assert placed == pytest.approx(
        to_court_below_horizon(middle, frame.truth.image_to_court), abs=0.7
    )
