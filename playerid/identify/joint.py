"""Joint decision within a segment: a player is in one place at a time, and moves as people do."""

import numpy as np
from numpy.typing import NDArray

from playerid.identify.movement import Movement, link_factor

Floats = NDArray[np.float64]


def pair_factors(
    together: NDArray[np.bool_],
    times_s: tuple[Floats, Floats],
    points_m: tuple[Floats, Floats],
    motion: Movement,
) -> Floats:
    """How much better two tracklets fit as the same player than as two: (n, n), symmetric.

    0 where they share frames, because a player is in one place; from `link_factor` where one
    begins soon after the other ended; 1 elsewhere and on the diagonal.

    Args:
        together: (n, n) which of them share frames.
        times_s: (n,) time of the first box and (n,) time of the last, seconds.
        points_m: (n, 2) court position at the first box and (n, 2) at the last; NaN if unknown.
        motion: how players move between tracklets.
    """
    factors = np.where(together, 0.0, 1.0)
    gaps_s = times_s[0][None, :] - times_s[1][:, None]
    near = ~together & (gaps_s >= 0) & (gaps_s <= motion.horizon_s)
    for before, after in np.argwhere(near):
        factor = link_factor(
            motion, gaps_s[before, after], points_m[0][after] - points_m[1][before]
        )
        factors[before, after] = factors[after, before] = factor
    np.fill_diagonal(factors, 1.0)
    return factors


def segment_marginals(
    players: Floats,
    nobody: Floats,
    factors: Floats,
    *,
    rounds: int = 20,
    damping: float = 0.3,
    tolerance: float = 1e-2,
) -> Floats:
    """Probability of each player for each tracklet, all tracklets of the segment considered.

    Belief propagation: every tracklet tells every other how much room it leaves to each player.
    Exact where the pairs that matter form no loop; with loops an approximation whose errors the
    calibration of the result has to show. Cost grows with the number of pairs times P.

    Args:
        players: (n, P) weight of each tracklet being each player.
        nobody: (n,) weight of it being none of them.
        factors: (n, n) from `pair_factors`.
        rounds: at most; messages mostly settle within ten.
        damping: share of the previous message that is kept, against oscillation.
        tolerance: messages have settled when none changes by more, as a logarithm.

    Returns:
        (n, P); what a row lacks to 1 is the probability of nobody.

    References:
        Pearl, Probabilistic Reasoning in Intelligent Systems, 1988; for assignments, Vontobel,
        The Bethe Permanent of a Nonnegative Matrix, IEEE Trans. Inf. Theory 59 (2013).
    """
    # Weights become logarithms of shares: of each player, and of nobody.
    scale = np.maximum(players.sum(axis=1) + nobody, 1e-300)
    logs = np.log(np.maximum(players / scale[:, None], 1e-300))
    nobody_logs = np.log(np.maximum(nobody / scale, 1e-300))
    # A pair of tracklets matters if being the same player is likelier or less likely than chance.
    # Each ordered pair carries a message: what the source leaves of each player to the target.
    targets, sources = np.nonzero(factors != 1)
    change = factors[targets, sources][:, None] - 1
    messages = np.zeros((len(targets), players.shape[1]))
    # The row of the message that runs the other way, which a source must not hear back.
    back = np.searchsorted(targets * len(players) + sources, sources * len(players) + targets)
    for _ in range(rounds if len(targets) else 0):
        # What the source believes by itself and by all others, without the target.
        without = logs[sources] + _sums(messages, targets, logs)[sources] - messages[back]
        beliefs = _shares(without, nobody_logs[sources])
        # A source that is player p makes the target p `factor` times as likely: expected factor.
        sent = np.log(np.maximum(1 + change * beliefs, 1e-9))
        # Only a share of the change is taken over, or messages of loops oscillate.
        settled = np.abs(sent - messages).max() < tolerance
        messages = damping * messages + (1 - damping) * sent
        if settled:
            break
    return _shares(logs + _sums(messages, targets, logs), nobody_logs)


def _sums(messages: Floats, targets: NDArray[np.intp], like: Floats) -> Floats:
    """Sum of the messages that each tracklet gets; `targets` is sorted."""
    sums = np.zeros_like(like)
    if len(targets):
        first = np.flatnonzero(np.diff(targets, prepend=-1))
        sums[targets[first]] = np.add.reduceat(messages, first, axis=0)
    return sums


def _shares(logs: Floats, nobody_logs: Floats) -> Floats:
    """Softmax over the players (last axis) and nobody, without nobody's share."""
    top = np.maximum(logs.max(axis=-1), nobody_logs)
    weights = np.exp(logs - top[..., None])
    return np.asarray(weights / (weights.sum(axis=-1) + np.exp(nobody_logs - top))[..., None])
