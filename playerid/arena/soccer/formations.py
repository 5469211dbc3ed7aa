"""Formations: how ten outfield players stand behind, beside and before each other."""

import numpy as np
from numpy.typing import NDArray

FORMATIONS = ("4-4-2", "4-3-3", "3-5-2", "4-2-3-1", "5-3-2", "3-4-3")


def place_lines(formation: str) -> NDArray[np.float64]:
    """Places of the outfield players, the last line first, from right to left.

    Args:
        formation: players of each line from the own goal on, as "4-4-2".

    Returns:
        (10, 2): how far forward, 0 the last line to 1 the first; and how far to the left of
        who attacks, -1 to 1.
    """
    lines = [int(count) for count in formation.split("-")]
    assert sum(lines) == 10, formation
    depths = np.linspace(0, 1, len(lines))
    places = []
    for depth, count in zip(depths, lines, strict=True):
        spread = {1: 0.0, 2: 0.32, 3: 0.66, 4: 0.92, 5: 1.0}[count]
        for across in np.linspace(-spread, spread, count):
            # Wide players of a line stand a little before those in the middle.
            forward = 0.07 * abs(across) if depth < 1 else -0.07 * abs(across)
            places.append((depth + forward, across))
    return np.array(places)
