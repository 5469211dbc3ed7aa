"""Measure how fast the models of a pack are on this machine."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from playerid.models import registry
from playerid.models.detector import Detections
from playerid.models.packs import Model
from playerid.models.speeds import Speed
from playerid.models.tracker.sam2 import SAM2Tracker
from playerid.models.tracker.sam2_memory import Memory

METHODS = {
    "detector": ("detect", (720, 1280, 3), 8),
    "court": ("find", (720, 1280, 3), 1),
    "team_embedder": ("embed", (180, 72, 3), 16),
    "number_reader": ("read", (40, 30, 3), 16),
    "torso_reader": ("read_torsos", (87, 66, 3), 16),
    "text_reader": ("read", (28, 90, 3), 4),
}
"""Job -> method of its models, shape of what it is shown, and how many at a time."""
TRACKED_FRAMES = 8
"""Frames before time is taken: SAM 2 then looks at as many memories as it ever will."""


def measure_pack(
    pack: Mapping[str, Model],
    cache: Path,
    people: Sequence[int],
    sides_px: Sequence[int],
    on_progress: Callable[[str], None] = lambda what: None,
    seconds: float = 1.0,
) -> Iterator[Speed]:
    """Measure every model of a pack; weights that are not here are replaced by random ones.

    Args:
        pack: job -> model.
        cache: where fetched weights are kept; nothing is fetched.
        people: numbers of people that the tracker is measured with.
        sides_px: sides of the input, for a tracker that can choose.
        on_progress: is told what is measured.
        seconds: for each measurement.
    """
    with TemporaryDirectory() as folder:
        for job, model in pack.items():
            path = model.path(cache)
            is_here = bool(model.sha256) and path is not None and path.is_file()
            weights = "real" if is_here else "none" if _needs_none(model) else "random"
            on_progress(f"{job}: {model.backend}, {weights} weights")
            if weights == "random":
                from playerid.models.stand_ins import stand_in  # noqa: PLC0415, their packages

                model = stand_in(model, Path(folder))  # noqa: PLW2901
            if job == "tracker":
                yield from _measure_tracker(model, path, weights, (people, sides_px), seconds)
            elif job in METHODS:
                yield _measure(model, path, weights, seconds)


def _needs_none(model: Model) -> bool:
    return not model.weights and model.backend != "rfdetr"


def _load(model: Model, path: Path | None, weights: str, **parameters: Any) -> Any:
    """A model with real weights through the registry, or with the random ones that it names."""
    model = replace(model, parameters={**model.parameters, **parameters})
    if weights != "random":
        return registry.load(model, path.parent.parent if path else Path())
    return registry.backend_of(model)(Path(model.weights), **model.parameters)


def _measure(model: Model, path: Path | None, weights: str, seconds: float) -> Speed:
    method, shape, count = METHODS[model.job]
    if model.backend == "smolvlm2":
        count = 1
    _begin_memory()
    backend = _load(model, path, weights)
    shown = _pictures(shape, count)
    took_s = _median_s(lambda: getattr(backend, method)(shown), seconds)
    of = "frame" if shape[1] == 1280 else "crop"
    return Speed(
        model.job,
        model.backend,
        of,
        0,
        0,
        count / took_s,
        _megabytes(),
        _precision(backend),
        weights,
    )


def _measure_tracker(
    model: Model,
    path: Path | None,
    weights: str,
    cases: tuple[Sequence[int], Sequence[int]],
    seconds: float,
) -> Iterator[Speed]:
    people, sides_px = cases
    can_choose = model.backend == "sam2" and bool(model.parameters.get("variant"))
    for side_px in sides_px if can_choose else (0,):
        _begin_memory()
        tracker = _load(model, path, weights, **({"side_px": side_px} if can_choose else {}))
        for count in people:
            step = (
                _memory_step(tracker, count)
                if isinstance(tracker, SAM2Tracker)
                else _tracker_step(tracker, count)
            )
            per_second = 1 / _median_s(step, seconds)
            yield Speed(
                model.job, model.backend, "frame", count, side_px, per_second, _megabytes(),
                _precision(tracker), weights,
            )  # fmt: skip


def _boxes(count: int) -> NDArray[np.float32]:
    """So many people side by side, each 60 x 160 pixels."""
    left = 20 + 75 * np.arange(count, dtype=np.float32)
    return np.stack([left, np.full(count, 300), left + 60, np.full(count, 460)], axis=1).astype(
        np.float32
    )


def _tracker_step(tracker: Any, count: int) -> Callable[[], object]:
    """One frame of a tracker by boxes."""
    people = Detections(_boxes(count), np.ones(count, np.float32), np.array(["player"] * count))
    image = _pictures((720, 1280, 3), 1)[0]
    tracker.start_segment(10.0)
    for _ in range(TRACKED_FRAMES):
        tracker.update(image, people)
    return lambda: tracker.update(image, people)


@torch.inference_mode()
def _memory_step(tracker: SAM2Tracker, count: int) -> Callable[[], object]:
    """One frame of SAM 2 with so many people whom it remembers.

    Its network is stepped directly, because random weights would soon lose everybody.
    """
    network, device = tracker.network, tracker.device
    memory = Memory(network, batch_size=1 if device.type == "cpu" else 16, kept_as=tracker.kept_as)
    side_px, frame = network.image_size, 0
    picture = torch.zeros((1, 3, side_px, side_px), device=device)
    scale = torch.tensor([side_px / 1280, side_px / 720] * 2)
    corners = (torch.from_numpy(_boxes(count)) * scale).to(device)
    ids = list(range(count))

    @torch.inference_mode()
    def step() -> None:
        nonlocal frame
        with tracker.in_its_precision():
            features = memory.look(picture).take([0] * count)
            if frame == 0:
                masks = memory.prompt(frame, ids, features, corners)
            else:
                masks = memory.carry(frame, ids, features)
        masks.logits.cpu()
        memory.prune(frame)
        frame += 1

    for _ in range(TRACKED_FRAMES):
        step()
    return step


def _pictures(shape: tuple[int, ...], count: int) -> list[NDArray[np.uint8]]:
    return list(np.random.default_rng(0).integers(0, 255, (count, *shape), np.uint8))


def _median_s(call: Callable[[], object], seconds: float, least: int = 3) -> float:
    """Median time of a call, of as many as fit into so many seconds, after one for nothing."""
    call()
    took_s: list[float] = []
    while len(took_s) < least or sum(took_s) < seconds:
        started_s = time.perf_counter()
        call()
        took_s.append(time.perf_counter() - started_s)
    return float(np.median(took_s))


def _begin_memory() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _megabytes() -> float:
    """Memory of the GPU at the most; without one, what the process holds now."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e6
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


def _precision(backend: Any) -> str:
    return str(getattr(backend, "precision", torch.float32)).removeprefix("torch.")
