"""Boxes: areas, overlaps, foot points. A box is (x_min, y_min, x_max, y_max) in pixels."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables

Floats = NDArray[np.floating]
BOX = tuple(field.name for field in tables.BOX)
"""Columns of a box."""


def areas(boxes_px: Floats) -> NDArray[np.float64]:
    """Area of each of (N, 4) boxes: (N,), square pixels; 0 for a box that is inside out."""
    sides = np.clip(boxes_px[:, 2:].astype(np.float64) - boxes_px[:, :2], 0, None)
    return np.asarray(sides[:, 0] * sides[:, 1])


def intersections(boxes_px: Floats, others_px: Floats) -> NDArray[np.float64]:
    """Area shared by each of (N, 4) boxes with each of (M, 4) others: (N, M), square pixels."""
    first, second = boxes_px.astype(np.float64), others_px.astype(np.float64)
    upper_left = np.maximum(first[:, None, :2], second[None, :, :2])
    lower_right = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.clip(lower_right - upper_left, 0, None)
    return np.asarray(sides[..., 0] * sides[..., 1])


def iou(boxes_px: Floats, others_px: Floats) -> NDArray[np.float64]:
    """Intersection over union of (N, 4) boxes with (M, 4) others: (N, M), 0 for empty boxes."""
    shared = intersections(boxes_px, others_px)
    union = areas(boxes_px)[:, None] + areas(others_px)[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def ios(boxes_px: Floats, others_px: Floats) -> NDArray[np.float64]:
    """Intersection over the smaller of (N, 4) boxes and (M, 4) others: (N, M), 0 for empty boxes.

    1 when a number lies wholly inside its player.
    """
    shared = intersections(boxes_px, others_px)
    smaller = np.minimum(areas(boxes_px)[:, None], areas(others_px)[None, :])
    return np.divide(shared, smaller, out=np.zeros_like(shared), where=smaller > 0)


def largest_overlaps(frames: NDArray[np.integer], boxes_px: Floats) -> NDArray[np.float64]:
    """Largest IoU of each box with another one of its frame: (N,), 0 for a box alone.

    Args:
        frames: (N,) frame of each box, in any order.
        boxes_px: (N, 4) boxes, pixels.
    """
    overlaps = np.zeros(len(frames))
    order = np.argsort(frames, kind="stable")
    starts = np.flatnonzero(np.diff(frames[order])) + 1
    for rows in np.split(order, starts) if len(order) else []:
        shared = iou(boxes_px[rows], boxes_px[rows])
        np.fill_diagonal(shared, 0.0)
        overlaps[rows] = shared.max(axis=1)
    return overlaps


def foot_points(boxes_px: Floats) -> NDArray[np.float64]:
    """Middle of the lower edge of (N, 4) boxes: (N, 2), pixels; where a person stands."""
    boxes = boxes_px.astype(np.float64)
    return np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]])


def scale_boxes(boxes_px: Floats, factor: float) -> NDArray[np.float64]:
    """(N, 4) boxes with the same centres and `factor` times the sides."""
    boxes = boxes_px.astype(np.float64)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    halves = (boxes[:, 2:] - boxes[:, :2]) / 2 * factor
    return np.hstack([centres - halves, centres + halves])


def pad_boxes(boxes_px: Floats, padding_px: float) -> NDArray[np.float64]:
    """(N, 4) boxes grown by `padding_px` on every side."""
    return boxes_px.astype(np.float64) + padding_px * np.array([-1.0, -1.0, 1.0, 1.0])


def clip_boxes(boxes_px: Floats, height_px: int, width_px: int) -> NDArray[np.float64]:
    """(N, 4) boxes cut at the edges of the picture."""
    limits = np.array([width_px, height_px, width_px, height_px], np.float64)
    return np.clip(boxes_px.astype(np.float64), 0, limits)


def to_pixels(boxes_px: Floats, height_px: int, width_px: int) -> NDArray[np.int64]:
    """Pixels of (N, 4) boxes: (N, 4) integers, half-open, at least 1 x 1, in the picture."""
    whole = np.rint(clip_boxes(boxes_px, height_px, width_px)).astype(np.int64)
    whole[:, :2] = np.minimum(whole[:, :2], [width_px - 1, height_px - 1])
    whole[:, 2:] = np.maximum(whole[:, 2:], whole[:, :2] + 1)
    return whole


def boxes_of(rows: pa.Table) -> NDArray[np.float64]:
    """(N, 4) boxes of the rows of any table with boxes, pixels."""
    return np.column_stack([np.asarray(rows[name], np.float64) for name in BOX]).reshape(-1, 4)
