"""Colours of two clusters of shirts against what the game file says the teams wear."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Lab = NDArray[np.float64]

PALETTE = (
    "#ffffff", "#000000", "#808080", "#c0c0c0", "#ff0000", "#800000", "#000080", "#0000ff",
    "#87ceeb", "#008000", "#ffd700", "#ff8c00", "#800080", "#008080",
)  # fmt: skip
"""What a team may wear of which nothing is said: shirts that leagues have."""

SEEN_SHARES = (0.25, 0.4, 0.55, 0.75)
"""How much of the difference of two named colours is seen between two shirts. Lamps, skin, folds,
numbers and compression take the rest: 0.3 to 0.5 remain on five real clips."""


@dataclass(frozen=True, slots=True)
class ClusterColours:
    """Shirts of two clusters.

    Attributes:
        lab: (2, 3) median Lab colour of each, L from 0 to 100; NaN where nobody was seen.
        error: (2,) standard error of that, Lab units.
    """

    lab: Lab
    error: NDArray[np.float64]

    @property
    def apart(self) -> float:
        """Lab distance of the two; NaN where one was not seen."""
        return float(np.linalg.norm(self.lab[1] - self.lab[0]))

    @property
    def lighter(self) -> int:
        """The cluster of the lighter shirts; 0 if that is not known."""
        return int(self.lab[1, 0] > self.lab[0, 0])


def cluster_colours(
    shirts: Mapping[int, Sequence[Sequence[float]]],
    tracklet_probs: Mapping[int, float],
    *,
    min_prob: float = 0.8,
) -> ClusterColours:
    """Median colours of the clusters, over the medians of their tracklets.

    Args:
        shirts: tracklet -> Lab colours of the shirt, one per crop.
        tracklet_probs: tracklet -> probability that it belongs to cluster 1.
        min_prob: tracklets that belong to neither so surely do not count.
    """
    lab, error = np.full((2, 3), np.nan), np.full(2, np.inf)
    for cluster in (0, 1):
        of_cluster = [
            np.median(shirts[tracklet], axis=0)
            for tracklet, prob in tracklet_probs.items()
            if shirts.get(tracklet) and (prob if cluster else 1 - prob) >= min_prob
        ]
        if of_cluster:
            lab[cluster] = np.median(of_cluster, axis=0)
            spread = np.median(np.linalg.norm(np.array(of_cluster) - lab[cluster], axis=1))
            error[cluster] = spread / math.sqrt(len(of_cluster))
    return ClusterColours(lab, error)


def lab_of(colour: str) -> Lab:
    """(3,) Lab of `#rrggbb`, L from 0 to 100."""
    rgb = np.array([[[int(colour[i : i + 2], 16) for i in (1, 3, 5)]]], np.float32) / 255
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0, 0], np.float64)


def kit_log_odds(
    seen: ClusterColours,
    shirts: tuple[str | None, str | None],
    *,
    noise: float = 9.0,
    wrong: float = 0.005,
) -> float:
    """Log-odds of cluster 0 being the home team, from what the teams are said to wear.

    Lamps and cameras move both shirts alike, so that only the difference of the two clusters is
    compared with the difference of the two named colours, under both assignments; where one team
    says nothing, it may wear any colour of `PALETTE`. Colours that are near each other, named or
    seen, say little either way.

    Args:
        seen: colours of the clusters.
        shirts: of the home and of the away team as `#rrggbb`, None where nobody says so.
        noise: of a difference of shirts beside that of the crops, Lab units: trims and shadows.
        wrong: share of game files that name the shirts of another day.
    """
    if not any(shirts) or not np.isfinite(seen.apart):
        return 0.0
    difference = seen.lab[1] - seen.lab[0]
    variance = noise**2 + float((seen.error**2).sum())
    home, away = ([lab_of(c) for c in ([said] if said else PALETTE)] for said in shirts)
    fits = [0.0, 0.0]
    for home_lab, away_lab, share in itertools.product(home, away, SEEN_SHARES):
        for home_cluster, sign in enumerate((1, -1)):
            miss = difference - sign * share * (away_lab - home_lab)
            # Student's t of four degrees: a colour that fits neither way decides nothing
            fits[home_cluster] += (1 + float(miss @ miss) / (4 * variance)) ** -3.5
    prob = fits[0] / sum(fits)
    prob = wrong / 2 + (1 - wrong) * prob
    return math.log(prob / (1 - prob))
