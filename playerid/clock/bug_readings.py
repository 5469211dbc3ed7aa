"""Frames -> what stands in the places of the score bug."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.frames.boxes import to_pixels
from playerid.frames.main_view import SampledFrame
from playerid.models.text_reader import TextReader
from playerid.tables import CLOCK_READINGS

READINGS_PER_S = 5.0
"""How often a bug is looked at: tells within 0.2 s when its clock steps."""


def thin_out(frames: pa.Table, per_second: float = READINGS_PER_S) -> pa.Table:
    """Rows of `sampled_frames`, at most so many per second."""
    ticks = np.floor(np.asarray(frames["time_s"], np.float64) * per_second + 1e-6)
    is_first = np.diff(ticks, prepend=-1) > 0
    return frames.filter(pa.array(is_first))


def read_score_bug(
    game_id: str,
    frames: Iterable[SampledFrame],
    boxes_px: Mapping[str, Sequence[float]],
    reader: TextReader,
) -> pa.Table:
    """Read the places of the bug in every frame; a place that looks as before is not read again.

    Args:
        game_id: the game.
        frames: of one video, in order.
        boxes_px: field -> box of its place, pixels.
        reader: reads text.

    Returns:
        Rows of `clock_readings`, where there is text.
    """
    windows: dict[tuple[float, ...], _Window] = {}
    rows = []
    for frame in frames:
        height, width = frame.image.shape[:2]
        boxes = np.array([*boxes_px.values()], np.float64).reshape(-1, 4)
        for name, box in zip(boxes_px, to_pixels(boxes, height, width), strict=True):
            left, top, right, bottom = box.tolist()
            window = windows.setdefault((left, top, right, bottom), _Window())
            text, score = window.read(frame.image[top:bottom, left:right], reader)
            if text:
                rows.append(
                    {
                        "game_id": game_id,
                        "frame_index": frame.frame_index,
                        "time_s": frame.time_s,
                        "segment_index": frame.segment_index,
                        "field": name,
                        "text": text,
                        "text_score": score,
                    }
                )
    return pa.Table.from_pylist(rows, CLOCK_READINGS.schema)


@dataclass(slots=True)
class _Window:
    """One place over time: how it looked when it was read last, and what was read."""

    look: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    answer: tuple[str, float] = ("", 0.0)

    def read(
        self, crop: NDArray[np.uint8], reader: TextReader, *, most_change: float = 20.0
    ) -> tuple[str, float]:
        """Text and score, read anew if any spot changed by more than so many grey levels."""
        look = _shrink(crop)
        if look.shape != self.look.shape or np.abs(look - self.look).max() > most_change:
            texts, scores = reader.read([crop])
            self.look, self.answer = look, (texts[0], scores[0])
        return self.answer


def _shrink(crop: NDArray[np.uint8], height_px: int = 12) -> NDArray[np.float32]:
    """Grey, small enough that the noise of compression does not count."""
    width_px = max(round(crop.shape[1] * height_px / crop.shape[0]), 1)
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
