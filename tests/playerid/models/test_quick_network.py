import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from playerid.leagues import load_league
from playerid.models.court.keypoints import CourtNetwork
from playerid.models.packs import load_pack
from playerid.models.quick_network import quickest
from playerid.models.state import load_state


class Sum(nn.Module):
    """Two answers, as our networks give several."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, images):
        found = self.layer(images)
        return found, found.mean(dim=(2, 3))


EXAMPLE = torch.zeros(1, 3, 16, 24)


@pytest.fixture
def network(tmp_path):
    torch.manual_seed(0)
    (tmp_path / "weights").write_bytes(b"of this network")
    return Sum().eval()


def remembered(folder):
    (path,) = folder.glob("*.json")
    return path, json.loads(path.read_text())


@pytest.mark.parametrize("onnx_s", [1.0, 100.0])
def test_the_quicker_one_is_remembered_and_gives_the_same(network, tmp_path, onnx_s):
    quickest(network, tmp_path / "weights", EXAMPLE, tmp_path / "cache")
    path, found = remembered(tmp_path / "cache")
    assert found["difference"] < 1e-5
    assert min(found["torch_s"], found["onnx_s"]) > 0
    path.write_text(json.dumps(found | {"torch_s": 10.0, "onnx_s": onnx_s}))
    chosen = quickest(network, tmp_path / "weights", EXAMPLE, tmp_path / "cache")
    assert (chosen is network) == (onnx_s == 100.0)
    images = torch.rand(1, 3, 16, 24)
    with torch.inference_mode():
        for answer, expected in zip(chosen(images), network(images), strict=True):
            assert answer.numpy() == pytest.approx(expected.numpy(), abs=1e-4)


def test_a_network_that_differs_in_onnx_is_not_used(network, tmp_path):
    quickest(network, tmp_path / "weights", EXAMPLE, tmp_path / "cache")
    path, found = remembered(tmp_path / "cache")
    path.write_text(json.dumps(found | {"difference": 0.5, "torch_s": 10.0, "onnx_s": 1.0}))
    assert quickest(network, tmp_path / "weights", EXAMPLE, tmp_path / "cache") is network


def test_other_weights_and_shapes_are_remembered_apart(network, tmp_path):
    quickest(network, tmp_path / "weights", EXAMPLE, tmp_path / "cache")
    quickest(network, tmp_path / "weights", torch.zeros(1, 3, 8, 8), tmp_path / "cache")
    (tmp_path / "weights").write_bytes(b"of another")
    quickest(network, tmp_path / "weights", EXAMPLE, tmp_path / "cache")
    assert len(list((tmp_path / "cache").glob("*.json"))) == 3


def test_where_nothing_can_be_remembered_pytorch_computes(network, tmp_path):
    (tmp_path / "file").write_text("")
    assert quickest(network, tmp_path / "weights", EXAMPLE, tmp_path / "file" / "cache") is network


def test_the_court_network_of_the_package_is_the_same_in_onnx(tmp_path):
    weights = load_pack("starter")["court"].local_weights(Path())
    network = CourtNetwork.for_court(load_league("nba").court)
    load_state(network, weights)
    quickest(network, weights, torch.zeros(1, 3, 96, 160), tmp_path)
    path, found = remembered(tmp_path)
    path.write_text(json.dumps(found | {"torch_s": 10.0, "onnx_s": 1.0}))
    in_onnx = quickest(network, weights, torch.zeros(1, 3, 96, 160), tmp_path)
    assert in_onnx is not network
    images = torch.from_numpy(np.random.default_rng(0).random((1, 3, 96, 160), np.float32))
    with torch.inference_mode():
        for answer, expected in zip(in_onnx(images), network(images), strict=True):
            assert answer.numpy() == pytest.approx(expected.numpy(), abs=1e-3)
