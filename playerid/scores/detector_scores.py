"""Average precision of a detector against labelled frames."""

import contextlib
import io
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from playerid.models.detector import PLAYER_LABELS, Detections

SCORED = {
    "ap50_player": PLAYER_LABELS,
    "ap50_referee": ("referee",),
    "ap50_rim": ("rim",),
    "ap50_ball": ("ball", "ball-in-basket"),
    "ap50_number": ("number",),
}
"""Name of a score -> the labels it does not tell apart."""
CATEGORY = 1


class JudgedDetections:
    """What a detector found in labelled frames: scores over any choice of the frames."""

    def __init__(
        self, found: Sequence[Detections], truth: Sequence[Detections], iou: float = 0.5
    ) -> None:
        """Match the boxes.

        Args:
            found: what a detector found in each frame.
            truth: what is there, frame by frame. What has a score of 0 may be found or not: it
                counts neither way, nor does what is found within it (COCO's crowd).
            iou: overlap from which a box counts as found.
        """
        assert len(found) == len(truth), (len(found), len(truth))
        self._count = len(truth)
        self._kinds = {
            name: _Kind(
                [frame.where(np.isin(frame.labels, labels)) for frame in found],
                [frame.where(np.isin(frame.labels, labels)) for frame in truth],
                iou,
            )
            for name, labels in SCORED.items()
        }

    def __len__(self) -> int:
        return self._count

    def scores(self, chosen: NDArray[np.integer]) -> dict[str, float]:
        """Average precision by kind of thing, as COCO defines it.

        Args:
            chosen: (M,) frames, each as often as it stands there.

        Returns:
            The keys of `SCORED`; NaN where the truth has no such thing.

        References:
            Lin et al., Microsoft COCO, 2014; precision is interpolated at 101 recalls.
        """
        return {name: kind.average_precision(chosen) for name, kind in self._kinds.items()}


def score_detections(
    found: Sequence[Detections], truth: Sequence[Detections], iou: float = 0.5
) -> dict[str, float]:
    """Average precision by kind of thing over all frames; see `JudgedDetections`."""
    return JudgedDetections(found, truth, iou).scores(np.arange(len(truth)))


class _Kind:
    """The boxes of one kind, matched by pycocotools frame by frame."""

    def __init__(
        self, found: Sequence[Detections], truth: Sequence[Detections], iou: float
    ) -> None:
        self._true = np.array([np.count_nonzero(frame.scores) for frame in truth], int)
        self._found = np.array([len(frame) for frame in found], int)
        if not self._found.sum() or not self._true.sum():
            return
        with contextlib.redirect_stdout(io.StringIO()):  # pycocotools reports its progress
            labels = COCO()
            labels.dataset = {
                "images": [{"id": index} for index in range(len(truth))],
                "categories": [{"id": CATEGORY}],
                "annotations": _annotations(truth),
            }
            labels.createIndex()
            self._evaluation = COCOeval(labels, labels.loadRes(_annotations(found)), "bbox")
            self._evaluation.params.iouThrs = np.array([iou])
            self._evaluation.params.areaRng = [[0, 1e10]]
            self._evaluation.params.maxDets = [100]
            self._evaluation.evaluate()
        self._frames = list(self._evaluation.evalImgs)

    def average_precision(self, chosen: NDArray[np.integer]) -> float:
        if not self._true[chosen].sum():
            return float("nan")
        if not self._found[chosen].sum():
            return 0.0
        self._evaluation.evalImgs = [self._frames[frame] for frame in chosen]
        self._evaluation.params.imgIds = list(range(len(chosen)))
        with contextlib.redirect_stdout(io.StringIO()):
            self._evaluation.accumulate()
        precision: NDArray[np.float64] = self._evaluation.eval["precision"]
        return float(precision.mean())


def _annotations(
    frames: Sequence[Detections],
) -> list[Mapping[str, int | float | list[float]]]:
    rows: list[Mapping[str, int | float | list[float]]] = []
    for image, frame in enumerate(frames):
        for box, score in zip(frame.boxes_px.tolist(), frame.scores.tolist(), strict=True):
            x_min, y_min, x_max, y_max = box
            sides = [x_max - x_min, y_max - y_min]
            rows.append(
                {
                    "id": len(rows) + 1,
                    "image_id": image,
                    "category_id": CATEGORY,
                    "bbox": [x_min, y_min, *sides],
                    "area": sides[0] * sides[1],
                    "iscrowd": int(score == 0),
                    "score": score,
                }
            )
    return rows
