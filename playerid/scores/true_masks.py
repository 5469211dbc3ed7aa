"""The true masks of rendered frames, where a tracker would ask a network for them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from trackers.core.mcbyte.masks.base import MaskOutput, TrackletSnapshot

from playerid.arena.world import FrameTruth
from playerid.frames.boxes import iou
from playerid.frames.masks import Mask
from playerid.models.detector import PERSON_LABELS
from playerid.models.tracker.window_masks import Boxes, Look

NOBODY = -1


class TrueMasks:
    """Knows the people of the last frames of a segment: a `MaskFollower` that never errs.

    It is shown each frame before the tracker that asks it.
    """

    def __init__(self, kept: int = 64) -> None:
        """Know nothing; the last `kept` frames are remembered."""
        self._kept = kept
        self.start_segment()

    def start_segment(self) -> None:
        """Forget all frames."""
        self._truths: dict[int, FrameTruth] = {}
        self._frame = -1

    def see(self, truth: FrameTruth) -> None:
        """Learn what is true of the next frame."""
        self._frame += 1
        self._truths[self._frame] = truth
        self._truths.pop(self._frame - self._kept, None)

    def begin(self, *, backwards: bool = False) -> "TrueSession":
        """A session that knows nobody; it is the same in both directions."""
        del backwards
        return TrueSession(self)

    def who(self, boxes_px: Boxes, frame: int) -> list[int]:
        """The true person in each of (N, 4) boxes of a frame, or `NOBODY`."""
        truth = self._truths[frame]
        rows = np.flatnonzero(np.isin(truth.labels, PERSON_LABELS))
        overlaps = iou(boxes_px, truth.boxes_px[rows])
        people = [NOBODY] * len(boxes_px)
        for row, column in zip(*linear_sum_assignment(overlaps, maximize=True), strict=True):
            if overlaps[row, column] > 0.3:
                people[row] = int(truth.people[rows[column]])
        return people

    def mask(self, person: int, frame: int) -> Mask:
        """The (height, width) mask of a true person in a frame; empty where hidden."""
        truth = self._truths[frame]
        is_own = np.isin(truth.labels, PERSON_LABELS) & (truth.people == person)
        rows = np.flatnonzero(is_own)
        return np.asarray(truth.masks == (rows[0] + 1 if len(rows) else NOBODY))

    @property
    def now(self) -> int:
        """The frame that was seen last."""
        return self._frame


class TrueSession:
    """One window: a `MaskSession`."""

    def __init__(self, known: TrueMasks) -> None:
        """Begin with nobody."""
        self._known = known
        self.people: dict[int, int] = {}

    def prompt(self, look: Look, people: Mapping[int, Boxes]) -> None:
        """Find out who is in each box; see `MaskSession`."""
        if people:
            found = self._known.who(np.stack(list(people.values())), look.frame)
            self.people |= dict(zip(people, found, strict=True))

    def carry(self, look: Look) -> dict[int, Mask]:
        """The true masks of everybody; see `MaskSession`."""
        height, width = look.picture.shape[:2]
        window = np.s_[look.top : look.top + height, look.left : look.left + width]
        return {
            one: self._known.mask(person, look.frame)[window] for one, person in self.people.items()
        }

    def trust(self, pair: tuple[int, int]) -> float:
        """It knows everybody."""
        return float(all(one in self.people for one in pair))

    def drop(self, person: int) -> None:
        """Forget somebody."""
        self.people.pop(person, None)

    def join(self, other: "TrueSession") -> None:
        """Take over the people of another session."""
        self.people |= other.people

    def split(self, people: Sequence[int]) -> "TrueSession":
        """Give some of the people to a session of their own."""
        part = TrueSession(self._known)
        part.people = {one: self.people.pop(one) for one in people}
        return part


class TrueMaskManager:
    """True masks for McByte of the library `trackers`, in place of its `MaskManager`."""

    def __init__(self, known: TrueMasks) -> None:
        """Ask `known`, which was shown the frame before."""
        self._known = known
        self._people: dict[int, int] = {}

    def reset(self) -> None:
        """Forget everybody."""
        self._people = {}

    def get_updated_masks(
        self,
        frame: NDArray[np.uint8],
        previous_frame: NDArray[np.uint8] | None,
        previous_tracklets: list[TrackletSnapshot],
        new_tracklets: list[TrackletSnapshot] | None = None,
        removed_tracklet_ids: list[int] | None = None,
    ) -> MaskOutput | None:
        """The true masks of all tracklets in this frame, as the library asks for them."""
        del frame
        if previous_frame is None:
            return None
        for gone in removed_tracklet_ids or ():
            self._people.pop(gone, None)
        fresh = [t for t in previous_tracklets if t.tracker_id not in self._people]
        if fresh and new_tracklets is not None:
            boxes = np.stack([np.asarray(t.xyxy, np.float32) for t in fresh])
            for tracklet, person in zip(
                fresh, self._known.who(boxes, self._known.now - 1), strict=True
            ):
                self._people[tracklet.tracker_id] = person
        known = {one: person for one, person in self._people.items() if person != NOBODY}
        if not known:
            return None
        masks = np.stack([self._known.mask(person, self._known.now) for person in known.values()])
        rows = {one: row for row, one in enumerate(known)}
        return MaskOutput(masks, rows, dict.fromkeys(known, 1.0))
