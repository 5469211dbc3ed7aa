"""Tracklets that share a few frames by two boxes on one person -> pieces that share none."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.frames.boxes import boxes_of
from playerid.identify.atoms import PIECES
from playerid.identify.shared_frames import count_shared


def split_doubles(
    tracked_boxes: pa.Table, *, most: int = 3, share: float = 0.25, apart: float = 1.0
) -> pa.Table:
    """Cut off the boxes that somebody has beside those of his next tracklet.

    Where a tracklet of a person ends and the next begins, a few frames may show both: two boxes
    on one body, or the old box going on without him. Who shares frames is never the same player,
    so the few would keep one of the two from having a name. They become pieces of their own, cut
    from the shorter.

    Args:
        tracked_boxes: rows of `tracked_boxes`.
        most: frames that the two share at the most, ...
        share: ... and no larger share of those of the shorter.
        apart: in them the middles of the boxes are nearer than so many heights of a box.

    Returns:
        Rows of `PIECES`, as `split_tracklets` gives them.
    """
    ids, rows = np.unique(tracked_boxes["tracklet_id"].to_numpy(), return_inverse=True)
    frames, boxes = tracked_boxes["frame_index"].to_numpy(), boxes_of(tracked_boxes)
    shared = count_shared(rows, frames, len(ids)).tocoo()
    lengths = np.bincount(rows, minlength=len(ids))
    shorter = np.minimum(lengths[shared.row], lengths[shared.col])
    few = (shared.data <= most) & (shared.data <= share * shorter) & (shared.row < shared.col)
    order = np.lexsort((frames, rows))
    starts = np.searchsorted(rows[order], np.arange(len(ids) + 1))
    own = [order[starts[row] : starts[row + 1]] for row in range(len(ids))]
    cut: dict[int, set[int]] = {}
    for first, second in zip(shared.row[few].tolist(), shared.col[few].tolist(), strict=True):
        both, at_first, at_second = np.intersect1d(
            frames[own[first]], frames[own[second]], assume_unique=True, return_indices=True
        )
        if _are_near(boxes[own[first][at_first]], boxes[own[second][at_second]], apart):
            loser = first if lengths[first] < lengths[second] else second
            cut.setdefault(loser, set()).update(both.tolist())
    return _pieces(ids, {row: frames[own[row]] for row in sorted(cut)}, cut)


def _are_near(first: NDArray[np.float64], second: NDArray[np.float64], apart: float) -> bool:
    middles = (first[:, :2] + first[:, 2:] - second[:, :2] - second[:, 2:]) / 2
    heights = np.minimum(first[:, 3] - first[:, 1], second[:, 3] - second[:, 1])
    return bool((np.linalg.norm(middles, axis=1) < apart * heights).all())


def _pieces(
    ids: NDArray[np.integer], frames_of: dict[int, NDArray[np.integer]], cut: dict[int, set[int]]
) -> pa.Table:
    """The cut frames of each tracklet as one piece, and what is left as the tracklet."""
    made, next_id = [], int(ids.max(initial=-1)) + 1
    for row, frames in frames_of.items():
        tracklet = int(ids[row])
        are_cut = np.isin(frames, list(cut[row]))
        changes = np.flatnonzero(np.diff(are_cut, prepend=not are_cut[0]))
        for start, is_cut in zip(frames[changes].tolist(), are_cut[changes], strict=True):
            piece = next_id if is_cut else tracklet
            made.append({"tracklet_id": tracklet, "start_frame": start, "piece_id": piece})
        next_id += 1
    return pa.Table.from_pylist(made, schema=PIECES)
