"""Who carries masks through windows by a mask head: a box is whose way and colours it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from playerid.frames.boxes import iou, to_pixels
from playerid.frames.masks import Mask
from playerid.models.mask_head.patches import paint_masks
from playerid.models.mask_head.small_masks import SmallMaskHead
from playerid.models.tracker.window_masks import Boxes, Look

PARTS = ((0.0, 0.13), (0.15, 0.45), (0.45, 0.62), (0.62, 0.86), (0.88, 1.0))
"""Rows of hair and face, shirt, shorts, legs and shoes, as shares of a box."""
SIZE_PX = (64, 32)


def colours_of(picture: NDArray[np.uint8], mask: Mask) -> NDArray[np.float32]:
    """Mean colours of the parts of a person, of the pixels of the mask alone.

    Args:
        picture: (height, width, 3) RGB, what is in the box.
        mask: (height, width).

    Returns:
        (15,) Lab of `PARTS`; NaN where nothing of a part is in the mask.
    """
    height, width = SIZE_PX
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    inside = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    found = np.full((len(PARTS), 3), np.nan, np.float32)
    for row, (start, end) in enumerate(PARTS):
        rows = slice(round(start * height), round(end * height))
        weights = inside[rows].ravel()
        if weights.sum() > 4:
            found[row] = weights @ lab[rows].reshape(-1, 3) / weights.sum()
    return found.ravel()


def colour_distance(some: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    """Distance of shirt and shorts, and less of other parts, that both show; NaN if none."""
    weights = np.repeat([0.4, 1.0, 1.0, 0.4, 0.4], 3)
    known = np.isfinite(some) & np.isfinite(others)
    if not known.any():
        return float("nan")
    squares = weights[known] * (some[known] - others[known]) ** 2
    return float(np.sqrt(squares.sum() * weights.sum() / weights[known].sum()))


@dataclass(slots=True)
class _Known:
    box_px: Boxes
    colours: NDArray[np.float32]
    step_px: NDArray[np.float32]
    missed: int = 0

    def expected_px(self, keeps: float) -> Boxes:
        """The next box, if each step is so much of the one before."""
        steps = sum(keeps**count for count in range(1, self.missed + 2))
        return np.asarray(self.box_px + np.tile(self.step_px * steps, 2), np.float32)

    def go_to(self, box_px: Boxes, news: float) -> None:
        """Be seen in a box; the step follows what was seen by a share of so much."""
        moved = box_px - self.box_px
        step_px = (moved[:2] + moved[2:]) / (2 * (self.missed + 1))
        self.step_px = np.asarray((1 - news) * self.step_px + news * step_px, np.float32)
        self.box_px, self.missed = box_px, 0


@dataclass(frozen=True, slots=True)
class _Seen:
    masks: Sequence[Mask]
    colours: Sequence[NDArray[np.float32]]


class HeadFollower:
    """Carries masks from box to box: a `MaskFollower`."""

    def __init__(
        self,
        head: SmallMaskHead,
        *,
        distinct: float = 60.0,
        place: float = 1.0,
        most: float = 1.3,
        keeps: float = 0.8,
        news: float = 0.3,
    ) -> None:
        """Follow with a mask head.

        Args:
            head: of masks.
            distinct: distance of colours, Lab, that is as bad as a box that does not touch the
                expected one.
            place: weight of the place, where that of the colours is 1; chosen, as `begin_iou` of
                `Windows`, on eight rendered games that no score is of.
            most: a worse pair is none.
            keeps: each step of somebody hidden is so much of the one before.
            news: a step follows what was seen by so much; on four rendered games that no score is
                of, both left 109 switches instead of 124, and other values 108 to 121.
        """
        self.head, self.distinct, self.place, self.most = head, distinct, place, most
        self.keeps, self.news = keeps, news

    def begin(self, *, backwards: bool = False) -> "HeadSession":
        """A session that knows nobody; it is the same in both directions."""
        del backwards
        return HeadSession(self)


class HeadSession:
    """One window of a `HeadFollower`: a `MaskSession`."""

    def __init__(self, follower: HeadFollower) -> None:
        """Begin with nobody."""
        self._follower = follower
        self.people: dict[int, _Known] = {}

    def prompt(self, look: Look, people: Mapping[int, Boxes]) -> None:
        """Say where people are; see `MaskSession`."""
        if not people:
            return
        seen = self._see(look, np.stack(list(people.values())))
        for (one, box_px), colours in zip(people.items(), seen.colours, strict=True):
            self.people[one] = _Known(box_px, colours, np.zeros(2, np.float32))

    def carry(self, look: Look) -> dict[int, Mask]:
        """The masks of everybody in the next picture; see `MaskSession`."""
        masks = {one: np.zeros(look.picture.shape[:2], np.bool_) for one in self.people}
        if not self.people:
            return masks
        if "head" not in look.known:
            look.known["head"] = self._see(look, look.boxes_px)
        seen = look.known["head"]
        assert isinstance(seen, _Seen)
        facts, known = self._follower, list(self.people.values())
        expected = np.stack([one.expected_px(facts.keeps) for one in known])
        away = 1 - iou(expected, look.boxes_px)
        distances = [[colour_distance(k.colours, c) for c in seen.colours] for k in known]
        costs = facts.place * away + np.nan_to_num(np.array(distances) / facts.distinct, nan=0.5)
        rows, columns = linear_sum_assignment(np.minimum(costs, facts.most))
        found = {r: c for r, c in zip(rows, columns, strict=True) if costs[r, c] < facts.most}
        for row, (one, person) in enumerate(self.people.items()):
            if (column := found.get(row)) is None:
                person.missed += 1
            else:
                masks[one] = seen.masks[column]
                person.go_to(look.boxes_px[column], facts.news)
        return masks

    def trust(self, pair: tuple[int, int]) -> float:
        """As far as the colours of the two are apart."""
        if not all(one in self.people for one in pair):
            return 0.0
        apart = colour_distance(*(self.people[one].colours for one in pair))
        return float(np.clip(np.nan_to_num(apart) / self._follower.distinct, 0, 1))

    def drop(self, person: int) -> None:
        """Forget somebody."""
        self.people.pop(person, None)

    def join(self, other: "HeadSession") -> None:
        """Take over the people of another session."""
        self.people |= other.people

    def split(self, people: Sequence[int]) -> "HeadSession":
        """Give some of the people to a session of their own."""
        part = HeadSession(self._follower)
        part.people = {one: self.people.pop(one) for one in people}
        return part

    def _see(self, look: Look, boxes_px: Boxes) -> _Seen:
        """Masks and colours of the people in boxes (N, 4) of the frame."""
        inside = look.to_picture(boxes_px)
        logits = self._follower.head.find_logits(look.picture, inside)
        masks = paint_masks(logits, inside, look.picture.shape[:2])
        colours = []
        edges = to_pixels(inside, *look.picture.shape[:2]).tolist()
        for (left, top, right, bottom), mask in zip(edges, masks, strict=True):
            part = np.s_[top:bottom, left:right]
            colours.append(colours_of(look.picture[part], mask[part]))
        return _Seen(masks, colours)
