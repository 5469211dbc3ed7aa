"""Train the detector of centres: `train` runs for some minutes, and goes on where it stopped."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import generalized_box_iou_loss

from playerid.leagues import FIRST_SPORT, PLAYER, Sport, load_sport
from playerid.models.detector import LABELS, labels_of
from playerid.models.detector.centres import CentreNetwork, boxes_around
from playerid.models.mask_head.small_masks import SmallMaskHead
from playerid.models.precision import in_precision, training_precision
from playerid.models.state import SPORT, save_state
from playerid.models.trunk import STRIDE, to_tensor
from playerid.scores.label_files import need_labels
from playerid.scores.labelled_frames import (
    UNSURE,
    LabelledFrame,
    read_frame,
    read_labelled_frames,
)
from playerid.training.court_people import read_court_people
from playerid.training.detector_augment import random_view
from playerid.training.fuller_frames import FullerFrames
from playerid.training.loop import TrainingRun
from playerid.training.start import begin_with_what_fits
from playerid.training.training_job import Optimisation, TrainingLimits, TrainingMoment

ZOOMS = (1.0, 2.0)
"""Of the views that are learned from: 640 px wide, they show a frame as if it were 640 to 1280."""
SMALL_ZOOMS = (0.5, 1.0)
"""Of real frames whose people are larger than the sport's cameras show them."""
NO_LESSON = 0.999
"""Heat where whatever is found is neither right nor wrong: `focal_loss` rises with 1 - heat."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What of labelled frames a network of a sport learns.

    Attributes:
        sport: whose classes.
        real: how many of eight frames are real.
        zooms: of views of rendered and of real frames.
    """

    sport: Sport
    real: int
    zooms: tuple[tuple[float, float], tuple[float, float]]

    @classmethod
    def for_sport(cls, sport: Sport) -> "Lessons":
        """Real frames are of the first sport; others learn from them how people look."""
        if sport.name == FIRST_SPORT:
            return cls(sport, 4, (ZOOMS, ZOOMS))
        return cls(sport, 1, (ZOOMS, SMALL_ZOOMS))

    def class_of(self, label: int) -> int:
        """Class that a label, an index into `LABELS`, counts as; -1 where it is none."""
        if label == UNSURE:
            return -1
        name = PLAYER if LABELS[label] in self.sport.kinds else LABELS[label]
        return self.sport.classes.index(name) if name in self.sport.classes else -1

    def kind_of(self, label: int) -> int:
        """Kind of player of a label; -1 where it is none."""
        kinds = self.sport.kinds
        return kinds.index(LABELS[label]) if LABELS[label] in kinds else -1

    def has(self, frame: LabelledFrame) -> list[float]:
        """(C,) 1 for the classes that a frame has labels of, 0 for others."""
        known = frame.known if frame.is_real else labels_of(self.sport)
        return [float(name in known) for name in self.sport.classes]


def make_heat(
    boxes: NDArray[np.float64], classes: Sequence[int], shape: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Heat maps: 1 at the cell of each centre, falling off within its box.

    Args:
        boxes: (N, 4) in cells.
        classes: N of them.
        shape: (classes, height, width) of the maps, cells.
    """
    heat = np.zeros(shape, np.float32)
    height, width = shape[1:]
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    for (left, top, right, bottom), kind in zip(boxes, classes, strict=True):
        column = min(max(int((left + right) / 2), 0), width - 1)
        row = min(max(int((top + bottom) / 2), 0), height - 1)
        across = np.exp(-0.5 * ((x - column - 0.5) / max(0.1 * (right - left), 0.5)) ** 2)
        down = np.exp(-0.5 * ((y - row - 0.5) / max(0.1 * (bottom - top), 0.5)) ** 2)
        np.maximum(heat[kind], np.outer(down, across), out=heat[kind])
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
    sides: Tensor, actions: Tensor | None, boxes: list[Tensor], kinds: list[Tensor]
) -> tuple[Tensor, Tensor]:
    """Generalised IoU of the boxes predicted at and around each centre; kind of each player.

    Args:
        sides: (B, 4, h, w).
        actions: (B, kinds, h, w) logits; None where players are of one kind.
        boxes: B tensors (N, 4), in cells.
        kinds: B tensors (N,) indices of kinds, -1 where there is none.
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
        if actions is None:
            continue
        column, row = middle[:, 0].long().clamp(0, width - 1), middle[:, 1].long()
        logits.append(actions[index, :, row.clamp(0, height - 1), column].T[kind >= 0])
        answers.append(kind[kind >= 0])
    overlap = generalized_box_iou_loss(torch.cat(found), torch.cat(true), reduction="mean")
    answer = torch.cat(answers) if answers else torch.zeros(0)
    if not len(answer):
        return overlap, overlap * 0
    return overlap, functional.cross_entropy(torch.cat(logits).float(), answer)


Batch = tuple[Tensor, Tensor, Tensor, list[Tensor], list[Tensor]]


def make_batch(
    frames: Sequence[LabelledFrame],
    size_px: tuple[int, int],
    lessons: Lessons,
    rng: np.random.Generator,
) -> Batch:
    """Random views of frames, with their targets."""
    height, width = size_px[0] // STRIDE, size_px[1] // STRIDE
    images, heats, labelled, boxes, kinds = [], [], [], [], []
    for frame in frames:
        image, found, labels = random_view(frame, size_px, lessons.zooms[frame.is_real], rng)
        classes = np.array([lessons.class_of(label) for label in labels.tolist()], np.int64)
        known = classes >= 0
        cells = found[known].astype(np.float64) * [width, height, width, height]
        heat = make_heat(
            cells, classes[known].tolist(), (len(lessons.sport.classes), height, width)
        )
        for left, top, right, bottom in found[labels == UNSURE] * [width, height, width, height]:
            seen = heat[:, int(top) : math.ceil(bottom), int(left) : math.ceil(right)]
            np.maximum(seen, NO_LESSON, out=seen)
        images.append(image)
        heats.append(heat)
        labelled.append(lessons.has(frame))
        boxes.append(torch.from_numpy(cells.astype(np.float32)))
        does = [-1 if frame.is_real else lessons.kind_of(n) for n in labels[known].tolist()]
        kinds.append(torch.tensor(does, dtype=torch.int64))
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
        self,
        sport: Sport,
        real: FullerFrames,
        folder: Path,
        seed: int,
        start: Path | None,
    ) -> None:
        """Begin with a network.

        Args:
            sport: whose classes are learned.
            real: labelled frames, and people to set into them.
            folder: where rendered frames are.
            seed: of weights and batches.
            start: weights to begin with, as far as they fit; a network that lacks some is new.
        """
        torch.manual_seed(seed)
        network = CentreNetwork(sport)
        self.network: nn.Module = network
        self._is_new = start is None or not begin_with_what_fits(network, start)
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
        self._lessons = Lessons.for_sport(sport)

    def batch(self, at: TrainingMoment, size: int = 8) -> Batch:
        """Random views of frames, real and rendered."""
        rng = np.random.default_rng([self._seed, at.step])
        size_px = (256, 448) if self._is_new and at.share < 0.5 else (384, 640)
        paths = sorted(self._folder.glob("*.npz"))
        real = size * self._lessons.real // 8
        drawn = [self._real.draw(int(i), rng) for i in rng.integers(len(self._real), size=real)]
        drawn += [read_frame(paths[i]) for i in rng.integers(len(paths), size=size - len(drawn))]
        return make_batch(drawn, size_px, self._lessons, rng)

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Focal loss of the centres, overlap of the boxes, kinds of players."""
        pixels, heat, labelled, boxes, kinds = batch
        with in_precision(pixels.device, training_precision(pixels.device)):
            centres, sides, *actions = network(pixels)
        overlap, action = box_and_action_loss(sides, next(iter(actions), None), boxes, kinds)
        return focal_loss(centres, heat, labelled) + 2 * overlap + 0.3 * action

    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """Nothing: the card measures the detector when it is ready."""
        return {}


def train(  # noqa: PLR0913
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int,
    resume: bool,
    start: Path | None = None,
    *,
    mask_head: Path | None,
    sport: str = FIRST_SPORT,
    save_s: float = 60,
) -> Path:
    """Train the detector of centres.

    Args:
        data_dir: folder with `players_train`, and perhaps `courts_train`, on some frames of which
            people are labelled (`court_people`); see `label_files.find_labels`.
        out: folder of the run; `frames/` in it holds rendered frames.
        minutes: of training, all runs that are resumed together.
        seed: of the pictures.
        resume: go on from the checkpoint in `out`.
        start: weights to begin with: a detector's, or the court network's, which knows halls and
            people in the way.
        mask_head: weights that cut people out of real frames, to set them beside others.
        sport: whose people and things it learns to find.
        save_s: seconds between checkpoints.

    Returns:
        The weights file.
    """
    real = read_labelled_frames(need_labels(data_dir, "players_train"))
    real += read_court_people(data_dir)
    facts = load_sport(sport)
    frames = FullerFrames(real, SmallMaskHead(mask_head))
    job = CentreJob(facts, frames, out / "frames", seed, start)
    run = TrainingRun(job, out, TrainingLimits(minutes, save_s=save_s))
    if resume:
        run.resume()
    weights = out / "centres.safetensors"
    run.train(lambda shipped: save_state(shipped, weights, {SPORT: facts.name}))
    return weights
