"""What a team embedder does: crops of people -> vectors that tell kits apart."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class TeamEmbedder(Protocol):
    """Describes the appearance of a player's crop."""

    def embed(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Embed each crop.

        Args:
            crops: RGB crops of people's boxes, each (height, width, 3), any size.

        Returns:
            (N, D) float32, one row per crop.
        """
        ...
