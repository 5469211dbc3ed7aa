"""Who of a team is on the court during each segment, from all the other segments."""

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class Lineups:
    """Every line-up that K players of a team can form.

    Attributes:
        masks: (L,) int64, players as bits.
        members: (L, K) float64, 1 where a player belongs to the line-up.
        swaps: (L, L) sparse, even odds over the line-ups that differ in one player.
    """

    masks: NDArray[np.int64]
    members: NDArray[np.float64]
    swaps: csr_array


@cache
def all_lineups(players: int, size: int) -> Lineups:
    """The line-ups of `size` (or all, if there are fewer) out of `players` players."""
    chosen = np.array(list(combinations(range(players), min(size, players))), np.int64)
    masks = (1 << chosen).sum(axis=1)
    members = (masks[:, None] >> np.arange(players)) & 1
    order = np.argsort(masks)
    sorted_masks = masks[order]
    rows, columns = [], []
    for leaving in range(players):
        for entering in range(players):
            can = (members[:, leaving] == 1) & (members[:, entering] == 0)
            after = masks[can] - (1 << leaving) + (1 << entering)
            rows.append(np.flatnonzero(can))
            columns.append(order[np.searchsorted(sorted_masks, after)])
    row, column = np.concatenate(rows), np.concatenate(columns)
    neighbours = max(len(row) // len(masks), 1)
    values = np.full(len(row), 1 / neighbours)
    swaps = csr_array((values, (row, column)), shape=(len(masks), len(masks)))
    return Lineups(masks, members.astype(np.float64), swaps)


@dataclass(frozen=True, slots=True)
class Substitutions:
    """How line-ups change between segments.

    Attributes:
        per_s: chance per second away from the main camera that a team changes players. About 27
            moments of substitution in 134 minutes, nearly all while play is stopped and the main
            camera is often away, make one per team in about 200 s of such time; twice that here,
            because a line-up wrongly believed to last names people wrongly.
        floor: chance without any time away: a quick change, or a segment that runs on.
        ceiling: chance after a long time away.
        two: share of the changes in which a second player changes, too.
        fresh: share of the changes after which any line-up is as likely as any other.
    """

    per_s: float = 0.01
    floor: float = 0.02
    ceiling: float = 0.6
    two: float = 0.3
    fresh: float = 0.1

    def change_prob(self, away_s: float) -> float:
        """Chance of a change after `away_s` seconds away."""
        return min(self.floor + self.per_s * max(away_s, 0.0), self.ceiling)


def lineup_priors(
    lineups: Lineups,
    logs: NDArray[np.float64],
    starts_s: NDArray[np.float64],
    ends_s: NDArray[np.float64],
    substitutions: Substitutions,
) -> NDArray[np.float64]:
    """Probability of each line-up in each segment, from the evidence of the other segments.

    Forward and backward over the segments of the game. The segment's own evidence is left out,
    so that whoever weighs it next counts nothing twice.

    Args:
        lineups: of the team.
        logs: (S, L) log likelihood of each segment's evidence, segments in order of time.
        starts_s: (S,) seconds.
        ends_s: (S,) seconds.
        substitutions: how line-ups change.

    Returns:
        (S, L); each row sums to 1.
    """
    count, size = logs.shape
    even = np.full(size, 1 / max(size, 1))
    likelihoods = np.exp(logs - logs.max(axis=1, keepdims=True, initial=-np.inf))
    forward = np.tile(even, (count, 1))
    backward = np.ones((count, size))
    for index in range(1, count):
        change = substitutions.change_prob(starts_s[index] - ends_s[index - 1])
        state = _normalised(forward[index - 1] * likelihoods[index - 1])
        forward[index] = _step(lineups, state, change, substitutions)
    for index in range(count - 2, -1, -1):
        change = substitutions.change_prob(starts_s[index + 1] - ends_s[index])
        state = _normalised(backward[index + 1] * likelihoods[index + 1])
        backward[index] = _step(lineups, state, change, substitutions)
    priors = forward * backward
    return np.asarray(priors / np.maximum(priors.sum(axis=1, keepdims=True), 1e-300))


def _step(
    lineups: Lineups, state: NDArray[np.float64], change: float, substitutions: Substitutions
) -> NDArray[np.float64]:
    """Spread a distribution over line-ups by one chance of substitution (symmetric)."""
    one = lineups.swaps @ state
    two = lineups.swaps @ one
    fresh = np.full_like(state, state.mean())
    changed = (1 - substitutions.two - substitutions.fresh) * one
    changed += substitutions.two * two + substitutions.fresh * fresh
    return np.asarray((1 - change) * state + change * changed)


def _normalised(state: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(state / max(state.sum(), 1e-300))
