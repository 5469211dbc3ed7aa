"""How likely the readings of a tracklet are for each number that its player may wear."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from playerid.identify.candidates import NUMBER_INDEX
from playerid.identify.evidence import ReadNumbers
from playerid.tables import NUMBERS

LOOK_ALIKES = ("17", "38", "56", "68", "08", "89", "27", "35", "49", "29")
"""Pairs of digits that a reader mistakes for each other more often than others."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What readings show when the player wears a given number.

    Readings of one look at a player share their fate: a folded jersey shows one digit in all of
    them. So each look shows one number, and these are the odds of which; the readings of the
    look then report that number with the reader's own uncertainty. Looks follow one another
    without a mark: the longer ago a reading, the less likely it is of the same look.

    `told` and `per_odds` are those of a fit to the readings of five labelled clips and a rendered
    game, each weighing the same: without any one of them they are -0.82 to -0.28 and 0.89 to 0.96.
    `right`, `persistent` and `look_s` are those of a fit to two of the clips and that game, by the
    log loss of the true player. The rates of a look were chosen on
    rendered games with the starter models, `poor` and `poor_luck` without a fit.

    Attributes:
        units_only: only the last of two digits can be seen.
        tens_only: only the first.
        swapped: one digit is mistaken for another.
        other_player: the number of somebody else on the court was paired with this player.
        garbage: any number: a logo, a name, an advertisement, a blur; often a single digit.
        right: share of tracklets in which every look shows the number that is worn.
        persistent: share of tracklets in which every look shows the same wrong number.
        poor: share of tracklets that are badly seen: most of their looks show anything.
        poor_luck: share of their looks that are as good as others.
        look_s: mean length of a look, seconds.
        reading_weight: exponent of the odds of a reading, because readings err together.
        box_weight: the same of number boxes where upper bodies are read too. A box shows the same
            pixels once more, and may be another's; 0.1 was chosen on five labelled clips, where
            0.5 names as many, but 0.956 of them rightly instead of 0.986.
        told: log odds that a reading is right to which its reader gives a probability of a half.
        per_odds: their change with the log odds that the reader gives.
        max_told: no single reading is believed beyond this, however sure the reader is.
        gap_s: readings closer than this belong to the same burst; half a second is half a stride.
        burst_weight: share of a burst's further readings that count as new evidence.
        max_legible: in a burst no single reading is believed beyond this.
        max_torso: the same of readings of upper bodies, which may show another's number or a word.
    """

    units_only: float = 0.08
    tens_only: float = 0.08
    swapped: float = 0.06
    other_player: float = 0.04
    garbage: float = 0.1
    right: float = 0.46
    persistent: float = 0.03
    poor: float = 0.1
    poor_luck: float = 0.3
    look_s: float = 0.4
    reading_weight: float = 0.5
    box_weight: float = 0.1
    told: float = -0.55
    per_odds: float = 0.93
    max_told: float = 0.99
    gap_s: float = 0.5
    burst_weight: float = 0.3
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
        anything = _anything()
        for index, number in enumerate(NUMBERS):
            if not number:
                continue
            row = shows[index]
            row += self.other_player * anybody + self.garbage * anything
            row += self.swapped * _swaps(number)
            if len(number) == 2:
                for part, rate in ((number[1], self.units_only), (number[0], self.tens_only)):
                    row[NUMBER_INDEX[part]] += rate * (1 - self.swapped)
                    row += rate * self.swapped * _swaps(part)
            row[index] += 1 - row.sum()
        return shows


def _anything() -> NDArray[np.float64]:
    """Distribution over what is read where no number is: one digit as often as two."""
    digits = np.array([len(number) for number in NUMBERS])
    return np.asarray(sum(0.5 * (digits == n) / (digits == n).sum() for n in (1, 2)))


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
    shows = channel.matrix(worn)[1:, 1:]
    are_first = np.logical_or(readings.of_torsos, not readings.of_torsos.any())
    weights = np.where(are_first, channel.reading_weight, channel.box_weight)
    belief = belief_in_readings(readings, channel)
    likelihoods = np.zeros((count, len(NUMBERS)))
    edges = np.flatnonzero(np.diff(readings.rows, prepend=-1, append=-1))
    for start, stop in pairwise(edges.tolist()):
        of_row = slice(start, stop)
        logs = weights[of_row, None] * _reading_logs(readings.probs[of_row], belief[of_row])
        likelihoods[readings.rows[start], 1:] = _course_logs(
            logs[:, 1:], readings.times_s[of_row], shows, channel
        )
    likelihoods[:, 0] = _log_matmul(likelihoods, _unknown(worn)[None, :])[:, 0]
    return likelihoods


def belief_in_readings(readings: ReadNumbers, channel: Channel) -> NDArray[np.float64]:
    """(R,) how far each reading is believed, by the probability of its likeliest number."""
    top = readings.probs[:, 1:].max(axis=1, initial=0).astype(np.float64).clip(1e-6, 1 - 1e-6)
    told = expit(channel.told + channel.per_odds * logit(top))
    return np.asarray(np.minimum(told, channel.max_told), np.float64)


def _course_logs(
    logs: NDArray[np.float64],
    times_s: NDArray[np.float64],
    shows: NDArray[np.float64],
    channel: Channel,
) -> NDArray[np.float64]:
    """Log likelihood (K,) of the readings of one tracklet for each of the K numbers worn.

    Either every look shows the worn number, or every look the same wrong one, or each look shows
    what it does by itself, well or badly. In the last cases the readings are a hidden Markov
    chain: what is shown stays from one reading to the next, or is drawn anew from the channel
    where a look ends.

    Args:
        logs: (R, K) log odds of each reading for each number that it may show.
        times_s: (R,) when it was read, sorted.
        shows: (K, K) odds that a look shows a number: rows "wears", columns "shows".
        channel: rates.

    References:
        Rabiner, A Tutorial on Hidden Markov Models, Proc. IEEE 77 (1989): the forward pass.
    """
    stays = np.exp(-np.diff(times_s) / channel.look_s)
    poorly = channel.poor_luck * shows + (1 - channel.poor_luck) * _anything()[1:]
    wrong = shows - np.diag(np.diag(shows))
    wrong /= np.maximum(wrong.sum(axis=1, keepdims=True), 1e-12)
    same = logs.sum(axis=0)
    same_wrong = np.log((np.exp(same - same.max()) @ wrong.T).clip(1e-300)) + same.max()
    shares = [channel.right, channel.persistent, channel.poor]
    ways = [same, same_wrong, _changing_logs(logs, stays, poorly)]
    ways.append(_changing_logs(logs, stays, shows))
    shares.append(1 - sum(shares))
    return np.asarray(
        np.logaddexp.reduce([np.log(s) + w for s, w in zip(shares, ways, strict=True)])
    )


def _changing_logs(
    logs: NDArray[np.float64], stays: NDArray[np.float64], shows: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Log likelihood (K,) if each look shows what it does by itself: the forward pass.

    Args:
        logs: (R, K) log odds of each reading for each number that it may show.
        stays: (R - 1,) chance that the next reading is of the same look.
        shows: (K, K) odds that a look shows a number: rows "wears", columns "shows".
    """
    tops = logs.max(axis=1, keepdims=True)
    odds = np.exp(logs - tops)
    state = shows * odds[0]
    total = state.sum(axis=1)
    found = np.log(total)
    for stay, seen in zip(stays, odds[1:], strict=True):
        state = (stay * state / total[:, None] + (1 - stay) * shows) * seen
        total = state.sum(axis=1)
        found += np.log(total)
    return np.asarray(found + tops.sum())


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
    effective = (1 + channel.burst_weight * (counts - 1)) / counts
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
    odds = probs.astype(np.float64)  # one array that is changed in place: a game has large ones
    odds[:, 0] = 1
    numbers, legible = odds[:, 1:], legible_probs[:, None]
    numbers /= np.maximum(numbers.sum(axis=1, keepdims=True), 1e-12)
    numbers *= legible
    numbers *= numbers.shape[1]
    numbers += 1 - legible
    return np.log(odds, out=odds)


def _log_matmul(logs: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """log(exp(logs) @ weights.T) for (B, 102) logs and (K, 102) weights: (B, K)."""
    top = logs[:, 1:].max(axis=1, keepdims=True, initial=-np.inf)
    shares = np.exp(logs[:, 1:] - top) @ weights[:, 1:].T
    return np.asarray(np.log(np.maximum(shares, 1e-300)) + top)
