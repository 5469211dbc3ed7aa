"""Runs that are killed outright, in a process of their own, and go on."""

import json
import os
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from playerid.scores.labelled_frames import LabelledFrame, write_frame
from playerid.training.number_crops import draw_crops

TINY_READER = """
from playerid.training.number_fit import NumberRecipe
from playerid.training.number_reader import train
from playerid.models.number_reader.resnet import Architecture
facts = Architecture(height_px=16, width_px=16, blocks=1, width=4)
recipe = NumberRecipe(architecture=facts, batch_size=8, pool_size=16, new_drawn=1, orient_at=(0.3,),
                drawn_judged=12, note_every_s=0.2)
train(data, out, minutes, 1, True, recipe)
"""
CENTRES = """
from playerid.models.packs import STARTER, load_pack
from playerid.training.centre_network import train
head = load_pack(STARTER)["mask_head"].local_weights(out)
train(data, out, minutes, 1, True, mask_head=head, save_s=0.2)
"""


def jpeg(image):
    return cv2.imencode(".jpg", image[..., ::-1])[1].tobytes()


def make_crops(data, out):
    crops = draw_crops(24, seed=5)
    jpegs = [jpeg(picture) for picture in crops.pictures]
    table = pa.table({"jpeg": jpegs, "number": [number or None for number in crops.numbers]})
    pq.write_table(table, data / "jersey_crops_train.parquet")


def make_frames(data, out):
    """A white player on black, real and rendered."""
    image = np.zeros((90, 160, 3), np.uint8)
    image[20:70, 60:80] = 255
    box = [60 / 160, 20 / 90, 80 / 160, 70 / 90]
    table = pa.table({"jpeg": [jpeg(image)], "boxes": [[{"label": "player", "box": box}]]})
    pq.write_table(table, data / "players_train.parquet")
    (out / "frames").mkdir(parents=True)
    boxes = np.array([box], np.float32)
    write_frame(out / "frames" / "0.npz", LabelledFrame(jpeg(image), boxes, np.array([3]), False))


def start(script, data, out, minutes):
    setup = f"from pathlib import Path\ndata, out = Path({str(data)!r}), Path({str(out)!r})\n"
    setup += f"minutes = {minutes}\nimport torch\ntorch.set_num_threads(1)\n"
    command = [sys.executable, "-c", setup + script]
    return subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})


def curve_of(out):
    path = out / "curve.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def checkpoint_of(out):
    return torch.load(out / "checkpoint.pt", weights_only=True)


def spent_s(checkpoint):
    return checkpoint.get("elapsed_s", checkpoint.get("spent_s"))


@pytest.mark.parametrize(
    ("make_data", "script"),
    [
        pytest.param(make_crops, TINY_READER, id="number reader"),
        pytest.param(make_frames, CENTRES, id="detector"),
    ],
)
def test_a_killed_training_goes_on_where_it_stopped(tmp_path, make_data, script):
    data, out = tmp_path, tmp_path / "run"
    out.mkdir()
    make_data(data, out)
    process = start(script, data, out, minutes=60)
    deadline = time.monotonic() + 240
    while len(curve_of(out)) < 3:
        assert process.poll() is None, "the training ended by itself"
        assert time.monotonic() < deadline, "no checkpoint"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    killed, before = checkpoint_of(out), curve_of(out)

    minutes = (spent_s(killed) + 1) / 60
    assert start(script, data, out, minutes).wait() == 0
    ended, after = checkpoint_of(out), curve_of(out)[len(before) :]
    assert ended["step"] > killed["step"] > 0
    # The time counts on: about a second more was trained, not the whole time again.
    assert spent_s(killed) < spent_s(ended)
    assert after[0]["step"] > killed["step"]
    # It knows what it knew: the loss goes on from where it was, not from the beginning.
    began, reached = before[0]["loss"], before[-1]["loss"]
    assert after[0]["loss"] < max(1.25 * reached, (began + reached) / 2)
    assert list(out.glob("*.safetensors"))
    assert not list(out.glob("*.partial"))
