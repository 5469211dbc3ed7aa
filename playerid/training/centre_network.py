"""Train the detector of centres: `train` runs for some minutes, and goes on where it stopped."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import generalized_box_iou_loss

from playerid.models.detector import LABELS, PLAYER_LABELS
from playerid.models.detector.centres import CLASSES, CentreNetwork, boxes_around
from playerid.models.precision import in_precision, training_precision
from playerid.models.state import save_state
from playerid.models.trunk import STRIDE, to_tensor
from playerid.scores.label_files import need_labels
from playerid.scores.labelled_frames import LabelledFrame, read_frame, read_labelled_frames
from playerid.training.detector_augment import random_view
from playerid.training.loop import TrainingRun
from playerid.training.training_job import Optimisation, TrainingLimits, TrainingMoment

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
    frames: Sequence[LabelledFrame], size_px: tuple[int, int], rng: np.random.Generator
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


class CentreJob:
    """Training of the detector of centres: a `TrainingJob`.

    A new network's pictures are small in the first half, and its learning rate is higher.

    Attributes:
        network: to train.
        optimisation: how its steps are taken.
        remembered: nothing.
    """

    def __init__(
        self, real: Sequence[LabelledFrame], folder: Path, seed: int, start: Path | None
    ) -> None:
        """Begin with a network.

        Args:
            real: labelled frames.
            folder: where rendered frames are.
            seed: of weights and batches.
            start: weights to begin with, as far as they fit; a network that lacks some is new.
        """
        torch.manual_seed(seed)
        network = CentreNetwork()
        self.network: nn.Module = network
        self._is_new = start is None or _begin_from(network, start)
        peak_rate = 1.5e-3 if self._is_new else 7e-4
        self.optimisation = Optimisation(
            lambda at: peak_rate * at.rate(100, 0.02, first=0),
            max_gradient=10.0,
            weight_decay=1e-3,
            fresh_share=lambda count: 1 - min(0.995, count / (count + 10)),
            is_ahead=True,
        )
        self.remembered: dict[str, Tensor] = {}
        self._real, self._folder, self._seed = real, folder, seed

    def batch(self, at: TrainingMoment, size: int = 8) -> Batch:
        """Random views of frames, three eighths of them real."""
        rng = np.random.default_rng([self._seed, at.step])
        size_px = (256, 448) if self._is_new and at.share < 0.5 else (384, 640)
        paths = sorted(self._folder.glob("*.npz"))
        drawn = [self._real[i] for i in rng.integers(len(self._real), size=size * 3 // 8)]
        drawn += [read_frame(paths[i]) for i in rng.integers(len(paths), size=size - len(drawn))]
        return make_batch(drawn, size_px, rng)

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Focal loss of the centres, overlap of the boxes, kinds of players."""
        pixels, heat, labelled, boxes, kinds = batch
        with in_precision(pixels.device, training_precision(pixels.device)):
            centres, sides, actions = network(pixels)
        overlap, action = box_and_action_loss(sides, actions, boxes, kinds)
        return focal_loss(centres, heat, labelled) + 2 * overlap + 0.3 * action

    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """Nothing: the card measures the detector when it is ready."""
        return {}


def _begin_from(network: CentreNetwork, start: Path) -> bool:
    """Take over the weights that fit; returns whether some are missing."""
    wanted = network.state_dict()
    known = {name: value.float() for name, value in load_file(start).items()}
    shared = {n: v for n, v in known.items() if n in wanted and v.shape == wanted[n].shape}
    missing = network.load_state_dict(shared, strict=False).missing_keys
    return any(not name.endswith("num_batches_tracked") for name in missing)


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
    real = read_labelled_frames(need_labels(data_dir, "players_train"))
    job = CentreJob(real, out / "frames", seed, start)
    run = TrainingRun(job, out, TrainingLimits(minutes, save_s=save_s))
    if resume:
        run.resume()
    run.train(lambda shipped: save_state(shipped, out / "centres.safetensors"))
    return out / "centres.safetensors"
