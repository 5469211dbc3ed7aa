"""Windows around people who overlap: who is who in there, by their masks.

A window is cut around a group from when its people last stood clear of each other until they do so
again. Masks are carried through it from the clean boxes before; each box is given to the person
whose mask lies in it. Whoever stands alone is followed by boxes and never segmented.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from playerid.frames.boxes import ios, iou
from playerid.models.tracker.window_group import Group, Member
from playerid.models.tracker.window_masks import (
    Boxes,
    MaskFollower,
    WindowCosts,
    cut_look,
    mask_fits,
)


@dataclass(slots=True)
class _Recent:
    frame: int
    image: NDArray[np.uint8]
    boxes_px: dict[int, Boxes]


class Windows:
    """Gives the boxes of overlapping people to who they are. One object serves a segment."""

    def __init__(  # noqa: PLR0913
        self,
        follower: MaskFollower,
        costs: WindowCosts,
        frames_per_second: float,
        *,
        begin_iou: float = 0.45,
        vanish_ios: float = 0.3,
        clean_iou: float = 0.2,
        leave_iou: float = 0.2,
        reach: float = 1.6,
        before_s: float = 0.5,
        after_s: float = 0.2,
        lost_s: float = 1.0,
        most_s: float = 4.0,
        better: float = 0.15,
    ) -> None:
        """Start a segment.

        Args:
            follower: of masks.
            costs: are added to.
            frames_per_second: how many frames `see` gets of a second.
            begin_iou: two boxes that overlap more open a window; a third of the person-frames of
                rendered games lie in one.
            vanish_ios: so does who is not seen any more, if the last box lies to such a share in
                another's or the other's in it.
            clean_iou: a box that overlaps others less is clean.
            leave_iou: a box that overlaps all others less may leave.
            reach: people whose boxes do not touch when they are so many times as large are of
                two groups.
            before_s: how long before the overlap clean boxes are looked for.
            after_s: how long somebody must be so clear to leave.
            lost_s: who was not seen for so long has left.
            most_s: who has been in a window for longer is let go: no memory lasts.
            better: masks give boxes to others than the tracker does if their overlaps with the
                masks become larger by so much a box.
        """
        self._follower, self._costs, self._rate = follower, costs, frames_per_second
        self._begin_iou, self._clean_iou = begin_iou, clean_iou
        self._vanish_ios, self._leave_iou, self._reach = vanish_ios, leave_iou, reach
        self._after, self._lost, self._most = (
            max(round(s * frames_per_second), 1) for s in (after_s, lost_s, most_s)
        )
        self._better = better
        self._recent: deque[_Recent] = deque(maxlen=max(round(before_s * frames_per_second), 1) + 1)
        self._groups: list[Group] = []
        self._ids: dict[int, int] = {}
        self._born: dict[int, int] = {}
        self._frame = -1

    def see(
        self, image: NDArray[np.uint8], track_ids: NDArray[np.integer], boxes_px: Boxes
    ) -> NDArray[np.int64]:
        """Take the next frame.

        Args:
            image: (height, width, 3) RGB.
            track_ids: (N,) ids of the tracker, unique in a frame.
            boxes_px: (N, 4) in the frame.

        Returns:
            (N,) ids, unique in a frame, counted from 0 in the order of appearance: the tracker's
            as far as no mask contradicts.
        """
        self._frame += 1
        self._costs.see(image.shape, len(boxes_px), 1 / self._rate)
        tracks = [int(track_id) for track_id in track_ids]
        for track in tracks:
            if track not in self._ids:
                self._begin_person(track)
        for first, second in self._meetings([self._ids[track] for track in tracks], boxes_px):
            self._meet(first, second)
        for group in self._groups:
            self._step(group, image, tracks, boxes_px)
        ids = [self._ids[track] for track in tracks]
        self._recent.append(_Recent(self._frame, image, dict(zip(ids, boxes_px, strict=True))))
        self._leave(ids, boxes_px)
        return np.array(ids, np.int64)

    def judge(self, pair: tuple[int, int]) -> float:
        """How sure it is that two people who part are who they were when they met.

        Args:
            pair: ids of `see`.

        Returns:
            At most 1; 0 or less where masks say nothing, or were never begun cleanly.
        """
        for group in self._groups:
            if all(one in group.members for one in pair):
                return group.judge(pair, self._recent[-1].boxes_px, self._follower)
        return 0.0

    def _meetings(self, ids: Sequence[int], boxes_px: Boxes) -> list[tuple[int, int]]:
        """Who overlaps, and who vanished since the last frame beside somebody."""
        overlaps = np.triu(iou(boxes_px, boxes_px), 1)
        pairs = [(ids[r], ids[c]) for r, c in np.argwhere(overlaps > self._begin_iou).tolist()]
        before = self._recent[-1].boxes_px if self._recent else {}
        gone = [one for one in before if one not in ids]
        if gone:
            near = ios(np.stack([before[one] for one in gone]), boxes_px)
            pairs += [(gone[r], ids[c]) for r, c in np.argwhere(near > self._vanish_ios).tolist()]
        return pairs

    def _begin_person(self, track: int) -> None:
        self._ids[track] = len(self._born)
        self._born[self._ids[track]] = self._frame

    def _step(
        self, group: Group, image: NDArray[np.uint8], tracks: Sequence[int], boxes_px: Boxes
    ) -> None:
        """Carry the masks of a group into this frame, and give its boxes to who they are."""
        ids = [self._ids[track] for track in tracks]
        look = group.step(self._frame, image, ids, boxes_px, self._most)
        self._costs.pay(look, len(group.members))
        edges = look.to_picture(boxes_px)
        height, width = look.picture.shape[:2]
        inside = np.all(edges[:, :2] < [width, height], axis=1) & np.all(edges[:, 2:] > 0, axis=1)
        rows = [
            row
            for row, one in enumerate(ids)
            if one in group.members
            or (inside[row] and self._born[one] > group.began and not self._is_member(one))
        ]
        self._assign(group, [tracks[row] for row in rows], edges[rows])
        group.note(self._frame, [self._ids[tracks[row]] for row in rows], boxes_px[rows])

    def _is_member(self, one: int) -> bool:
        return any(one in group.members for group in self._groups)

    def _assign(self, group: Group, tracks: Sequence[int], edges: Boxes) -> None:
        """Give boxes (N, 4) of tracks, in pixels of the window, to the people whose masks fit."""
        people = [one for one in group.members if one in group.masks]
        masks = [group.masks[one] for one in people]
        if not people or not tracks:
            return
        fits = mask_fits(edges, masks)
        rows, columns = linear_sum_assignment(fits, maximize=True)
        best = {
            r: c for r, c in zip(rows.tolist(), columns.tolist(), strict=True) if fits[r, c] > 0
        }
        kept = {
            r: people.index(self._ids[t]) for r, t in enumerate(tracks) if self._ids[t] in people
        }
        changed = [r for r in best if best[r] != kept.get(r, -1)]
        gain = sum(fits[r, c] for r, c in best.items()) - sum(fits[r, c] for r, c in kept.items())
        if not changed or gain < self._better * len(changed):
            return
        given = {tracks[row]: people[column] for row, column in best.items()}
        others = {t: one for t, one in self._ids.items() if one in people and t not in given}
        free = [p for p in people if p not in given.values() and p not in others.values()]
        self._ids |= given
        for track, one in others.items():
            if one in given.values():
                self._give(track, free)

    def _give(self, track: int, free: list[int]) -> None:
        """Give a track the id of somebody who has none, or one of a new person."""
        if free:
            self._ids[track] = free.pop()
        else:
            self._begin_person(track)

    def _leave(self, ids: Sequence[int], boxes_px: Boxes) -> None:
        """Let go of who stands clear again, was lost, or has been in a window for too long."""
        for group in self._groups:
            hidden = [one for one in group.members if one not in ids]
            boxes = np.array([*boxes_px, *(group.members[one].box_px for one in hidden)])
            overlaps = iou(boxes.reshape(-1, 4), boxes.reshape(-1, 4))
            np.fill_diagonal(overlaps, 0)
            worst = dict(zip([*ids, *hidden], overlaps.max(axis=1, initial=0), strict=True))
            for one, member in list(group.members.items()):
                is_clear = one in ids and worst[one] < self._leave_iou
                member.clear = member.clear + 1 if is_clear else 0
                is_lost = self._frame - member.seen >= self._lost
                is_over = self._frame - member.since >= self._most
                if member.clear >= self._after or is_lost or is_over:
                    group.let_go(one)
        parts = [part for group in self._groups for part in group.split(self._reach)]
        self._groups = [part for part in parts if len(part.members) > 1]

    def _meet(self, first: int, second: int) -> None:
        """Two people overlap: open a window, or add to those that they are in."""
        groups = [g for g in self._groups if first in g.members or second in g.members]
        if not groups:
            group = Group(self._follower.begin(), self._frame)
            self._enter(group, [first, second])
            if len(group.members) > 1:
                self._groups.append(group)
                self._costs.windows += 1
            return
        group = groups[0]
        for other in groups[1:]:
            group.join(other)
            self._groups.remove(other)
        self._enter(group, [one for one in (first, second) if one not in group.members])

    def _enter(self, group: Group, people: Sequence[int]) -> None:
        """Prompt people where they were last clean, and carry them up to the last frame.

        Who was never seen clear does not enter, nor does somebody alone.
        """
        starts = {one: start for one in people if (start := self._last_clean(one)) is not None}
        if not starts or len(starts) + len(group.members) < 2:
            return
        session = self._follower.begin()
        first = min(start.frame for start in starts.values())
        for recent in self._recent:
            around = [recent.boxes_px[one] for one in starts if one in recent.boxes_px]
            if recent.frame < first or not around:
                continue
            seen = np.array(list(recent.boxes_px.values()), np.float32)
            look = cut_look(recent.frame, recent.image, np.stack(around), seen)
            self._costs.pay(look, len(starts))
            session.carry(look)
            begins = {one: recent.boxes_px[one] for one in starts if starts[one] is recent}
            session.prompt(look, begins)
            if not group.members:
                group.looks.append(look)
        group.session.join(session)
        for one, start in starts.items():
            last = next(recent for recent in reversed(self._recent) if one in recent.boxes_px)
            entry = (start.frame, start.boxes_px[one])
            group.members[one] = Member(last.boxes_px[one], self._frame, last.frame, entry)

    def _last_clean(self, one: int) -> _Recent | None:
        """The latest recent frame in which somebody was clean, or least covered; None if never."""
        best, least = None, self._begin_iou
        for recent in reversed(self._recent):
            if one in recent.boxes_px:
                others = [box for other, box in recent.boxes_px.items() if other != one]
                boxes = np.array(others, np.float32).reshape(-1, 4)
                worst = float(iou(recent.boxes_px[one][None], boxes).max(initial=0))
                if worst < self._clean_iou:
                    return recent
                if worst < least:
                    best, least = recent, worst
        return best
