"""The largest set of readings that can all be true: misreadings are left out."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Price = Callable[[NDArray[np.int64], int], NDArray[np.float64]]
"""Of going from each of some earlier readings to a later one; infinite where impossible."""


def choose_consistent(
    weights: NDArray[np.float64], price: Price, *, reach: int = 200
) -> NDArray[np.int64]:
    """Choose the chain of readings with the largest weight, less the price of its steps.

    Viterbi's recursion over readings instead of states: each reading continues the best chain of
    earlier ones, or begins one.

    Args:
        weights: (N,) of the readings in order of time, positive.
        price: of a step.
        reach: how many readings back a chain is looked for, besides the best of all.

    Returns:
        (M,) indices of the chosen readings, increasing.
    """
    count = len(weights)
    best, before = weights.astype(np.float64), np.full(count, -1)
    for i in range(1, count):
        earlier = np.append(np.arange(max(0, i - reach), i), np.argmax(best[:i]))
        gains = best[earlier] - price(earlier, i)
        k = int(np.argmax(gains))
        if gains[k] > 0:
            best[i] += gains[k]
            before[i] = earlier[k]
    chosen = []
    last = int(np.argmax(best)) if count else -1
    while last >= 0:
        chosen.append(last)
        last = int(before[last])
    return np.array(chosen[::-1], np.int64)
