"""People linked by how they move: library `trackers`, steadied against the camera. No weights."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import supervision as sv
from numpy.typing import NDArray
from trackers import (
    CMC,
    BIoU,
    BoTSORTTracker,
    ByteTrackTracker,
    CBIoUTracker,
    CMCConfig,
    OCSORTTracker,
)

from playerid.errors import WeightsError
from playerid.frames.crops import cut_people
from playerid.models.detector import Detections
from playerid.models.team_embedder.colour import shirt_and_shorts
from playerid.models.tracker import TrackedPeople
from playerid.models.tracker.doubts import Cuts
from playerid.models.tracker.window_masks import MaskFollower, WindowCosts
from playerid.models.tracker.windows import Windows

ALGORITHMS = ("cbiou", "botsort", "ocsort", "bytetrack")


class MotionTracker:
    """Links boxes by place and motion, and looks at colours where that is not enough.

    Boxes are moved into the picture of the segment's first frame before they are linked, so a
    panning or zooming camera looks still. Only boxes that the detector saw in a frame are
    returned. Where people were mixed up in a long overlap, and where a track's colours change for
    good, tracks end and go on under new ids: a tracklet with two people in it is worse than two
    tracklets.
    """

    def __init__(  # noqa: PLR0913
        self,
        weights: Path | None = None,
        *,
        algorithm: str = "bytetrack",
        lost_s: float = 1.0,
        min_score: float = 0.3,
        buffer: float = 0.3,
        min_overlap: float = 0.2,
        camera_motion: bool = True,
        split_iou: float = 0.4,
        distinct: float = 30.0,
        follower: MaskFollower | None = None,
        sure: float = 0.4,
        better: float = 0.15,
    ) -> None:
        """Set the tracker up.

        Args:
            weights: none are needed.
            algorithm: one of `ALGORITHMS`.
            lost_s: how long a person may be out of sight and keep the id.
            min_score: detections below are used to go on with a track, never to start one.
            buffer: share of its size by which a box grows on every side before it is compared.
            min_overlap: least overlap of the grown boxes that links.
            camera_motion: whether to estimate how the camera moved from the picture.
            split_iou: overlap from which two tracks may have been mixed up; 1 never splits.
            distinct: Lab distance of shirt and shorts that makes two people; 0 looks at no
                colours.
            follower: carries masks through windows around people who overlap; None decides
                overlaps by colours alone.
            sure: masks keep the names of two people who part if they are so sure, see
                `Windows.judge`.
            better: see `Windows`.

        Raises:
            WeightsError: Unknown algorithm.
        """
        if algorithm not in ALGORITHMS:
            raise WeightsError(f"unknown algorithm {algorithm!r}: expected one of {ALGORITHMS}")
        self._build_linker = partial(
            _build_linker, algorithm, lost_s, min_score, buffer, min_overlap
        )
        self._camera_motion = camera_motion
        self._split_iou = split_iou
        self._distinct = distinct
        self._follower, self._sure, self._better = follower, sure, better
        self.costs = WindowCosts()

    def start_segment(self, frames_per_second: float) -> None:
        """Forget everybody: the next frame belongs to another camera shot.

        Args:
            frames_per_second: how many frames `update` will see of a second.
        """
        self._linker = self._build_linker(frames_per_second)
        self._is_first = True
        self._camera = CameraMotion() if self._camera_motion else None
        self._first_to_now = np.eye(3)
        self._windows = (
            Windows(self._follower, self.costs, frames_per_second, better=self._better)
            if self._follower
            else None
        )
        self._cuts = Cuts(
            self._split_iou,
            distinct=self._distinct,
            judge=self._windows.judge if self._windows else None,
            sure=self._sure,
        )

    def update(self, image: NDArray[np.uint8], people: Detections) -> TrackedPeople:
        """Take the next sampled frame.

        Args:
            image: (height, width, 3) RGB.
            people: the detector's players and referees of this frame; a label may change from
                frame to frame without breaking a track.
        """
        if self._camera:
            self._first_to_now = self._camera.follow(image) @ self._first_to_now
        boxes_px = move_boxes(people.boxes_px, np.linalg.inv(self._first_to_now))
        seen = sv.Detections(
            xyxy=boxes_px,
            confidence=people.scores,
            class_id=np.zeros(len(people), int),
            data={"row": np.arange(len(people))},
        )
        if self._is_first:
            self._linker.update(seen)  # the library believes in a person at the second sight
            self._is_first = False
        linked = self._linker.update(seen)
        named = linked[linked.tracker_id >= 0]
        rows = np.asarray(named.data.get("row", []), int)
        looks = self._look(image, people.boxes_px[rows]) if self._distinct else None
        ids = named.tracker_id
        if self._windows:
            ids = self._windows.see(image, ids, people.boxes_px[rows])
        track_ids = self._cuts.rename(ids, boxes_px[rows], looks)
        order = np.argsort(track_ids)
        rows = rows[order]
        return TrackedPeople(
            people.boxes_px[rows],
            track_ids[order],
            people.scores[rows],
            people.labels[rows],
            [people.masks[row] for row in rows] if people.masks else (),
        )

    def _look(self, image: NDArray[np.uint8], boxes_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 6) colours of the people in (N, 4) boxes."""
        colours = [shirt_and_shorts(crop) for crop in cut_people(image, boxes_px)]
        return np.array(colours, np.float32).reshape(-1, 6)


class CameraMotion:
    """How the picture moves from sample to sample: shift, turn and zoom."""

    def __init__(self, downscale: int = 2, max_zoom: float = 1.25) -> None:
        """Start at rest.

        Args:
            downscale: of the picture before points are followed.
            max_zoom: largest zoom between two samples; beyond, the estimate failed.
        """
        self._estimator = CMC(CMCConfig(method="sparseOptFlow", downscale=downscale))
        self._max_zoom = max_zoom

    def follow(self, image: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(3, 3) transform from the last frame's pixels to this RGB frame's."""
        step = np.eye(3)
        step[:2] = self._estimator.estimate(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        return step if 1 / self._max_zoom < _zoom(step) < self._max_zoom else np.eye(3)


def move_boxes(
    boxes_px: NDArray[np.floating], transform: NDArray[np.floating]
) -> NDArray[np.float32]:
    """(N, 4) boxes after a (3, 3) shift, turn and zoom of the picture; they stay upright."""
    boxes = boxes_px.astype(np.float64)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 @ transform[:2, :2].T + transform[:2, 2]
    halves = (boxes[:, 2:] - boxes[:, :2]) / 2 * _zoom(transform)
    return np.hstack([centres - halves, centres + halves]).astype(np.float32)


def _zoom(transform: NDArray[np.floating]) -> float:
    """Enlargement of lengths by a (3, 3) affine transform."""
    return float(np.sqrt(abs(np.linalg.det(transform[:2, :2]))))


class _Linker(Protocol):
    """What the trackers of the library have in common."""

    def update(self, detections: sv.Detections) -> sv.Detections: ...
    def reset(self) -> None: ...


def _build_linker(
    algorithm: str,
    lost_s: float,
    min_score: float,
    buffer: float,
    min_overlap: float,
    frames_per_second: float,
) -> _Linker:
    """A tracker of the library that takes boxes as they are: the camera is dealt with before."""
    common = {
        "lost_track_buffer": round(lost_s * 30),  # the library counts in thirtieths of a second
        "frame_rate": frames_per_second,
        "minimum_consecutive_frames": 1,
        "high_conf_det_threshold": min_score,
    }
    cascade = common | {
        "track_activation_threshold": min_score,
        "minimum_iou_threshold_first_assoc": min_overlap,
        "minimum_iou_threshold_second_assoc": min_overlap,
        "minimum_iou_threshold_unconfirmed_assoc": min_overlap,
    }
    grown = BIoU(buffer_ratio=buffer)
    linkers: dict[str, Callable[[], _Linker]] = {
        "cbiou": lambda: CBIoUTracker(
            **cascade, buffer_ratio_first=buffer, buffer_ratio_second=buffer + 0.2
        ),
        "botsort": lambda: BoTSORTTracker(**cascade, enable_cmc=False, iou=grown),
        "ocsort": lambda: OCSORTTracker(**common, minimum_iou_threshold=min_overlap, iou=grown),
        "bytetrack": lambda: ByteTrackTracker(
            **common,
            track_activation_threshold=min_score,
            minimum_iou_threshold=min_overlap,
            iou=grown,
        ),
    }
    return linkers[algorithm]()
