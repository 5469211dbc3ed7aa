"""A group of people who overlap: who is in it, what its window showed, and their masks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from playerid.frames.boxes import intersections, scale_boxes
from playerid.frames.masks import Mask, mask_boxes
from playerid.models.tracker.window_masks import (
    Boxes,
    Look,
    MaskFollower,
    MaskSession,
    agreement,
    cut_look,
)


@dataclass(slots=True)
class Member:
    """Somebody in a group.

    Attributes:
        box_px: (4,) float32, where they were last, or where their mask says that they are.
        since: frame in which they came.
        seen: frame in which they were last detected.
        entry: frame, and box in it, with which their mask began.
        clear: frames in a row in which they stood clear.
    """

    box_px: Boxes
    since: int
    seen: int
    entry: tuple[int, Boxes]
    clear: int = 0


@dataclass(slots=True)
class Group:
    """People who overlap, and the window around them.

    Attributes:
        session: carries their masks.
        began: frame in which the group came together.
        members: id -> person.
        looks: what the window showed, in order.
        masks: id -> mask in the last picture.
    """

    session: MaskSession
    began: int
    members: dict[int, Member] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    masks: dict[int, Mask] = field(default_factory=dict)

    def step(
        self, frame: int, image: NDArray[np.uint8], ids: Sequence[int], boxes_px: Boxes, most: int
    ) -> Look:
        """Carry the masks into the next frame.

        Args:
            frame: samples since the segment began.
            image: (height, width, 3) RGB.
            ids: N people who were detected.
            boxes_px: (N, 4).
            most: pictures that are kept.
        """
        there = dict(zip(ids, boxes_px, strict=True))
        around = [there.get(one, member.box_px) for one, member in self.members.items()]
        look = cut_look(frame, image, np.stack(around), boxes_px)
        self.looks = [*self.looks[1 - most :], look]
        self.masks = self.session.carry(look)
        return look

    def note(self, frame: int, ids: Sequence[int], boxes_px: Boxes) -> None:
        """Note where members were detected; who was not is where the mask is."""
        for one, box_px in zip(ids, boxes_px, strict=True):
            if (member := self.members.get(one)) is not None:
                member.box_px, member.seen = box_px, frame
        for one, member in self.members.items():
            if member.seen < frame and one in self.masks and self.masks[one].any():
                member.box_px = _moved_to(member.box_px, self.masks[one], self.looks[-1])

    def join(self, other: "Group") -> None:
        """Take over the people of another group."""
        self.session.join(other.session)
        self.members |= other.members
        self.began = min(self.began, other.began)

    def let_go(self, one: int) -> None:
        """Forget a member."""
        self.session.drop(one)
        del self.members[one]
        self.masks.pop(one, None)

    def split(self, reach: float) -> "list[Group]":
        """A group for all who are near each other, directly or by others; this is the first.

        Args:
            reach: people are near whose boxes touch when they are so many times as large.
        """
        people = list(self.members)
        boxes = np.array([self.members[one].box_px for one in people]).reshape(-1, 4)
        near = intersections(*[scale_boxes(boxes, reach)] * 2) > 0
        count, groups = connected_components(near, directed=False)
        parts = [self]
        for number in range(1, count):
            own = [one for one, its in zip(people, groups, strict=True) if its == number]
            part = Group(self.session.split(own), self.began, looks=list(self.looks))
            part.members = {one: self.members.pop(one) for one in own}
            part.masks = {one: self.masks.pop(one) for one in own if one in self.masks}
            parts.append(part)
        return parts

    def judge(
        self, pair: tuple[int, int], boxes_px: Mapping[int, Boxes], follower: MaskFollower
    ) -> float:
        """How sure it is that two members are still who they were; see `Windows.judge`.

        Args:
            pair: of the members.
            boxes_px: id -> (4,), where people were detected in the last picture.
            follower: carries their masks back to where they began.
        """
        if not all(one in boxes_px and one in self.masks for one in pair):
            return 0.0
        look, trust = self.looks[-1], self.session.trust(pair)
        now = look.to_picture(np.stack([boxes_px[one] for one in pair]))
        there = trust * agreement([self.masks[one] for one in pair], now)
        if there <= 0:
            return there
        entries = [self.members[one].entry for one in pair]
        first = max(frame for frame, _ in entries)
        looks = [look for look in self.looks if look.frame >= first][::-1]
        if len(looks) < 2:
            return 0.0
        session = follower.begin(backwards=True)
        session.prompt(looks[0], {one: boxes_px[one] for one in pair})
        masks: dict[int, Mask] = {}
        for look in looks[1:]:
            masks = session.carry(look)
        before = looks[-1].to_picture(np.stack([box_px for _, box_px in entries]))
        return min(there, trust * agreement([masks[one] for one in pair], before))


def _moved_to(box_px: Boxes, mask: Mask, look: Look, most_px: float = 15.0) -> Boxes:
    """The box of somebody who is not detected, moved towards the middle of the mask."""
    found = mask_boxes([mask])[0]
    middle = (found[:2] + found[2:]) / 2 + [look.left, look.top]
    step = np.clip(middle - (box_px[:2] + box_px[2:]) / 2, -most_px, most_px)
    return np.asarray(box_px + np.tile(step, 2), np.float32)
