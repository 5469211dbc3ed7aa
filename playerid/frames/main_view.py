"""The sampled frames of the main view, read from the videos of a game."""

import itertools
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.frames.read_ahead import read_ahead
from playerid.frames.segments import Segment
from playerid.frames.video import ImageReader


@dataclass(frozen=True, slots=True)
class VideoSource:
    """A video file that can be opened: its name for errors, and how."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class SampledFrame:
    """A decoded frame: its place in the game, and (height, width, 3) RGB."""

    frame_index: int
    time_s: float
    segment_index: int
    image: NDArray[np.uint8]


def read_main_view(
    videos: Sequence[VideoSource], segments: Sequence[Segment], frames: pa.Table
) -> Iterator[SampledFrame]:
    """Decode the sampled frames of the segments that are in the main view, in order.

    They are decoded in a thread of their own, a few frames ahead.

    Args:
        videos: of the game, in order of play.
        segments: those to read; the others are skipped.
        frames: rows of `sampled_frames`.
    """
    return read_ahead(decode_main_view(videos, segments, frames))


def decode_main_view(
    videos: Sequence[VideoSource], segments: Sequence[Segment], frames: pa.Table
) -> Generator[SampledFrame]:
    """The same as `read_main_view`, in the thread that asks."""
    by_segment = np.asarray(frames["segment_index"])
    indices, times = np.asarray(frames["frame_index"]), np.asarray(frames["time_s"])
    shown = (segment for segment in segments if segment.view == "main")
    for video_index, of_video in itertools.groupby(shown, lambda segment: segment.video_index):
        video = videos[video_index]
        with video.open() as source:
            reader = ImageReader(source, video.name)
            for segment in of_video:
                chosen = np.flatnonzero(by_segment == segment.index)
                chosen = chosen[np.argsort(indices[chosen])]
                images = reader.read(times[chosen] - segment.video_start_s)
                for row, image in zip(chosen, images, strict=True):
                    yield SampledFrame(int(indices[row]), float(times[row]), segment.index, image)
