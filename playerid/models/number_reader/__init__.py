"""What a number reader does: crops of number boxes -> jersey numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.tables import NUMBERS


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
