"""Score masks that were carried from one prompt: region (J) and contour (F), as DAVIS does."""

import argparse
import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.broadcast import plan_broadcast
from playerid.frames.masks import Mask, mask_iou
from playerid.models.detector import PERSON_LABELS, Detections
from playerid.models.tracker.sam2 import SAM2Tracker
from playerid.scores.tracker_clips import sample_main_view

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MaskScores:
    """Means over people and frames after the prompted one.

    Attributes:
        region: J, intersection over union.
        contour: F, of precision and recall of the outlines.
        prompted_region: J in the prompted frame itself.
        people: how many were prompted.
        frames: sampled frames after the prompt.
        frame_s: seconds a frame took.
    """

    region: float
    contour: float
    prompted_region: float
    people: int
    frames: int
    frame_s: float

    @property
    def both(self) -> float:
        """J&F."""
        return (self.region + self.contour) / 2


def score_contour(mask: Mask, truth: Mask, tolerance: float = 0.008) -> float:
    """F of two outlines; points agree that lie within `tolerance` of the picture's diagonal.

    References:
        Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object
        Segmentation, CVPR 2016.
    """
    if not mask.any() or not truth.any():
        return float(mask.any() == truth.any())
    radius_px = math.ceil(tolerance * math.hypot(*mask.shape))
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1,) * 2)
    outlines = [_outline(m) for m in (mask, truth)]
    found, expected = (cv2.dilate(outline, disk) > 0 for outline in outlines)
    precision = float(expected[outlines[0] > 0].mean())
    recall = float(found[outlines[1] > 0].mean())
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def _outline(mask: Mask) -> NDArray[np.uint8]:
    """1 on the pixels of a mask that touch what is not the mask."""
    filled = mask.astype(np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inner = cv2.erode(filled, cross, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(filled - inner)


def score_carried_masks(
    weights: Path, seed: int, duration_s: float = 5.0, variant: str = ""
) -> MaskScores:
    """Prompt everybody in the first frame of an arena clip, and never again.

    Args:
        weights: of SAM 2.1.
        seed: of a game that was not trained on.
        duration_s: how long memory has to last.
        variant: of published weights.
    """
    longer_s, sample_rate_hz = duration_s + 1, 10.0
    tracker = SAM2Tracker(weights, variant=variant, prompt_every_s=longer_s, lost_s=longer_s)
    tracker.start_segment(sample_rate_hz)
    broadcast = plan_broadcast(seed, "broadcast", duration_s=longer_s)
    prompted: list[int] = []
    regions: list[list[float]] = []
    contours: list[float] = []
    spent_s = 0.0
    for frame in sample_main_view(
        broadcast, sample_rate_hz, count=round(duration_s * sample_rate_hz) + 1
    ):
        truth, detections = frame.truth, Detections.empty()
        if not prompted:
            rows = np.isin(truth.labels, PERSON_LABELS) & (truth.visible > 0.5)
            prompted = truth.people[rows].tolist()
            sure = np.ones(len(prompted), np.float32)
            detections = Detections(truth.boxes_px[rows], sure, truth.labels[rows])
        started_s = time.perf_counter()
        people = tracker.update(frame.image, detections)
        spent_s += time.perf_counter() - started_s
        masks = dict(zip(people.track_ids.tolist(), people.masks, strict=True))
        regions.append([])
        for track_id, person in enumerate(prompted, 1):
            own = np.flatnonzero((truth.people == person) & np.isin(truth.labels, PERSON_LABELS))
            if not len(own):
                continue
            expected = truth.masks == own[0] + 1
            mask = masks.get(track_id, np.zeros_like(expected))
            regions[-1].append(mask_iou(mask, expected))
            if len(regions) > 1:
                contours.append(score_contour(mask, expected))
    carried = [score for row in regions[1:] for score in row]
    return MaskScores(
        float(np.mean(carried)),
        float(np.mean(contours)),
        float(np.mean(regions[0])),
        len(prompted),
        len(regions) - 1,
        spent_s / len(regions),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--variant", default="")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for game_seed in arguments.seeds:
        scores = score_carried_masks(arguments.weights, game_seed, variant=arguments.variant)
        log.info("%d J&F %.3f %s", game_seed, scores.both, scores)
