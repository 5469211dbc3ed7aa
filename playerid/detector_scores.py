"""Average precision of a detector against labelled frames."""

import contextlib
import io
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from playerid.detect import PLAYER_LABELS, Detections

SCORED = {
    "ap50_player": PLAYER_LABELS,
    "ap50_referee": ("referee",),
    "ap50_rim": ("rim",),
    "ap50_ball": ("ball", "ball-in-basket"),
    "ap50_number": ("number",),
}
"""Name of a score -> the labels it does not tell apart."""


def score_detections(
    found: Sequence[Detections], truth: Sequence[Detections], iou: float = 0.5
) -> dict[str, float]:
    """Average precision by kind of thing, as COCO defines it.

    Args:
        found: what a detector found in each frame.
        truth: what is there, frame by frame; its scores are not read.
        iou: overlap from which a box counts as found.

    Returns:
        The keys of `SCORED`; NaN where the truth has no such thing.

    References:
        Lin et al., Microsoft COCO, 2014; precision is interpolated at 101 recalls.
    """
    assert len(found) == len(truth), (len(found), len(truth))
    scores = {}
    for category, (name, labels) in enumerate(SCORED.items(), start=1):
        wanted = [frame.where(np.isin(frame.labels, labels)) for frame in truth]
        offered = [frame.where(np.isin(frame.labels, labels)) for frame in found]
        scores[name] = _average_precision(offered, wanted, iou, category)
    return scores


def _average_precision(
    found: Sequence[Detections], truth: Sequence[Detections], iou: float, category: int
) -> float:
    if not sum(map(len, truth)):
        return float("nan")
    if not sum(map(len, found)):
        return 0.0
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools reports its progress
        labels = COCO()
        labels.dataset = {
            "images": [{"id": index} for index in range(len(truth))],
            "categories": [{"id": category}],
            "annotations": _annotations(truth, category),
        }
        labels.createIndex()
        results = labels.loadRes(_annotations(found, category))
        evaluation = COCOeval(labels, results, "bbox")
        evaluation.params.iouThrs = np.array([iou])
        evaluation.evaluate()
        evaluation.accumulate()
    everywhere, most = 0, -1  # of the areas and of the limits on boxes per frame
    precision: NDArray[np.float64] = evaluation.eval["precision"][0, :, 0, everywhere, most]
    return float(precision.mean())


def _annotations(
    frames: Sequence[Detections], category: int
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
                    "category_id": category,
                    "bbox": [x_min, y_min, *sides],
                    "area": sides[0] * sides[1],
                    "iscrowd": 0,
                    "score": score,
                }
            )
    return rows
