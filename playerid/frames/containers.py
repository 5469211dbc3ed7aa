"""Video files as containers: opened within limits, the stream that is shown, what is cut off."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

import av
from av.container import InputContainer
from av.format import Flags
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from playerid.errors import VideoError

NOT_SHOWN = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """What a video of a game never exceeds; whatever does would fill the memory or never end.

    Attributes:
        most_pixels: of a picture: 8K television, and a little. A decoder holds twenty pictures
            of up to 3 bytes a pixel.
        most_streams: a broadcast multiplex has some dozens.
        most_frames_per_second: slow-motion cameras of broadcasts record 240 to 300.
        longest_s: of a file, seconds: a day.
    """

    most_pixels: int = 8192 * 4608
    most_streams: int = 100
    most_frames_per_second: int = 300
    longest_s: float = 24 * 3600.0


LIMITS = VideoLimits()


@dataclass(frozen=True, slots=True)
class OpenVideo:
    """An opened file and the stream of it that is shown.

    Attributes:
        source: the file.
        name: for errors.
        container, stream: of PyAV.
        remarks: what is unusual and worth a line in the log.
    """

    source: BinaryIO
    name: str
    container: InputContainer
    stream: VideoStream
    remarks: tuple[str, ...]

    @property
    def tick_s(self) -> float:
        """Unit of the stream's times, seconds."""
        return float(self.stream.time_base or Fraction(1, 90000))

    @property
    def nominal_rate(self) -> Fraction:
        """Frames a second as the header says, or as the library guesses."""
        return self.stream.guessed_rate or self.stream.average_rate or Fraction(30)

    @property
    def has_display_order(self) -> bool:
        """Whether packets say when their picture is shown; AVI only has the order of decoding."""
        return self.container.format.name != "avi"

    @property
    def has_index(self) -> bool:
        """Whether one index, at one place of the file, holds the time of every packet."""
        return "mov" in self.container.format.name or self.container.format.name == "avi"

    @property
    def states_length(self) -> bool:
        """Whether the length is known from the beginning of the file, and right."""
        return self.container.format.name != "avi"

    @property
    def may_start_anew(self) -> bool:
        """Whether the clock may jump inside the file, as in broadcast streams."""
        return bool(Flags(self.container.format.flags) & Flags.ts_discont)

    @property
    def seeks_bytes(self) -> bool:
        """Whether reading may go on from any byte."""
        return self.may_start_anew and not (Flags(self.container.format.flags) & Flags.no_byte_seek)


class _Seekable:
    """A file for ffmpeg, which asks even small files for what is before their beginning."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.read, self.tell = source.read, source.tell
        self._size = source.seek(0, 2)
        source.seek(0)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place; -1, and nowhere, if there is no such place."""
        place = offset + (0, self._source.tell(), self._size)[whence]
        return self._source.seek(place) if place >= 0 else -1


def open_video(source: BinaryIO, name: str, limits: VideoLimits = LIMITS) -> OpenVideo:
    """Open a file and choose its stream: the largest; of equals the default one, then the first.

    Raises:
        VideoError: It is not a video, or exceeds the limits.
    """
    options = {"max_streams": str(limits.most_streams + 1), "max_pixels": str(limits.most_pixels)}
    try:
        container = av.open(_Seekable(source), mode="r", options=options)
    except av.error.MemoryError as error:
        raise VideoError(_too_many_streams(name, limits)) from error
    except av.FFmpegError as error:
        raise VideoError(
            f"{name}: not a readable video ({error}); expected a complete file that ffmpeg can open"
        ) from error
    try:
        if len(container.streams) > limits.most_streams:
            raise VideoError(_too_many_streams(name, limits))
        stream, remarks = _choose(container, name)
        _check_size(stream, name, limits)
    except VideoError:
        container.close()
        raise
    return OpenVideo(source, name, container, stream, remarks)


def _too_many_streams(name: str, limits: VideoLimits) -> str:
    return (
        f"{name}: has more than {limits.most_streams} streams, or tables too large for the memory;"
        " expected pictures and a few streams of sound"
    )


def _choose(container: InputContainer, name: str) -> tuple[VideoStream, tuple[str, ...]]:
    shown = [s for s in container.streams.video if not s.disposition & NOT_SHOWN]
    if not shown:
        only = "a still picture" if container.streams.video else "sound or data"
        raise VideoError(f"{name}: expected a video stream, found only {only}")
    chosen = min(shown, key=lambda s: (-_pixels(s), not s.disposition & Disposition.default))
    if chosen.codec_context is None:
        raise VideoError(f"{name}: its video is of a kind that this ffmpeg cannot decode")
    if len(shown) == 1:
        return chosen, ()
    sizes = sorted({(s.width, s.height) for s in shown if s is not chosen}, reverse=True)
    others = ", ".join(f"{width}x{height}" for width, height in sizes[:5])
    return chosen, (
        f"{name}: has {len(shown)} video streams; the one of {chosen.width}x{chosen.height} is"
        f" read, not {others}",
    )


def _pixels(stream: VideoStream) -> int:
    context = stream.codec_context
    return context.width * context.height if context is not None else 0


def _check_size(stream: VideoStream, name: str, limits: VideoLimits) -> None:
    """Refuse what is too large as it is stored, or with its pixels made square."""
    pixels = _pixels(stream) * max(stream.sample_aspect_ratio or 1, 1)
    if pixels > limits.most_pixels:
        raise VideoError(
            f"{name}: pictures of {stream.width}x{stream.height} would take"
            f" {pixels * 3 / 1e6:.0f} MB each; expected at most"
            f" {limits.most_pixels / 1e6:.0f} million pixels (8K)"
        )


def packets_of(
    video: OpenVideo, most_failures: int = 100
) -> "Iterator[Packet[VideoStream] | None]":
    """The packets of the stream that hold something; None where the file could not be read.

    Args:
        video: opened, at any place.
        most_failures: after so many failures in a row, the file ends.
    """
    failures = 0
    while failures <= most_failures:
        try:
            for packet in video.container.demux(video.stream):
                if packet.size:
                    failures = 0
                    yield packet
            return
        except av.FFmpegError:
            failures += 1
            yield None


def time_in_file(packet: "Packet[VideoStream]") -> int | None:
    """When a packet is shown or, where the file does not say, decoded; ticks."""
    return packet.dts if packet.pts is None else packet.pts


def bytes_missing(source: BinaryIO) -> int:
    """How much shorter a file is than its own sizes say; 0 where it is whole or does not say."""
    size = source.seek(0, 2)
    source.seek(0)
    head = source.read(12)
    if head[:4] == b"RIFF":
        stated = 8 + int.from_bytes(head[4:8], "little")
    elif head[:4] == b"\x1aE\xdf\xa3":
        stated = _end_of_segment(source)
    else:
        stated = _end_of_boxes(source, size)
    return max(stated - size, 0)


def _end_of_boxes(source: BinaryIO, size: int) -> int:
    """End of the last box of an ISO base media file (14496-12, 4.2); 0 if it is none."""
    place = 0
    while place < size:
        source.seek(place)
        head = source.read(16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8 or not kind.isalnum():
            return 0
        place += length
    return place


def _end_of_segment(source: BinaryIO) -> int:
    """End of the segment of a Matroska file (RFC 8794); 0 where its length is unknown."""
    source.seek(4)
    place = 4
    for expected in (None, b"\x18S\x80g"):
        if expected is not None:
            if source.read(4) != expected:
                return 0
            place += 4
        first = source.read(1)
        width = 9 - first[0].bit_length() if first and first[0] else 0
        if not width:
            return 0
        value = int.from_bytes(first + source.read(width - 1), "big") & ((1 << 7 * width) - 1)
        if value == (1 << 7 * width) - 1:
            return 0
        place += width + value
        source.seek(place)
    return place


def stated_duration_s(video: OpenVideo) -> float | None:
    """How long the pictures last as the file says, seconds."""
    if video.stream.duration is not None:
        return video.stream.duration * video.tick_s
    if video.container.duration is not None:
        return video.container.duration / av.time_base
    return None


def check_whole(
    source: BinaryIO, name: str, limits: VideoLimits = LIMITS, *, shortest_s: float = 0.2
) -> None:
    """Refuse a file whose end is not there.

    Args:
        source: the file.
        name: for errors.
        limits: of what is read.
        shortest_s: so much of its pictures may be missing, seconds.

    Raises:
        VideoError: More is missing.
    """
    missing = bytes_missing(source)
    if not missing:
        return
    video = open_video(source, name, limits)
    with video.container:
        stated_s = stated_duration_s(video)
        start = video.stream.start_time or 0
        ends = [
            packet.pts + (packet.duration or 0) - start
            for packet in filter(None, packets_of(video))
            if packet.pts is not None and not packet.is_corrupt
        ]
    end_s = max(ends, default=0) * video.tick_s
    lost_s = 0.0 if stated_s is None else stated_s - end_s
    if not video.states_length:
        lost_s = end_s * missing / source.seek(0, 2)
    if lost_s > shortest_s:
        raise VideoError(
            f"{name}: truncated: the last {lost_s:.1f} s of {end_s + lost_s:.1f} s are missing"
        )
