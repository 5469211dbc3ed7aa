import pytest
import torch
import torchvision
from safetensors import safe_open

from playerid.leagues import load_league, load_sport
from playerid.models.court.keypoints import CourtNetwork
from playerid.models.detector.centres import CentreNetwork
from playerid.models.packs import load_pack
from playerid.models.trunk import FeaturePyramid, PyramidTrunk, ResidualBlock


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


@pytest.mark.parametrize("stride", [1, 2])
def test_a_residual_block_computes_what_torchvision_s_does(stride):
    own = ResidualBlock(8, 8, stride).eval()
    shortcut = own.downsample if stride == 2 else None
    theirs = torchvision.models.resnet.BasicBlock(8, 8, stride, shortcut).eval()
    theirs.load_state_dict(own.state_dict())
    features = torch.randn(2, 8, 12, 16)
    with torch.inference_mode():
        assert torch.equal(own(features), theirs(features))


def test_the_pyramid_s_finest_map_is_torchvision_s():
    own = FeaturePyramid((4, 6, 8), 5)
    theirs = torchvision.ops.FeaturePyramidNetwork([4, 6, 8], 5)
    for lateral, block in zip(own.laterals, theirs.inner_blocks, strict=True):
        block[0].load_state_dict(lateral.state_dict())
    theirs.layer_blocks[0][0].load_state_dict(own.finest.state_dict())
    levels = [
        torch.randn(1, width, *size) for width, size in ((4, (9, 15)), (6, (5, 8)), (8, (3, 4)))
    ]
    with torch.inference_mode():
        finest = theirs(dict(zip("012", levels, strict=True)))["0"]
        assert torch.allclose(own(levels), finest, atol=1e-6)
