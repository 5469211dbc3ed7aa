"""Train the detector of centres: `train` runs for some minutes, and goes on where it stopped."""

import json
import logging
import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional
from torchvision.ops import generalized_box_iou_loss

from playerid.archive.local_files import in_one_step
from playerid.models.detector import LABELS, PLAYER_LABELS
from playerid.models.detector.centres import CLASSES, CentreNetwork, boxes_around
from playerid.models.trunk import STRIDE, to_tensor
from playerid.scores.label_files import need_labels
from playerid.scores.labelled_frames import LabelledFrame, read_frame, read_labelled_frames
from playerid.training.detector_augment import random_view
from playerid.training.start import best_device

logger = logging.getLogger(__name__)

REAL_CLASSES = ("player", "referee", "ball", "rim")
ZOOMS = (1.0, 2.0)
"""Of the views that are learned from: 640 px wide, they show a frame as if it were 640 to 1280."""
CLASS_OF = np.array([CLASSES.index("player" if n in PLAYER_LABELS else n) for n in LABELS])
ACTION_OF = np.array([PLAYER_LABELS.index(n) if n in PLAYER_LABELS else -1 for n in LABELS])


def make_heat(
    boxes: NDArray[np.float64], labels: NDArray[np.int64], height: int, width: int
) -> NDArray[np.float32]:
    """Heat maps (6, height, width): 1 at the cell of each centre, falling off within its box.

    Args:
        boxes: (N, 4) in cells.
        labels: (N,) indices into `LABELS`.
        height: of the maps, cells.
        width: of the maps, cells.
    """
    heat = np.zeros((len(CLASSES), height, width), np.float32)
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    for (left, top, right, bottom), label in zip(boxes, labels, strict=True):
        column = min(max(int((left + right) / 2), 0), width - 1)
        row = min(max(int((top + bottom) / 2), 0), height - 1)
        across = np.exp(-0.5 * ((x - column - 0.5) / max(0.1 * (right - left), 0.5)) ** 2)
        down = np.exp(-0.5 * ((y - row - 0.5) / max(0.1 * (bottom - top), 0.5)) ** 2)
        np.maximum(heat[CLASS_OF[label]], np.outer(down, across), out=heat[CLASS_OF[label]])
    return heat


def focal_loss(logits: Tensor, heat: Tensor, counts: Tensor) -> Tensor:
    """Penalty-reduced focal loss of Objects as Points, per centre.

    Args:
        logits: (B, C, h, w).
        heat: (B, C, h, w) of `make_heat`.
        counts: (B, C) 1 where the class is labelled in the picture, 0 elsewhere.
    """
    logits = logits.float()
    prob = logits.sigmoid().clamp(1e-4, 1 - 1e-4)
    is_centre = heat.eq(1).float()
    positive = is_centre * (1 - prob) ** 2 * -prob.log()
    negative = (1 - is_centre) * (1 - heat) ** 4 * prob**2 * -(1 - prob).log()
    loss = (positive + negative) * counts[:, :, None, None]
    return loss.sum() / is_centre.sum().clamp_min(1)


def box_and_action_loss(
    sides: Tensor, actions: Tensor, boxes: list[Tensor], kinds: list[Tensor]
) -> tuple[Tensor, Tensor]:
    """Generalised IoU of the boxes predicted at and around each centre; kind of each player.

    Args:
        sides: (B, 4, h, w).
        actions: (B, 5, h, w) logits.
        boxes: B tensors (N, 4), in cells.
        kinds: B tensors (N,) indices into `PLAYER_LABELS`, -1 where there is none.
    """
    height, width = sides.shape[2:]
    predicted = boxes_around(sides)
    found, true, logits, answers = [], [], [], []
    for index, (of_image, kind) in enumerate(zip(boxes, kinds, strict=True)):
        middle = (of_image[:, :2] + of_image[:, 2:]) / 2
        for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)):
            column = (middle[:, 0].long() + dx).clamp(0, width - 1)
            row = (middle[:, 1].long() + dy).clamp(0, height - 1)
            found.append(predicted[index, row, column])
            true.append(of_image)
        column, row = middle[:, 0].long().clamp(0, width - 1), middle[:, 1].long()
        logits.append(actions[index, :, row.clamp(0, height - 1), column].T[kind >= 0])
        answers.append(kind[kind >= 0])
    overlap = generalized_box_iou_loss(torch.cat(found), torch.cat(true), reduction="mean")
    answer = torch.cat(answers)
    if not len(answer):
        return overlap, overlap * 0
    return overlap, functional.cross_entropy(torch.cat(logits).float(), answer)


Batch = tuple[Tensor, Tensor, Tensor, list[Tensor], list[Tensor]]


def make_batch(
    frames: list[LabelledFrame], size_px: tuple[int, int], rng: np.random.Generator
) -> Batch:
    """Random views of frames, with their targets."""
    height, width = size_px[0] // STRIDE, size_px[1] // STRIDE
    images, heats, labelled, boxes, kinds = [], [], [], [], []
    for frame in frames:
        image, found, labels = random_view(frame, size_px, ZOOMS, rng)
        cells = found.astype(np.float64) * [width, height, width, height]
        images.append(image)
        heats.append(make_heat(cells, labels, height, width))
        classes = REAL_CLASSES if frame.is_real else CLASSES
        labelled.append([float(name in classes) for name in CLASSES])
        boxes.append(torch.from_numpy(cells.astype(np.float32)))
        kind = np.full(len(labels), -1) if frame.is_real else ACTION_OF[labels]
        kinds.append(torch.from_numpy(kind.astype(np.int64)))
    pixels = to_tensor(images, size_px[1], size_px[0]).contiguous(memory_format=torch.channels_last)
    return pixels, torch.from_numpy(np.stack(heats)), torch.tensor(labelled), boxes, kinds


class Training:
    """A run that can be stopped and continued: weights, their average, optimiser, time spent."""

    def __init__(self, out: Path, minutes: float, seed: int, start: Path | None) -> None:
        torch.manual_seed(seed)
        self.out, self.minutes = out, minutes
        self.device = best_device()
        self.network = CentreNetwork().to(self.device)
        self.is_new = start is None or self._begin_from(start)
        self.average = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.peak_rate = 1.5e-3 if self.is_new else 7e-4
        self.optimizer = torch.optim.AdamW(self.network.parameters(), weight_decay=1e-3)
        self.step, self.spent_s = 0, 0.0

    def _begin_from(self, start: Path) -> bool:
        """Take over the weights that fit; returns whether some are missing."""
        wanted = self.network.state_dict()
        known = {name: value.float() for name, value in load_file(start).items()}
        shared = {n: v for n, v in known.items() if n in wanted and v.shape == wanted[n].shape}
        missing = self.network.load_state_dict(shared, strict=False).missing_keys
        return any(not name.endswith("num_batches_tracked") for name in missing)

    @property
    def done(self) -> float:
        """Share of the time that is spent."""
        return self.spent_s / (60 * self.minutes)

    @property
    def size_px(self) -> tuple[int, int]:
        """Height and width of the pictures: a new network's are small in the first half."""
        return (256, 448) if self.is_new and self.done < 0.5 else (384, 640)

    def learn(self, batch: Batch) -> float:
        """Take one step; returns the loss."""
        cosine = 0.02 + 0.49 * (1 + math.cos(math.pi * min(self.done, 1)))
        for group in self.optimizer.param_groups:
            group["lr"] = self.peak_rate * min(1, self.step / 100) * cosine
        pixels, heat, labelled = (part.to(self.device) for part in batch[:3])
        boxes, kinds = ([part.to(self.device) for part in parts] for parts in batch[3:])
        with torch.autocast(self.device.type, torch.bfloat16):
            centres, sides, actions = self.network(pixels)
        overlap, action = box_and_action_loss(sides, actions, boxes, kinds)
        loss = focal_loss(centres, heat, labelled) + 2 * overlap + 0.3 * action
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimizer.step()
        self.step += 1
        share = min(0.995, self.step / (self.step + 10))
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1 - share)
        return float(loss)

    def save(self, losses: list[float]) -> None:
        """Write checkpoint, weights and a point of the curve."""
        note = {"step": self.step, "minutes": self.spent_s / 60, "loss": float(np.mean(losses))}
        with (self.out / "curve.jsonl").open("a") as file:
            file.write(json.dumps(note) + "\n")
        logger.info("%s", note)
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average,
            "step": self.step,
            "spent_s": self.spent_s,
        }
        with in_one_step(self.out / "checkpoint.pt") as partial:
            torch.save(state, partial)
        save_weights(self.average, self.out / "centres.safetensors")

    def restore(self) -> None:
        """Continue from the checkpoint."""
        saved = torch.load(self.out / "checkpoint.pt", map_location=self.device, weights_only=True)
        self.network.load_state_dict(saved["network"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.average, self.step, self.spent_s = saved["average"], saved["step"], saved["spent_s"]


def _batches(
    real: list[LabelledFrame], folder: Path, run: Training, seed: int, batch: int = 8
) -> Iterator[Batch]:
    """Batches without end, three eighths of them real frames."""
    rng = np.random.default_rng(seed + run.step)

    def draw() -> Batch:
        paths = sorted(folder.glob("*.npz"))
        drawn = [real[i] for i in rng.integers(len(real), size=batch * 3 // 8)]
        drawn += [read_frame(paths[i]) for i in rng.integers(len(paths), size=batch - len(drawn))]
        return make_batch(drawn, run.size_px, rng)

    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(draw)
        while True:
            ready, following = following.result(), pool.submit(draw)
            yield ready


def train(  # noqa: PLR0913
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int,
    resume: bool,
    start: Path | None = None,
    *,
    save_s: float = 60,
) -> Path:
    """Train the detector of centres.

    Args:
        data_dir: folder with `players_train`, see `label_files.find_labels`.
        out: folder of the run; `frames/` in it holds rendered frames.
        minutes: of training, all runs that are resumed together.
        seed: of the pictures.
        resume: go on from the checkpoint in `out`.
        start: weights to begin with: a detector's, or the court network's, which knows halls and
            people in the way.
        save_s: seconds between checkpoints.

    Returns:
        The weights file.
    """
    run = Training(out, minutes, seed, start)
    if resume and (out / "checkpoint.pt").exists():
        run.restore()
    real = read_labelled_frames(need_labels(data_dir, "players_train"))
    started_s, saved_s = time.monotonic() - run.spent_s, time.monotonic()
    losses: list[float] = []
    for batch in _batches(real, out / "frames", run, seed):
        losses.append(run.learn(batch))
        run.spent_s = time.monotonic() - started_s
        if time.monotonic() - saved_s > save_s or run.done >= 1:
            run.save(losses)
            losses, saved_s = [], time.monotonic()
        if run.done >= 1:
            break
    return out / "centres.safetensors"


def save_weights(state: dict[str, Tensor], path: Path) -> Path:
    """Write the weights in half precision."""
    half = {
        n: v.half().contiguous() if v.is_floating_point() else v.contiguous()
        for n, v in state.items()
        if not n.endswith("num_batches_tracked")
    }
    save_file(half, path)
    return path
