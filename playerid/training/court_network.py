"""Train the court network: `train` runs for some minutes, and goes on where it was stopped."""

import json
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from playerid.archive.local_files import in_one_step
from playerid.models.court.keypoints import CourtNetwork, locate
from playerid.models.trunk import STRIDE, to_tensor
from playerid.scores.label_files import need_labels
from playerid.training.court_pictures import CourtPainter, CourtPicture
from playerid.training.court_sources import (
    Source,
    read_real_pictures,
    read_rendered_pictures,
    render_pictures,
    vary_pictures,
)
from playerid.training.court_targets import CourtTarget, make_target, vary_look
from playerid.training.start import begin_with, best_device

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CourtTraining:
    """How to train.

    Attributes:
        minutes: of training, all runs that are resumed together.
        seed: of weights and pictures.
        batch: pictures per step.
        learning_rate: at its highest; it falls as a cosine of the time that has passed.
        small_share: share of the time in which pictures are small, which costs half.
        checkpoint_s: seconds between checkpoints.
        average: share of the old weights that the averaged ones keep per step.
    """

    minutes: float
    seed: int
    batch: int = 8
    learning_rate: float = 2e-3
    small_share: float = 0.6
    checkpoint_s: float = 120.0
    average: float = 0.998


def point_loss(
    points: torch.Tensor, absent: torch.Tensor, targets: Sequence[CourtTarget], sigma: float = 0.7
) -> torch.Tensor:
    """Cross-entropy between the heat maps and where the points are, or that they are not there.

    Args:
        points: (B, K, h, w) logits.
        absent: (B, K) logits.
        targets: B targets.
        sigma: spread of the right answer around the point, in cells.
    """
    height, width = points.shape[2:]
    joined = torch.cat([points.flatten(2), absent[..., None]], dim=2).float()
    log_prob = joined.log_softmax(dim=2)
    cells = torch.from_numpy(np.stack([t.cells for t in targets])).to(points.device)
    seen = torch.from_numpy(np.stack([t.seen for t in targets])).to(points.device)
    offset = torch.arange(-2, 3, device=points.device)
    columns = cells[..., 0].long()[..., None] + offset
    rows = cells[..., 1].long()[..., None] + offset
    across = torch.exp(-0.5 * ((columns + 0.5 - cells[..., :1]) / sigma) ** 2)
    down = torch.exp(-0.5 * ((rows + 0.5 - cells[..., 1:]) / sigma) ** 2)
    across = across * ((columns >= 0) & (columns < width))
    down = down * ((rows >= 0) & (rows < height))
    share = (down[..., :, None] * across[..., None, :]).flatten(2)
    share = share / share.sum(dim=2, keepdim=True)
    index = rows.clamp(0, height - 1)[..., :, None] * width
    index = (index + columns.clamp(0, width - 1)[..., None, :]).flatten(2)
    there = -(share * log_prob.gather(2, index)).sum(dim=2)
    return torch.where(seen, there, -log_prob[..., -1]).mean()


def _loss(network: nn.Module, images: torch.Tensor, targets: list[CourtTarget]) -> torch.Tensor:
    with torch.autocast(images.device.type, torch.bfloat16):
        points, absent, areas = network(images.to(memory_format=torch.channels_last))
    wanted = torch.from_numpy(np.stack([t.areas for t in targets])).to(images.device)
    return point_loss(points, absent, targets) + binary_cross_entropy_with_logits(
        areas.float(), wanted
    )


class _Run:
    """The state of a training run: everything a checkpoint holds."""

    def __init__(self, plan: CourtTraining, device: torch.device, start: Path | None) -> None:
        torch.manual_seed(plan.seed)
        self.plan = plan
        self.device = device
        self.network = CourtNetwork().to(device).to(memory_format=torch.channels_last)
        if start:
            begin_with(self.network, start)
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.optimizer = torch.optim.AdamW(self.network.parameters(), weight_decay=0.02)
        self.step = 0
        self.elapsed_s = 0.0

    @property
    def progress(self) -> float:
        return min(self.elapsed_s / (60 * self.plan.minutes), 1.0)

    def learn(self, images: torch.Tensor, targets: list[CourtTarget]) -> float:
        """Take one step; returns the loss."""
        rate = self.plan.learning_rate * min(1.0, (self.step + 1) / 150)
        rate *= 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.progress))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.network.train()
        loss = _loss(self.network, images.to(self.device), targets)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self.step += 1
        keep = min(self.plan.average, 1 - 1 / (1 + self.step / 5))
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1 - keep)
            else:
                self.average[name].copy_(value)
        return float(loss.detach())

    def save(self, out: Path) -> None:
        state = {
            "step": self.step,
            "elapsed_s": self.elapsed_s,
            "network": self.network.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
        }
        with in_one_step(out / "checkpoint.pt") as partial:
            torch.save(state, partial)
        half = {
            name: value.detach().cpu().half().contiguous()
            for name, value in self.average.items()
            if not name.endswith("num_batches_tracked")
        }
        with in_one_step(out / "court.safetensors") as partial:
            save_file(half, partial)

    def restore(self, out: Path) -> None:
        state = torch.load(out / "checkpoint.pt", map_location=self.device, weights_only=True)
        self.step, self.elapsed_s = state["step"], state["elapsed_s"]
        self.network.load_state_dict(state["network"])
        self.average = state["average"]
        self.optimizer.load_state_dict(state["optimizer"])


def train(  # noqa: PLR0913
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int,
    resume: bool,
    start: Path | None = None,
    *,
    rendered: int = 480,
    save_s: float = 120,
) -> Path:
    """Train the court network on real halls, arena frames and drawn pictures.

    Args:
        data_dir: holds `courts_train`, see `label_files.find_labels`.
        out: folder for the checkpoint, the curve (`curve.jsonl`) and `court.safetensors`.
        minutes: of training, counting what earlier runs in `out` took.
        seed: of weights and pictures.
        resume: go on from the checkpoint in `out`, if there is one.
        start: weights to begin with.
        rendered: how many arena frames to render into `out` first.
        save_s: seconds between checkpoints.

    Returns:
        The weights file.
    """
    out.mkdir(parents=True, exist_ok=True)
    real = read_real_pictures(
        need_labels(data_dir, "courts_train"), out / "homographies.json", "fiba"
    )
    held_out = real[::20]
    pictures = vary_pictures([p for i, p in enumerate(real) if i % 20])
    run = _Run(CourtTraining(minutes, seed, checkpoint_s=save_s), best_device(), start)
    if resume and (out / "checkpoint.pt").is_file():
        run.restore(out)
    render_pictures(out / "arena", rendered, seed)
    arena = read_rendered_pictures(out / "arena")
    sources = [(0.45, pictures), (0.2, _drawn(CourtPainter(seed + run.step)))]
    if arena:
        sources.append((0.35, vary_pictures(arena, repaint_share=0.15)))
    logger.info("%d real, %d arena pictures, from step %d", len(real), len(arena), run.step)
    _learn_until_done(run, sources, held_out, out)
    return out / "court.safetensors"


def _drawn(painter: CourtPainter) -> Source:
    def source(random: np.random.Generator, width_px: int, height_px: int) -> CourtPicture:
        picture = painter.paint(width_px, height_px)
        return CourtPicture(vary_look(picture.image, random), picture.image_to_court, picture.court)

    return source


def _learn_until_done(
    run: _Run, sources: list[tuple[float, Source]], held_out: list[CourtPicture], out: Path
) -> None:
    random = np.random.default_rng([run.plan.seed, run.step])
    shares = np.array([share for share, _ in sources])
    losses: list[float] = []
    saved_s = run.elapsed_s
    while run.progress < 1:
        started = time.monotonic()
        size = (384, 224) if run.progress < run.plan.small_share else (512, 288)
        chosen = random.choice(len(sources), run.plan.batch, p=shares / shares.sum())
        batch = [sources[index][1](random, *size) for index in chosen]
        targets = [make_target(picture, STRIDE) for picture in batch]
        losses.append(run.learn(to_tensor([p.image for p in batch], *size), targets))
        run.elapsed_s += time.monotonic() - started
        if run.elapsed_s - saved_s >= run.plan.checkpoint_s or run.progress >= 1:
            saved_s = run.elapsed_s
            run.save(out)
            _report(run, losses, held_out, out)
            losses = []


def _report(run: _Run, losses: list[float], held_out: list[CourtPicture], out: Path) -> None:
    row = {
        "step": run.step,
        "minutes": round(run.elapsed_s / 60, 2),
        "loss": round(float(np.mean(losses)), 4),
        **measure(run.average, held_out),
    }
    with (out / "curve.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")
    logger.info("%s", row)


def measure(weights: dict[str, torch.Tensor], pictures: Sequence[CourtPicture]) -> dict[str, float]:
    """Measure the points a network finds in pictures it did not learn.

    Returns:
        Median error of the points in view, in pixels of a picture 512 wide, and the share of
        them whose score is at least 0.3.
    """
    network = CourtNetwork()
    network.load_state_dict({name: value.cpu() for name, value in weights.items()})
    network.eval()
    errors: list[NDArray[np.float64]] = []
    scores: list[NDArray[np.float64]] = []
    for picture in pictures:
        height, width = picture.image.shape[:2]
        scale = np.diag([width / 512, height / 288, 1.0])
        resized = CourtPicture(
            np.zeros((288, 512, 3), np.uint8), picture.image_to_court @ scale, picture.court
        )
        target = make_target(resized, STRIDE)
        with torch.inference_mode():
            points, absent, _ = network(to_tensor([picture.image], 512, 288))
            cells, score = locate(points, absent)
        gap = np.linalg.norm(cells[0].numpy() - target.cells, axis=1) * STRIDE
        errors.append(gap[target.seen])
        scores.append(score[0].numpy()[target.seen])
    return {
        "point_error_px": round(float(np.median(np.concatenate(errors))), 3),
        "points_found": round(float((np.concatenate(scores) >= 0.3).mean()), 3),
    }
