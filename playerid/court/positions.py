"""Where people stand on the court."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.court.geometry import to_court_below_horizon
from playerid.frames.boxes import boxes_of, foot_points


def court_positions(rows: pa.Table, court_views: pa.Table) -> NDArray[np.float64]:
    """Project the foot points of boxes by the homography of their frame.

    Returns:
        (N, 2) metres; NaN where the view is not solved or the point is above the horizon.
    """
    solved = {
        frame: np.array(matrix).reshape(3, 3)
        for frame, matrix in zip(
            court_views["frame_index"].to_pylist(),
            court_views["image_to_court"].to_pylist(),
            strict=True,
        )
        if matrix is not None
    }
    frames = np.asarray(rows["frame_index"])
    feet = foot_points(boxes_of(rows))
    positions = np.full((len(frames), 2), np.nan)
    order = np.argsort(frames, kind="stable")
    starts = np.flatnonzero(np.diff(frames[order], prepend=-1))
    for group in np.split(order, starts[1:]):
        if len(group) and int(frames[group[0]]) in solved:
            matrix = solved[int(frames[group[0]])]
            positions[group] = to_court_below_horizon(feet[group], matrix)
    return positions
