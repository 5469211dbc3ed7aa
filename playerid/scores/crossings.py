"""Trackers on rendered games with a real detector: who is who after people have crossed."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import supervision as sv
from numpy.typing import NDArray
from trackers import BIoU, McByteTracker
from trackers.core.mcbyte.mask_manager import MaskManager

from playerid.arena.broadcast import Frame, plan_broadcast
from playerid.models import registry as backends
from playerid.models.detector import PERSON_LABELS, Detections, Detector
from playerid.models.packs import Model, load_pack
from playerid.models.tracker import TrackedPeople, Tracker
from playerid.models.tracker.motion import MotionTracker
from playerid.models.tracker.window_masks import WindowCosts
from playerid.models.tracker.windowed import load_follower
from playerid.scores.identity_scores import IdentityRecord, IdentityScores
from playerid.scores.true_masks import TrueMaskManager, TrueMasks

CROSSINGS_SEED = 4_250_000
"""Games that nothing was trained or tuned on."""
SAMPLES_PER_SECOND = 10.0
SMALL_SAM2 = "starter-t4"
"""Pack whose tracker is a SAM 2.1 that was trained here."""


@dataclass(frozen=True, slots=True)
class CrossingRow:
    """One tracker of the table.

    Attributes:
        name: of the tracker.
        scores: of its tracklets.
        costs: of its windows; None if it has none.
        frame_ms: that it took for a frame.
    """

    name: str
    scores: IdentityScores
    costs: WindowCosts | None
    frame_ms: float


class McByte:
    """McByte of the library `trackers`, with the thresholds of `MotionTracker`."""

    def __init__(self, known: TrueMasks | None = None) -> None:
        """Without masks, or with true ones."""
        self._known = known

    def start_segment(self, frames_per_second: float) -> None:
        """Forget everybody; see `Tracker`."""
        manager = TrueMaskManager(self._known) if self._known else None
        self._linker = McByteTracker(
            lost_track_buffer=30,
            frame_rate=frames_per_second,
            track_activation_threshold=0.3,
            minimum_consecutive_frames=1,
            minimum_iou_threshold_first_assoc=0.2,
            minimum_iou_threshold_second_assoc=0.2,
            minimum_iou_threshold_unconfirmed_assoc=0.2,
            high_conf_det_threshold=0.3,
            iou=BIoU(buffer_ratio=0.3),
            mask_manager=cast("MaskManager | None", manager),  # has its two methods
            minimum_mask_creation_frames=1,
        )

    def update(self, image: NDArray[np.uint8], people: Detections) -> TrackedPeople:
        """Take the next sampled frame; see `Tracker`."""
        count = len(people)
        seen = sv.Detections(people.boxes_px, None, people.scores, np.zeros(count, int))
        seen.data = {"row": np.arange(count)}
        linked = self._linker.update(seen, image)
        named = linked[linked.tracker_id >= 0]
        rows = np.asarray(named.data.get("row", []), int)
        return TrackedPeople(
            people.boxes_px[rows],
            np.asarray(named.tracker_id, np.int32),
            people.scores[rows],
            people.labels[rows],
        )


@dataclass(slots=True)
class _Contestant:
    tracker: Tracker
    record: IdentityRecord = field(default_factory=IdentityRecord)
    spent_s: float = 0.0


def score_crossings(
    pack: Mapping[str, Model],
    cache: Path,
    games: int = 3,
    seconds: float = 20.0,
    on_progress: Callable[[str], None] = lambda what: None,
) -> list[CrossingRow]:
    """Follow everybody with several trackers, by the boxes of one detector.

    Args:
        pack: whose detector and mask head take part.
        cache: of weights.
        games: how many are rendered.
        seconds: of each.
        on_progress: is told what is being done.

    Raises:
        WeightsError: A model cannot be loaded.
    """
    known = TrueMasks()
    contestants = {name: _Contestant(t) for name, t in _trackers(pack, cache, known).items()}
    detector: Detector = backends.load(pack["detector"], cache)
    frames = 0
    for game in range(games):
        broadcast = plan_broadcast(CROSSINGS_SEED + game, "broadcast", duration_s=seconds)
        segment = -1
        for frame in _main_views(broadcast):
            if frame.segment_index != segment:
                segment = frame.segment_index
                known.start_segment()
                for each in contestants.values():
                    each.tracker.start_segment(SAMPLES_PER_SECOND)
            frames += 1
            on_progress(f"game {game + 1} of {games}: frame {frames}, {frame.time_s:.0f} s")
            found = detector.detect([frame.image])[0]
            people = found.where(np.isin(found.labels, PERSON_LABELS))
            known.see(frame.truth)
            for each in contestants.values():
                _follow(each, frame, people, 1000 * game + segment)
    return [
        CrossingRow(
            name, each.record.scores(), _costs(each.tracker), 1000 * each.spent_s / max(frames, 1)
        )
        for name, each in contestants.items()
    ]


def _costs(tracker: Any) -> WindowCosts | None:
    costs = getattr(tracker, "costs", None)
    return costs if costs is not None and costs.looks else None


def _follow(each: _Contestant, frame: Frame, people: Detections, segment: int) -> None:
    """Show a tracker the next frame, and note what it says; segments share nobody."""
    started_s = time.perf_counter()
    found = each.tracker.update(frame.image, people)
    each.spent_s += time.perf_counter() - started_s
    truth, offset = frame.truth, 100_000 * segment
    rows = np.isin(truth.labels, PERSON_LABELS) & (truth.visible >= 0.3)
    each.record.add(
        truth.people[rows].astype(np.int64) + offset,
        truth.boxes_px[rows],
        found.track_ids.astype(np.int64) + offset,
        found.boxes_px,
    )


def _main_views(broadcast: Any) -> Iterator[Frame]:
    """The samples of all main views of a game, as an encoder leaves them."""
    step = float(broadcast.fps) / SAMPLES_PER_SECOND
    for segment in broadcast.segments:
        if segment.view == "main":
            count = int((segment.end_frame - segment.start_frame - 1) / step) + 1
            for sample in range(count):
                index = segment.start_frame + round(sample * step)
                yield broadcast.frame(min(index, segment.end_frame - 1), compressed=True)


def _trackers(pack: Mapping[str, Model], cache: Path, known: TrueMasks) -> dict[str, Tracker]:
    """Name -> tracker, in the order of the table."""
    small = load_pack(SMALL_SAM2)["tracker"].local_weights(cache)
    assert small is not None
    sam2 = load_follower("sam2", small, "", 0)
    trackers: dict[str, Tracker] = {
        "boxes, never cut": MotionTracker(split_iou=1, distinct=0),
        "boxes, cut by colours": MotionTracker(),
        "windows: true masks": MotionTracker(follower=known, better=0.01),
        "windows: small SAM 2": MotionTracker(follower=sam2, better=0.5),
    }
    if "mask_head" in pack and (weights := pack["mask_head"].local_weights(cache)):
        head = load_follower("mask_head", weights, "", 0)
        trackers["windows: mask head"] = MotionTracker(follower=head)
        trackers["windows: head, never cut"] = MotionTracker(follower=head, split_iou=1, distinct=0)
    return trackers | {
        "McByte": McByte(),
        "McByte, true masks": McByte(known),
        "BoT-SORT": MotionTracker(algorithm="botsort", split_iou=1, distinct=0),
        "OC-SORT": MotionTracker(algorithm="ocsort", split_iou=1, distinct=0),
    }
