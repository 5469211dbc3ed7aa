"""Sampled frames -> court views: one homography a frame, smoothed within its segment."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from playerid import tables
from playerid.court.geometry import CourtView
from playerid.court.homography import solve_view
from playerid.court.smoothing import smooth_views
from playerid.frames.main_view import SampledFrame
from playerid.leagues.marks import Court
from playerid.models.court import CourtModel


def register_court(
    game_id: str, frames: Iterable[SampledFrame], model: CourtModel, court: Court
) -> pa.Table:
    """Solve the view of every frame; where it cannot be solved, say why.

    Returns:
        Rows of `court_views`.
    """
    places: list[SampledFrame] = []
    views: list[CourtView] = []
    size_px = (0, 0)
    for frame in frames:
        keypoints = model.find([frame.image])[0]
        size_px = (frame.image.shape[1], frame.image.shape[0])
        views.append(solve_view(keypoints, court, size_px))
        places.append(SampledFrame(frame.frame_index, frame.time_s, frame.segment_index, _NOTHING))
    smooth = smooth_views(
        views,
        [place.time_s for place in places],
        [place.segment_index for place in places],
        size_px,
        reach_m=1.4 * court.length,
    )
    rows = [
        {
            "game_id": game_id,
            "frame_index": place.frame_index,
            "time_s": place.time_s,
            "segment_index": place.segment_index,
            "image_to_court": None
            if view.image_to_court is None
            else view.image_to_court.ravel().tolist(),
            "court_error_m": view.court_error_m,
            "points": view.points,
            "reason": view.reason or None,
        }
        for place, view in zip(places, smooth, strict=True)
    ]
    return pa.Table.from_pylist(rows, tables.COURT_VIEWS.schema)


_NOTHING = np.zeros((0, 0, 3), np.uint8)
