"""Crops that show the same source: kept together when some are set aside to measure on."""

from collections import defaultdict
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


def describe_colours(crop: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(15,) quantiles of the colours of a crop, in Lab, 0 to 255.

    They stay the same when the crop is turned or mirrored; black borders and single noisy pixels
    are left out.
    """
    quiet = np.asarray(cv2.medianBlur(np.ascontiguousarray(crop), 3))
    lab = cv2.cvtColor(quiet, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float64)
    lit = quiet.reshape(-1, 3).max(axis=1) > 25
    seen = lab[lit] if lit.sum() > 50 else lab
    return np.asarray(np.quantile(seen, [0.1, 0.3, 0.5, 0.7, 0.9], axis=0).ravel())


def group_sources(
    crops: Sequence[NDArray[np.uint8]], numbers: Sequence[str], same_colours: float = 8.0
) -> NDArray[np.int64]:
    """Group crops of one number whose colours are alike, directly or through others.

    Args:
        crops: (height, width, 3) RGB each.
        numbers: What each shows.
        same_colours: Distance of two descriptions, root mean square of Lab steps, under which
            crops may come from one source. 8 joins the copies of a source and the neighbouring
            frames of its player.

    Returns:
        (N,) group of each crop, from 0.
    """
    described = np.array([describe_colours(crop) for crop in crops]).reshape(-1, 15)
    by_number = defaultdict(list)
    for index, number in enumerate(numbers):
        by_number[number].append(index)
    groups, found = np.zeros(len(crops), np.int64), 0
    for indices in by_number.values():
        own = described[indices]
        apart = np.sqrt(((own[:, None] - own[None]) ** 2).mean(axis=2))
        count, labels = connected_components(coo_matrix(apart < same_colours), directed=False)
        groups[indices] = labels + found
        found += count
    return groups


def split_by_source(
    groups: NDArray[np.int64], share: float, largest: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split crops so that no group is on both sides.

    Args:
        groups: (N,) group of each crop.
        share: of the crops to set aside.
        largest: bigger groups are never set aside: they are whole players.
        seed: decides which.

    Returns:
        Indices of the crops to train on and of those set aside, in order.
    """
    sizes = np.bincount(groups)
    aside = np.zeros(len(sizes), bool)
    count = 0
    for group in np.random.default_rng(seed).permutation(len(sizes)):
        if sizes[group] <= largest and count + sizes[group] <= share * len(groups):
            aside[group] = True
            count += sizes[group]
    return np.flatnonzero(~aside[groups]), np.flatnonzero(aside[groups])
