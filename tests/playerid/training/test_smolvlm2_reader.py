import math
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from playerid.errors import WeightsError
from playerid.models import registry as backends
from playerid.models.number_reader.smolvlm2 import SmolVLM2NumberReader
from playerid.models.packs import load_pack
from playerid.scores.promotion import write_promoted
from playerid.training.curve import read_curve
from playerid.training.jobs import TrainingPlan
from playerid.training.smolvlm2_reader import AdapterRecipe, train
from tests.playerid.models.number_reader.tiny_smolvlm2 import write_published
from tests.playerid.training.tiny import write_data

QUICK = AdapterRecipe(rank=2, batch=2, learning_rate=0.05, warm_up=1)
CROP = np.random.default_rng(3).integers(0, 255, (40, 29, 3), np.uint8)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("league")
    base = write_published(folder / "smolvlm2")
    return TrainingPlan(
        write_data(folder), folder / "run", math.inf, resume=True, save_s=0.0, start=base
    )


@pytest.fixture(scope="module")
def adapter(plan):
    return train(plan, QUICK, steps=2)


def test_two_steps_change_what_is_read_and_go_into_a_pack(plan, adapter, tmp_path):
    promoted = write_promoted("t4", "number_reader", adapter, tmp_path / "league.toml")
    assert promoted.backend == "smolvlm2"
    assert promoted.parameters == {"base": str(plan.start)}
    written = tomllib.loads((tmp_path / "league.toml").read_text())
    assert written["torso_reader"]["backend"] == "torso"
    model = load_pack(str(tmp_path / "league.toml"))["number_reader"]
    reader = backends.load(replace(model, parameters={**model.parameters, "precision": "float32"}),
                           tmp_path)  # fmt: skip
    plain = SmolVLM2NumberReader(plan.start, precision="float32").read([CROP]).probs
    assert np.abs(reader.read([CROP]).probs - plain).max() > 1e-4


def test_a_run_goes_on_and_its_checkpoint_holds_the_adapter_alone(plan, adapter):
    size = (plan.out / "checkpoint.pt").stat().st_size
    assert size < (plan.start / "model.safetensors").stat().st_size
    train(plan, QUICK, steps=3)
    assert [point["step"] for point in read_curve(plan.out)] == [1, 2, 3]


def test_an_adapter_needs_its_base(adapter):
    with pytest.raises(WeightsError, match="name its base as well"):
        SmolVLM2NumberReader(adapter)
