"""Videos written for people to watch."""

from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray


def write_video(
    target: str,
    frames: Iterable[NDArray[np.uint8]],
    frame_rate: Fraction,
    crf: int = 23,
    *,
    joinable: bool = False,
) -> int:
    """Write RGB frames as H.264 (yuv420p, index first), which browsers play.

    That format has even sizes only: an odd last row or column is left out.

    Args:
        target: path of the file.
        frames: (height, width, 3), all of one size.
        frame_rate: of the video.
        crf: constant rate factor of the encoder; more is worse.
        joinable: for `join_videos`: no frame is stored out of order.

    Returns:
        How many frames were written.
    """
    count = 0
    options = {"crf": str(crf), "preset": "veryfast"} | ({"bf": "0"} if joinable else {})
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


def join_videos(target: str, parts: Iterable[str]) -> list[int]:
    """Put videos that `write_video` made joinable, of one size and rate, one after the other.

    Returns:
        The number of frames of each part.
    """
    counts: list[int] = []
    with av.open(target, mode="w", options={"movflags": "faststart"}) as container:
        stream: VideoStream | None = None
        for part in parts:
            with av.open(part) as source:
                video = source.streams.video[0]
                if stream is None:
                    stream = container.add_stream_from_template(video)
                rate, tick = video.average_rate, video.time_base
                assert rate is not None, part
                assert tick is not None, part
                step = round(1 / (rate * tick))
                packets = [packet for packet in source.demux(video) if packet.size]
                for place, packet in enumerate(packets, start=sum(counts)):
                    packet.pts = packet.dts = place * step
                    packet.stream = stream
                    container.mux(packet)
                counts.append(len(packets))
    return counts
