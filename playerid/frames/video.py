"""Frames of a game's video files with their times, and videos written for people to watch.

A game may have several video files: its frames are counted, and its time goes on, across them.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from playerid.frames.containers import check_whole
from playerid.frames.reader import FrameReader


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a file: its frames, half-open, maybe none, and its times, seconds."""

    start_frame: int
    end_frame: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class VideoFile:
    """What one scan of a video file found.

    Attributes:
        name: as in the game file; named in errors.
        width_px, height_px: of the picture as shown: square pixels, upright.
        frame_rate: nominal frames a second.
        times_s: (F,) presentation time of each frame from the start of the file, seconds.
        missing: stretches without a usable picture, in order.
        notes: what is unusual about the container.
    """

    name: str
    width_px: int
    height_px: int
    frame_rate: Fraction
    times_s: NDArray[np.float64]
    missing: tuple[Stretch, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        """Time at which the last frame, or what is missing after it, ends, seconds."""
        end_s = float(self.times_s[-1]) + 1 / float(self.frame_rate)
        return max([end_s, *(missing.end_s for missing in self.missing)])

    @property
    def is_variable_rate(self) -> bool:
        """Whether frames are spaced unevenly: by more than half of the usual step."""
        is_whole = np.ones(max(len(self.times_s) - 1, 0), np.bool_)
        for hole in self.missing:
            is_whole[max(hole.start_frame - 1, 0) : hole.end_frame] = False
        steps = np.diff(self.times_s)[is_whole]
        return bool(len(steps)) and bool(
            np.abs(steps - np.median(steps)).max() > np.median(steps) / 2
        )

    def remarks(self) -> list[str]:
        """What is unusual and worth a line in the log."""
        remarks = list(self.notes)
        if self.missing:
            lost_s = sum(missing.end_s - missing.start_s for missing in self.missing)
            remarks.append(
                f"{self.name}: {lost_s:.1f} s in {len(self.missing)} places are damaged or absent;"
                " the rest is used"
            )
        if self.is_variable_rate:
            remarks.append(f"{self.name}: frames are unevenly spaced; their own times are used")
        if abs(self.width_px / self.height_px - 16 / 9) > 0.05:
            remarks.append(
                f"{self.name}: {self.width_px}x{self.height_px} is not 16:9, which the models"
                " were trained on; expect less"
            )
        return remarks


def find_missing(
    times_s: NDArray[np.float64],
    is_damaged: NDArray[np.bool_],
    frame_rate: float,
    end_s: float,
    *,
    longest_step_s: float = 1.0,
) -> tuple[Stretch, ...]:
    """Find the stretches of a file without a usable picture.

    Args:
        times_s: (F,) times of its frames.
        is_damaged: (F,) whether their pictures are damaged.
        frame_rate: usual frames a second.
        end_s: when its last packet ends, decoded or not.
        longest_step_s: a longer time without a frame is missing; shorter ones are an uneven rate.
    """
    step_s = 1 / frame_rate
    last = len(times_s) - 1
    ends_s = np.minimum(times_s + step_s, np.append(times_s[1:], np.inf))
    nexts_s = np.append(times_s[1:], max(end_s, float(ends_s[-1])))
    longest_s = np.where(np.arange(last + 1) < last, longest_step_s, 2.5 * step_s)
    found: list[Stretch] = []
    for index in np.flatnonzero(is_damaged | (nexts_s - times_s > longest_s)).tolist():
        first = index if is_damaged[index] else index + 1
        start_s = float(ends_s[first - 1]) if first else 0.0
        if found and found[-1].end_frame == first and found[-1].end_s >= start_s:
            first, start_s = found[-1].start_frame, found[-1].start_s
            found.pop()
        found.append(Stretch(first, index + 1, start_s, float(nexts_s[index])))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class SmallFrame:
    """A frame scaled down for cut detection: index in the file, time, (180, 320, 3) BGR."""

    index: int
    time_s: float
    image_bgr: NDArray[np.uint8]


def as_shown(frame: VideoFrame, stream: VideoStream) -> NDArray[np.uint8]:
    """(height, width, 3) RGB with square pixels, upright, of one moment."""
    width, height = _square_size(stream)
    image = cast(NDArray[np.uint8], frame.to_ndarray(format="rgb24", width=width, height=height))
    if frame.interlaced_frame:
        image = without_combs(image)
    if not frame.rotation:
        return image
    return np.ascontiguousarray(np.rot90(image, round(frame.rotation / 90)))


def without_combs(image: NDArray[np.uint8], least: int = 100) -> NDArray[np.uint8]:
    """Take what moved in an interlaced picture from one of its two moments.

    Its odd lines were seen half a frame later than the even ones. Where one is an outlier between
    its neighbours, it is replaced by their mean, as deinterlacers do; the rest stays sharp.

    Args:
        image: (height, width, 3).
        least: product of the differences to the lines above and below that makes an outlier.
    """
    above, line, below = (
        image[start : len(image) - 2 + start : 2].astype(np.int32) for start in range(3)
    )
    is_outlier = ((line - above) * (line - below) > least).any(axis=2, keepdims=True)
    result = image.copy()
    result[1 : len(image) - 1 : 2] = np.where(is_outlier, (above + below) // 2, line)
    return result


def _square_size(stream: VideoStream) -> tuple[int, int]:
    """Width and height at which the stream's pixels are square, before rotation."""
    return round(stream.width * (stream.sample_aspect_ratio or 1)), stream.height


class VideoScan:
    """Iterates over the small frames of a file; afterwards `file` describes it.

    Raises:
        VideoError: The file cannot be opened, holds no frame, or exceeds the limits.
    """

    def __init__(self, source: BinaryIO, name: str) -> None:
        self._source, self._name = source, name
        self._reader = FrameReader(source, name)
        self._file: VideoFile | None = None

    @property
    def frame_rate(self) -> float:
        """Usual frames a second."""
        return float(self._reader.rate)

    @property
    def file(self) -> VideoFile:
        """What the scan found; the iteration must have ended."""
        assert self._file is not None, "the scan has not ended"
        return self._file

    def __iter__(self) -> Generator[SmallFrame]:
        """Decode, yielding every frame."""
        check_whole(self._source, self._name)
        times: list[float] = []
        damaged: list[bool] = []
        rotation = 0
        for shown in self._reader.frames():
            times.append(shown.time_s)
            damaged.append(shown.is_damaged)
            rotation = shown.frame.rotation
            small = shown.frame.reformat(320, 180, "bgr24", interpolation="FAST_BILINEAR")
            image = cast(NDArray[np.uint8], small.to_ndarray())
            yield SmallFrame(len(times) - 1, times[-1], image)
        if not times:
            raise self._reader.nothing_decoded()
        size = _square_size(self._reader.video.stream)
        width, height = size[::-1] if rotation % 180 else size
        rate = self._reader.rate
        missing = find_missing(np.array(times), np.array(damaged), float(rate), self._reader.end_s)
        remarks = self._reader.video.remarks
        self._file = VideoFile(self._name, width, height, rate, np.array(times), missing, remarks)


class ImageReader:
    """Reads chosen frames of a video, again and again: places to begin are found only once.

    Args:
        source: the video file; only the needed range is read, where the file has an index.
        name: for errors.
    """

    def __init__(self, source: BinaryIO, name: str) -> None:
        self._reader = FrameReader(source, name)

    def read(self, times_s: Sequence[float] | NDArray[np.float64]) -> Iterator[NDArray[np.uint8]]:
        """Decode the frames with the given times, in order.

        Args:
            times_s: increasing presentation times from the start of the file, as `VideoScan`
                gave them.

        Yields:
            (height, width, 3) RGB, one per time.

        Raises:
            VideoError: A frame is not there.
        """
        for frame in self._reader.read(times_s):
            yield as_shown(frame, self._reader.video.stream)


def read_frames(
    source: BinaryIO, name: str, times_s: Sequence[float] | NDArray[np.float64]
) -> Iterator[NDArray[np.uint8]]:
    """Decode the frames with the given times, in order, as `ImageReader` does."""
    if len(times_s):
        yield from ImageReader(source, name).read(times_s)


def read_every_frame(source: BinaryIO, name: str) -> Iterator[NDArray[np.uint8]]:
    """Decode a whole file: (height, width, 3) RGB frames, in order."""
    reader = FrameReader(source, name)
    for shown in reader.frames():
        yield as_shown(shown.frame, reader.video.stream)
