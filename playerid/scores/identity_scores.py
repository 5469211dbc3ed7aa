"""How well trackers keep people apart: on frames in which everybody is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from trackers.eval import compute_hota_metrics, compute_identity_metrics

from playerid.frames.boxes import iou

Ids = NDArray[np.int64]
Boxes = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class IdentityScores:
    """Of tracklets, over all frames.

    Attributes:
        hota: higher order tracking accuracy.
        idf1: of identity precision and coverage.
        precision: share of tracked boxes whose tracklet is their person's.
        coverage: share of true boxes that have such a box.
        switches: times that a tracklet went over to another person.
        at_crossings: those of them where the true boxes of the two overlap just before or after.
        breaks: times that a person went on under another tracklet.
        tracklets: that match somebody at some time.
    """

    hota: float
    idf1: float
    precision: float
    coverage: float
    switches: int
    at_crossings: int
    breaks: int
    tracklets: int


@dataclass(slots=True)
class IdentityRecord:
    """What was true and what a tracker said, frame by frame."""

    _true: list[Ids] = field(default_factory=list)
    _found: list[Ids] = field(default_factory=list)
    _overlaps: list[NDArray[np.float64]] = field(default_factory=list)
    _boxes: list[Boxes] = field(default_factory=list)

    def add(self, true_ids: Ids, true_px: Boxes, found_ids: Ids, found_px: Boxes) -> None:
        """Add a frame.

        Args:
            true_ids: (N,) of the people who are there; one segment's differ from another's.
            true_px: (N, 4) their boxes.
            found_ids: (M,) of the tracker, likewise.
            found_px: (M, 4).
        """
        self._true.append(np.asarray(true_ids, np.int64))
        self._found.append(np.asarray(found_ids, np.int64))
        self._overlaps.append(iou(true_px, found_px))
        self._boxes.append(true_px)

    def scores(self) -> IdentityScores:
        """See `IdentityScores`; there must be somebody."""
        true, found = _without_gaps(self._true), _without_gaps(self._found)
        hota = compute_hota_metrics(true, found, self._overlaps)
        identity = compute_identity_metrics(true, found, self._overlaps)
        switches, crossings, breaks, tracklets = self._count()
        return IdentityScores(
            float(hota["HOTA"]),
            float(identity["IDF1"]),
            float(identity["IDP"]),
            float(identity["IDR"]),
            switches,
            crossings,
            breaks,
            tracklets,
        )

    def _count(self) -> tuple[int, int, int, int]:
        """Switches, those at crossings, breaks, and tracklets."""
        person_of: dict[int, tuple[int, int]] = {}  # tracklet -> person, frame
        tracklet_of: dict[int, int] = {}
        pairs: set[tuple[int, int]] = set()
        switches = crossings = breaks = 0
        for frame, overlaps in enumerate(self._overlaps):
            true, found = self._true[frame].tolist(), self._found[frame].tolist()
            pairs = _matched(true, found, overlaps, pairs)
            for person, tracklet in sorted(pairs):
                former, last = person_of.get(tracklet, (person, frame))
                if former != person:
                    switches += 1
                    crossings += any(self._touch(end, person, former) for end in (last, frame))
                breaks += tracklet_of.get(person, tracklet) != tracklet
                person_of[tracklet], tracklet_of[person] = (person, frame), tracklet
        return switches, crossings, breaks, len(person_of)

    def _touch(self, frame: int, person: int, other: int) -> bool:
        """Whether the true boxes of two people overlap in a frame."""
        ids, boxes = self._true[frame], self._boxes[frame]
        return bool((iou(boxes[ids == person], boxes[ids == other]) > 0).any())


def _matched(
    true: Sequence[int],
    found: Sequence[int],
    overlaps: NDArray[np.float64],
    before: set[tuple[int, int]],
    least_iou: float = 0.5,
) -> set[tuple[int, int]]:
    """Who is whom in a frame: (person, tracklet) of the frame before where their boxes still match.

    References:
        Bernardin and Stiefelhagen, Evaluating Multiple Object Tracking Performance: The CLEAR MOT
        Metrics, 2008.
    """
    goes_on = np.array([[(one, its) in before for its in found] for one in true])
    likely = (overlaps + goes_on.reshape(overlaps.shape)) * (overlaps >= least_iou)
    rows, columns = linear_sum_assignment(likely, maximize=True)
    return {
        (true[row], found[column])
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if likely[row, column]
    }


def _without_gaps(frames: Sequence[Ids]) -> list[Ids]:
    """The same ids counted from 0 without gaps, as the scores expect them."""
    ids = np.unique(np.concatenate(frames))
    return [np.searchsorted(ids, frame) for frame in frames]
