"""When the ball falls through a ring: seen above it, and soon after in its net or below."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

WITHIN_S = 1.3
"""Longest fall from above the ring into the net: a ball may roll on the ring for a second."""
APART_S = 2.0
"""Least time between two baskets."""
LEAST_SCORE = 0.3
"""Of a box of the ball: surer ones are seldom something else."""
NEAR = 3.0
"""Farthest that a ball above the ring is from its middle, in widths of the rim's box."""
IN_NET = 0.5
"""The same for a ball that has fallen."""
FALLEN = (0.6, 2.6)
"""How far below the ring a ball is that has fallen, in heights of the rim's box: ring and net."""


def find_baskets(balls: Iterable[Mapping[str, Any]], rims: Iterable[Mapping[str, Any]]) -> set[int]:
    """Find the frames in which the ball has just fallen through a ring.

    The net hides the ball as it falls, so that a detector seldom sees it there. What a ball does in
    front of the ring or behind it looks the same from one camera.

    Args:
        balls: rows of `object_boxes`, the ball of each frame, in the order of frames.
        rims: `frame_index` and boxes of rows of `object_boxes`, the rims of the same frames.

    Returns:
        `frame_index` of the first ball in the net or below, once for each basket.
    """
    rims_of: dict[int, list[Mapping[str, Any]]] = {}
    for rim in rims:
        rims_of.setdefault(rim["frame_index"], []).append(rim)
    found: set[int] = set()
    above_s = basket_s = -math.inf
    segment = None
    for ball in balls:
        if ball["segment_index"] != segment:
            segment, above_s, basket_s = ball["segment_index"], -math.inf, -math.inf
        if ball["detection_score"] < LEAST_SCORE or ball["frame_index"] not in rims_of:
            continue
        across, down = min(_beside(ball, rim) for rim in rims_of[ball["frame_index"]])
        has_fallen = across < IN_NET and FALLEN[0] < down < FALLEN[1]
        time_s = ball["time_s"]
        if down < 0 and across < NEAR:
            above_s = time_s
        elif has_fallen and time_s - above_s <= WITHIN_S and time_s - basket_s > APART_S:
            found.add(ball["frame_index"])
            basket_s = time_s
    return found


def _beside(ball: Mapping[str, Any], rim: Mapping[str, Any]) -> tuple[float, float]:
    """How far a ball's centre is beside and below a ring, in widths and heights of the rim's box.

    The upper edge of the box is the ring.
    """
    sides = ("x_min_px", "x_max_px", "y_min_px", "y_max_px")
    left, right, top, bottom = (rim[side] for side in sides)
    x, y = ((ball[low] + ball[high]) / 2 for low, high in (sides[:2], sides[2:]))
    width, height = max(right - left, 1), max(bottom - top, 1)
    return abs(x - (left + right) / 2) / width, (y - top) / height
