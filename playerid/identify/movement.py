"""How well two tracklets of one segment fit together as one player, by where and when."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Movement:
    """How players move while nobody tracks them.

    Attributes:
        max_speed_mps: nobody is faster; sprints reach 8 to 9 metres a second.
        typical_speed_mps: standard deviation of the displacement, per second and axis.
        position_m: standard deviation of a court position, per axis.
        area_m2: where a player of the team can be instead: about half of a half-court.
        horizon_s: after this long without a tracklet, where he was tells nothing.
        impossible: factor for a displacement faster than anybody; not 0, because a homography
            can be wrong.
        at_most: largest factor, so that place alone never outweighs a reading.
    """

    max_speed_mps: float = 9.0
    typical_speed_mps: float = 2.0
    position_m: float = 0.6
    area_m2: float = 100.0
    horizon_s: float = 3.0
    impossible: float = 0.02
    at_most: float = 20.0


def link_factor(motion: Movement, gap_s: float, step_m: NDArray[np.float64]) -> float:
    """Odds that the same player appears again `step_m` away after `gap_s`, against anywhere.

    1 where a position is not known.

    Args:
        motion: how players move.
        gap_s: time between the last box of the one and the first box of the other, seconds.
        step_m: (2,) displacement; NaN if not known.
    """
    distance = math.hypot(float(step_m[0]), float(step_m[1]))
    if math.isnan(distance):
        return 1.0
    if distance > motion.max_speed_mps * gap_s + 4 * motion.position_m:
        return motion.impossible
    variance = 2 * motion.position_m**2 + (motion.typical_speed_mps * gap_s) ** 2
    density = math.exp(-(distance**2) / (2 * variance)) / (2 * math.pi * variance)
    return float(np.clip(motion.area_m2 * density, 0.3, motion.at_most))
