"""Steps of training a torso reader: the place of the number, then what it says."""

import copy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from playerid.archive.local_files import in_one_step
from playerid.models.number_reader.resnet import NumberNetwork, resize_crop, to_input
from playerid.models.torso_reader.find_and_read import (
    COLUMNS,
    HEIGHT_PX,
    ROWS,
    WIDTH_PX,
    FinderNetwork,
    boxes_at,
    cut_number,
)
from playerid.tables import NUMBERS
from playerid.training.torso_pictures import Seen


@dataclass(slots=True)
class TorsoState:
    """What a checkpoint holds, so that a killed run goes on where it was.

    Attributes:
        finder, reader: being trained.
        steady_finder, steady_reader: their weights averaged over the last steps; what ships.
        optimiser: AdamW of both.
        step: steps done.
        elapsed_s: seconds trained, over all runs.
    """

    finder: FinderNetwork
    reader: NumberNetwork
    steady_finder: FinderNetwork = field(init=False)
    steady_reader: NumberNetwork = field(init=False)
    optimiser: torch.optim.Optimizer = field(init=False)
    step: int = 0
    elapsed_s: float = 0.0

    def __post_init__(self) -> None:
        """Begin the averages and the optimiser."""
        self.steady_finder = copy.deepcopy(self.finder).eval()
        self.steady_reader = copy.deepcopy(self.reader).eval()
        self.optimiser = torch.optim.AdamW(
            [
                {"params": list(self.finder.parameters()), "share": 1.0},
                {"params": list(self.reader.parameters()), "share": 0.2},
            ],
            lr=1e-3,
            weight_decay=0.03,
        )


NETWORKS = ("finder", "reader", "steady_finder", "steady_reader", "optimiser")


def save_state(state: TorsoState, path: Path) -> None:
    """Write a checkpoint, in one step."""
    kept = {name: getattr(state, name).state_dict() for name in NETWORKS}
    with in_one_step(path) as partial:
        torch.save({**kept, "step": state.step, "elapsed_s": state.elapsed_s}, partial)


def load_state(state: TorsoState, path: Path) -> None:
    """Go on from a checkpoint that `save_state` wrote."""
    saved = torch.load(path, weights_only=True, map_location="cpu")
    for name in NETWORKS:
        getattr(state, name).load_state_dict(saved[name])
    state.step, state.elapsed_s = saved["step"], saved["elapsed_s"]


def finder_loss(logits: Tensor, places: Tensor, seen: list[Seen]) -> Tensor:
    """How far cells and boxes are from the numbers of N torsos.

    A torso whose number has no box asks only that something be found.
    """
    boxes = torch.tensor([box for _, _, box in seen], dtype=torch.float32)
    legible = torch.tensor([bool(number) for _, number, _ in seen])
    boxed = legible & ~boxes[:, 0].isnan()
    log_probs = logits.log_softmax(dim=1)
    loss = -log_probs[~legible, -1].sum()
    loss = loss - log_probs[legible & ~boxed, :-1].logsumexp(dim=1).sum()
    if boxed.any():
        own = boxes[boxed]
        grid = torch.tensor([COLUMNS, ROWS], dtype=torch.float32)
        middle = (own[:, :2] + own[:, 2:]) / 2 * grid
        size = ((own[:, 2:] - own[:, :2]) * grid).clamp(min=0.3)
        column = middle[:, 0].floor().clamp(0, COLUMNS - 1)
        row = middle[:, 1].floor().clamp(0, ROWS - 1)
        cells = (row * COLUMNS + column).long()
        loss = loss + functional.nll_loss(log_probs[boxed], cells, reduction="sum")
        wanted = torch.stack(
            [middle[:, 0] - column - 0.5, middle[:, 1] - row - 0.5, *size.log().T], dim=1
        )
        given = places[boxed].gather(2, cells[:, None, None].expand(-1, 4, 1))[..., 0]
        loss = loss + functional.smooth_l1_loss(given, wanted, beta=0.2, reduction="sum")
    return loss / len(seen)


def torso_input(seen: list[Seen]) -> Tensor:
    """Pictures of torsos, resized for the finder."""
    return to_input(np.stack([resize_crop(picture, HEIGHT_PX, WIDTH_PX) for picture, _, _ in seen]))


def overlap(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.float64]:
    """(N,) IoU of N pairs of boxes."""
    low = np.maximum(first[:, :2], second[:, :2])
    high = np.minimum(first[:, 2:], second[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    both = np.prod(first[:, 2:] - first[:, :2], axis=1) + np.prod(
        second[:, 2:] - second[:, :2], axis=1
    )
    return np.asarray(shared / np.maximum(both - shared, 1e-9))


def reader_batch(
    rng: np.random.Generator,
    seen: list[Seen],
    found: NDArray[np.floating],
    height_px: int,
    width_px: int,
) -> tuple[Tensor, Tensor]:
    """What the reader is shown of N torsos: the place that was found, or where the number is.

    A found place that misses the number shows none; so does any place on a torso without one.
    """
    pictures, answers = [], []
    for (picture, number, box), place in zip(seen, found, strict=True):
        answer = number
        true = np.array(box)
        where = place
        if number and not np.isnan(true[0]):
            hit = overlap(place[None], true[None])[0]
            if hit < 0.35 and rng.random() < 0.7:
                where = true
            elif hit < 0.35:
                answer = "" if hit < 0.1 else number
        size = np.tile(where[2:] - where[:2], 2)
        crop = cut_number(picture, where + rng.normal(0, 0.06, 4) * size)
        pictures.append(resize_crop(crop, height_px, width_px))
        answers.append(NUMBERS.index(answer))
    return to_input(np.stack(pictures)), torch.tensor(answers)


def train_step(
    state: TorsoState, rng: np.random.Generator, seen: list[Seen], rate: float, *, reads: bool
) -> dict[str, float]:
    """One step of the finder and, if it `reads`, one of the reader; returns their losses."""
    for group in state.optimiser.param_groups:
        group["lr"] = rate * group["share"]
    state.finder.train()
    with torch.autocast("cpu", torch.bfloat16):
        logits, places = state.finder(torso_input(seen))
    loss = finder_loss(logits, places, seen)
    losses = {"loss": float(loss.detach())}
    if reads:
        facts = state.reader.architecture
        found = boxes_at(places.detach(), logits.detach()[:, :-1].argmax(dim=1)).numpy()
        crops, answers = reader_batch(rng, seen, found, facts.height_px, facts.width_px)
        state.reader.train()
        with torch.autocast("cpu", torch.bfloat16):
            read = state.reader(crops)
        reading = functional.cross_entropy(read, answers, label_smoothing=0.03)
        losses["reading"] = float(reading.detach())
        loss = loss + reading
    state.optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(state.finder.parameters(), 2.0)
    torch.nn.utils.clip_grad_norm_(state.reader.parameters(), 2.0)
    state.optimiser.step()
    state.step += 1
    share = 1 / min(300, 1 + state.step / 5)
    average(state.steady_finder, state.finder, share)
    if reads:
        average(state.steady_reader, state.reader, 3 * share if share < 0.3 else share)
    return losses


@torch.no_grad()
def average(steady: torch.nn.Module, current: torch.nn.Module, share: float) -> None:
    """Move averaged weights a share towards the current ones."""
    latest = current.state_dict()
    for name, value in steady.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(latest[name], share)
        else:
            value.copy_(latest[name])
