from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from playerid.errors import WeightsError
from playerid.models.number_reader.resnet import (
    NO_DIGIT,
    Architecture,
    NumberNetwork,
    ResNetNumberReader,
    digits_of,
)
from playerid.tables import NUMBERS

SMALL = Architecture(height_px=16, width_px=12, blocks=1, width=4)


def write_weights(path: Path, architecture: Architecture) -> Path:
    torch.manual_seed(0)
    network = NumberNetwork(architecture)
    save_file(network.state_dict(), path, metadata=architecture.to_metadata())
    return path


def noise(*shapes) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (*shape, 3), np.uint8) for shape in shapes]


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        pytest.param("", (NO_DIGIT, NO_DIGIT), id="nothing"),
        pytest.param("0", (NO_DIGIT, 0), id="zero"),
        pytest.param("00", (0, 0), id="double zero is another player"),
        pytest.param("7", (NO_DIGIT, 7), id="one digit"),
        pytest.param("42", (4, 2), id="two digits"),
    ],
)
def test_digits_of(number, digits):
    assert digits_of(number) == digits


def test_every_answer_has_digits_of_its_own():
    assert len({digits_of(number) for number in NUMBERS}) == 102


def test_an_answers_logit_is_the_sum_of_its_digits():
    network = NumberNetwork(SMALL).eval()
    with torch.no_grad():
        network.head.weight.zero_()
        network.head.bias.zero_()
        network.head.bias[4] = 2.0  # tens: 4
        network.head.bias[NO_DIGIT + 1 + 2] = 3.0  # units: 2
        logits = network(torch.zeros(1, 3, 16, 12))[0]
    assert logits[NUMBERS.index("42")] == 5
    assert logits[NUMBERS.index("41")] == 2
    assert logits[NUMBERS.index("2")] == 3
    assert logits[NUMBERS.index("")] == 0


def test_the_default_is_resnet_32():
    network = NumberNetwork(Architecture())
    layers = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    assert len(layers) == 32
    assert 0.4e6 < sum(parameter.numel() for parameter in network.parameters()) < 0.6e6


def test_readings_do_not_depend_on_the_batch(tmp_path):
    weights = write_weights(tmp_path / "w.safetensors", SMALL)
    crops = noise((40, 29), (25, 60), (7, 9))
    together = ResNetNumberReader(weights).read(crops).probs
    alone = ResNetNumberReader(weights, batch_size=1).read(crops).probs
    assert together == pytest.approx(alone, abs=1e-5)
    assert together.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_a_higher_temperature_is_less_sure(tmp_path):
    cold = write_weights(tmp_path / "cold.safetensors", SMALL)
    hot_facts = Architecture(16, 12, 1, 4, temperature=10.0)
    hot = write_weights(tmp_path / "hot.safetensors", hot_facts)
    crops = noise((40, 29))
    cold_probs = ResNetNumberReader(cold).read(crops).probs[0]
    hot_probs = ResNetNumberReader(hot).read(crops).probs[0]
    assert hot_probs.max() < cold_probs.max()
    assert hot_probs.argmax() == cold_probs.argmax()


def test_no_crops_and_empty_crops(tmp_path):
    reader = ResNetNumberReader(write_weights(tmp_path / "w.safetensors", SMALL))
    assert reader.read([]).probs.shape == (0, 102)
    empty = reader.read([np.zeros((0, 12, 3), np.uint8), *noise((20, 20))]).probs
    assert empty[0, NUMBERS.index("")] == 1
    assert empty[1, NUMBERS.index("")] < 1


def test_weights_that_are_no_number_reader_are_refused(tmp_path):
    with pytest.raises(WeightsError, match="safetensors"):
        ResNetNumberReader(None)
    (tmp_path / "junk.safetensors").write_bytes(b"no weights")
    with pytest.raises(WeightsError, match=r"junk\.safetensors"):
        ResNetNumberReader(tmp_path / "junk.safetensors")
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match=r"other\.safetensors"):
        ResNetNumberReader(tmp_path / "other.safetensors")
