"""Crops that were mirrored or turned but kept their label: which way up is each?"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from playerid.backends.resnet import NumberNetwork, resize_crop, to_input
from playerid.numbers import NUMBERS

ORIENTATIONS = 8
"""Four quarter turns, each mirrored or not."""


def reorient(crop: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Mirror a crop (left and right) if `orientation` is 4 or more, then turn it.

    Args:
        crop: (height, width, 3).
        orientation: 0 to 7; the remainder by 4 counts quarter turns, counter-clockwise.
    """
    mirrored = crop[:, ::-1] if orientation >= 4 else crop
    return np.ascontiguousarray(np.rot90(mirrored, orientation % 4))


def label_log_probs(
    network: NumberNetwork, crops: Sequence[NDArray[np.uint8]], numbers: Sequence[str]
) -> NDArray[np.float32]:
    """How well each orientation of each crop fits its label.

    A mirrored 5 looks like a 2, so whoever reads upright numbers gives the label a low
    probability until the crop stands as it was filmed.

    Returns:
        (N, 8) log-probability of the label, by orientation.
    """
    facts = network.architecture
    fits = np.zeros((len(crops), ORIENTATIONS), np.float32)
    for start in range(0, len(crops), 32):
        chunk = crops[start : start + 32]
        answers = torch.tensor([NUMBERS.index(n) for n in numbers[start : start + len(chunk)]])
        views = [
            resize_crop(reorient(crop, orientation), facts.height_px, facts.width_px)
            for crop in chunk
            for orientation in range(ORIENTATIONS)
        ]
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            log_probs = network(to_input(np.stack(views))).float().log_softmax(dim=1)
        picked = log_probs.view(len(chunk), ORIENTATIONS, -1)
        index = answers[:, None, None].expand(-1, ORIENTATIONS, 1)
        fits[start : start + len(chunk)] = picked.gather(2, index)[..., 0].numpy()
    return fits


def find_orientations(
    network: NumberNetwork, crops: Sequence[NDArray[np.uint8]], numbers: Sequence[str]
) -> NDArray[np.int64]:
    """The orientation in which each crop shows its number best, (N,) of 0 to 7.

    Upright wins unless another is clearly likelier: for 8 or 11 all look alike.
    """
    fits = label_log_probs(network, crops, numbers)
    fits[:, 0] += 0.5
    return np.asarray(fits.argmax(axis=1), np.int64)
