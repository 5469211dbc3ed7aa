"""Numbers validated over time: readings of a tracklet -> the number it wears."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Validation:
    """The number that the readings of one tracklet establish.

    Attributes:
        number: the number, or None.
        readings_for: legible readings equal to it; without a number, to the commonest one.
        readings_against: the other legible readings.
        since_s: time of the reading that completed the run, seconds; NaN without a number.
    """

    number: str | None
    readings_for: int
    readings_against: int
    since_s: float


def validate_readings(
    times_s: Sequence[float],
    numbers: Sequence[str | None],
    *,
    run: int = 3,
    max_gap_s: float = 1.0,
) -> Validation:
    """Establish a tracklet's number from its readings, by the rule of three equal ones in a row.

    1. A run is `run` consecutive equal readings. A reading of another number ends it, and so
       does an illegible one (None or ""), or a gap above `max_gap_s` without any reading.
    2. Contrary readings count, before and after the run: the number stands only while its
       readings outnumber all others of the tracklet together. Nothing is locked.
    3. The readings are those of one tracklet: nothing outlives a cut or any other break.

    "0" and "00" are different numbers.

    Args:
        times_s: when each crop was taken, seconds, in any order.
        numbers: what was read on each; None or "" where nothing was legible.
        run: three readings at 0.2 s agree by chance less often than two.
        max_gap_s: readings further apart are of two looks at the player, so they do not confirm
            each other.
    """
    order = np.argsort(np.asarray(times_s, np.float64), kind="stable")
    counts: dict[str, int] = {}
    established: dict[str, float] = {}
    streak, last, last_s = 0, "", -np.inf
    for index in order:
        number, time_s = numbers[index] or "", float(times_s[index])
        unbroken = number == last and time_s - last_s <= max_gap_s
        streak = streak + 1 if unbroken else 1
        last, last_s = number, time_s
        if number:
            counts[number] = counts.get(number, 0) + 1
            if streak >= run:
                established.setdefault(number, time_s)
    legible = sum(counts.values())
    best = max(counts, key=lambda number: counts[number], default="")
    readings_for = counts.get(best, 0)
    if best in established and readings_for * 2 > legible:
        return Validation(best, readings_for, legible - readings_for, established[best])
    return Validation(None, readings_for, legible - readings_for, float("nan"))
