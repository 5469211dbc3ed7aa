import pytest
import torch
from safetensors import safe_open

from playerid.leagues import load_league, load_sport
from playerid.models.court.keypoints import CourtNetwork
from playerid.models.detector.centres import CentreNetwork
from playerid.models.packs import load_pack
from playerid.models.trunk import PyramidTrunk


@pytest.mark.parametrize(
    ("job", "network"),
    [
        ("court", CourtNetwork.for_court(load_league("nba").court)),
        ("detector", CentreNetwork(load_sport("basketball"))),
    ],
)
def test_shipped_weights_have_the_names_of_the_network(job, network, tmp_path):
    with safe_open(load_pack("starter")[job].local_weights(tmp_path), "pt") as file:
        shipped = set(file.keys())
    held = {n for n in network.state_dict() if not n.endswith("num_batches_tracked")}
    assert held == shipped


def test_the_finest_map_has_a_cell_for_four_pixels_each_way():
    with torch.inference_mode():
        finest, whole = PyramidTrunk().eval().features(torch.zeros(2, 3, 64, 96))
    assert finest.shape == (2, 64, 16, 24)
    assert whole.shape == (2, 192)
