"""Lane stays counted a second time, frame by frame, without SQL and without the rule files."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

FOOT_M = 0.3048
# NBA: 94 by 50 ft, the lane is 16 ft wide, reaches 19 ft inward and 4 ft behind the baseline.
INNER_M, OUTER_M, SIDE_M = (47 - 19) * FOOT_M, (47 + 4) * FOOT_M, 8 * FOOT_M


def lane_distances(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) distance of each position from the lane of its half, metres; negative inside."""
    along = np.maximum(INNER_M - np.abs(xs), np.abs(xs) - OUTER_M)
    across = np.abs(ys) - SIDE_M
    outside = np.hypot(np.maximum(along, 0), np.maximum(across, 0))
    return np.where(outside > 0, outside, np.maximum(along, across))


def lane_stays(
    times_s: NDArray[np.float64], xs: NDArray[np.float64], ys: NDArray[np.float64], step_s: float
) -> Iterator[tuple[float, float]]:
    """Start and end of every stay of one player in one segment.

    A state machine: touching (within 0.20 m) opens a stay; 0.20 s further than 0.35 m, half a
    second without a position, or the other half closes it at the last position that was not out.
    """
    start = last_inside = first_outside = previous = half = None
    for time_s, x, distance in zip(times_s, xs, lane_distances(xs, ys), strict=True):
        lost = previous is not None and round(time_s - previous - step_s, 3) > 0.5
        if start is not None and (lost or (distance <= 0.35 and (x > 0) != half)):
            yield start, last_inside
            start = None
        if lost:
            first_outside = None
        previous = time_s
        if distance > 0.35:
            first_outside = time_s if first_outside is None else first_outside
            if start is not None and round(time_s - first_outside, 3) >= 0.2:
                yield start, last_inside
                start = None
            continue
        first_outside = None
        if start is None and distance <= 0.20:
            start, half = time_s, x > 0
        last_inside = time_s
    if start is not None:
        yield start, last_inside
