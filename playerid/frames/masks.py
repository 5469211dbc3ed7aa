"""Masks of people: run-length encoding, overlap with number boxes, clean-up.

A mask is a boolean (height, width) array; all masks of a frame have the frame's size.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from playerid.frames.boxes import to_pixels

Mask = NDArray[np.bool_]

CHAMFER_STEP = 0.955  # cost of one step of OpenCV's 3 x 3 distance transform, pixels


def encode_mask(mask: Mask) -> bytes:
    """COCO run-length encoding of a mask, compressed: the `counts` of pycocotools."""
    encoded: bytes = coco.encode(np.asfortranarray(mask, dtype=np.uint8))["counts"]
    return encoded


def decode_mask(rle: bytes, height_px: int, width_px: int) -> Mask:
    """The mask behind `encode_mask`; its size is not part of the encoding."""
    decoded = coco.decode({"size": [height_px, width_px], "counts": rle})
    return np.ascontiguousarray(decoded).astype(np.bool_)


def mask_boxes(masks: Sequence[Mask]) -> NDArray[np.float32]:
    """Tight box of each mask: (N, 4) float32, pixels; zeros for an empty mask.

    The upper limits are the edges of the last pixels, so a single pixel is 1 wide.
    """
    boxes_px = np.zeros((len(masks), 4), np.float32)
    for box_px, mask in zip(boxes_px, masks, strict=True):
        x_px, y_px, width_px, height_px = cv2.boundingRect(mask.view(np.uint8))
        box_px[:] = (x_px, y_px, x_px + width_px, y_px + height_px)
    return boxes_px


def mask_areas(masks: Sequence[Mask]) -> NDArray[np.int64]:
    """Pixels of each mask: (N,)."""
    return np.array([cv2.countNonZero(mask.view(np.uint8)) for mask in masks], np.int64)


def box_mask_ios(boxes_px: NDArray[np.floating], masks: Sequence[Mask]) -> NDArray[np.float64]:
    """Intersection over the smaller area of boxes with masks, both counted in pixels.

    Args:
        boxes_px: (N, 4) boxes of numbers, pixels.
        masks: M masks of people.

    Returns:
        (N, M) float64 in [0, 1]: 1 when a number lies wholly inside its player; 0 for an empty
        mask.
    """
    shares = np.zeros((len(boxes_px), len(masks)))
    if not len(boxes_px) or not len(masks):
        return shares
    sizes = mask_areas(masks)
    for row, (left, top, right, bottom) in enumerate(to_pixels(boxes_px, *masks[0].shape)):
        box_area = (right - left) * (bottom - top)
        for column, mask in enumerate(masks):
            inside = np.count_nonzero(mask[top:bottom, left:right])
            shares[row, column] = inside / max(min(box_area, sizes[column]), 1)
    return shares


def mask_iou(mask: Mask, other: Mask) -> float:
    """Intersection over union of two masks; 1 for two empty ones, which agree."""
    union = np.count_nonzero(mask | other)
    return np.count_nonzero(mask & other) / union if union else 1.0


def clean_mask(mask: Mask, relative_distance: float = 0.03) -> Mask:
    """Drop the parts of a mask that lie far from its body.

    Keeps the largest connected component, and those whose edge is not further from it than
    `relative_distance` of the diagonal of the picture: arms and legs that something thin cuts off
    stay, pieces of another player go.

    Args:
        mask: (height, width).
        relative_distance: 3 % is what the reference uses.

    Returns:
        A new mask, equal to
        `supervision.filter_segments_by_distance(mask, relative_distance=..., mode="edge")`.
    """
    count, components, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8))
    if count <= 2:  # the background, and at most one part
        return mask.copy()
    limit_px = relative_distance * math.hypot(*mask.shape)
    body = _largest(stats)
    window = _around(stats[body], math.ceil(limit_px / CHAMFER_STEP) + 1, mask.shape)
    nearby = components[window]
    distance_px = cv2.distanceTransform((nearby != body).view(np.uint8), cv2.DIST_L2, 3)
    kept = np.zeros(count, np.bool_)
    kept[np.unique(nearby[distance_px <= limit_px])] = True
    kept[0] = False
    cleaned: Mask = kept[components]
    return cleaned


def _largest(stats: NDArray[np.int32]) -> int:
    """Component with the most pixels; among equals the leftmost, then the uppermost."""
    sizes = stats[1:, cv2.CC_STAT_AREA]
    candidates = 1 + np.flatnonzero(sizes == sizes.max())
    order = np.lexsort((candidates, stats[candidates, 1], stats[candidates, 0]))
    return int(candidates[order[0]])


def _around(stat: NDArray[np.int32], margin_px: int, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns within `margin_px` of a component."""
    left, top, width, height = (int(value) for value in stat[:4])
    return (
        slice(max(top - margin_px, 0), min(top + height + margin_px, shape[0])),
        slice(max(left - margin_px, 0), min(left + width + margin_px, shape[1])),
    )
