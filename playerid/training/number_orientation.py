"""Crops that were mirrored or turned but kept their label: which way up is each?"""

import numpy as np
import torch
from numpy.typing import NDArray

from playerid.models.number_reader.resnet import NumberNetwork, resize_crop, to_input
from playerid.models.precision import in_precision, training_precision
from playerid.tables import NUMBERS
from playerid.training.number_crops import Crops

ORIENTATIONS = (0, 1, 3, 4, 5, 7)
"""As filmed, a quarter turn to the left or right, and the same mirrored: what the augmentation of
the real crops was found to do. Half turns (2, 6) fitted best on one crop in twenty only, and
wrongly where one could see it."""


def reorient(crop: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Mirror a crop (left and right) if `orientation` is 4 or more, then turn it.

    Args:
        crop: (height, width, 3).
        orientation: 0 to 7; the remainder by 4 counts quarter turns, counter-clockwise.
    """
    mirrored = crop[:, ::-1] if orientation >= 4 else crop
    return np.ascontiguousarray(np.rot90(mirrored, orientation % 4))


def reorient_all(crops: Crops, orientations: NDArray[np.int64]) -> Crops:
    """The same crops, each set upright."""
    pairs = zip(crops.pictures, orientations, strict=True)
    return Crops([reorient(picture, int(turn)) for picture, turn in pairs], crops.numbers)


def label_probs(network: NumberNetwork, crops: Crops) -> NDArray[np.float32]:
    """Probability of the label of each crop as it stands, (N,)."""
    facts, device = network.architecture, next(network.parameters()).device
    probs = np.zeros(len(crops.numbers), np.float32)
    for start in range(0, len(probs), 64):
        chunk = slice(start, start + 64)
        views = [resize_crop(p, facts.height_px, facts.width_px) for p in crops.pictures[chunk]]
        answers = torch.tensor([NUMBERS.index(number) for number in crops.numbers[chunk]])
        with torch.inference_mode(), in_precision(device, training_precision(device)):
            read = network(to_input(np.stack(views)).to(device)).cpu().float().softmax(dim=1)
        probs[chunk] = read.gather(1, answers[:, None])[:, 0].numpy()
    return probs


def find_orientations(
    network: NumberNetwork, crops: Crops, known: NDArray[np.int64], sure_prob: float = 0.8
) -> NDArray[np.int64]:
    """The orientation in which each crop shows its number best.

    A mirrored 5 looks like a 2, so whoever reads upright numbers gives the label a low
    probability until the crop stands as it was filmed. Where several will do, as for an 8 or an
    11, the known one stays.

    Args:
        network: Reads upright numbers.
        crops: As they came.
        known: (N,) what is held so far; 0, as it came, where nothing is.
        sure_prob: A crop whose label is that likely as it is held is not looked at again.

    Returns:
        (N,), each of `ORIENTATIONS` or as known.
    """
    found = known.copy()
    best = label_probs(network, reorient_all(crops, known))
    unsure = np.flatnonzero(best < sure_prob)
    unsettled = crops.subset(unsure)
    for orientation in ORIENTATIONS:
        turns = np.full(len(unsure), orientation)
        probs = label_probs(network, reorient_all(unsettled, turns))
        better = unsure[probs > 1.2 * best[unsure]]
        best[better], found[better] = probs[probs > 1.2 * best[unsure]], orientation
    return found
