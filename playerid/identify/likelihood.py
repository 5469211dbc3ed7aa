"""How likely the readings of a tracklet are for each number that its player may wear."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.identify.evidence import NUMBER_INDEX, ReadNumbers
from playerid.tables import NUMBERS

LOOK_ALIKES = ("17", "38", "56", "68", "08", "89", "27", "35", "49", "29")
"""Pairs of digits that a reader mistakes for each other more often than others."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What a burst of readings shows when the player wears a given number.

    Readings of one look at a player share their fate: a folded jersey shows one digit in all of
    them. So each burst shows one number, and these are the odds of which; the readings of the
    burst then report that number with the reader's own uncertainty.

    The rates were chosen on rendered games with the starter models; on two games that were left
    out, other rates that four games favoured did no better.

    Attributes:
        units_only: only the last of two digits can be seen.
        tens_only: only the first.
        swapped: one digit is mistaken for another.
        other_player: the number of somebody else on the court was paired with this player.
        garbage: any number: a logo, a name, an advertisement.
        persistent: share of tracklets in which every burst shows the same wrong number.
        gap_s: readings closer than this belong to the same burst; half a second is half a stride.
        reading_weight: share of a burst's further readings that count as new evidence.
        max_legible: no single reading is believed beyond this, however sure the reader is.
        max_torso: the same of readings of upper bodies, which may show another's number or a word.
    """

    units_only: float = 0.08
    tens_only: float = 0.08
    swapped: float = 0.06
    other_player: float = 0.04
    garbage: float = 0.1
    persistent: float = 0.08
    gap_s: float = 0.5
    reading_weight: float = 0.3
    max_legible: float = 0.99
    max_torso: float = 0.9

    def matrix(self, worn: NDArray[np.integer]) -> NDArray[np.float64]:
        """Odds that a burst shows a number: (102, 102), rows "wears", columns "shows".

        Args:
            worn: the numbers (index into `NUMBERS`) of everybody on the rosters, with repeats.
        """
        count = len(NUMBERS)
        shows = np.zeros((count, count))
        anybody = np.bincount(worn, minlength=count) / max(len(worn), 1)
        anything = np.full(count, 1 / (count - 1))
        anything[0] = 0
        for index, number in enumerate(NUMBERS):
            if not number:
                continue
            row = shows[index]
            row += self.other_player * anybody + self.garbage * anything
            row += self.swapped * _swaps(number)
            if len(number) == 2:
                row[NUMBER_INDEX[number[1]]] += self.units_only
                row[NUMBER_INDEX[number[0]]] += self.tens_only
            row[index] += 1 - row.sum()
        return shows


def _swaps(number: str) -> NDArray[np.float64]:
    """Distribution over numbers with one digit changed; look-alikes are four times as likely."""
    odds = np.zeros(len(NUMBERS))
    for place, digit in enumerate(number):
        for other in "0123456789":
            text = number[:place] + other + number[place + 1 :]
            if other != digit and text in NUMBER_INDEX:
                pair = "".join(sorted(digit + other))
                odds[NUMBER_INDEX[text]] += 4.0 if pair in LOOK_ALIKES else 1.0
    return np.asarray(odds / odds.sum())


def number_likelihoods(
    readings: ReadNumbers, count: int, worn: NDArray[np.integer], channel: Channel
) -> NDArray[np.float64]:
    """Log likelihood of the readings of each of `count` tracklets, for each number worn.

    Returns:
        (count, 102), relative to "nothing can be told" (0 where there are no readings). Column
        0 is the likelihood for a person whose number is not known: anyone's, or none.
    """
    shows = channel.matrix(worn)
    firsts, burst_logs = find_bursts(readings, channel)
    burst_rows = readings.rows[firsts]
    each = _log_matmul(burst_logs, shows)
    honest, constant = np.zeros((count, len(NUMBERS))), np.zeros((count, len(NUMBERS)))
    np.add.at(honest, burst_rows, each)
    np.add.at(constant, burst_rows, burst_logs)
    wrong = shows.copy()
    np.fill_diagonal(wrong, 0)
    wrong /= np.maximum(wrong.sum(axis=1, keepdims=True), 1e-12)
    likelihoods = np.logaddexp(
        np.log(1 - channel.persistent) + honest,
        np.log(channel.persistent) + _log_matmul(constant, wrong),
    )
    likelihoods[:, 0] = _log_matmul(likelihoods, _unknown(worn)[None, :])[:, 0]
    return np.asarray(likelihoods)


def find_bursts(
    readings: ReadNumbers, channel: Channel
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Group readings into bursts.

    A reading counts as much as it is legible: crops on which nothing can be read say nothing, and
    do not water down those beside them.

    Returns:
        (B,) index of the first reading of each burst, and (B, 102) log likelihood of what it may
        show.
    """
    legible = np.minimum(
        1 - readings.probs[:, 0].astype(np.float64),
        np.where(readings.of_torsos, channel.max_torso, channel.max_legible),
    )
    logs = _reading_logs(readings.probs, legible)
    rows, times = readings.rows, readings.times_s
    if not len(rows):
        return np.zeros(0, np.int64), np.zeros((0, len(NUMBERS)))
    starts = np.ones(len(rows), np.bool_)
    starts[1:] = (rows[1:] != rows[:-1]) | (np.diff(times) > channel.gap_s)
    first = np.flatnonzero(starts)
    sums = np.add.reduceat(logs, first, axis=0)
    counts = np.maximum(np.add.reduceat(legible, first), 1.0)
    effective = (1 + channel.reading_weight * (counts - 1)) / counts
    return first, sums * effective[:, None]


def burst_likelihoods(
    readings: ReadNumbers, worn: NDArray[np.integer], channel: Channel
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Log likelihood (B, 102) of each burst for each number worn, as `number_likelihoods` has it.

    Returns:
        (B,) index of the first reading of each burst, and the likelihoods.
    """
    firsts, logs = find_bursts(readings, channel)
    each = _log_matmul(logs, channel.matrix(worn))
    if len(each):
        each[:, 0] = _log_matmul(each, _unknown(worn)[None, :])[:, 0]
    return firsts, each


def _unknown(worn: NDArray[np.integer]) -> NDArray[np.float64]:
    """What a person of unknown number may wear: half a roster's number, half any."""
    anybody = np.bincount(worn, minlength=len(NUMBERS)) / max(len(worn), 1)
    odds = 0.5 * anybody + 0.5 / (len(NUMBERS) - 1)
    odds[0] = 0
    return np.asarray(odds)


def _reading_logs(
    probs: NDArray[np.float32], legible_probs: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Log likelihood (R, 102) of each crop for each number it may show.

    The reader's answers are taken as odds against an even prior over the numbers. What is missing
    to a legible crop is the weight with which it says nothing.
    """
    exact = probs.astype(np.float64)
    legible = legible_probs[:, None]
    among = exact[:, 1:] / np.maximum(exact[:, 1:].sum(axis=1, keepdims=True), 1e-12)
    odds = np.ones_like(exact)
    odds[:, 1:] = legible * among * among.shape[1] + (1 - legible)
    return np.asarray(np.log(odds))


def _log_matmul(logs: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """log(exp(logs) @ weights.T) for (B, 102) logs and (K, 102) weights: (B, K)."""
    top = logs[:, 1:].max(axis=1, keepdims=True, initial=-np.inf)
    shares = np.exp(logs[:, 1:] - top) @ weights[:, 1:].T
    return np.asarray(np.log(np.maximum(shares, 1e-300)) + top)
