"""Boxes and masks of people, linked within one segment."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.boxes import iou
from playerid.detect import Detections


@dataclass(frozen=True, slots=True)
class TrackedPeople:
    """The N people of one frame, each with the number that links it through its segment.

    Attributes:
        boxes_px: (N, 4) float32, (x_min, y_min, x_max, y_max), pixels.
        track_ids: (N,) int32, unique in a frame, counted from 1 in each segment.
        scores: (N,) float32 in [0, 1], of the detection behind the box; 0 if there was none.
        labels: (N,) str, label of the detection behind the box; "" if there was none.
        masks: N boolean (height, width) masks, or empty where the tracker makes none.
    """

    boxes_px: NDArray[np.float32]
    track_ids: NDArray[np.int32]
    scores: NDArray[np.float32]
    labels: NDArray[np.str_]
    masks: Sequence[NDArray[np.bool_]] = ()

    def __post_init__(self) -> None:
        """Check that the arrays describe the same N people."""
        count = len(self.track_ids)
        assert self.boxes_px.shape == (count, 4), self.boxes_px.shape
        assert self.scores.shape == self.labels.shape == (count,)
        assert len(self.masks) in {0, count}
        assert len(np.unique(self.track_ids)) == count, "a track id stands twice in a frame"

    def __len__(self) -> int:
        return len(self.track_ids)


class Tracker(Protocol):
    """Links the people of consecutive sampled frames."""

    def start_segment(self) -> None:
        """Forget everybody: the next frame belongs to another camera shot."""
        ...

    def update(self, image: NDArray[np.uint8], people: Detections) -> TrackedPeople:
        """Take the next sampled frame.

        Args:
            image: (height, width, 3) RGB.
            people: the detector's players and referees of this frame.
        """
        ...


class Cuts:
    """Ends tracks that may have been mixed up, by giving them new ids.

    When two people stand in one another's way and part again, boxes alone do not tell who is
    who. Both tracks go on under new ids from the frame in which they part. One object serves one
    segment.
    """

    def __init__(self, split_iou: float, apart_iou: float = 0.3, min_frames: int = 1) -> None:
        """Start a segment.

        Args:
            split_iou: two boxes that overlap more may be mixed up; 1 never cuts.
            apart_iou: two boxes that overlap less have parted.
            min_frames: shorter overlaps are let pass.
        """
        self.split_iou = split_iou
        self._apart_iou = apart_iou
        self._min_frames = min_frames
        self._frames_together: dict[tuple[int, int], int] = {}
        self._new_ids: dict[int, int] = {}
        self._count = 0

    def rename(
        self, track_ids: NDArray[np.integer], boxes_px: NDArray[np.float32]
    ) -> NDArray[np.int32]:
        """Ids of the N people of the next frame, counted from 1 in the order of appearance.

        Args:
            track_ids: (N,) ids of the tracker, unique in a frame.
            boxes_px: (N, 4).

        Returns:
            (N,) int32.
        """
        ids = [int(track_id) for track_id in track_ids]
        overlaps = iou(boxes_px, boxes_px)
        mixed_up: set[int] = set()
        for row, first in enumerate(ids):
            for column, second in enumerate(ids[:row]):
                pair = (min(first, second), max(first, second))
                mixed_up |= self._follow(pair, float(overlaps[row, column]))
        for track_id in ids:
            if track_id in mixed_up or track_id not in self._new_ids:
                self._count += 1
                self._new_ids[track_id] = self._count
        return np.array([self._new_ids[track_id] for track_id in ids], np.int32)

    def _follow(self, pair: tuple[int, int], overlap: float) -> set[int]:
        """Count the frames that a pair spends together; the pair itself when it parts."""
        if overlap > self.split_iou:
            self._frames_together[pair] = self._frames_together.get(pair, 0) + 1
        parted = overlap < self._apart_iou and pair in self._frames_together
        if parted and self._frames_together.pop(pair) >= self._min_frames:
            return set(pair)
        return set()


@dataclass(frozen=True, slots=True)
class Bridge:
    """A gap in one track that is short enough to fill.

    Attributes:
        track_id: whose.
        frames: (G,) int, the sampled frames without a box, by their place in the segment.
        boxes_px: (G, 4) float32, on straight lines between the boxes beside the gap.
    """

    track_id: int
    frames: NDArray[np.int64]
    boxes_px: NDArray[np.float32]


def bridge_gaps(people: Sequence[TrackedPeople], max_gap: int = 4) -> list[Bridge]:
    """Boxes for the short gaps in the tracks of one segment.

    Args:
        people: of each sampled frame of the segment, in order.
        max_gap: most frames without a box that are bridged. Durations are seconds elsewhere; here
            it is the number of missing samples that straight lines can stand for (0.4 s at 10
            samples a second).

    Returns:
        The bridged gaps, by track, then in time.
    """
    seen: dict[int, list[tuple[int, NDArray[np.float32]]]] = {}
    for frame, present in enumerate(people):
        for track_id, box_px in zip(present.track_ids, present.boxes_px, strict=True):
            seen.setdefault(int(track_id), []).append((frame, box_px))
    bridges = []
    for track_id in sorted(seen):
        for (before, start_px), (after, end_px) in pairwise(seen[track_id]):
            if 1 < after - before <= max_gap + 1:
                frames = np.arange(before + 1, after)
                shares = ((frames - before) / (after - before))[:, None]
                boxes_px = (start_px * (1 - shares) + end_px * shares).astype(np.float32)
                bridges.append(Bridge(track_id, frames, boxes_px))
    return bridges
