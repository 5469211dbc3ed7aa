"""Times of a file's packets made one clock, and which pictures are damaged."""

from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from playerid.frames.containers import OpenVideo


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of a clock: what to add to the file's times, and the last time, in ticks."""

    offset: int = 0
    last: int | None = None


START = Moment()


class PacketClock:
    """Makes the times of packets go on where the file's own clock starts anew.

    As ffmpeg does: a step back, and in streams made to be joined a leap, is a new clock; it goes
    on one step after the old one.

    Args:
        video: whose packets they are.
        rate: frames a second.
        moment: where to begin.
        longest_leap_s: a longer one is a new clock, a shorter one is time without pictures.

    Attributes:
        end: when the last packet that is shown ends, ticks.
    """

    def __init__(
        self,
        video: OpenVideo,
        rate: Fraction,
        moment: Moment = START,
        *,
        longest_leap_s: float = 10.0,
    ) -> None:
        self._offset, self._last = moment.offset, moment.last
        self.end: int | None = None
        self._has_display_order, self._has_index = video.has_display_order, video.has_index
        self._step = round(1 / float(rate) / video.tick_s)
        self._back = round(0.1 / video.tick_s)
        self._leap = round(longest_leap_s / video.tick_s) if video.may_start_anew else None

    @property
    def moment(self) -> Moment:
        """Its state, to begin with again."""
        return Moment(self._offset, self._last)

    def correct(self, packet: "Packet[VideoStream]") -> None:
        """Change a packet's times; packets come in the order of the file."""
        self._go_on(packet)
        if packet.pts is not None and not packet.is_discard:
            end = packet.pts + (packet.duration or 0)
            self.end = end if self.end is None else max(self.end, end)

    def _go_on(self, packet: "Packet[VideoStream]") -> None:
        if packet.pts is None or not self._has_display_order:
            packet.pts = packet.dts
        if self._has_index:
            return
        if packet.dts is not None:
            self._follow(packet.dts)
        elif packet.pts is None and self._last is None:
            self._offset += self._step  # nothing before time 0 has a time
        if packet.pts is not None:
            packet.pts += self._offset

    def _follow(self, dts: int) -> None:
        now = dts + self._offset
        if self._last is not None:
            step = now - self._last
            if step < -self._back or (self._leap is not None and step > self._leap):
                self._offset += self._step - step
                now = self._last + self._step
        self._last = now


class Damage:
    """Tells damaged pictures: from what could not be read or decoded to the next key frame.

    Args:
        delay: packets that are given to the decoder before it answers for the first of them.
    """

    def __init__(self, delay: int) -> None:
        self._since: int | None = None
        self._until = 0
        self._latest = -(1 << 62)
        self._given: deque[int] = deque(maxlen=max(delay, 1))

    def give(self, packet: "Packet[VideoStream]") -> None:
        """A packet goes to the decoder."""
        if packet.pts is not None:
            self._given.append(packet.pts)
            if packet.is_corrupt:
                self.note(packet.pts)

    def note(self, pts: int | None = None) -> None:
        """Something is damaged: a picture, or the packet that the decoder now answers for."""
        if pts is None:
            pts = self._given[0] if self._given else 0
        self._until = pts if self._since is None else max(self._until, pts)
        self._since = pts if self._since is None else min(self._since, pts)

    def shows_in(self, frame: VideoFrame) -> bool:
        """Whether a decoded picture is damaged; ask for each, in the order of the decoder."""
        if frame.is_corrupt:
            self.note(frame.pts)
        if frame.pts is None:
            return frame.is_corrupt
        if self._since is not None and frame.key_frame and frame.pts > self._until:
            self._since = None
        is_repeated = frame.pts <= self._latest
        self._latest = max(self._latest, frame.pts)
        return self._since is not None and (frame.pts >= self._since or is_repeated)


def measure_rate(times_s: NDArray[np.float64], nominal: Fraction) -> Fraction:
    """Frames a second of some frames; the nominal rate where that agrees within 5 %."""
    steps = np.diff(np.unique(times_s))
    if not len(steps) or abs(float(np.median(steps)) * float(nominal) - 1) <= 0.05:
        return nominal
    return Fraction(1 / float(np.median(steps))).limit_denominator(1001)
