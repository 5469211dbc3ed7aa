from pathlib import Path

import numpy as np
import pytest
import torch

from playerid.frames.boxes import iou
from playerid.models.detector import PERSON_LABELS
from playerid.models.detector.rfdetr import RFDETRDetector
from playerid.models.packs import load_pack
from playerid.models.precision import (
    fast_precision,
    gpu_precision,
    in_precision,
    precision_of,
    training_precision,
)
from playerid.scores.arena_sets import render_stills


@pytest.mark.parametrize(
    ("capability", "expected"),
    [
        pytest.param((6, 1), torch.float32, id="P40"),
        pytest.param((7, 0), torch.float16, id="V100"),
        pytest.param((7, 5), torch.float16, id="T4"),
        pytest.param((8, 0), torch.bfloat16, id="A100"),
        pytest.param((8, 9), torch.bfloat16, id="L4"),
        pytest.param((9, 0), torch.bfloat16, id="H100"),
    ],
)
def test_each_gpu_computes_in_what_it_has_units_for(capability, expected):
    assert gpu_precision(capability) == expected


def test_a_name_is_what_it_says_and_auto_is_what_the_device_is_fast_at():
    assert precision_of("float32", "cpu") == torch.float32
    assert precision_of("float16", "cpu") == torch.float16
    assert precision_of("auto", "cpu") == fast_precision("cpu")


def test_a_block_computes_in_its_precision():
    layer, numbers = torch.nn.Linear(4, 4), torch.ones(1, 4)
    for precision in (torch.float32, torch.bfloat16, torch.float16):
        with in_precision("cpu", precision):
            assert layer(numbers).dtype == precision


def test_losses_that_are_not_scaled_are_never_of_float16():
    assert training_precision("cpu") == torch.bfloat16


@pytest.mark.gpu
def test_the_training_precision_of_this_gpu_is_no_float16():
    assert training_precision("cuda") in {torch.float32, torch.bfloat16}


@pytest.fixture(scope="module")
def picture():
    return render_stills(1)[0].image


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_people_are_found_alike_in_every_precision(device, picture):
    """A T4 computes in float16; what that changes is the same on any device."""
    weights = load_pack("starter-t4")["detector"].local_weights(Path())

    def people(precision):
        found = RFDETRDetector(weights, device=device, precision=precision).detect([picture])[0]
        return found.where(np.isin(found.labels, PERSON_LABELS))

    exact = people("float32")
    sure = exact.where(exact.scores > 0.5)
    assert len(sure) >= 5
    for precision in ("float16", "bfloat16"):
        short = people(precision)
        overlaps = iou(sure.boxes_px, short.boxes_px)
        assert (overlaps.max(axis=1) > 0.9).all()
        assert np.abs(sure.scores - short.scores[overlaps.argmax(axis=1)]).max() < 0.05
