"""What players look like, learned from the tracklets that are known, told to those that are not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from playerid.identify.evidence import Evidence, Looks

Floats = NDArray[np.float64]

UNSEEN = 1e9
"""Variance of looks that were never seen."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """How far looks are believed.

    Attributes:
        rounds: how often looks are learned from the names that they helped to find; 0 looks at
            nobody.
        shared: share of the scatter of a tracklet's crops that they have in common: light and
            pose of one place.
        weight: exponent of the odds, because the colours of one body are not independent.
        at_most: largest logarithm of the odds for or against a player.
    """

    rounds: int = 2
    shared: float = 0.3
    weight: float = 0.5
    at_most: float = 4.0


@dataclass(frozen=True, slots=True)
class _Axes:
    """Looks of N tracklets on axes that are independent within and between players.

    Attributes:
        values: (N, D) mean of the crops, from the mean of the team; scatter within a player 1.
        noise: (N,) variance of a tracklet's mean on each axis; huge where there is no crop.
        spread: (D,) variance between the players of a team.
    """

    values: Floats
    noise: Floats
    spread: Floats


def appearance_logs(evidence: Evidence, probs: Floats, appearance: Appearance) -> Floats:
    """Log odds (N, P) of each tracklet's looks if it is that player, against any of his team.

    Each player's looks are a Gaussian around a mean that the other tracklets tell, each as far as
    it is believed to be him, if that is likelier than not: small doubts about many who were read
    would make a look of their own. The tracklet in question is left out.
    Scatter within and between players is estimated from the game itself.

    Args:
        evidence: of the whole game.
        probs: (N, P) probability of each candidate for each tracklet.
        appearance: how far looks are believed.

    References:
        Murphy, Conjugate Bayesian analysis of the Gaussian distribution, 2007, section 2.
    """
    found = _find_axes(evidence, appearance.shared)
    if found is None:
        return np.zeros_like(probs)
    told = np.where(probs > 0.5, probs, 0.0) / found.noise[:, None]
    mass = told.sum(axis=0) - told
    sums = told.T @ found.values
    sums_without = sums[None] - told[:, :, None] * found.values[:, None, :]
    precision = 1 / found.spread + mass[:, :, None]
    expected = sums_without / precision
    logs = _log_normal(
        found.values[:, None, :] - expected, 1 / precision + found.noise[:, None, None]
    )
    logs -= _log_normal(found.values, found.spread + found.noise[:, None])[:, None, :]
    odds = appearance.weight * logs.sum(axis=2)
    return np.asarray(np.clip(odds, -appearance.at_most, appearance.at_most))


def _find_axes(evidence: Evidence, shared: float, fewest: int = 30) -> _Axes | None:
    """The axes; None where there are too few crops to tell scatter from difference."""
    count, looks = len(evidence.tracklets), evidence.looks
    crops = np.bincount(looks.rows, minlength=count)
    seen = (crops > 0) & evidence.tracklets.are_players
    home = evidence.tracklets.home_probs[:, None]
    sure = seen & (np.abs(home[:, 0] - 0.5) > 0.4)
    if (crops[sure] >= 2).sum() < fewest // 3 or len(looks.rows) < fewest:
        return None
    means = _means(looks, crops)
    within = looks.values - means[looks.rows]
    scatter = within.T @ within / max(len(within) - (crops > 0).sum(), 1)
    scatter += (0.05 * np.trace(scatter) / len(scatter) + 1e-3) * np.eye(len(scatter))
    noise = np.where(crops > 0, shared + (1 - shared) / np.maximum(crops, 1), UNSEEN)
    sides = [np.where(seen[:, None], share * crops[:, None], 0) for share in (home, 1 - home)]
    centres = [(side * means).sum(axis=0) / max(side.sum(), 1e-9) for side in sides]
    values = means - (home * centres[0] + (1 - home) * centres[1])
    between = values[sure].T @ values[sure] / max(sure.sum(), 1) - scatter * noise[sure].mean()
    spread, axes = eigh(between, scatter)
    return _Axes(np.where(seen[:, None], values @ axes, 0.0), noise, np.maximum(spread, 0.05))


def _means(looks: Looks, crops: NDArray[np.int64]) -> Floats:
    sums = np.zeros((len(crops), looks.values.shape[1]))
    np.add.at(sums, looks.rows, looks.values)
    return sums / np.maximum(crops, 1)[:, None]


def _log_normal(offset: Floats, variance: Floats) -> Floats:
    return -0.5 * (offset**2 / variance + np.log(variance))
