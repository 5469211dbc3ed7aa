"""Labelled frames to train and to measure the detector on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.archive.local_files import in_one_step
from playerid.errors import LabelsError
from playerid.models.detector import LABELS, Detections
from playerid.scores.label_files import LIST, PICTURE, read_numbers, read_rows

REAL_LABELS = ("player", "referee", "ball", "rim")
UNSURE = -1
"""Label of a box of which nobody can say what it shows."""


@dataclass(frozen=True, slots=True)
class LabelledFrame:
    """One frame and its boxes.

    Attributes:
        jpeg: the picture. It may be squeezed: boxes are fractions, so its shape does not matter.
        boxes: (N, 4) float32, (x_min, y_min, x_max, y_max), fractions of width and height.
        labels: (N,) int64, indices into `LABELS`, or `UNSURE`.
        is_real: labelled by people: every player is "player", every ball "ball", and numbers have
            no box.
        known: of a real frame, the labels of which no box is missing.
    """

    jpeg: bytes
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    is_real: bool
    known: tuple[str, ...] = REAL_LABELS

    def image(self) -> NDArray[np.uint8]:
        """The picture, RGB."""
        pixels = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
        assert pixels is not None
        return np.asarray(pixels, np.uint8)

    def truth(self, height_px: int, width_px: int) -> Detections:
        """The boxes in a picture of that size; every score is 1."""
        size_px = np.array([width_px, height_px, width_px, height_px], np.float32)
        names = np.array(LABELS)[self.labels]
        return Detections(self.boxes * size_px, np.ones(len(names), np.float32), names)


def read_labelled_frames(path: Path) -> list[LabelledFrame]:
    """Read real frames with labels.

    Args:
        path: Parquet with `jpeg` and `boxes` (label, box as four fractions); labels other than
            `REAL_LABELS` are left out.

    Raises:
        LabelsError: The file is missing, has other columns, or a box that is none.
    """
    rows = read_rows(path, {"jpeg": PICTURE, "boxes": LIST})
    return [_labelled_frame(row, path, index) for index, row in enumerate(rows)]


def _labelled_frame(row: Mapping[str, Any], path: Path, index: int) -> LabelledFrame:
    boxes, labels = [], []
    for entry in row["boxes"] or []:
        if not {"label", "box"} <= set(entry):
            raise LabelsError(f"{path}: column 'boxes' must hold label and box")
        if entry["label"] in REAL_LABELS:
            where = f"column 'boxes', row {index}, {entry['label']}"
            boxes.append(read_numbers(entry["box"], path, where, 4))
            labels.append(LABELS.index(entry["label"]))
    return LabelledFrame(
        row["jpeg"] or b"",
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(labels, np.int64),
        is_real=True,
    )


def write_frame(path: Path, frame: LabelledFrame) -> None:
    """Write a rendered frame in one step, so that a reader never sees half of it."""
    with in_one_step(path) as partial, partial.open("wb") as file:
        np.savez(
            file,
            jpeg=np.frombuffer(frame.jpeg, np.uint8),
            boxes=frame.boxes,
            labels=frame.labels,
        )


def read_frame(path: Path) -> LabelledFrame:
    """Read a rendered frame."""
    with np.load(path) as arrays:
        return LabelledFrame(
            arrays["jpeg"].tobytes(), arrays["boxes"], arrays["labels"], is_real=False
        )
