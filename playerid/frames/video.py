"""Frames of a game's video files with their times, and videos written for people to watch.

A game may have several video files: its frames are counted, and its time goes on, across them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, cast

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from playerid.errors import VideoError


@dataclass(frozen=True, slots=True)
class VideoFile:
    """What one scan of a video file found.

    Attributes:
        name: as in the game file; named in errors.
        width_px, height_px: of the picture as shown: square pixels, upright.
        frame_rate: nominal frames a second.
        times_s: (F,) presentation time of each frame from the start of the file, seconds.
    """

    name: str
    width_px: int
    height_px: int
    frame_rate: Fraction
    times_s: NDArray[np.float64]

    @property
    def duration_s(self) -> float:
        """Time at which the last frame ends, seconds."""
        return float(self.times_s[-1]) + 1 / float(self.frame_rate)

    @property
    def is_variable_rate(self) -> bool:
        """Whether frames are spaced unevenly: by more than half of the usual step."""
        steps = np.diff(self.times_s)
        return bool(len(steps)) and bool(
            np.abs(steps - np.median(steps)).max() > np.median(steps) / 2
        )

    def remarks(self) -> list[str]:
        """What is unusual and worth a line in the log."""
        remarks = []
        if self.is_variable_rate:
            remarks.append(f"{self.name}: frames are unevenly spaced; their own times are used")
        if abs(self.width_px / self.height_px - 16 / 9) > 0.05:
            remarks.append(
                f"{self.name}: {self.width_px}x{self.height_px} is not 16:9, which the models"
                " were trained on; expect less"
            )
        return remarks


@dataclass(frozen=True, slots=True)
class SmallFrame:
    """A frame scaled down for cut detection: index in the file, time, (180, 320, 3) BGR."""

    index: int
    time_s: float
    image_bgr: NDArray[np.uint8]


def _open(source: BinaryIO, name: str) -> tuple[InputContainer, VideoStream]:
    try:
        container = av.open(source, mode="r")
    except (OSError, ValueError) as error:  # PyAV's errors are both
        raise VideoError(
            f"{name}: not a readable video ({error}); expected a complete file that ffmpeg can open"
        ) from error
    if not container.streams.video:
        raise VideoError(f"{name}: expected a video stream, found only sound or data")
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return container, stream


def _decode(container: InputContainer, stream: VideoStream, name: str) -> Iterator[VideoFrame]:
    try:
        for frame in container.decode(stream):
            if frame.time is not None:
                yield frame
    except (OSError, ValueError) as error:
        raise VideoError(f"{name}: decoding stopped ({error}); the file is damaged") from error


def _square_size(stream: VideoStream) -> tuple[int, int]:
    """Width and height at which the stream's pixels are square, before rotation."""
    return round(stream.width * (stream.sample_aspect_ratio or 1)), stream.height


def _as_shown(frame: VideoFrame, stream: VideoStream) -> NDArray[np.uint8]:
    """(height, width, 3) RGB with square pixels, upright."""
    width, height = _square_size(stream)
    image = cast(NDArray[np.uint8], frame.to_ndarray(format="rgb24", width=width, height=height))
    if not frame.rotation:
        return image
    return np.ascontiguousarray(np.rot90(image, round(frame.rotation / 90)))


class VideoScan:
    """Iterates over the small frames of a file; afterwards `file` describes it.

    Raises:
        VideoError: The file cannot be opened, holds no frame, or ends before its index says.
    """

    def __init__(self, source: BinaryIO, name: str) -> None:
        self._source, self._name = source, name
        self._file: VideoFile | None = None
        container, stream = _open(source, name)
        with container:
            self.nominal_rate = stream.average_rate or stream.guessed_rate or Fraction(30)
        source.seek(0)

    @property
    def frame_rate(self) -> float:
        """Nominal frames a second."""
        return float(self.nominal_rate)

    @property
    def file(self) -> VideoFile:
        """What the scan found; the iteration must have ended."""
        assert self._file is not None, "the scan has not ended"
        return self._file

    def __iter__(self) -> Iterator[SmallFrame]:
        """Decode, yielding every frame."""
        container, stream = _open(self._source, self._name)
        times: list[float] = []
        rotation, start_s = 0, None
        with container:
            expected = stream.frames
            size = _square_size(stream)
            for frame in _decode(container, stream, self._name):
                start_s = frame.time if start_s is None else start_s
                times.append(frame.time - start_s)
                rotation = frame.rotation
                small = frame.reformat(320, 180, "bgr24", interpolation="FAST_BILINEAR")
                image = cast(NDArray[np.uint8], small.to_ndarray())
                yield SmallFrame(len(times) - 1, times[-1], image)
        if not times:
            raise VideoError(f"{self._name}: holds no frame that can be decoded")
        if len(times) < 0.98 * expected:
            raise VideoError(
                f"{self._name}: truncated, {len(times)} of {expected} frames can be decoded"
            )
        if not np.all(np.diff(times) > 0):
            raise VideoError(f"{self._name}: frame times do not increase")
        width, height = size[::-1] if rotation % 180 else size
        self._file = VideoFile(self._name, width, height, self.nominal_rate, np.array(times))


def read_frames(
    source: BinaryIO, name: str, times_s: Sequence[float] | NDArray[np.float64]
) -> Iterator[NDArray[np.uint8]]:
    """Decode the frames with the given times, in order.

    Args:
        source: the video file; only the needed range is read.
        name: for errors.
        times_s: increasing presentation times from the start of the file, as `scan` gave them.

    Yields:
        (height, width, 3) RGB, one per time.

    Raises:
        VideoError: A frame is not there.
    """
    if not len(times_s):
        return
    container, stream = _open(source, name)
    with container:
        start_s = float((stream.start_time or 0) * (stream.time_base or 0))
        if times_s[0] > 1 and stream.time_base:
            container.seek(int((times_s[0] + start_s) / stream.time_base), stream=stream)
        wanted = iter(times_s)
        target = next(wanted)
        for frame in _decode(container, stream, name):
            if frame.time - start_s < target - 1e-3:
                continue
            if frame.time - start_s > target + 1e-3:
                break
            yield _as_shown(frame, stream)
            following = next(wanted, None)
            if following is None:
                return
            target = following
    raise VideoError(f"{name}: no frame at {target:.3f} s; was the file replaced?")


def read_every_frame(source: BinaryIO, name: str) -> Iterator[NDArray[np.uint8]]:
    """Decode a whole file: (height, width, 3) RGB frames, in order."""
    container, stream = _open(source, name)
    with container:
        for frame in _decode(container, stream, name):
            yield _as_shown(frame, stream)


def write_video(
    target: str, frames: Iterable[NDArray[np.uint8]], frame_rate: Fraction, crf: int = 23
) -> int:
    """Write RGB frames as H.264 (yuv420p, index first), which browsers play.

    That format has even sizes only: an odd last row or column is left out.

    Returns:
        How many frames were written.
    """
    count = 0
    options = {"crf": str(crf), "preset": "veryfast"}
    with av.open(target, mode="w", options={"movflags": "faststart"}) as container:
        stream: VideoStream | None = None
        for image in frames:
            if stream is None:
                stream = container.add_stream("libx264", rate=frame_rate, options=options)
                stream.height, stream.width = (side // 2 * 2 for side in image.shape[:2])
                stream.pix_fmt = "yuv420p"
            even = np.ascontiguousarray(image[: stream.height, : stream.width])
            container.mux(stream.encode(VideoFrame.from_ndarray(even, format="rgb24")))
            count += 1
        if stream is not None:
            container.mux(stream.encode(None))
    return count
