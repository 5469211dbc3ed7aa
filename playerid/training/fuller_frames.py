"""Real frames made fuller: people and balls of labelled frames stand before and behind others.

Few frames are labelled, and in few of them somebody stands close to somebody else.

References:
    Ghiasi et al., Simple Copy-Paste is a Strong Data Augmentation Method for Instance Segmentation,
    CVPR 2021. People are cut out by the mask head, balls by their ellipse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.frames.boxes import iou, scale_boxes
from playerid.frames.crops import encode_jpeg
from playerid.models.detector import LABELS, PERSON_LABELS
from playerid.models.mask_head.patches import GROWN, INPUT_PX, cut_patch
from playerid.models.mask_head.small_masks import SmallMaskHead
from playerid.scores.labelled_frames import UNSURE, LabelledFrame

PEOPLE = tuple(LABELS.index(name) for name in PERSON_LABELS)
BALL = LABELS.index("ball")

Image = NDArray[np.uint8]
Box = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cutout:
    """Somebody or something in a labelled frame.

    Attributes:
        frame: index of the frame.
        box: (4,) fractions of the frame.
        label: index into `LABELS`.
        mask: (64, 32) float32 in [0, 1], over the box grown by `GROWN`.
    """

    frame: int
    box: Box
    label: int
    mask: NDArray[np.float32]


class FullerFrames:
    """Labelled frames into which people and balls of the same or of other frames are set."""

    def __init__(self, frames: Sequence[LabelledFrame], head: SmallMaskHead) -> None:
        """Cut out the balls, and everybody who touches nobody.

        Args:
            frames: real ones.
            head: finds the masks.
        """
        self._frames = frames
        self._standing: list[list[Cutout]] = []
        self._alone: list[list[Cutout]] = []
        self._balls: list[Cutout] = []
        for index, frame in enumerate(frames):
            masks = _find_masks(frame, head)
            balls = np.broadcast_to(_ellipse(), masks.shape)
            self._standing.append(_cut(index, frame, masks, are_people(frame)))
            self._alone.append(_cut(index, frame, masks, are_alone(frame)))
            self._balls += _cut(index, frame, balls, frame.labels == BALL)

    def __len__(self) -> int:
        return len(self._frames)

    def draw(
        self,
        index: int,
        rng: np.random.Generator,
        *,
        most_people: int = 4,
        most_balls: int = 2,
        at_home: float = 0.6,
    ) -> LabelledFrame:
        """A frame with up to so many people and balls more.

        Args:
            index: of the frame.
            rng: draws everything.
            most_people: who are added, each beside somebody who stands there.
            most_balls: that are added anywhere, if the frame's own ball is labelled.
            at_home: share of the people who come from the frame itself; the others from any.
        """
        filling = _Filling(self._frames, index, rng)
        neighbours = self._standing[index]
        for chosen in rng.permutation(len(neighbours))[: rng.integers(most_people + 1)]:
            home = index if rng.random() < at_home else int(rng.integers(len(self)))
            if donors := self._alone[home]:
                filling.add_person(donors[rng.integers(len(donors))], neighbours[chosen])
        if self._balls and "ball" in self._frames[index].known:
            for _ in range(rng.integers(most_balls + 1)):
                filling.add_ball(self._balls[rng.integers(len(self._balls))])
        return filling.frame()


class _Filling:
    """A frame to which people and balls are added."""

    def __init__(
        self, frames: Sequence[LabelledFrame], index: int, rng: np.random.Generator
    ) -> None:
        self._frames, self._frame, self._rng = frames, frames[index], rng
        self._image = self._frame.image()
        self._boxes, self._labels = [self._frame.boxes], [self._frame.labels]

    def frame(self) -> LabelledFrame:
        """What it has become."""
        if len(self._boxes) == 1:
            return self._frame
        boxes, labels = np.concatenate(self._boxes), np.concatenate(self._labels)
        return replace(self._frame, jpeg=encode_jpeg(self._image), boxes=boxes, labels=labels)

    def add_person(self, person: Cutout, neighbour: Cutout, most_enlarged: float = 1.6) -> None:
        """Set a person beside another: before who stands farther away, behind who is nearer."""
        box = _beside(neighbour.box, person.box, self._rng)
        if _height(box) < most_enlarged * _height(person.box) and person.box is not neighbour.box:
            self._add(person, box, neighbour if box[3] < neighbour.box[3] else None)

    def add_ball(self, ball: Cutout) -> None:
        """Set a ball of about its own size anywhere."""
        self._add(ball, _anywhere(ball.box, self._rng), None)

    def _add(self, cutout: Cutout, box: Box, before: Cutout | None) -> None:
        if _leaves_seen(box, np.concatenate(self._boxes)):
            source = self._frames[cutout.frame].image()
            is_mirrored = self._rng.random() < 0.5
            self._image = _paste(self._image, source, cutout, box, before, is_mirrored)
            self._boxes.append(box[None])
            self._labels.append(np.array([cutout.label]))


def _find_masks(frame: LabelledFrame, head: SmallMaskHead) -> NDArray[np.float32]:
    """(N, 64, 32): how probable each box's person is, over the box grown by `GROWN`."""
    image = frame.image()
    logits = head.find_logits(image, frame.boxes * np.tile(image.shape[1::-1], 2))
    return np.asarray(1 / (1 + np.exp(-2 * logits)), np.float32)


def _ellipse() -> NDArray[np.float32]:
    """(64, 32) mask of what fills its box roundly, with a soft edge."""
    rows, columns = (np.linspace(-GROWN, GROWN, side) for side in INPUT_PX)
    radius = np.hypot(rows[:, None], columns[None])
    return np.clip((1 - radius) * 8 + 0.5, 0, 1).astype(np.float32)


def _cut(
    index: int, frame: LabelledFrame, masks: NDArray[np.float32], chosen: NDArray[np.bool_]
) -> list[Cutout]:
    return [
        Cutout(index, frame.boxes[row], int(frame.labels[row]), masks[row])
        for row in np.flatnonzero(chosen)
    ]


def are_people(frame: LabelledFrame) -> NDArray[np.bool_]:
    """Which boxes (N,) are of people."""
    return np.isin(frame.labels, PEOPLE)


def are_alone(
    frame: LabelledFrame, most_overlap: float = 0.02, edge: float = 0.01
) -> NDArray[np.bool_]:
    """Which boxes (N,) are of people who touch nobody and whom the frame shows whole."""
    overlap = iou(frame.boxes, frame.boxes) * (are_people(frame) | (frame.labels == UNSURE))
    np.fill_diagonal(overlap, 0)
    is_whole = (frame.boxes[:, :2] > edge).all(1) & (frame.boxes[:, 2:] < 1 - edge).all(1)
    touches = overlap.max(1, initial=0) > most_overlap
    return np.asarray(are_people(frame) & is_whole & ~touches)


def _height(box: Box) -> float:
    return float(box[3] - box[1])


def _beside(neighbour: Box, own: Box, rng: np.random.Generator) -> Box:
    """A box of the shape of `own`, about as high as the neighbour, that overlaps it."""
    height = _height(neighbour) * np.exp(rng.normal(0, 0.1))
    width = height * (own[2] - own[0]) / _height(own)
    reach = (width + neighbour[2] - neighbour[0]) / 2
    middle = (neighbour[0] + neighbour[2]) / 2 + rng.choice([-1, 1]) * rng.uniform(
        0.25, 0.9
    ) * reach
    foot = neighbour[3] + rng.normal(0, 0.1) * height
    return np.array([middle - width / 2, foot - height, middle + width / 2, foot], np.float32)


def _anywhere(own: Box, rng: np.random.Generator) -> Box:
    """A box of about the size of `own`, somewhere in the frame."""
    half = (own[2:] - own[:2]) / 2 * np.exp(rng.normal(0, 0.15))
    middle = rng.uniform([0.05, 0.1], [0.95, 0.9])
    return np.concatenate([middle - half, middle + half]).astype(np.float32)


def _leaves_seen(box: Box, others: NDArray[np.float32], most: float = 0.75) -> bool:
    """Whether a box lies in the frame, and no other for more than so much in it."""
    if (box[:2] < 0).any() or (box[2:] > 1).any():
        return False
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    inside = np.prod(np.maximum(high - low, 0), 1) / np.prod(others[:, 2:] - others[:, :2], 1)
    return bool((inside < most).all()) and iou(box[None], others).max(initial=0) < 0.6


def _paste(
    image: Image,
    source: Image,
    cutout: Cutout,
    box: Box,
    before: Cutout | None,
    is_mirrored: bool,
) -> Image:
    """An image with a cutout in a box of it, behind somebody who stands there if that is said."""
    place, size = _place(image, box)
    patch = cut_patch(source, _grown_px(source, cutout.box), size)
    mask = cv2.resize(cutout.mask, size[::-1])
    if is_mirrored:
        patch, mask = patch[:, ::-1], mask[:, ::-1]
    pixels, cover = image.copy(), np.zeros(image.shape[:2], np.float32)
    pixels[place.rows, place.columns] = patch[place.inner]
    cover[place.rows, place.columns] = mask[place.inner]
    if before is not None:
        place, size = _place(image, before.box)
        cover[place.rows, place.columns] *= 1 - cv2.resize(before.mask, size[::-1])[place.inner]
    blend = image + cover[..., None] * (pixels.astype(np.float32) - image)
    return np.clip(blend, 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class PatchPlace:
    """Where a patch lies in an image: rows, columns, and which part of the patch that is."""

    rows: slice
    columns: slice
    inner: tuple[slice, ...]


def _place(image: Image, box: Box) -> tuple[PatchPlace, tuple[int, int]]:
    """Where a box, grown by `GROWN`, lies in an image; height and width of its patch."""
    left, top, right, bottom = np.round(_grown_px(image, box)).astype(int).tolist()
    height, width = image.shape[:2]
    rows, columns = slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))
    inner = (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )
    return PatchPlace(rows, columns, inner), (max(bottom - top, 1), max(right - left, 1))


def _grown_px(image: Image, box: Box) -> NDArray[np.float64]:
    height, width = image.shape[:2]
    grown = scale_boxes(box[None] * np.array([width, height, width, height]), GROWN)[0]
    return np.asarray(grown, np.float64)
