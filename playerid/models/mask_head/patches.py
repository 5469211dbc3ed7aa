"""From a frame to the patches that a mask head sees, and from its logits back to the frame."""

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.frames.boxes import scale_boxes
from playerid.frames.masks import Mask

INPUT_PX = (64, 32)
"""Height and width of what the network sees, and of its masks."""
GROWN = 1.25
"""What it sees is so many times as wide and as high as the box."""


def cut_patch(
    image: NDArray[np.uint8], box_px: NDArray[np.floating], size_px: tuple[int, int] = INPUT_PX
) -> NDArray[np.uint8]:
    """The part of an image in a box, at a size (height, width); black beyond its edges."""
    left, top, right, bottom = (float(value) for value in box_px)
    height, width = size_px
    x_step, y_step = max(right - left, 1.0) / width, max(bottom - top, 1.0) / height
    # Centres of pixels are at halves: the first of the patch is half a step inside the box.
    matrix = np.array(
        [[x_step, 0, left + x_step / 2 - 0.5], [0, y_step, top + y_step / 2 - 0.5]], np.float64
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), flags=flags))


def paint_masks(
    logits: NDArray[np.float32], boxes_px: NDArray[np.floating], shape: tuple[int, ...]
) -> list[Mask]:
    """Masks in a (height, width) frame: a pixel belongs to the one with the highest logit.

    Args:
        logits: (N, 64, 32) over boxes grown by `GROWN`.
        boxes_px: (N, 4).
        shape: (height, width).
    """
    height, width = shape[:2]
    best, owner = np.zeros((height, width), np.float32), np.zeros((height, width), np.int16)
    for number, (plane, grown) in enumerate(
        zip(logits, scale_boxes(boxes_px, GROWN), strict=True), 1
    ):
        low = np.clip(np.floor(grown[:2]), 0, [width, height]).astype(int)
        high = np.clip(np.ceil(grown[2:]), 0, [width, height]).astype(int)
        if (high <= low).any():
            continue
        steps = np.array(plane.shape[::-1]) / np.maximum(grown[2:] - grown[:2], 1e-6)
        offset = (low + 0.5 - grown[:2]) * steps - 0.5
        matrix = np.array([[steps[0], 0, offset[0]], [0, steps[1], offset[1]]])
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        full = cv2.warpAffine(plane, matrix, size, flags=flags, borderValue=-9.0)
        window = np.s_[low[1] : high[1], low[0] : high[0]]
        wins = full > best[window]
        best[window][wins] = full[wins]
        owner[window][wins] = number
    return [owner == number for number in range(1, len(logits) + 1)]
