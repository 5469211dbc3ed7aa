"""What a text reader does: finds and reads printed text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TextLines:
    """The N lines of text found in one picture.

    Attributes:
        boxes_px: (N, 4) float32, (x_min, y_min, x_max, y_max), pixels.
        texts: (N,) str.
        scores: (N,) float32 in [0, 1], uncalibrated.
    """

    boxes_px: NDArray[np.float32]
    texts: tuple[str, ...]
    scores: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Check the shapes."""
        assert self.boxes_px.shape == (len(self.texts), 4)
        assert self.scores.shape == (len(self.texts),)


class TextReader(Protocol):
    """Finds and reads printed text."""

    def find(self, image: NDArray[np.uint8]) -> TextLines:
        """Find and read the lines of a picture, (height, width, 3) RGB."""
        ...

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> tuple[list[str], list[float]]:
        """Read crops that each show one line; "" with score 0 where there is none.

        Args:
            crops: RGB, each (height, width, 3), any size.
        """
        ...
