"""What a torso reader does: upper bodies of players -> jersey numbers."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.models.number_reader import Readings


class TorsoReader(Protocol):
    """Reads jersey numbers off upper bodies; needs no number box."""

    def read_torsos(self, crops: Sequence[NDArray[np.uint8]]) -> Readings:
        """Read each crop.

        The probability of "" is that of a torso on which no number can be read: a back that is
        turned away, folds, blur. It is calibrated on its own.

        Args:
            crops: RGB crops as `playerid.frames.crops.cut_torsos` cuts them, each (height, width,
                3), any size.
        """
        ...
