"""Frames of a video file: all of them, or those at given times, from wherever that is nearest."""

import bisect
import itertools
import os
from collections import deque
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import BinaryIO

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from playerid.errors import VideoError
from playerid.frames.containers import LIMITS, VideoLimits, open_video, packets_of, time_in_file
from playerid.frames.decoding import (
    LEAST_STEP_S,
    Decoded,
    DecodedFrame,
    KeyPacket,
    decode,
    in_turn,
    timed,
)
from playerid.frames.packet_times import PacketClock, measure_rate


class FrameReader:
    """Reads frames of a video file, all of them or those at given times.

    Args:
        source: the file.
        name: for errors.
        limits: of what is read.

    Raises:
        VideoError: It is not a video, or exceeds the limits.
    """

    def __init__(self, source: BinaryIO, name: str, limits: VideoLimits = LIMITS) -> None:
        self._source, self._name, self._limits = source, name, limits
        self._start: int | None = None
        self._clock: PacketClock | None = None
        self._counts_agree: bool | None = None
        self._keys: list[KeyPacket] | None = None
        self.video = open_video(source, name, limits)
        self.rate = self._measured_rate()
        self._reopen()

    def _reopen(self) -> None:
        """Begin again, with a decoder of as many threads as the size of its pictures allows."""
        self.video.container.close()
        self.video = open_video(self._source, self._name, self._limits)
        context = self.video.stream.codec_context
        cores = len(os.sched_getaffinity(0))
        is_large = context.width * context.height > 4096 * 2304
        context.thread_type = "AUTO"
        context.thread_count = min(cores, 2 if is_large else 16)
        context.options = {"max_pixels": str(self._limits.most_pixels)}

    def _measured_rate(self, most_packets: int = 120) -> Fraction:
        """Frames a second of the file's beginning."""
        first = itertools.islice(filter(None, packets_of(self.video)), most_packets)
        times = [time_in_file(packet) for packet in first]
        times_s = np.array([t for t in times if t is not None]) * self.video.tick_s
        self._check_rate(len(times_s), float(np.ptp(times_s)) if len(times_s) else 0.0, 0.2)
        return measure_rate(times_s[:60], self.video.nominal_rate)

    def _check_rate(self, count: int, passed_s: float, slack_s: float) -> None:
        if count > self._limits.most_frames_per_second * (passed_s + slack_s):
            raise VideoError(
                f"{self._name}: {count} frames in {passed_s:.3f} s; expected at most"
                f" {self._limits.most_frames_per_second} a second"
            )
        if passed_s > self._limits.longest_s:
            raise VideoError(
                f"{self._name}: its times span {passed_s / 3600:.1f} hours; expected a game, at"
                f" most {self._limits.longest_s / 3600:.0f} hours"
            )

    @property
    def end_s(self) -> float:
        """When the last packet of `frames` ends, decoded or not; seconds since the first frame."""
        if self._clock is None or self._clock.end is None or self._start is None:
            return 0.0
        return (self._clock.end - self._start) * self.video.tick_s

    def frames(self) -> Iterator[DecodedFrame]:
        """Decode the whole file.

        Raises:
            VideoError: Its frames exceed the limits.
        """
        self._reopen()
        self._clock = PacketClock(self.video, self.rate)
        decoded = self._decode(self._clock)
        first = next(decoded, None)
        if first is None:
            return
        self._start = first[0] or 0
        for count, frame in enumerate(self._timed(itertools.chain([first], decoded))):
            self._check_rate(count, self.end_s or frame.time_s, 4.0)
            yield frame

    def read(self, times_s: Sequence[float] | NDArray[np.float64]) -> Iterator[VideoFrame]:
        """Decode the frames at increasing times.

        Raises:
            VideoError: A frame is not there.
        """
        times = np.asarray(times_s, np.float64)
        for run in np.split(times, np.flatnonzero(np.diff(times) > 10) + 1):
            if len(run):
                yield from self._read_run(run.tolist())

    def between(self, start_s: float, end_s: float) -> Iterator[DecodedFrame]:
        """Decode the frames of a stretch, half-open."""
        for shown in self._from(start_s):
            if shown.time_s >= end_s - LEAST_STEP_S / 2:
                return
            if shown.time_s >= start_s - LEAST_STEP_S / 2:
                yield shown

    def nothing_decoded(self) -> VideoError:
        """What is wrong with a file of which no frame could be decoded."""
        reason = f"{self._name}: holds no frame that can be decoded"
        if not self.video.stream.width:
            most = self._limits.most_pixels / 1e6
            reason += f"; its pictures have no size, or more than {most:.0f} million pixels (8K)"
        return VideoError(reason)

    def look_after(self, time_s: float) -> float | None:
        """The time, as the file has it, of a picture decoded near a time or after it; or none."""
        place = (self.video.stream.start_time or 0) + round(time_s / self.video.tick_s)
        self._reopen()
        try:
            self.video.container.seek(place, stream=self.video.stream)
        except av.FFmpegError:
            return None
        first = next(decode(self.video, PacketClock(self.video, self.rate)), None)
        return None if first is None else (first[0] or 0) * self.video.tick_s

    def _read_run(self, times_s: Sequence[float]) -> Iterator[VideoFrame]:
        wanted = deque(times_s)
        for shown in self._from(times_s[0]):
            if shown.time_s < wanted[0] - LEAST_STEP_S / 2:
                continue
            if shown.time_s > wanted[0] + LEAST_STEP_S / 2:
                break
            yield shown.frame
            wanted.popleft()
            if not wanted:
                return
        raise VideoError(f"{self._name}: no frame at {wanted[0]:.3f} s; was the file replaced?")

    def _decode(self, clock: PacketClock, landing: KeyPacket | None = None) -> Iterator[Decoded]:
        decoded = decode(self.video, clock, landing)
        return decoded if self.video.has_display_order else in_turn(decoded)

    def _timed(self, decoded: Iterator[Decoded]) -> Iterator[DecodedFrame]:
        return timed(decoded, self.video, self.rate, self._start or 0)

    def _from(self, time_s: float) -> Iterator[DecodedFrame]:
        """The frames from a key frame at or before a time on."""
        if self._start is None:
            next(self.frames(), None)
        if time_s > 1 and self._start is not None and self._index_is_right():
            ticks = self._start + round(time_s / self.video.tick_s)
            places = self._indexed(ticks) if self.video.has_index else self._listed(ticks)
            for shown in places:
                first = next(shown, None)
                if first is not None and first.time_s <= time_s + LEAST_STEP_S / 2:
                    return itertools.chain([first], shown)
        return self.frames()

    def _index_is_right(self) -> bool:
        """Whether reading from a place in an index gives the times of reading from the start.

        AVI counts frames instead of timing them: those that cannot be read are not counted.
        """
        if self.video.has_display_order:
            return True
        if self._counts_agree is None:
            self._reopen()
            counted = sum(1 for _ in filter(None, packets_of(self.video)))
            entries = [entry.size > 0 for entry in self.video.stream.index_entries]
            self._counts_agree = counted == sum(entries)
        return self._counts_agree

    def _indexed(self, ticks: int) -> Iterator[Iterator[DecodedFrame]]:
        """Ways to begin before a time, by the file's own index; the nearest may come too late."""
        for earlier_s in (0, 1, 4, 16):
            place = ticks - round(earlier_s / self.video.tick_s)
            try:
                self.video.container.seek(place, stream=self.video.stream)
            except av.FFmpegError:
                continue
            shown = self._timed(self._decode(PacketClock(self.video, self.rate)))
            if not self.video.has_display_order:
                # Pictures may be lost before the key frame, whose turn is then unknown.
                shown = itertools.dropwhile(lambda each: not each.frame.key_frame, shown)
                next(shown, None)
            yield shown

    def _listed(self, ticks: int) -> Iterator[Iterator[DecodedFrame]]:
        """Ways to begin before a time, by a list of the key packets."""
        if self._keys is None:
            self._keys = self._list_keys()
        after = bisect.bisect_right([key.time for key in self._keys], ticks)
        for key in reversed(self._keys[max(after - 3, 0) : after]):
            self._reopen()
            if self._go_before(key):
                clock = PacketClock(self.video, self.rate, key.moment)
                yield self._timed(self._decode(clock, key))

    def _go_before(self, key: KeyPacket, bytes_before: int = 1 << 18) -> bool:
        """Go to a place before a key packet, so far that packets are whole when it comes."""
        if self.video.seeks_bytes and key.position is None:
            return False
        try:
            if self.video.seeks_bytes:
                place = max((key.position or 0) - bytes_before, 0)
                self.video.container.seek(place, unsupported_byte_offset=True)
            else:
                self.video.container.seek(key.time_in_file, stream=self.video.stream)
        except av.FFmpegError:
            return False
        return True

    def _list_keys(self) -> list[KeyPacket]:
        self._reopen()
        clock, keys = PacketClock(self.video, self.rate), []
        for packet in filter(None, packets_of(self.video)):
            time, moment = time_in_file(packet), clock.moment
            clock.correct(packet)
            if packet.is_keyframe and time is not None and packet.pts is not None:
                keys.append(KeyPacket(packet.pts, time, packet.size, packet.pos, moment))
        return sorted(keys, key=lambda key: key.time)
