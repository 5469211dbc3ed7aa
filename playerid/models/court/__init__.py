"""What a court model does: one image -> the named points of the court."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CourtKeypoints:
    """Where the named points of the court are in one image.

    Attributes:
        points_px: (K, 2) float32, pixels; K and the order are those of `Court.points`.
        scores: (K,) float32 in [0, 1]; low where a point is out of view or hidden.
        lines_px: (L, 2) float32, pixels on painted lines; L is 0 where the model looks for none.
    """

    points_px: NDArray[np.float32]
    scores: NDArray[np.float32]
    lines_px: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))


class CourtModel(Protocol):
    """Finds the named points of the court."""

    def find(self, images: Sequence[NDArray[np.uint8]]) -> list[CourtKeypoints]:
        """Find the points in each RGB image (height, width, 3)."""
        ...
