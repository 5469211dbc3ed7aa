"""What a tracker does: people of consecutive frames, linked within one segment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.models.detector import Detections


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

    def start_segment(self, frames_per_second: float) -> None:
        """Forget everybody: the next frame belongs to another camera shot.

        Args:
            frames_per_second: how many frames `update` will see of a second.
        """
        ...

    def update(self, image: NDArray[np.uint8], people: Detections) -> TrackedPeople:
        """Take the next sampled frame.

        Args:
            image: (height, width, 3) RGB.
            people: the detector's players and referees of this frame.
        """
        ...
