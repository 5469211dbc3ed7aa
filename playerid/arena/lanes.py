"""Who is in the lane, and who guards: the geometry of the three-second rules."""

import numpy as np
from numpy.typing import NDArray

from playerid.leagues.basketball.court_marks import BasketballCourt

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def lane_depth(points_m: Floats, court: BasketballCourt, attacks_right: bool | Flags) -> Floats:
    """How deep points lie in the lane of the attacked basket, metres; negative outside.

    The area is the rule's: line width included, and behind the baseline where the league says so.

    Args:
        points_m: (..., 2) court points.
        court: lengths of the court.
        attacks_right: which basket is attacked; one value, or one per leading index.
    """
    side = np.where(attacks_right, 1.0, -1.0)
    from_baseline = court.length / 2 - side * points_m[..., 0]
    return np.minimum(
        np.minimum(from_baseline + court.lane_behind_baseline, court.lane_length - from_baseline),
        court.lane_width / 2 - np.abs(points_m[..., 1]),
    )


def find_guards(
    attackers_m: Floats, defenders_m: Floats, hoop_m: Floats, *, reach_m: float = 1.2
) -> Flags:
    """Which defenders actively guard somebody.

    Guarding is to be within arm's length of an attacker, on the basket's side of him, and not
    directly (within 20 degrees) behind a teammate who is nearer to him.

    Args:
        attackers_m: (..., 5, 2) court points.
        defenders_m: (..., 5, 2) court points.
        hoop_m: (..., 2) basket that is attacked.
        reach_m: arm's length.

    Returns:
        (..., 5) one flag per defender.
    """
    to_defender = defenders_m[..., None, :, :] - attackers_m[..., :, None, :]  # (..., A, D, 2)
    to_hoop = (hoop_m[..., None, :] - attackers_m)[..., :, None, :]
    distance = np.sqrt((to_defender**2).sum(-1))
    close = (distance <= reach_m) & ((to_defender * to_hoop).sum(-1) > 0)
    ray = to_defender / np.maximum(distance, 1e-6)[..., None]
    aligned = np.einsum("...ik,...jk->...ij", ray, ray) > np.cos(np.radians(20))
    nearer = distance[..., None, :] < distance[..., :, None] - 1e-9
    behind = (aligned & nearer).any(-1)
    return np.asarray((close & ~behind).any(-2))
