"""What a window around people shows, and who carries masks through it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from playerid.frames.boxes import iou, to_pixels
from playerid.frames.masks import Mask, mask_areas, mask_boxes

Boxes = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """What a window shows in one frame.

    Attributes:
        frame: samples since the segment began.
        left, top: place of the picture in the frame, pixels.
        picture: (height, width, 3) RGB, what is cut out.
        boxes_px: (N, 4) float32 in the frame, of whoever was seen in it.
        known: what a network found in the picture, so that it is looked at once.
    """

    frame: int
    left: int
    top: int
    picture: NDArray[np.uint8]
    boxes_px: Boxes
    known: dict[str, object] = field(default_factory=dict, compare=False)

    def to_picture(self, boxes_px: Boxes) -> Boxes:
        """(N, 4) boxes of the frame in pixels of the picture."""
        return np.asarray(boxes_px - np.array([self.left, self.top] * 2, np.float32))


class MaskSession(Protocol):
    """Carries masks of people through one window, forwards or backwards."""

    def prompt(self, look: Look, people: Mapping[int, Boxes]) -> None:
        """Say where people are: id -> (4,) box in the frame; known ones are corrected."""
        ...

    def carry(self, look: Look) -> dict[int, Mask]:
        """The masks of everybody in the next picture: id -> mask, empty where hidden or lost."""
        ...

    def trust(self, pair: tuple[int, int]) -> float:
        """How far masks can tell two people apart who were mixed up, from 0 to 1."""
        ...

    def drop(self, person: int) -> None:
        """Forget somebody, who may be unknown."""
        ...

    def join(self, other: Self) -> None:
        """Take over the people of a session of the same kind."""
        ...

    def split(self, people: Sequence[int]) -> Self:
        """Give some of the people to a session of their own."""
        ...


class MaskFollower(Protocol):
    """Begins sessions."""

    def begin(self, *, backwards: bool = False) -> MaskSession:
        """A session that knows nobody, for looks in order or in reverse order."""
        ...


@dataclass(slots=True)
class WindowCosts:
    """What windows have taken, added up.

    Attributes:
        windows: that were opened.
        looks: pictures that were cut out.
        person_frames: people times frames that were segmented.
        pixel_frames: pixels of the frames that were looked at.
        all_person_frames: boxes that were seen, segmented or not.
        all_pixel_frames: pixels of all frames.
        frames: that were seen.
        seconds: of the segments.
    """

    windows: int = 0
    looks: int = 0
    person_frames: int = 0
    pixel_frames: int = 0
    all_person_frames: int = 0
    all_pixel_frames: int = 0
    frames: int = 0
    seconds: float = 0.0

    def see(self, shape: tuple[int, ...], people: int, seconds: float) -> None:
        """Count a frame of (height, width, 3) and what was seen in it, segmented or not."""
        self.frames += 1
        self.seconds += seconds
        self.all_person_frames += people
        self.all_pixel_frames += shape[0] * shape[1]

    def pay(self, look: Look, people: int) -> None:
        """Count a picture in which so many people are segmented."""
        self.looks += 1
        self.person_frames += people
        self.pixel_frames += look.picture.shape[0] * look.picture.shape[1]


def cut_look(
    frame: int,
    image: NDArray[np.uint8],
    group_px: Boxes,
    seen_px: Boxes,
    margin: float = 0.08,
) -> Look:
    """Cut a window out of a frame.

    Args:
        frame: samples since the segment began.
        image: (height, width, 3) RGB.
        group_px: (N, 4) people around whom it is cut, N at least 1.
        seen_px: (M, 4) everybody who was seen.
        margin: beyond the people, in heights of the tallest.
    """
    reach = margin * float((group_px[:, 3] - group_px[:, 1]).max())
    edges = np.array([[*group_px[:, :2].min(axis=0), *group_px[:, 2:].max(axis=0)]])
    ((left, top, right, bottom),) = to_pixels(
        edges + reach * np.array([-1, -1, 1, 1]), *image.shape[:2]
    ).tolist()
    inside = (seen_px[:, :2] < [right, bottom]).all(1) & (seen_px[:, 2:] > [left, top]).all(1)
    return Look(frame, left, top, image[top:bottom, left:right].copy(), seen_px[inside])


def mask_fits(boxes_px: Boxes, masks: Sequence[Mask], least_px: int = 30) -> NDArray[np.float64]:
    """How well (N, 4) boxes fit M masks: (N, M), IoU with the masks' own boxes, 0 if too small."""
    fits = iou(boxes_px, mask_boxes(masks))
    fits[:, mask_areas(masks) < least_px] = 0
    return fits


def agreement(masks: Sequence[Mask], boxes_px: Boxes) -> float:
    """Whether two masks lie in the boxes of the same order.

    Args:
        masks: of two people.
        boxes_px: (2, 4) in pixels of the masks.

    Returns:
        1 where each mask lies wholly in its own box, -1 where each lies in the other's, 0 where
        both masks are empty. What lies in both boxes says nothing.
    """
    height, width = masks[0].shape
    areas = np.zeros((2, height, width), np.bool_)
    for area, (left, top, right, bottom) in zip(
        areas, to_pixels(boxes_px, height, width), strict=True
    ):
        area[top:bottom, left:right] = True
    own = areas & ~areas[::-1]
    counts = np.array([[np.count_nonzero(mask & area) for area in own] for mask in masks], float)
    sizes = [max(np.count_nonzero(mask), 1) for mask in masks]
    return float(sum((counts[i, i] - counts[i, 1 - i]) / sizes[i] for i in (0, 1)) / 2)
