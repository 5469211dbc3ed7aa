"""What SAM 2.1 looks at: the whole frame, or a window around each person; and back again."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from playerid.frames.boxes import iou
from playerid.frames.masks import Mask, mask_boxes, mask_iou

IMAGE_MEAN = (0.485, 0.456, 0.406)
IMAGE_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class FrameWindow:
    """A rectangle of the frame, pixels; it may reach beyond the picture.

    Attributes:
        left, top: first pixel.
        width, height: extent, at least 1.
        is_frame: it is the whole frame.
    """

    left: int
    top: int
    width: int
    height: int
    is_frame: bool = False

    def to_view(self, boxes_px: NDArray[np.floating], side_px: int) -> NDArray[np.float32]:
        """(N, 4) boxes of the frame in the pixels of the view's square picture."""
        moved = boxes_px - np.array([self.left, self.top] * 2, np.float64)
        scaled = moved * np.array([side_px / self.width, side_px / self.height] * 2)
        return np.asarray(scaled, np.float32)


def view_of_frame(shape: tuple[int, ...]) -> FrameWindow:
    """The whole of a (height, width, ...) image."""
    return FrameWindow(0, 0, shape[1], shape[0], is_frame=True)


def view_of_person(box_px: NDArray[np.floating], heights: float) -> FrameWindow:
    """A square around the middle of a box, `heights` times as high as the box."""
    left, top, right, bottom = (float(value) for value in box_px)
    side = max(round(heights * max(bottom - top, (right - left) / 2)), 8)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    return FrameWindow(round(middle_x - side / 2), round(middle_y - side / 2), side, side)


def cut_view(image: NDArray[np.uint8], view: FrameWindow, side_px: int) -> NDArray[np.uint8]:
    """The (side, side, 3) picture of a view; black beyond the edges of the image."""
    if view.is_frame:  # as the library reads frames
        return np.asarray(Image.fromarray(image).resize((side_px, side_px)))
    height, width = image.shape[:2]
    right, bottom = view.left + view.width, view.top + view.height
    inside = image[
        min(max(view.top, 0), height) : min(max(bottom, 0), height),
        min(max(view.left, 0), width) : min(max(right, 0), width),
    ]
    if inside.shape[:2] != (view.height, view.width):
        padded = np.zeros((view.height, view.width, 3), np.uint8)
        y, x = max(-view.top, 0), max(-view.left, 0)
        padded[y : y + inside.shape[0], x : x + inside.shape[1]] = inside
        inside = padded
    smooth = cv2.INTER_AREA if view.height > side_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(inside, (side_px, side_px), interpolation=smooth))


def normalise(pictures: Sequence[NDArray[np.uint8]]) -> Tensor:
    """N square RGB pictures as the (N, 3, side, side) input of the network."""
    planes = np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2))
    batch = torch.from_numpy(planes).float() / 255.0
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (IMAGE_MEAN, IMAGE_STD))
    return (batch - mean) / std


@dataclass(frozen=True, slots=True)
class Patch:
    """Logits of one person at the resolution of the frame.

    Attributes:
        left, top: place of the first logit in the frame, pixels.
        logits: (rows, columns) float32, the part of the view inside the frame; above 0 is inside.
    """

    left: int
    top: int
    logits: NDArray[np.float32]

    def mask(self, shape: tuple[int, int]) -> Mask:
        """The mask in a frame of that (height, width)."""
        mask = np.zeros(shape, np.bool_)
        rows, columns = self.logits.shape
        mask[self.top : self.top + rows, self.left : self.left + columns] = self.logits > 0
        return mask


def bring_back(logits: NDArray[np.float32], view: FrameWindow, shape: tuple[int, int]) -> Patch:
    """The logits of a view at the resolution of a (height, width) frame."""
    height, width = shape
    full = cv2.resize(logits, (view.width, view.height), interpolation=cv2.INTER_LINEAR)
    left, top = min(max(view.left, 0), width), min(max(view.top, 0), height)
    right = max(min(view.left + view.width, width), left)
    bottom = max(min(view.top + view.height, height), top)
    inside = full[top - view.top : bottom - view.top, left - view.left : right - view.left]
    return Patch(left, top, np.asarray(inside, np.float32))


def separate(patches: Sequence[Patch], shape: tuple[int, int]) -> list[Mask]:
    """Masks of N people, no pixel in two of them: it goes to the one with the highest logit."""
    best = np.zeros(shape, np.float32)
    owner = np.zeros(shape, np.int16)
    for number, patch in enumerate(patches, 1):
        rows, columns = patch.logits.shape
        window = np.s_[patch.top : patch.top + rows, patch.left : patch.left + columns]
        wins = patch.logits > best[window]
        best[window][wins] = patch.logits[wins]
        owner[window][wins] = number
    return [owner == number for number in range(1, len(patches) + 1)]


def find_doubles(masks: Sequence[Mask], max_iou: float = 0.7) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of masks that lie on the same person."""
    overlaps = np.triu(iou(*[mask_boxes(masks)] * 2), 1)
    return [
        (int(i), int(j))
        for i, j in np.argwhere(overlaps > max_iou * 0.8)
        if mask_iou(masks[i], masks[j]) > max_iou
    ]
