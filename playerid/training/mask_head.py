"""Train a mask head on people cut out of rendered frames.

Half of the time it sees a box as a detector finds it, half of the time a box that is a little off
with a mask that is a little wrong, as when it follows somebody.
"""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from playerid.models.mask_head.patches import GROWN, INPUT_PX, cut_patch
from playerid.models.mask_head.small_masks import MaskNetwork, to_planes
from playerid.models.state import save_state
from playerid.training.loop import TrainingRun
from playerid.training.mask_pictures import (
    PATCH_PX,
    PATCH_SCALE,
    MaskedPerson,
    read_masked_people,
)
from playerid.training.start import begin_with
from playerid.training.training_job import Optimisation, TrainingLimits, TrainingMoment

Rng = np.random.Generator
Plane = NDArray[np.uint8]


class MaskBatch(NamedTuple):
    """N people as the network sees them.

    Attributes:
        planes: (N, 4, 64, 32) input.
        masks: (N, 64, 32) in [0, 1].
    """

    planes: Tensor
    masks: Tensor


def draw_batch(rng: Rng, people: list[MaskedPerson], follow_share: float = 0.45) -> MaskBatch:
    """People as a detector, or somebody who follows them, would show them."""
    pictures, priors, masks = [], [], []
    for person in people:
        follows = rng.random() < follow_share
        spread = 0.10 if follows else 0.04
        view = _seen_box(rng, spread)
        picture, mask = cut_patch(person.picture, view), cut_patch(person.mask, view)
        prior = _wrong_mask(rng, person, view) if follows else np.zeros(INPUT_PX, np.uint8)
        if rng.random() < 0.5:
            picture, mask, prior = (np.fliplr(plane) for plane in (picture, mask, prior))
        pictures.append(_filmed(rng, picture))
        priors.append(prior)
        masks.append(mask)
    target = torch.from_numpy(np.stack(masks).astype(np.float32) / 255)
    return MaskBatch(to_planes(pictures, priors), target)


def _seen_box(rng: Rng, spread: float) -> NDArray[np.float64]:
    """The grown box in pixels of a patch."""
    height, width = PATCH_PX
    size = np.array([width, height]) / PATCH_SCALE
    centre = np.array([width, height]) / 2 + rng.normal(0, spread, 2) * size
    half = size / 2 * GROWN * np.exp(rng.normal(0, spread, 2))
    if rng.random() < 0.15:  # a detector guesses the feet, or the side, that another one hides
        side = rng.integers(2)
        longer = rng.uniform(0, 0.3) * size[side]
        half[side] += longer / 2
        centre[side] += longer / 2 * rng.choice([-1, 1])
    return np.concatenate([centre - half, centre + half])


def _wrong_mask(rng: Rng, person: MaskedPerson, view: NDArray[np.float64]) -> Plane:
    """The true mask, moved, grown or shrunk, with pieces gone and pieces of others in it."""
    size = view[2:] - view[:2]
    moved = view + np.tile(rng.normal(0, 0.06, 2) * size, 2)
    mask = cut_patch(person.mask, moved)
    size_px = int(rng.integers(1, 6))
    kernel = np.ones((size_px, size_px), np.uint8)
    mask = np.asarray(cv2.dilate(mask, kernel) if rng.random() < 0.5 else cv2.erode(mask, kernel))
    for _ in range(rng.integers(3)):
        top, left = rng.integers(INPUT_PX[0]), rng.integers(INPUT_PX[1])
        hole = np.s_[top : top + rng.integers(4, 20), left : left + rng.integers(3, 12)]
        mask[hole] = cut_patch(person.others, moved)[hole] if rng.random() < 0.5 else 0
    return mask


def _filmed(rng: Rng, picture: Plane) -> Plane:
    """Other lamps, cameras and encoders."""
    seen = picture.astype(np.float32) * rng.uniform(0.75, 1.25, 3) * rng.uniform(0.7, 1.3)
    seen = (seen - 110) * rng.uniform(0.7, 1.3) + 110 + rng.uniform(-25, 25)
    if rng.random() < 0.3:
        height, width = INPUT_PX
        small = cv2.resize(seen, None, fx=(f := rng.uniform(0.4, 0.9)), fy=f)
        seen = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.3:
        seen = seen + rng.normal(0, rng.uniform(2, 9), seen.shape)
    if rng.random() < 0.1:
        seen = np.repeat(seen.mean(axis=2, keepdims=True), 3, axis=2)
    return np.clip(seen, 0, 255).astype(np.uint8)


def is_crowded(person: MaskedPerson, share: float = 0.1) -> bool:
    """Whether others take so much of the box, or more."""
    height, width = np.array(PATCH_PX) / PATCH_SCALE / 2
    middle = np.s_[round(height) : round(3 * height), round(width) : round(3 * width)]
    return bool((person.others[middle] > 0).mean() >= share)


def mask_loss(logits: Tensor, masks: Tensor) -> Tensor:
    """Cross entropy and dice."""
    cross = functional.binary_cross_entropy_with_logits(logits, masks)
    probs = torch.sigmoid(logits).flatten(1)
    shared = (probs * masks.flatten(1)).sum(1)
    dice = 1 - (2 * shared + 1) / (probs.sum(1) + masks.flatten(1).sum(1) + 1)
    return cross + dice.mean()


class MaskHeadJob:
    """Training of a mask head: a `TrainingJob`.

    Attributes:
        network: to train.
        optimisation: how its steps are taken.
        remembered: nothing.
    """

    def __init__(self, network: MaskNetwork, folder: Path, seed: int, size: int = 48) -> None:
        """Begin with a network.

        Args:
            network: to train.
            folder: of files of `write_masked_people`; the first is kept to measure on, those that
                appear later join in.
            seed: of the batches.
            size: people in a batch.
        """
        self.network: nn.Module = network.train()
        self.optimisation = Optimisation(
            lambda at: 2e-3 * at.rate(200, 0.01),
            max_gradient=2.0,
            weight_decay=0.02,
            fresh_share=lambda count: 1 / min(200, 1 + count / 5),
        )
        self.remembered: dict[str, Tensor] = {}
        self._folder, self._seed, self._size = folder, seed, size
        self._people: dict[Path, list[MaskedPerson]] = {}
        self._odds: dict[Path, NDArray[np.float64]] = {}

    def batch(self, at: TrainingMoment) -> MaskBatch:
        """People of four files at most; who has others in his box comes three times as often."""
        rng = np.random.default_rng((self._seed, at.step))
        paths = self._files()
        drawn = []
        for path in (paths[i] for i in rng.integers(len(paths), size=4)):
            people = self._read(path)
            rows = rng.choice(len(people), self._size // 4, p=self._odds[path])
            drawn += [people[row] for row in rows]
        return draw_batch(rng, drawn)

    def loss(self, network: nn.Module, batch: MaskBatch) -> Tensor:
        """See `mask_loss`."""
        return mask_loss(network(batch.planes), batch.masks)

    @torch.inference_mode()
    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """IoU on the network's grid, of people nobody learns from: in boxes, and followed."""
        people = self._read(min(self._folder.glob("*.parquet")))[:200]
        device = next(at.shipped.parameters()).device
        scores = {}
        for name, share in (("box_iou", 0.0), ("followed_iou", 1.0)):
            batch = draw_batch(np.random.default_rng(3), people, share)
            found = at.shipped.eval()(batch.planes.to(device)).cpu() > 0
            masks = batch.masks > 0.5
            shared = (found & masks).flatten(1).sum(1)
            union = (found | masks).flatten(1).sum(1).clamp(min=1)
            scores[name] = float((shared / union).mean())
        return scores

    def _files(self) -> list[Path]:
        paths = sorted(self._folder.glob("*.parquet"))
        return paths[1:] or paths

    def _read(self, path: Path) -> list[MaskedPerson]:
        if path not in self._people:
            people = self._people[path] = read_masked_people(path)
            odds = np.array([3.0 if is_crowded(person) else 1.0 for person in people])
            self._odds[path] = odds / odds.sum()
        return self._people[path]


def train(  # noqa: PLR0913
    folder: Path,
    out: Path,
    minutes: float,
    seed: int = 0,
    resume: bool = True,
    start: Path | None = None,
    *,
    save_s: float = 60,
) -> Path:
    """Train for some minutes, counting those before an interruption.

    Args:
        folder: files of `write_masked_people`; it may still be filling.
        out: receives `checkpoint.pt`, `curve.jsonl` and `mask_head.safetensors`.
        minutes: of training in all.
        seed: of weights and batches.
        resume: go on from `checkpoint.pt` if it is there.
        start: weights to begin with; None begins from scratch.
        save_s: seconds between checkpoints.

    Returns:
        The weights.

    Raises:
        WeightsError: `start` is of something else.
    """
    torch.manual_seed(seed)
    network = MaskNetwork()
    if start:
        begin_with(network, start)
    job = MaskHeadJob(network, folder, seed)
    run = TrainingRun(job, out, TrainingLimits(minutes, save_s=save_s))
    if resume:
        run.resume()
    weights = out / "mask_head.safetensors"
    run.train(lambda shipped: save_state(shipped, weights))
    return weights
