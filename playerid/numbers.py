"""Jersey numbers: what a reader can do; pairing with players; validation over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.boxes import ios
from playerid.masks import box_mask_ios
from playerid.track import TrackedPeople

NUMBERS = ("", "0", "00", *(str(n) for n in range(1, 100)))
"""Every answer of a reader; "" is "no legible number". 102 answers."""

NOBODY = -1
"""In place of a track id: the number has no wearer, or not a clear one."""

NUMBER_CENTRE = (0.5, 0.32)
"""Where the middle of a jersey number usually is in its player's box, as shares of the box's
width and height: on the axis of the body, a third of the way down (chest and back)."""

NUMBER_SPREAD = (0.2, 0.1)
"""Standard deviation around `NUMBER_CENTRE`; wider across, because arms and legs widen a box."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What a reader saw on N crops.

    Attributes:
        probs: (N, 102) float32, calibrated probability of each of `NUMBERS`; rows sum to 1.
    """

    probs: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Check the shape."""
        assert self.probs.ndim == 2
        assert self.probs.shape[1] == len(NUMBERS)


class NumberReader(Protocol):
    """Reads jersey numbers."""

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> Readings:
        """Read each crop.

        Args:
            crops: RGB crops of number boxes, each (height, width, 3), any size.
        """
        ...


@dataclass(frozen=True, slots=True)
class Wearers:
    """Whose each of M number boxes is.

    Attributes:
        track_ids: (M,) int32, track id of the wearer, never a row index; `NOBODY` if none or
            not clear. No id stands twice.
        ios: (M,) float32, share of the number box inside its wearer; 0 where there is none.
    """

    track_ids: NDArray[np.int32]
    ios: NDArray[np.float32]


def pair_numbers(
    number_boxes_px: NDArray[np.floating],
    people: TrackedPeople,
    *,
    min_ios: float = 0.9,
    min_margin: float = 1.0,
    max_distance: float = 4.0,
) -> Wearers:
    """Find the wearer of each number of one frame, one to one.

    A person is a candidate when the number lies inside (`min_ios`) and is no further than
    `max_distance` from where a number sits on a body. Of several candidates the one on whom it
    sits best wins, but only by a clear margin; otherwise the number has no wearer. Of several
    numbers with the same wearer the one with the highest IoS stays, then the best seated; the
    others go to nobody, because a person shows one number at a time.

    Args:
        number_boxes_px: (M, 4); M may be 0.
        people: the players of that frame (leave the referees out); their masks are used for the
            IoS where they have some, their boxes otherwise.
        min_ios: share of the number inside its wearer; the boundary counts.
        min_margin: distance by which the winner must be nearer than the next candidate, in
            standard deviations of a number's place (`NUMBER_SPREAD`): nearer by one is twice
            to three times as likely.
        max_distance: in the same unit; beyond four, at the knees or outside the shoulders, a
            number belongs to somebody else, or is none.
    """
    count = len(number_boxes_px)
    wearers = np.full(count, NOBODY, np.int32)
    shares = np.zeros(count, np.float32)
    if not count or not len(people):
        return Wearers(wearers, shares)
    if people.masks:
        inside = box_mask_ios(number_boxes_px, people.masks)
    else:
        inside = ios(number_boxes_px, people.boxes_px)
    distances = _distances_from_seat(number_boxes_px, people.boxes_px)
    distances[(inside < min_ios) | (distances > max_distance)] = np.inf
    nearest = distances.argmin(axis=1)
    ordered = np.sort(np.column_stack([distances, np.full(count, np.inf)]), axis=1)
    clear = np.isfinite(ordered[:, 0]) & (ordered[:, 1] >= ordered[:, 0] + min_margin)
    taken: set[int] = set()
    rows = np.arange(count)
    for row in np.lexsort((distances[rows, nearest], -inside[rows, nearest])):
        person = int(nearest[row])
        if clear[row] and person not in taken:
            taken.add(person)
            wearers[row] = people.track_ids[person]
            shares[row] = inside[row, person]
    return Wearers(wearers, shares)


def _distances_from_seat(
    number_boxes_px: NDArray[np.floating], people_boxes_px: NDArray[np.floating]
) -> NDArray[np.float64]:
    """(M, N) distances of numbers from their place on each body, in standard deviations."""
    numbers, people = number_boxes_px.astype(np.float64), people_boxes_px.astype(np.float64)
    centres = (numbers[:, :2] + numbers[:, 2:]) / 2
    sides = np.maximum(people[:, 2:] - people[:, :2], 1.0)
    relative = (centres[:, None, :] - people[None, :, :2]) / sides[None, :, :]
    return np.asarray(np.linalg.norm((relative - NUMBER_CENTRE) / NUMBER_SPREAD, axis=2))


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
