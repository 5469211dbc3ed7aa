"""Train the small detector, on rendered frames and on real ones with fewer labels."""

import json
import logging
import math
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed
from rfdetr.config import TrainConfig
from rfdetr.models.lwdetr import build_criterion_from_config
from torch import Tensor, nn

from playerid.archive.local_files import in_one_step
from playerid.models.detector import LABELS, PLAYER_LABELS
from playerid.models.detector.rfdetr import (
    SmallModel,
    build_small,
    halve_backbone,
    save_small,
    to_input,
    without_padding,
)
from playerid.scores.label_files import need_labels
from playerid.scores.labelled_frames import LabelledFrame, read_frame, read_labelled_frames
from playerid.training.detector_augment import random_torsos, random_view
from playerid.training.detector_render import fill_folder
from playerid.training.start import best_device

log = logging.getLogger(__name__)

Target = dict[str, Tensor]
MERGED = {
    "player": PLAYER_LABELS,
    "referee": ("referee",),
    "ball": ("ball", "ball-in-basket"),
    "rim": ("rim",),
}
"""Label of a real frame -> our labels that it stands for."""
RENDERED, REAL, TORSOS = range(3)
"""Which labels a picture has: all; those of `MERGED`; numbers only."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the small detector is trained.

    Attributes:
        batch: frames per step.
        groups: groups of queries that learn side by side, each matched to the truth.
        learning_rate: highest rate of AdamW; reached after `warm_up` steps, then a cosine over
            the training time down to 2 %.
        warm_up: steps.
        weight_decay: of AdamW.
        max_gradient: norm to which gradients are clipped.
        ema: decay of the moving average of the weights that is shipped.
        real_share: share of real frames, once there are rendered ones.
        torso_share: share of the rendered frames that are shown as enlarged torsos.
        small_share: share of the time spent on pictures of `small_px`, which cost a third.
        small_px: height and width of those.
        save_s: time between checkpoints, seconds.
    """

    batch: int = 8
    groups: int = 3
    learning_rate: float = 5e-4
    warm_up: int = 300
    weight_decay: float = 1e-4
    max_gradient: float = 1.0
    ema: float = 0.993
    real_share: float = 0.35
    torso_share: float = 0.45
    small_share: float = 0.5
    small_px: tuple[int, int] = (256, 448)
    save_s: float = 150


class Training:
    """A training run that can be stopped and continued: weights, optimiser, time spent."""

    def __init__(self, sizes: SmallModel, recipe: Recipe, seed: int) -> None:
        torch.manual_seed(seed)
        self.sizes, self.recipe, self.seed = sizes, recipe, seed
        self.device = best_device()
        self.model = build_small(sizes, recipe.groups).train().to(self.device)
        if self.device.type == "cpu":
            halve_backbone(self.model, "cpu")
        self.average = {k: v.detach().clone() for k, v in self.model.state_dict().items()}
        self.optimizer = torch.optim.AdamW(_decay_groups(self.model, recipe.weight_decay))
        self.criterion, _ = build_criterion_from_config(
            sizes.config(recipe.groups),
            TrainConfig(dataset_dir=".", output_dir="."),
            sizes.defaults,
        )
        self.criterion.train().to(self.device)
        self.step, self.elapsed_s = 0, 0.0

    def save(self, path: Path) -> None:
        """Write a checkpoint in one step."""
        state = {
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "elapsed_s": self.elapsed_s,
        }
        with in_one_step(path) as partial:
            torch.save(state, partial)

    def restore(self, path: Path) -> None:
        """Continue from a checkpoint of `save`."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.elapsed_s = state["step"], state["elapsed_s"]

    def learn(self, pixels: Tensor, targets: list[Target], kinds: Tensor, rate: float) -> float:
        """Take one step at that learning rate.

        Args:
            pixels: (N, 3, height, width) of `to_input`.
            targets: of each picture: `labels` (M,) and `boxes` (M, 4) as (x, y, width, height)
                fractions, x and y of the centre.
            kinds: (N,) `RENDERED`, `REAL` or `TORSOS`.
            rate: learning rate.

        Returns:
            The loss.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        output = self.model(without_padding(pixels.to(self.device)))
        wanted = [{name: of.to(self.device) for name, of in target.items()} for target in targets]
        losses = self.criterion(_comparable(output, kinds.to(self.device)), wanted)
        weights = self.criterion.weight_dict
        loss = torch.stack([losses[k] * weights[k] for k in losses if k in weights]).sum()
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        _average_gradients(self.model)
        nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.max_gradient)
        self.optimizer.step()
        self.step += 1
        self._update_average()
        return float(loss.detach())

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        for name, value in self.model.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1 - decay)


def _average_gradients(model: nn.Module) -> None:
    """Agree on a step with the other processes of the run, if there are any."""
    if not torch.distributed.is_initialized():
        return
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    torch.distributed.all_reduce(flat)
    flat /= torch.distributed.get_world_size()
    parts = torch.split(flat, [gradient.numel() for gradient in gradients])
    for gradient, mean in zip(gradients, parts, strict=True):
        gradient.copy_(mean.view_as(gradient))


def _agree(elapsed_s: float) -> float:
    """The longest time of any process, so that all of them stop after the same step."""
    if not torch.distributed.is_initialized():
        return elapsed_s
    longest = torch.tensor(elapsed_s, dtype=torch.float64)
    torch.distributed.all_reduce(longest, torch.distributed.ReduceOp.MAX)
    return float(longest)


def _decay_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Decay matrices, but no biases, norms or learned positions."""
    named = list(model.named_parameters())
    decayed = [p for n, p in named if p.ndim > 1 and "embed" not in n]
    others = [p for n, p in named if p.ndim <= 1 or "embed" in n]
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


def _comparable(output: dict[str, Any], kinds: Tensor) -> dict[str, Any]:
    """Let pictures be judged only by the labels that they have, at every decoder layer."""
    layer = {
        "pred_logits": merge_labels(output["pred_logits"], kinds),
        "pred_boxes": output["pred_boxes"],
    }
    if "aux_outputs" in output:
        layer["aux_outputs"] = [_comparable(aux, kinds) for aux in output["aux_outputs"]]
    if "enc_outputs" in output:
        layer["enc_outputs"] = _comparable(output["enc_outputs"], kinds)
    return layer


def merge_labels(logits: Tensor, kinds: Tensor, never: float = -30.0) -> Tensor:
    """Silence labels that a picture does not have: neither rewarded nor punished.

    On real frames, the surest of our labels that a label stands for speaks for it.

    Args:
        logits: (N, queries, labels).
        kinds: (N,) `RENDERED`, `REAL` or `TORSOS`.
        never: logit of a silent label.
    """
    real, torsos = torch.full_like(logits, never), torch.full_like(logits, never)
    for label, stands_for in MERGED.items():
        ours = [LABELS.index(name) for name in stands_for]
        real[..., LABELS.index(label)] = logits[..., ours].amax(-1)
    number = LABELS.index("number")
    torsos[..., number] = logits[..., number]
    kinds = kinds[:, None, None]
    return torch.where(kinds == REAL, real, torch.where(kinds == TORSOS, torsos, logits))


@dataclass(frozen=True, slots=True)
class Source:
    """Where training frames come from.

    Attributes:
        real: labelled frames.
        rendered: folder that a renderer fills; it may still be empty.
    """

    real: Sequence[LabelledFrame]
    rendered: Path

    def draw(self, count: int, real_share: float, rng: np.random.Generator) -> list[LabelledFrame]:
        """Draw frames; all of them are real while nothing has been rendered."""
        paths = sorted(self.rendered.glob("*.npz"))
        share = real_share if paths else 1.0
        return [
            self.real[int(rng.integers(len(self.real)))]
            if rng.random() < share
            else read_frame(paths[rng.integers(len(paths))])
            for _ in range(count)
        ]


def make_batch(
    frames: Sequence[LabelledFrame],
    size_px: tuple[int, int],
    zooms: tuple[float, float],
    torsos: tuple[float, int],
    seed: list[int],
) -> tuple[Tensor, list[Target], Tensor]:
    """Augment frames to pictures of one size: what `Training.learn` takes.

    Args:
        frames: one for each picture.
        size_px: height and width.
        zooms: see `random_view`.
        torsos: share of the rendered frames shown as torsos, and side of a torso, pixels.
        seed: draws everything.
    """
    rng = np.random.default_rng(seed)
    images, targets, kinds = [], [], []
    for frame in frames:
        kinds.append(REAL if frame.is_real else TORSOS if rng.random() < torsos[0] else RENDERED)
        image, boxes, labels = (
            random_torsos(frame, size_px, torsos[1], rng)
            if kinds[-1] == TORSOS
            else random_view(frame, size_px, zooms, rng)
        )
        images.append(image)
        sides = boxes[:, 2:] - boxes[:, :2]
        centred = np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, sides], axis=1)
        targets.append({"labels": torch.from_numpy(labels), "boxes": torch.from_numpy(centred)})
    return to_input(images, size_px), targets, torch.tensor(kinds)


def _batches(
    source: Source, training: Training, total_s: float
) -> Iterator[tuple[Tensor, list[Target], Tensor]]:
    """Prepare each batch while the one before it is learned; the same seed draws the same."""
    recipe, sizes = training.recipe, training.sizes

    def prepare(step: int) -> tuple[Tensor, list[Target], Tensor]:
        seed = [training.seed, step]
        is_small = training.elapsed_s < recipe.small_share * total_s
        size_px = recipe.small_px if is_small else (sizes.height_px, sizes.width_px)
        frames = source.draw(recipe.batch, recipe.real_share, np.random.default_rng(seed))
        zooms = (1.0, 2.2) if is_small else (0.92, 1.4)
        torsos = (recipe.torso_share, sizes.torso_px)
        return make_batch(frames, size_px, zooms, torsos, seed)

    with ThreadPoolExecutor(1) as executor:
        upcoming = executor.submit(prepare, training.step)
        while True:
            batch = upcoming.result()
            upcoming = executor.submit(prepare, training.step + 1)
            yield batch


def _learning_rate(recipe: Recipe, step: int, done: float) -> float:
    cosine = 0.02 + 0.98 * (1 + math.cos(math.pi * min(done, 1.0))) / 2
    return recipe.learning_rate * min(1.0, (step + 1) / recipe.warm_up) * cosine


def train(  # noqa: PLR0913
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int,
    resume: bool,
    *,
    processes: int = 1,
    save_s: float = 150,
) -> Path:
    """Train the small detector.

    Args:
        data_dir: folder with `players_train`, see `label_files.find_labels`.
        out: folder of the run: `checkpoint.pt`, `curve.jsonl`, rendered frames, and at the end
            `detector.safetensors`.
        minutes: length of the whole run, resumed parts together.
        seed: of the weights, the frames drawn and their augmentation.
        resume: continue from the checkpoint in `out`, if there is one.
        processes: each learns from a batch of its own, and they take every step together. On a
            busy machine two processes of one thread wait less than one of two threads.
        save_s: seconds between checkpoints.

    Returns:
        The weights, averaged over the last steps.

    Raises:
        LabelsError: The labelled frames are missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    spawn = multiprocessing.get_context("spawn")
    renderer = spawn.Process(target=fill_folder, args=(out / "frames", seed), daemon=True)
    with tempfile.TemporaryDirectory() as folder:
        plan_s = (60 * minutes, save_s)
        shared = (processes, Path(folder) / "meeting", data_dir, out, plan_s, seed, resume)
        others = [
            spawn.Process(target=_run, args=(rank, *shared), daemon=True)
            for rank in range(1, processes)
        ]
        for process in (renderer, *others):
            process.start()
        try:
            _run(0, *shared)
        finally:
            for process in (renderer, *others):
                process.terminate()
    return out / "detector.safetensors"


def _run(  # noqa: PLR0913, PLR0917
    rank: int,
    processes: int,
    meeting: Path,
    data_dir: Path,
    out: Path,
    plan_s: tuple[float, float],
    seed: int,
    resume: bool,
) -> None:
    """Train as one process of several; the first one saves and reports."""
    if processes > 1:
        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{meeting.resolve()}", rank=rank, world_size=processes
        )
    checkpoint, total_s = out / "checkpoint.pt", plan_s[0]
    training = Training(SmallModel(), Recipe(save_s=plan_s[1]), seed)
    if resume and checkpoint.exists():
        training.restore(checkpoint)
    training.seed += 1000 * rank
    source = Source(read_labelled_frames(need_labels(data_dir, "players_train")), out / "frames")
    last, saved_s, losses = time.monotonic(), training.elapsed_s, []
    for pixels, targets, kinds in _batches(source, training, total_s):
        rate = _learning_rate(training.recipe, training.step, training.elapsed_s / total_s)
        losses.append(training.learn(pixels, targets, kinds, rate))
        training.elapsed_s = _agree(training.elapsed_s + time.monotonic() - last)
        last = time.monotonic()
        is_over = training.elapsed_s >= total_s
        if rank == 0 and len(losses) % 50 == 0:
            _report(out / "curve.jsonl", training, losses[-50:], rate, pixels.shape[-1])
        if rank == 0 and (is_over or training.elapsed_s - saved_s > training.recipe.save_s):
            training.save(checkpoint)
            saved_s = training.elapsed_s
        if is_over:
            break
    if rank == 0:
        save_small(out / "detector.safetensors", training.sizes, training.average)


def _report(
    curve: Path, training: Training, losses: Sequence[float], rate: float, width_px: int
) -> None:
    point = {
        "step": training.step,
        "elapsed_s": round(training.elapsed_s, 1),
        "loss": round(float(np.mean(losses)), 4),
        "learning_rate": rate,
        "width_px": width_px,
    }
    with curve.open("a") as file:
        file.write(json.dumps(point) + "\n")
    log.info("step %(step)d, %(elapsed_s).0f s: loss %(loss).3f", point)
