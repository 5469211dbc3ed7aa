"""Which tracklets are seen in the same frames."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


def count_shared(rows: NDArray[np.integer], frames: NDArray[np.integer], count: int) -> csr_array:
    """Frames that each two of `count` tracklets share: (N, N), with itself all of its own.

    Args:
        rows: (B,) tracklet of each box.
        frames: (B,) its frame; a tracklet has at most one box in it.
        count: N.
    """
    places = np.unique(frames, return_inverse=True)[1].reshape(-1)
    shape = (count, int(places.max(initial=-1)) + 1)
    seen = csr_array((np.ones(len(rows), np.int32), (rows, places)), shape=shape)
    return csr_array(seen @ seen.T)
