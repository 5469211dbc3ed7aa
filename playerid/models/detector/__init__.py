"""What a detector saw in one frame, and what a detector can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.leagues import FIRST_SPORT, Sport, load_sport, person_roles, sport_names


def labels_of(sport: Sport) -> tuple[str, ...]:
    """What a detector of a sport finds, sorted."""
    return tuple(sorted([*sport.roles, *sport.things]))


FIRST_LABELS = labels_of(load_sport(FIRST_SPORT))
"""What RF-DETR finds whose weights name no classes."""
LABELS = tuple(
    dict.fromkeys([*FIRST_LABELS, *(n for s in sport_names() for n in labels_of(load_sport(s)))])
)
"""What detectors of all sports find."""
PLAYER_LABELS = load_sport(FIRST_SPORT).kinds
PERSON_LABELS = tuple(person_roles())


@dataclass(frozen=True, slots=True)
class Detections:
    """The N boxes found in one frame; N may be 0, and every array is always present.

    Attributes:
        boxes_px: (N, 4) float32, (x_min, y_min, x_max, y_max), pixels.
        scores: (N,) float32 in [0, 1], uncalibrated.
        labels: (N,) str, each one of `LABELS`.
        masks: N boolean (height, width) masks, or empty where the detector makes none.
    """

    boxes_px: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.str_]
    masks: Sequence[NDArray[np.bool_]] = ()

    def __post_init__(self) -> None:
        """Check that the arrays describe the same N boxes."""
        count = len(self.scores)
        assert self.boxes_px.shape == (count, 4), self.boxes_px.shape
        assert self.labels.shape == (count,), self.labels.shape
        assert len(self.masks) in {0, count}

    def __len__(self) -> int:
        return len(self.scores)

    def where(self, mask: NDArray[np.bool_]) -> "Detections":
        """Keep the boxes for which `mask` (N,) is true."""
        masks = [self.masks[row] for row in np.flatnonzero(mask).tolist()] if self.masks else ()
        return Detections(self.boxes_px[mask], self.scores[mask], self.labels[mask], masks)

    @classmethod
    def empty(cls) -> "Detections":
        """Nothing found."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.str_))


class Detector(Protocol):
    """Finds people, numbers, ball and rims."""

    def detect(self, images: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find the boxes of each image.

        Args:
            images: RGB images, each (height, width, 3).
        """
        ...
