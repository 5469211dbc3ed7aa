"""What a mask head does: it says which pixels of a box are the person to whom the box belongs."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.frames.masks import Mask


class MaskHead(Protocol):
    """Finds small masks in boxes that others found."""

    def find_masks(
        self, image: NDArray[np.uint8], boxes_px: NDArray[np.floating]
    ) -> Sequence[Mask]:
        """Find the mask of the person in each box.

        Args:
            image: (height, width, 3) RGB.
            boxes_px: (N, 4), pixels.

        Returns:
            N boolean (height, width) masks; no pixel is in two of them.
        """
        ...
