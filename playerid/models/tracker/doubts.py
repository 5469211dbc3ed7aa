"""Where tracks are cut: wherever two people may have been mixed up."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from playerid.frames.boxes import iou


class Cuts:
    """Cuts the tracks of two people who overlapped, unless their looks tell who is who.

    When two people overlap and part again, the tracker may have exchanged their ids. If they look
    different, their looks from before decide: the ids stay, or the two are exchanged. If they look
    alike, whoever followed their masks through the overlap decides. If looks and masks disagree,
    both tracks end and two new ones begin; also if nobody is sure, unless masks were followed: the
    ids that they left are then likelier right than new ones are useful. A track also ends when its
    looks change for good. One object serves one segment.
    """

    def __init__(  # noqa: PLR0913
        self,
        split_iou: float,
        *,
        apart_iou: float = 0.3,
        distinct: float = 30.0,
        patience: int = 3,
        memory: float = 0.9,
        judge: Callable[[tuple[int, int]], float] | None = None,
        sure: float = 0.4,
    ) -> None:
        """Start a segment.

        Args:
            split_iou: two boxes that overlap more may be mixed up; 1 never cuts.
            apart_iou: two boxes that overlap less have parted.
            distinct: distance of looks that are two people's, in the unit of the looks.
            patience: a track is cut when its looks have been another's in so many clear frames
                in a row.
            memory: share of the former looks that is kept in each clear frame.
            judge: says of two ids whether they are still who they were when they met: from 1 to
                -1, which is exchanged; see `Windows.judge`.
            sure: what the judge says counts from so far from 0.
        """
        self.split_iou = split_iou
        self._apart_iou = apart_iou
        self._distinct = distinct
        self._patience = patience
        self._memory = memory
        self._judge, self._sure = judge, sure
        self._met: set[tuple[int, int]] = set()
        self._new_ids: dict[int, int] = {}
        self._looks: dict[int, NDArray[np.float64]] = {}
        self._strange: dict[int, int] = {}
        self._count = 0

    def rename(
        self,
        track_ids: NDArray[np.integer],
        boxes_px: NDArray[np.float32],
        looks: NDArray[np.floating] | None = None,
    ) -> NDArray[np.int32]:
        """Ids of the N people of the next frame, counted from 1 in the order of appearance.

        Args:
            track_ids: (N,) ids of the tracker, unique in a frame.
            boxes_px: (N, 4).
            looks: (N, D) what each person looks like, such that Euclidean distances mean
                something; None looks at nothing.

        Returns:
            (N,) int32.
        """
        ids = [int(track_id) for track_id in track_ids]
        overlaps = iou(boxes_px, boxes_px)
        np.fill_diagonal(overlaps, 0)
        clear = overlaps.max(axis=1, initial=0) < self._apart_iou
        seen = {} if looks is None else dict(zip(ids, looks, strict=True))
        for row, first in enumerate(ids):
            for column, second in enumerate(ids[:row]):
                pair = (min(first, second), max(first, second))
                if overlaps[row, column] > self.split_iou:
                    self._met.add(pair)
                elif pair in self._met and clear[row] and clear[column]:
                    self._met.remove(pair)
                    self._part(pair, seen)
        for track_id, is_clear in zip(ids, clear, strict=True):
            if track_id not in self._new_ids:
                self._begin(track_id)
            if is_clear and track_id in seen:
                self._look(track_id, seen[track_id])
        return np.array([self._new_ids[track_id] for track_id in ids], np.int32)

    def _begin(self, track_id: int) -> None:
        """Begin a new track; forget the looks, which may be of another person."""
        self._count += 1
        self._new_ids[track_id] = self._count
        self._looks.pop(track_id, None)
        self._strange.pop(track_id, None)

    def _part(self, pair: tuple[int, int], seen: Mapping[int, NDArray[np.floating]]) -> None:
        """Decide what becomes of two tracks that part: they stay, exchange ids, or are cut."""
        first, second = pair
        looks, masks = self._by_looks(pair, seen), 0
        if self._judge is not None:
            said = self._judge(pair)
            masks = int(np.sign(said)) if abs(said) >= self._sure else 0
        verdict = looks + masks  # 0 where nobody knows, or they disagree
        if verdict < 0:
            ids, known = self._new_ids, self._looks
            ids[first], ids[second] = ids[second], ids[first]
            if first in known and second in known:
                known[first], known[second] = known[second], known[first]
        elif verdict == 0 and (looks != 0 or self._judge is None):
            self._begin(first)
            self._begin(second)

    def _by_looks(self, pair: tuple[int, int], seen: Mapping[int, NDArray[np.floating]]) -> int:
        """1 if two people look as they did before, -1 if each looks as the other did, 0 unsure."""
        first, second = pair
        if first not in self._looks or second not in self._looks or not seen:
            return 0
        stay = self._far(first, seen[first]) + self._far(second, seen[second])
        swap = self._far(first, seen[second]) + self._far(second, seen[first])
        return int(stay + self._distinct < swap) - int(swap + self._distinct < stay)

    def _far(self, track_id: int, look: NDArray[np.floating]) -> float:
        return float(np.linalg.norm(self._looks[track_id] - look))

    def _look(self, track_id: int, look: NDArray[np.floating]) -> None:
        """Learn the looks of a person who stands alone; cut when they are another's for good."""
        if track_id not in self._looks:
            self._looks[track_id] = np.asarray(look, np.float64)
        elif self._far(track_id, look) < self._distinct:
            self._strange[track_id] = 0
            self._looks[track_id] = self._memory * self._looks[track_id] + (1 - self._memory) * look
        else:
            self._strange[track_id] = self._strange.get(track_id, 0) + 1
            if self._strange[track_id] >= self._patience:
                self._begin(track_id)
                self._looks[track_id] = np.asarray(look, np.float64)
