"""How much of what is read on a tracklet speaks for a name."""

import numpy as np
from numpy.typing import NDArray

from playerid.identify.evidence import Evidence
from playerid.identify.likelihood import Channel, belief_in_readings


def support(
    evidence: Evidence, players: NDArray[np.int64], *, fewest: float = 3.0
) -> NDArray[np.float64]:
    """(N,) share of the readings of each tracklet that show the number of a player.

    Each reading counts as far as it is believed. They are taken for at least `fewest`, such that
    one look is not enough.

    Args:
        evidence: of the whole game.
        players: (N,) candidates.
        fewest: readings.

    Returns:
        1 where hardly anything is read, less than one reading that is surely right.
    """
    readings = evidence.readings
    told = belief_in_readings(readings, Channel())
    shows = readings.numbers == evidence.candidates.numbers[players][readings.rows]
    every = read_amounts(evidence)
    of_his = np.bincount(readings.rows, told * shows, len(evidence.tracklets))
    return np.asarray(np.where(every >= 1, of_his / np.maximum(every, fewest), 1.0))


def read_amounts(evidence: Evidence) -> NDArray[np.float64]:
    """(N,) how many readings of each tracklet are likely right, whatever they show."""
    told = belief_in_readings(evidence.readings, Channel())
    amounts = np.bincount(evidence.readings.rows, told, len(evidence.tracklets))
    return np.asarray(amounts, np.float64)
