"""Number boxes paired with their wearers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.frames.boxes import ios
from playerid.frames.masks import box_mask_ios
from playerid.models.tracker import TrackedPeople

NOBODY = -1
"""In place of a track id: the number has no wearer, or not a clear one."""


NUMBER_CENTRE = (0.5, 0.32)
"""Where the middle of a jersey number usually is in its player's box, as shares of the box's
width and height: on the axis of the body, a third of the way down (chest and back)."""


NUMBER_SPREAD = (0.2, 0.1)
"""Standard deviation around `NUMBER_CENTRE`; wider across, because arms and legs widen a box."""


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
