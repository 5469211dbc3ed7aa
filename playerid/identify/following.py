"""Is a box still on the person of its tracklet? Where people overlap, trackers change over."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import expit

from playerid.frames.boxes import boxes_of, largest_overlaps

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Course:
    """When and as which tracklets N boxes were seen.

    Attributes:
        tracklets: (N,) int, tracklet.
        segments: (N,) int, camera segment.
        frames: (N,) int, frame.
        times_s: (N,) seconds.
        boxes_px: (N, 4) boxes of everybody who is tracked in these frames, pixels.
        meetings: (N,) int, from `count_meetings`; None where numbers are not looked at.
    """

    tracklets: NDArray[np.integer]
    segments: NDArray[np.integer]
    frames: NDArray[np.integer]
    times_s: Floats
    boxes_px: Floats
    meetings: NDArray[np.integer] | None = None


def following_probs(
    course: Course,
    *,
    alone: float = 6.4,
    per_overlap: float = -7.6,
    at_end: float = -1.4,
    per_meeting: float = 0.83,
) -> Floats:
    """Probability that each box shows the person whom its tracklet shows most of the time.

    Logistic in the largest overlap with the box of somebody else nearby in time, and in how soon
    the tracklet ends: a track that is about to be lost is often on somebody else already. Fitted
    on five rendered games of 40 s with the starter models. Each judged by a fit to the other four,
    the mean log loss is 0.113, and 0.123 with the overlap of the frame alone. Of the boxes that
    are a meeting away from where the number was read, 0.81 were on the person, of those further
    away 0.72, where 0.96 was said without (two rendered games of 40 s).

    Args:
        course: the boxes.
        alone: log odds without any overlap, far from the ends.
        per_overlap: their change with the largest IoU.
        at_end: their change at the end of the tracklet.
        per_meeting: share of the tracklets that leave a meeting with whom they entered it; two
            meetings count, what is beyond does not make it worse.

    Returns:
        (N,) probabilities.
    """
    overlaps = _recent_overlaps(course)
    ends = np.exp(-_times_to_end(course))
    probs = np.asarray(expit(alone + per_overlap * overlaps + at_end * ends))
    return probs if course.meetings is None else probs * per_meeting ** course.meetings.clip(max=2)


def count_meetings(
    boxes: pa.Table,
    readings: pa.Table,
    identities: pa.Table,
    *,
    met_iou: float = 0.4,
    least_prob: float = 0.5,
) -> NDArray[np.int64]:
    """How often each person met another since his number was read, or until it is.

    Args:
        boxes: N rows of `tracked_boxes`.
        readings: rows of `number_readings` of the same tracklets.
        identities: their rows of `identities`.
        met_iou: boxes that overlap more are of two who meet.
        least_prob: readings that are less likely are not counted.

    Returns:
        (N,) the fewer of the meetings before and after; 0 where a tracklet has no number, or it
        was never read.
    """
    frames = boxes["frame_index"].to_numpy()
    keys = _keys(boxes)
    order = np.argsort(keys)
    keys = keys[order]
    owners = keys >> 32
    meets = largest_overlaps(frames, boxes_of(boxes))[order] > met_iou
    goes_on = np.append(False, meets[:-1] & (owners[1:] == owners[:-1]))[: len(keys)]
    met = np.cumsum(meets & ~goes_on)
    read = np.intersect1d(_keys(_told(readings, identities, least_prob)), keys)
    read_met = met[np.searchsorted(keys, read)]
    fewest = np.full(len(keys), np.inf)
    after = np.searchsorted(read, keys)
    for nearest in (after - 1, after):
        rows = np.flatnonzero((nearest >= 0) & (nearest < len(read)))
        rows = rows[read[nearest[rows]] >> 32 == owners[rows]]
        fewest[rows] = np.minimum(fewest[rows], np.abs(met[rows] - read_met[nearest[rows]]))
    found = np.zeros(len(keys), np.int64)
    found[order] = np.where(np.isinf(fewest), 0, fewest)
    return found


def _told(readings: pa.Table, identities: pa.Table, least_prob: float) -> pa.Table:
    """Where the number was read that a tracklet has."""
    likely = pc.multiply(readings["legible_prob"], readings["number_prob"])
    sure = readings.filter(pc.greater(likely, least_prob))
    keys = ["tracklet_id", "jersey_number"]
    return sure.select([*keys, "frame_index"]).join(
        identities.select(keys), keys, join_type="inner"
    )


def _keys(rows: pa.Table) -> NDArray[np.int64]:
    """Tracklet and frame of each row as one number."""
    ids, frames = (rows[name].to_numpy() for name in ("tracklet_id", "frame_index"))
    return np.asarray((ids.astype(np.int64) << 32) + frames)


def _recent_overlaps(course: Course, near_s: float = 0.3) -> Floats:
    """(N,) largest IoU of a tracklet's boxes with others, within `near_s` before and after."""
    overlaps = largest_overlaps(course.frames, course.boxes_px)
    recent = np.zeros(len(overlaps))
    for rows in _by(course.tracklets):
        gaps_s = np.abs(course.times_s[rows, None] - course.times_s[None, rows])
        near = gaps_s <= near_s + 1e-6
        recent[rows] = np.where(near, overlaps[rows], 0.0).max(axis=1)
    return recent


def _times_to_end(course: Course, edge_s: float = 0.25) -> Floats:
    """(N,) seconds to the nearer end of the tracklet; a cut of the camera is no end."""
    times_s, nearest_s = course.times_s, np.full(len(course.times_s), np.inf)
    first_s, last_s = np.zeros_like(nearest_s), np.zeros_like(nearest_s)
    for rows in _by(course.segments):
        first_s[rows], last_s[rows] = times_s[rows].min(), times_s[rows].max()
    for rows in _by(course.tracklets):
        begin_s, end_s = times_s[rows].min(), times_s[rows].max()
        begins = begin_s > first_s[rows] + edge_s
        ends = end_s < last_s[rows] - edge_s
        nearest_s[rows] = np.minimum(
            np.where(begins, times_s[rows] - begin_s, np.inf),
            np.where(ends, end_s - times_s[rows], np.inf),
        )
    return nearest_s


def _by(keys: NDArray[np.integer]) -> list[NDArray[np.intp]]:
    """Rows of each key."""
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(keys[order])) + 1) if len(order) else []
