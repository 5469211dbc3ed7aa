"""How good a number reader is: accuracy, calibration, and accuracy where it is sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playerid.errors import LabelsError
from playerid.models.number_reader import NumberReader
from playerid.scores.label_files import PICTURE, TEXT, read_picture, read_rows
from playerid.tables import NUMBERS


def top1(probs: NDArray[np.floating], answers: NDArray[np.integer]) -> float:
    """Share of rows whose likeliest answer is right.

    Args:
        probs: (N, K) probabilities; N may be 0, then the share is not a number.
        answers: (N,) index of the right one.
    """
    return _mean(probs.argmax(axis=1) == answers)


def expected_calibration_error(
    probs: NDArray[np.floating], answers: NDArray[np.integer], bins: int = 15
) -> float:
    """Mean distance between confidence and accuracy, over equally wide bins of confidence.

    Args:
        probs: (N, K) probabilities; N may be 0, then the error is not a number.
        answers: (N,) index of the right one.
        bins: 15 as in the reference.

    References:
        Guo et al., On Calibration of Modern Neural Networks, 2017, section 2.
    """
    if not len(answers):
        return float("nan")
    confidence = probs.max(axis=1).astype(np.float64)
    right = (probs.argmax(axis=1) == answers).astype(np.float64)
    index = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(index, confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(answers))


def accuracy_at_coverage(
    probs: NDArray[np.floating], answers: NDArray[np.integer], coverage: float
) -> float:
    """Share of right answers among the surest rows.

    Args:
        probs: (N, K) probabilities; N may be 0, then the share is not a number.
        answers: (N,) index of the right one.
        coverage: share of the rows that are answered, rounded up to whole rows.
    """
    answered = int(np.ceil(coverage * len(answers) - 1e-9))
    surest = np.argsort(-probs.max(axis=1), kind="stable")[:answered]
    return _mean(probs[surest].argmax(axis=1) == answers[surest])


def read_labelled_crops(labels: Path) -> tuple[list[NDArray[np.uint8]], list[str]]:
    """Read crops and their numbers.

    Args:
        labels: as `read_rows`: `jpeg` (an encoded picture) and `number` (text, null where no
            number is legible).

    Returns:
        Crops, each (height, width, 3) RGB, and the answer of each, one of `NUMBERS`.

    Raises:
        LabelsError: The file has other columns, or a number that is none.
    """
    rows = read_rows(labels, {"jpeg": PICTURE, "number": TEXT})
    numbers = [row["number"] or "" for row in rows]
    if unknown := sorted(set(numbers) - set(NUMBERS)):
        raise LabelsError(f"{labels}: column 'number': not jersey numbers: {unknown[:5]}")
    pictures = [read_picture(row["jpeg"], labels, index) for index, row in enumerate(rows)]
    return pictures, numbers


@dataclass(frozen=True, slots=True)
class JudgedReadings:
    """What a reader made of labelled crops: scores over any choice of the crops.

    Attributes:
        probs: (N, 102) probabilities of `NUMBERS`.
        answers: (N,) index of the right one.
    """

    probs: NDArray[np.floating]
    answers: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.answers)

    def scores(self, chosen: NDArray[np.integer]) -> dict[str, float]:
        """`top1`, `ece`, `accuracy_at_90_coverage`, and `crops`, how many there were."""
        probs, answers = self.probs[chosen], self.answers[chosen]
        return {
            "top1": top1(probs, answers),
            "ece": expected_calibration_error(probs, answers),
            "accuracy_at_90_coverage": accuracy_at_coverage(probs, answers, 0.9),
            "crops": float(len(answers)),
        }


@dataclass(frozen=True, slots=True)
class JudgedTorsos:
    """What a torso reader made of labelled upper bodies: scores over any choice of them.

    Attributes:
        readings: of the bodies; the answer "" stands for those on which nobody can read a number.
    """

    readings: JudgedReadings

    def __len__(self) -> int:
        return len(self.readings)

    def scores(self, chosen: NDArray[np.integer]) -> dict[str, float]:
        """How well it reads, and how well it knows when.

        `top1` and `ece` as of number crops, "" being an answer. `legible_auc`: chance that of two
        bodies, one legible, that one has the higher probability of it. `legible_ece`: error of
        that probability. `read`: share of the legible whose number is the likeliest answer.
        `precision`: share of the numbers answered that are right.
        """
        probs, answers = self.readings.probs[chosen], self.readings.answers[chosen]
        legible_prob, is_legible = 1 - probs[:, 0], answers != 0
        answered = probs.argmax(axis=1)
        right = answered == answers
        both = np.column_stack([probs[:, 0], legible_prob])
        return {
            "top1": top1(probs, answers),
            "ece": expected_calibration_error(probs, answers),
            "legible_auc": _area_under_curve(legible_prob, is_legible),
            "legible_ece": expected_calibration_error(both, is_legible.astype(int)),
            "read": _mean(right[is_legible]),
            "precision": _mean(right[answered != 0]),
            "torsos": float(len(answers)),
        }


def _area_under_curve(values: NDArray[np.floating], wanted: NDArray[np.bool_]) -> float:
    """Chance that one that is wanted has a higher value than one that is not; ties count half."""
    yes, no = np.sort(values[wanted]), values[~wanted]
    if not len(yes) or not len(no):
        return float("nan")
    above = len(yes) - np.searchsorted(yes, no, "right")
    ties = np.searchsorted(yes, no, "right") - np.searchsorted(yes, no, "left")
    return float((above + ties / 2).sum() / (len(yes) * len(no)))


def judge_readings(probs: NDArray[np.floating], numbers: Sequence[str]) -> JudgedReadings:
    """Put (N, 102) probabilities of `NUMBERS` beside the right answers."""
    return JudgedReadings(probs, np.array([NUMBERS.index(number) for number in numbers], int))


def score(reader: NumberReader, parquet: Path) -> dict[str, float]:
    """Score a reader on labelled crops; see `read_labelled_crops` for the file.

    Returns:
        `top1`, `ece`, `accuracy_at_90_coverage`, and `crops`, how many there were.
    """
    crops, numbers = read_labelled_crops(parquet)
    return score_probs(reader.read(crops).probs, numbers)


def score_probs(probs: NDArray[np.floating], numbers: Sequence[str]) -> dict[str, float]:
    """Score (N, 102) probabilities of `NUMBERS` against the right answers; keys as `score`."""
    return judge_readings(probs, numbers).scores(np.arange(len(numbers)))


def _mean(right: NDArray[np.bool_]) -> float:
    return float(right.mean()) if len(right) else float("nan")
