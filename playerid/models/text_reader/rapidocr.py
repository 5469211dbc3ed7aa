"""Printed text as RapidOCR reads it: PP-OCRv6 on ONNX Runtime, weights inside its package."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidocr import ModelType, OCRVersion, RapidOCR

from playerid.models.text_reader import TextLines

MAX_SIDE_PX = 1280
"""Larger pictures are looked for text in at this size: broadcasts are made to be read at it."""


class _OneAtATime(RapidOCR):  # type: ignore[misc]  # the library has no types
    """Looks for lines in one picture at a time, which takes 0.3 GiB; reading takes as long."""

    def __init__(self, params: dict[str, object]) -> None:
        super().__init__(params=params)
        self._turn = threading.Lock()

    def detect_and_crop(self, img: NDArray[np.uint8], op_record: dict[str, Any]) -> Any:
        """Find the lines and cut them out."""
        with self._turn:
            return super().detect_and_crop(img, op_record)


class RapidOCRReader:
    """Finds lines of text, and reads them."""

    def __init__(self, weights: Path | None = None, *, threads: int = 1) -> None:
        """Load the models that come with the library; nothing is fetched.

        Args:
            weights: none.
            threads: of the processor.
        """
        assert weights is None
        options: dict[str, object] = {
            "Global.log_level": "error",
            "Global.max_side_len": MAX_SIDE_PX,
            "Det.ocr_version": OCRVersion.PPOCRV6,
            "Det.model_type": ModelType.SMALL,
            "Rec.ocr_version": OCRVersion.PPOCRV6,
            "Rec.model_type": ModelType.SMALL,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": threads,
        }
        # Each keeps how it was last called: threads may share one that is always called alike.
        self._finder, self._reader = _OneAtATime(options), RapidOCR(params=options)

    def find(self, image: NDArray[np.uint8]) -> TextLines:
        """Find and read the lines of a picture, (height, width, 3) RGB."""
        found = self._finder(_bgr(image), use_det=True, use_cls=False, use_rec=True)
        if found.boxes is None:
            return TextLines(np.zeros((0, 4), np.float32), (), np.zeros(0, np.float32))
        corners = np.asarray(found.boxes, np.float32)
        boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
        return TextLines(boxes, tuple(found.txts), np.asarray(found.scores, np.float32))

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> tuple[list[str], list[float]]:
        """Read RGB crops that each show one line; "" with score 0 where there is none."""
        found = [self._reader(_bgr(c), use_det=False, use_cls=False, use_rec=True) for c in crops]
        return [f.txts[0] for f in found], [float(f.scores[0]) for f in found]


def _bgr(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(image[..., ::-1])
