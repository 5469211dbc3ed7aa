import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from torch import nn

from playerid.leagues import load_league
from playerid.models import quick_network
from playerid.models.court.keypoints import CourtNetwork
from playerid.models.int8 import RANGES, in_int8, ranges_seen, watched
from playerid.models.packs import load_pack
from playerid.models.quick_network import choose, compare, precision_of, quickest, watching
from playerid.models.state import facts_of, load_state, save_state


class Sum(nn.Module):
    """Two answers, as our networks give several."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, images):
        found = self.layer(images)
        return found, found.mean(dim=(2, 3))


EXAMPLE = torch.zeros(1, 3, 16, 24)
WAYS = {
    "torch": {"seconds": 1.0, "difference": 0.0, "likeness": 1.0},
    "onnx": {"seconds": 0.5, "difference": 1e-6, "likeness": 1.0},
    "int8": {"seconds": 0.2, "difference": 0.3, "likeness": 0.995},
}


@pytest.fixture
def network(tmp_path):
    torch.manual_seed(0)
    network = Sum().eval()
    save_state(network, tmp_path / "weights")
    return network


def told(monkeypatch, **ways):
    """Have `quickest` believe in times that are known."""
    monkeypatch.setattr(quick_network, "compare", lambda *given: WAYS | ways)


def random_pictures(count, height, width):
    values = np.random.default_rng(0).random((count, 3, height, width), np.float32)
    return torch.from_numpy(values * 4 - 2)


def both(one, other, images):
    with torch.inference_mode():
        return zip(one(images), other(images), strict=True)


@pytest.mark.parametrize(
    ("changed", "chosen"),
    [
        ({}, "int8"),
        ({"int8": {"likeness": 0.9}}, "onnx"),
        ({"int8": {"seconds": 0.6}}, "onnx"),
        ({"int8": {"likeness": 0.9}, "onnx": {"difference": 0.5}}, "torch"),
        ({"int8": {"seconds": 0.95}, "onnx": {"seconds": 0.95}}, "torch"),
    ],
)
def test_the_quickest_that_computes_the_same_is_chosen(changed, chosen):
    assert choose({name: way | changed.get(name, {}) for name, way in WAYS.items()}) == chosen


def test_the_ways_of_a_machine_are_compared_and_remembered(network, tmp_path):
    quickest(network, tmp_path / "weights", EXAMPLE, folder=tmp_path / "cache")
    (path,) = (tmp_path / "cache").glob("*.json")
    found = json.loads(path.read_text())
    assert set(found) == {"torch", "onnx"}  # no integers: the ranges of its layers are not known
    assert found["onnx"]["difference"] < 1e-5
    assert min(way["seconds"] for way in found.values()) > 0


@pytest.mark.parametrize("count", [1, 3])
def test_onnx_runtime_gives_the_same_of_any_number_of_pictures(
    network, tmp_path, monkeypatch, count
):
    told(monkeypatch, int8=WAYS["torch"])
    chosen = quickest(network, tmp_path / "weights", EXAMPLE, folder=tmp_path / "cache")
    assert chosen is not network
    for answer, expected in both(chosen, network, random_pictures(count, 16, 24)):
        assert answer.numpy() == pytest.approx(expected.numpy(), abs=1e-4)


def test_other_weights_names_and_shapes_are_remembered_apart(network, tmp_path):
    cache = tmp_path / "cache"
    quickest(network, tmp_path / "weights", EXAMPLE, folder=cache)
    quickest(network, tmp_path / "weights", torch.zeros(1, 3, 8, 8), folder=cache)
    quickest(network, tmp_path / "weights", EXAMPLE, name="second", folder=cache)
    save_state(network, tmp_path / "weights", {"another": "fact"})
    quickest(network, tmp_path / "weights", EXAMPLE, folder=cache)
    assert len(list(cache.glob("*.json"))) == 4


def test_where_nothing_can_be_remembered_pytorch_computes(network, tmp_path):
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "cache"
    assert quickest(network, tmp_path / "weights", EXAMPLE, folder=folder) is network


def test_integers_give_nearly_the_same_within_the_ranges_that_were_seen(network):
    seen = watched(network, EXAMPLE)
    images = random_pictures(4, 16, 24)
    with torch.inference_mode():
        seen(images)
        least, largest = network(images)[0].aminmax()
    ranges = ranges_seen(seen)
    assert ranges[0] == pytest.approx((-2, 2), abs=0.01)  # of the pictures
    assert ranges[1][1] == pytest.approx(float(largest), rel=1e-5)  # of the first layer
    integers = in_int8(network, EXAMPLE, (), ranges)
    step = float(largest - least) / 255
    for answer, expected in both(integers, network, images):
        assert 0 < np.abs(answer.numpy() - expected.numpy()).max() < 4 * step
    bright, too_bright = torch.full((1, 3, 16, 24), 2.0), torch.full((1, 3, 16, 24), 4.0)
    for answer, expected in both(integers, integers, torch.cat([bright, too_bright])):
        assert torch.equal(answer[0], expected[1])  # what was never seen is cut off


def test_exact_layers_stay_in_floats(network):
    seen = watched(network, EXAMPLE, exact=("layer",))
    integers = in_int8(network, EXAMPLE, ("layer",), ranges_seen(seen))
    assert isinstance(integers.layer, nn.Conv2d)
    assert integers.layer.weight.dtype == torch.float32


def test_ranges_of_another_network_are_refused(network):
    with pytest.raises(RuntimeError, match="expected ranges of 2 places, came of 1"):
        in_int8(network, EXAMPLE, (), [(0.0, 1.0)])


def test_ranges_are_written_beside_the_weights_and_make_integers(network, tmp_path, monkeypatch):
    weights = tmp_path / "weights"
    with watching() as seen:
        quickest(network, weights, EXAMPLE, folder=tmp_path / "cache")(random_pictures(4, 16, 24))
    save_file(load_file(weights), weights, {RANGES: seen.ranges()})
    monkeypatch.setattr(quick_network, "can_multiply_int8", lambda: True)
    told(monkeypatch)
    chosen = quickest(network, weights, EXAMPLE, folder=tmp_path / "cache")
    assert chosen.layer.weight().dtype == torch.qint8
    assert (precision_of(chosen), precision_of(network)) == ("int8", "float32")
    monkeypatch.setattr(quick_network, "can_multiply_int8", lambda: False)
    assert compare(network, {}, EXAMPLE).keys() == {"torch"}


def test_the_court_network_of_the_package_is_the_same_in_onnx_and_nearly_in_integers(
    tmp_path, monkeypatch
):
    weights = load_pack("starter")["court"].local_weights(Path())
    network = CourtNetwork.for_court(load_league("nba").court)
    load_state(network, weights)
    example, exact = torch.zeros(1, 3, 96, 160), ("points", "absent", "areas")
    images = random_pictures(1, 96, 160)
    told(monkeypatch, int8=WAYS["torch"])
    in_onnx = quickest(network, weights, example, folder=tmp_path)
    for answer, expected in both(in_onnx, network, images):
        assert answer.numpy() == pytest.approx(expected.numpy(), abs=1e-3)
    ranges = json.loads(facts_of(weights)[RANGES])[""]
    integers = in_int8(network, example, exact, ranges)
    for answer, expected in both(integers, network, images):
        assert np.corrcoef(answer.numpy().ravel(), expected.numpy().ravel())[0, 1] > 0.98
