import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from playerid.court.geometry import to_court_below_horizon
from playerid.court.homography import solve_view
from playerid.errors import WeightsError
from playerid.leagues import load_league
from playerid.models import registry as backends
from playerid.models.court.keypoints import CourtNetwork, KeypointCourtModel, locate
from playerid.models.packs import load_pack
from playerid.models.trunk import to_tensor
from playerid.training.court_pictures import CourtPainter

COURT = load_league("nba").court


@pytest.fixture
def weights(tmp_path):
    """A network that has learnt nothing, as a file."""
    torch.manual_seed(0)
    path = tmp_path / "court.safetensors"
    save_file({k: v.half() for k, v in CourtNetwork.for_court(COURT).state_dict().items()}, path)
    return path


def test_the_peak_and_its_mass():
    logits = torch.full((1, 1, 8, 10), -20.0)
    # Three quarters of the mass in cell (row 3, column 4), a quarter in the one to its right.
    logits[0, 0, 3, 4], logits[0, 0, 3, 5] = np.log(0.6), np.log(0.2)
    cells, scores = locate(logits, torch.tensor([[np.log(0.2)]], dtype=torch.float32))
    assert cells[0, 0].tolist() == pytest.approx([4.5 + 0.25, 3.5], abs=1e-4)
    assert scores[0, 0].item() == pytest.approx(0.8, abs=1e-4)


def test_an_absent_point_scores_nothing():
    _, scores = locate(torch.zeros(1, 1, 8, 10), torch.full((1, 1), 20.0))
    assert scores[0, 0].item() < 1e-5


def test_a_peak_in_the_corner_stays_inside():
    logits = torch.full((1, 1, 8, 10), -20.0)
    logits[0, 0, 0, 0] = 0.0
    cells, scores = locate(logits, torch.tensor([[-20.0]]))
    assert cells[0, 0].tolist() == pytest.approx([0.5, 0.5], abs=1e-4)
    assert scores[0, 0].item() == pytest.approx(1.0, abs=1e-4)


def test_pictures_are_resized_and_scaled():
    white = np.full((720, 1280, 3), 255, np.uint8)
    tensor = to_tensor([white, white], 512, 288)
    assert tensor.shape == (2, 3, 288, 512)
    assert tensor.max().item() == pytest.approx(255 / 64 - 2)


def test_points_are_in_pixels_of_each_picture(weights):
    model = KeypointCourtModel(weights, runtime="torch")
    picture = CourtPainter(3).paint(512, 288).image
    double = np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1)
    small, large = model.find([picture, double])
    assert small.points_px.shape == (len(COURT.points().names), 2)
    assert large.points_px == pytest.approx(2 * small.points_px, abs=1e-3)
    assert large.scores == pytest.approx(small.scores, abs=1e-5)
    assert model.find([]) == []


def test_weights_of_something_else_are_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(3)}, path)
    with pytest.raises(WeightsError, match=r"other\.safetensors"):
        KeypointCourtModel(path)


def test_weights_are_needed():
    with pytest.raises(WeightsError, match="needs weights"):
        KeypointCourtModel(None)


def test_the_starter_model_places_a_court_it_never_saw(tmp_path):
    model = backends.load(load_pack("starter")["court"], tmp_path)
    painter = CourtPainter(987_654, floors=4)
    errors_m = []
    for _ in range(8):
        picture = painter.paint(640, 360)
        view = solve_view(model.find([picture.image])[0], picture.court, (640, 360))
        if view.image_to_court is None:
            continue
        feet_px = np.array([[x, y] for x in (120.0, 320.0, 520.0) for y in (190.0, 260.0, 330.0)])
        truth = to_court_below_horizon(feet_px, picture.image_to_court)
        on_court = (np.abs(truth) < [picture.court.length / 2, picture.court.width / 2]).all(axis=1)
        gaps = to_court_below_horizon(feet_px, view.image_to_court) - truth
        errors_m.append(np.median(np.linalg.norm(gaps[on_court], axis=1)))
    assert len(errors_m) >= 5
    assert np.median(errors_m) < 0.5
