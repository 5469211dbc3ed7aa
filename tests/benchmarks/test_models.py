"""What each model of the starter pack costs, beside a named alternative in the same run.

Run with `make bench`. Machines differ and are shared: the ratio is what counts. It is that of the
fastest of some rounds, taken in turns. What others published for their hardware stands beside it.
"""

import sys
import time
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch
import torchvision
from trackers import ByteTrackTracker

from playerid.models import registry as backends
from playerid.models.detector import Detections
from playerid.models.packs import WEIGHTS_CACHE, load_pack

pytestmark = pytest.mark.slow

PUBLISHED = {
    "detector": "RF-DETR, T4, TensorRT fp16, one image: nano 2.3, small 3.5, medium 4.4 ms",
    "court": "no published time; the reference uses a YOLO pose model",
    "number_reader": "SmolVLM2-256M in bfloat16 on two cores: 710 ms a crop (MODELS 4)",
    "team_embedder": "SigLIP base in bfloat16 on two cores: 62 to 88 ms a crop (MODELS 4)",
    "tracker": "SAM 2.1, A100, one person, compiled: tiny 91, small 85, large 40 frames a second",
}
METHODS = {
    "detector": "detect", "court": "find", "number_reader": "read", "team_embedder": "embed",
}  # fmt: skip
SHAPES = {
    "detector": (720, 1280, 3), "court": (720, 1280, 3), "number_reader": (42, 36, 3),
    "team_embedder": (130, 60, 3),
}  # fmt: skip
INPUTS = {
    "detector": (448, 768), "court": (288, 512), "number_reader": (224, 224),
    "team_embedder": (224, 224),
}  # fmt: skip
"""Height and width at which ResNet-18 is run beside the model of a job."""
CASES = [
    ("detector", 1, "float32", 1.0),
    ("detector", 4, "float32", 1.0),
    ("detector", 1, "bfloat16", 0.7),
    ("court", 1, "float32", 1.0),
    ("court", 1, "bfloat16", 0.8),
    ("number_reader", 1, "float32", 0.6),
    ("number_reader", 64, "float32", 0.25),
    ("number_reader", 64, "bfloat16", 0.15),
    ("team_embedder", 16, "float32", 0.3),
]
"""Job, batch, precision, and how many times ResNet-18's time it may take at the most."""


def pictures(shape, count):
    return list(np.random.default_rng(0).integers(0, 255, (count, *shape), np.uint8))


def in_turns(first, second, rounds=5):
    """Seconds of the fastest round of each; the first round of both is not counted."""
    took = np.zeros((rounds + 1, 2))
    for row in took:
        for column, run in enumerate((first, second)):
            started_s = time.perf_counter()
            run()
            row[column] = time.perf_counter() - started_s
    return took[1:].min(axis=0)


def resnet18(height, width, batch):
    network = torchvision.models.resnet18().eval()
    images = torch.rand(batch, 3, height, width)

    def run():
        with torch.inference_mode():
            return network(images)

    return run


def report(benchmark, capsys, job, batch, seconds, alternative):
    """Write the numbers into the results of the benchmark, and on the screen."""
    own_s, other_s = seconds
    facts = {
        "ms_per_item": 1000 * own_s / batch,
        "items_per_s": batch / own_s,
        "alternative": alternative,
        "ratio": own_s / other_s,
        "published": PUBLISHED[job],
    }
    benchmark.extra_info |= facts
    with capsys.disabled():
        sys.stdout.write(
            f"\n{job}, {batch} at a time: {facts['ms_per_item']:.2f} ms each,"
            f" {facts['items_per_s']:.1f}/s, {facts['ratio']:.2f} x {alternative}."
            f" Published: {PUBLISHED[job]}\n"
        )


@pytest.mark.parametrize(("job", "batch", "precision", "most"), CASES)
def test_a_model_beside_resnet18(benchmark, capsys, job, batch, precision, most):
    backend = backends.load(in_torch(job), WEIGHTS_CACHE)
    images = pictures(SHAPES[job], batch)
    lower = torch.autocast("cpu", torch.bfloat16)

    def run():
        with lower if precision == "bfloat16" else nullcontext():
            return getattr(backend, METHODS[job])(images)

    seconds = in_turns(run, resnet18(*INPUTS[job], batch))
    height, width = INPUTS[job]
    alternative = f"ResNet-18 at {height}x{width} in float32 ({precision} here)"
    report(benchmark, capsys, job, batch, seconds, alternative)
    benchmark.pedantic(run, rounds=3)
    assert seconds[0] / seconds[1] <= most


def in_torch(job):
    """The model of the starter pack in PyTorch, whatever is quicker on this machine."""
    model = load_pack("starter")[job]
    if job not in {"detector", "court"}:
        return model
    return replace(model, parameters={**model.parameters, "runtime": "torch"})


@pytest.mark.parametrize(("job", "most"), [("detector", 0.9), ("court", 0.9)])
def test_the_quickest_way_beside_pytorch(benchmark, capsys, job, most):
    quick = backends.load(load_pack("starter")[job], WEIGHTS_CACHE)
    plain = backends.load(in_torch(job), WEIGHTS_CACHE)
    images = pictures(SHAPES[job], 1)
    runs = [lambda each=each: getattr(each, METHODS[job])(images) for each in (quick, plain)]
    seconds = in_turns(*runs)
    report(benchmark, capsys, job, 1, seconds, "the same network in PyTorch")
    benchmark.pedantic(runs[0], rounds=3)
    assert seconds[0] / seconds[1] <= most


def test_the_detector_beside_rf_detr_made_small(benchmark, capsys):
    first = backends.load(load_pack("starter")["detector"], WEIGHTS_CACHE)
    second = backends.load(load_pack("starter-t4")["detector"], WEIGHTS_CACHE)
    images = pictures(SHAPES["detector"], 1)
    seconds = in_turns(lambda: first.detect(images), lambda: second.detect(images))
    report(benchmark, capsys, "detector", 1, seconds, "RF-DETR made small, 384x640")
    benchmark.pedantic(lambda: first.detect(images), rounds=3)
    assert seconds[0] / seconds[1] <= 2.5


def test_the_tracker_beside_bare_bytetrack(benchmark, capsys):
    """Ten people, a second of frames; camera motion and colours are what it does beyond it."""
    import supervision as sv

    own = backends.load(load_pack("starter")["tracker"], WEIGHTS_CACHE)
    frames = pictures(SHAPES["detector"], 10)
    left = np.arange(10, dtype=np.float32) * 110
    boxes = np.column_stack([left, left * 0 + 300, left + 60, left * 0 + 430]).astype(np.float32)
    people = Detections(boxes, np.full(10, 0.9, np.float32), np.array(["player"] * 10))

    def run():
        own.start_segment(10.0)
        for frame in frames:
            own.update(frame, people)

    def run_bare():
        bare = ByteTrackTracker()
        for _ in frames:
            found = sv.Detections(boxes, confidence=people.scores, class_id=np.zeros(10, int))
            bare.update(found)

    seconds = in_turns(run, run_bare)
    report(benchmark, capsys, "tracker", len(frames), seconds, "ByteTrack without camera or looks")
    benchmark.pedantic(run, rounds=3)
    assert seconds[0] / seconds[1] <= 220
