"""What a torso reader learns: the place of the number, then what it says."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from playerid.models.number_reader.resnet import NumberNetwork, resize_crop, to_input
from playerid.models.precision import in_precision, training_precision
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


class TorsoNetworks(nn.Module):
    """Finder and reader, trained together."""

    def __init__(self, finder: FinderNetwork, reader: NumberNetwork) -> None:
        super().__init__()
        self.finder, self.reader = finder, reader


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


def torso_loss(
    networks: TorsoNetworks, rng: np.random.Generator, seen: list[Seen], *, reads: bool
) -> Tensor:
    """Loss of the finder and, if it `reads`, of the reader on what was found."""
    device = next(networks.parameters()).device
    with in_precision(device, training_precision(device)):
        logits, places = (part.cpu() for part in networks.finder(torso_input(seen).to(device)))
    loss = finder_loss(logits, places, seen)
    if not reads:
        return loss
    facts = networks.reader.architecture
    found = boxes_at(places.detach(), logits.detach()[:, :-1].argmax(dim=1)).numpy()
    crops, answers = reader_batch(rng, seen, found, facts.height_px, facts.width_px)
    with in_precision(device, training_precision(device)):
        read = networks.reader(crops.to(device)).cpu()
    return loss + functional.cross_entropy(read, answers, label_smoothing=0.03)
