"""A first look at a video: what it is, and whether it is whole, from a few of its packets."""

from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

from playerid.errors import VideoError
from playerid.frames.containers import LIMITS, VideoLimits, check_whole, stated_duration_s
from playerid.frames.reader import FrameReader


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What a first look found.

    Attributes:
        name: of the file.
        width_px, height_px: of the picture as it is stored.
        frame_rate: usual frames a second.
        duration_s: as the file says, seconds; none where it does not.
        remarks: what is unusual and worth a line in the log.
    """

    name: str
    width_px: int
    height_px: int
    frame_rate: Fraction
    duration_s: float | None
    remarks: tuple[str, ...]


def look_at(source: BinaryIO, name: str, limits: VideoLimits = LIMITS) -> FirstLook:
    """Look at a video file: its container, its first picture and one near its end.

    Nothing between is decoded; what is damaged there is found when the frames are sampled.

    Raises:
        VideoError: It is not a video that can be shown, exceeds the limits, or was cut off.
    """
    check_whole(source, name, limits)
    reader = FrameReader(source, name, limits)
    if next(reader.frames(), None) is None:
        raise reader.nothing_decoded()
    video = reader.video
    remarks = list(video.remarks)
    duration_s = stated_duration_s(video)
    if duration_s is not None:
        places_s = (max(duration_s - before_s, 0) for before_s in (1, 5, 25))
        late_s = next((t for t in map(reader.look_after, places_s) if t is not None), None)
        if late_s is None:
            remarks.append(f"{name}: no picture can be decoded near its end, at {duration_s:.1f} s")
        elif video.has_index and late_s > limits.longest_s:
            raise VideoError(
                f"{name}: goes on at {late_s / 3600:.1f} hours; expected a game, at most"
                f" {limits.longest_s / 3600:.0f} hours"
            )
    stream = video.stream
    return FirstLook(name, stream.width, stream.height, reader.rate, duration_s, tuple(remarks))
