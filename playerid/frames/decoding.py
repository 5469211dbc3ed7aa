"""Packets of a file -> pictures in the order and at the times in which a player shows them.

The decoder gives pictures in the order of presentation; their times are put right where the file
has none, repeats one or starts anew.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from playerid.frames.containers import OpenVideo, packets_of, time_in_file
from playerid.frames.packet_times import Damage, Moment, PacketClock

LEAST_STEP_S = 1e-3
"""Frames closer than this would be one moment; a frame is found by its time to half of it."""


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """A decoded frame: seconds since the first one, and whether its picture is damaged."""

    time_s: float
    frame: VideoFrame
    is_damaged: bool


@dataclass(frozen=True, slots=True)
class KeyPacket:
    """Where decoding can begin: its time on the one clock and in the file, ticks; its byte."""

    time: int
    time_in_file: int
    size: int
    position: int | None
    moment: Moment

    def is_met_by(self, packet: "Packet[VideoStream]") -> bool:
        """Whether it is this packet, as the file has it."""
        return (time_in_file(packet), packet.size) == (self.time_in_file, self.size)


Decoded = tuple[int | None, VideoFrame, bool]
"""Time in ticks, picture, and whether that is damaged."""


def decode(
    video: OpenVideo, clock: PacketClock, landing: KeyPacket | None = None
) -> Iterator[Decoded]:
    """Decode a file from where it is on.

    What comes before the first key frame was predicted from pictures that are not there.

    Args:
        video: at any place.
        clock: of the packets from here on.
        landing: the packet to begin with.
    """
    damage = Damage(video.stream.codec_context.thread_count)
    first: int | None = None
    for packet in _packets(video, clock, landing):
        if packet is None:
            damage.note()
            continue
        first = packet.pts if first is None else first
        damage.give(packet)
        try:
            decoded = packet.decode()
        except av.FFmpegError:
            damage.note()
            continue
        yield from _usable(decoded, damage, first)
    yield from _usable(_flush(video, damage), damage, first)


def _packets(
    video: OpenVideo, clock: PacketClock, landing: KeyPacket | None, most_before: int = 1000
) -> "Iterator[Packet[VideoStream] | None]":
    """The packets from here on, from a key frame on; None where one could not be read.

    Args:
        video: at any place.
        clock: of the packets from here on.
        landing: the packet to begin with.
        most_before: a file without any key frame is read from its beginning.
    """
    has_begun = False
    for count, packet in enumerate(packets_of(video)):
        if packet is not None:
            if landing is not None and not landing.is_met_by(packet):
                continue
            landing = None
            clock.correct(packet)
            has_begun = has_begun or packet.is_keyframe or count > most_before
        if has_begun:
            yield packet


def _flush(video: OpenVideo, damage: Damage) -> Iterator[VideoFrame]:
    """What the decoder still holds."""
    while True:
        try:
            yield from video.stream.codec_context.decode(None)
            return
        except av.error.EOFError:
            return
        except av.FFmpegError:
            damage.note()


def _usable(frames: Iterable[VideoFrame], damage: Damage, first: int | None) -> Iterator[Decoded]:
    for frame in frames:
        is_damaged = damage.shows_in(frame)
        if first is None or frame.pts is None or frame.pts >= first:
            yield frame.pts, frame, is_damaged


def timed(
    decoded: Iterator[Decoded], video: OpenVideo, rate: Fraction, start: int
) -> Iterator[DecodedFrame]:
    """Give every picture a time that is later than the one before.

    One whose time is not later is put between its neighbours, a usual step after the one before
    at most, so that those after it keep their own times.

    Args:
        decoded: pictures, in order.
        video: where they are from.
        rate: frames a second.
        start: time of the first frame of the file, ticks.
    """
    step_s, previous_s = 1 / float(rate), -np.inf
    for (ticks, frame, is_damaged), (following, *_) in _with_next(decoded):
        time_s = -np.inf if ticks is None else (ticks - start) * video.tick_s
        if ticks is None or time_s < previous_s + LEAST_STEP_S:
            room_s = np.inf if following is None else (following - start) * video.tick_s
            time_s = max(previous_s + _step_into(room_s - previous_s, step_s), 0.0)
        previous_s = time_s
        yield DecodedFrame(float(time_s), frame, is_damaged)


def _step_into(room_s: float, step_s: float) -> float:
    """How long after one frame the next is, if the one after that is `room_s` later."""
    if room_s > 1.5 * step_s:
        return step_s
    return room_s / 2 if room_s > 2 * LEAST_STEP_S else step_s / 2


def _with_next(decoded: Iterator[Decoded]) -> Iterator[tuple[Decoded, Decoded | tuple[None]]]:
    before = next(decoded, None)
    for each in itertools.chain(decoded, [None]):
        if before is not None:
            yield before, each or (None,)
        before = each


def in_turn(decoded: Iterator[Decoded], most_ahead: int = 16) -> Iterator[Decoded]:
    """Give the pictures, whose order is right, their times in increasing order.

    Args:
        decoded: pictures with the times at which they were to be decoded.
        most_ahead: no codec decodes a picture more than 16 pictures ahead of its turn.
    """
    times: list[int] = []
    waiting: deque[Decoded] = deque()
    for each in itertools.chain(decoded, itertools.repeat(None)):
        if each is not None:
            waiting.append(each)
            if each[0] is not None:
                heapq.heappush(times, each[0])
        if len(waiting) > most_ahead or each is None:
            if not waiting:
                return
            _, frame, is_damaged = waiting.popleft()
            yield heapq.heappop(times) if times else None, frame, is_damaged
