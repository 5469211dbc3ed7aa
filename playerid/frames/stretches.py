"""A stretch of a video as a video of its own."""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from playerid.frames.reader import FrameReader
from playerid.frames.video import as_shown
from playerid.frames.video_writing import write_video


def copy_stretch(source: BinaryIO, name: str, start_s: float, end_s: float, target: str) -> int:
    """Write a stretch of a video as one of its own, as `write_video` does, at its usual rate.

    A frame is shown until the next one comes, so that the times of an uneven video are kept.

    Returns:
        How many frames were written; nothing is where the video has no frame.
    """
    reader = FrameReader(source, name)

    def pictures() -> Iterator[NDArray[np.uint8]]:
        count, last = 0, None
        for shown in reader.between(start_s, end_s):
            place = round((shown.time_s - start_s) * reader.rate)
            while last is not None and count < place:
                count += 1
                yield last
            last = as_shown(shown.frame, reader.video.stream)
        if last is not None:
            yield last

    return write_video(target, pictures(), reader.rate)
