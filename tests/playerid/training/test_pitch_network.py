import numpy as np
import pytest

from playerid.court.geometry import to_image_in_front
from playerid.leagues import load_league
from playerid.models.court.keypoints import KeypointCourtModel, area_names
from playerid.training.court_targets import make_target
from playerid.training.pitch_network import train
from playerid.training.pitch_pictures import PitchPainter

PITCH = load_league("ifab").court


def test_areas_of_a_pitch_by_name():
    assert area_names(PITCH) == [
        "court", "left penalty_area", "right penalty_area", "left goal_area", "right goal_area",
        "centre_circle", "lines",
    ]  # fmt: skip


def test_painted_lines_are_where_the_points_are():
    """Corners of the penalty area are brighter than the grass a metre inside."""
    painter, gaps = PitchPainter(3, PITCH, stadiums=4), []
    for _ in range(12):
        picture = painter.paint(640, 360)
        pitch = picture.court
        x, y = pitch.area_corner
        corners = np.array([[x, y], [x, -y], [-x, y], [-x, -y]])
        inner = np.sign(corners) * [x + 1.2, y - 1.2]
        on, off = (to_image_in_front(p, picture.image_to_court) for p in (corners, inner))
        for (u, v), (s, t) in zip(on, off, strict=True):
            if 4 < u < 636 and 4 < v < 356 and 4 < s < 636 and 4 < t < 356:
                grey = picture.image.mean(axis=2)
                spot = grey[int(v) - 1 : int(v) + 2, int(u) - 1 : int(u) + 2].max()
                gaps.append(spot - grey[int(t), int(s)])
    assert len(gaps) >= 5
    assert np.median(gaps) > 10


def test_the_same_seed_paints_the_same():
    one, two = (PitchPainter(4, PITCH, stadiums=2).paint(320, 192) for _ in (0, 1))
    assert np.array_equal(one.image, two.image)
    target = make_target(one, 4)
    assert target.cells.shape == (len(PITCH.points().names), 2)
    assert target.areas.shape == (7, 48, 80)


def test_a_network_learns_the_points_of_a_pitch(tmp_path):
    weights = train(tmp_path, minutes=0.0005, seed=1, resume=False, held_out=2)
    model = KeypointCourtModel(weights, runtime="torch")
    (found,) = model.find([np.zeros((360, 640, 3), np.uint8)])
    assert found.points_px.shape == (len(PITCH.points().names), 2)
    assert found.scores == pytest.approx(found.scores.clip(0, 1))
