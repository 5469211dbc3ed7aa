"""Videos that are odd in one way each; every picture shows its number, so nothing can be mixed up.

A picture is ten stripes, bright or dark: the bits of its number. Noise below them makes files
large enough for seeking to matter.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

BITS = 10
SIZE = (180, 320)


def numbered(number: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """(height, width, 3) picture of a number."""
    height, width = size
    image = np.full((height, width, 3), 40, np.uint8)
    for bit in range(BITS):
        if number >> bit & 1:
            image[:, bit * width // BITS : (bit + 1) * width // BITS] = 210
    noise = np.random.default_rng(number).integers(0, 60, (height // 3, width, 1))
    image[-(height // 3) :] = np.abs(image[-(height // 3) :].astype(int) - noise)
    return image


def number_of(image: NDArray[np.uint8]) -> int:
    """The number that a picture shows."""
    height, width = image.shape[:2]
    rows = image[height // 6 : height // 2, :, 1]
    stripes = [rows[:, (2 * bit + 1) * width // (2 * BITS)] for bit in range(BITS)]
    return sum(1 << bit for bit, stripe in enumerate(stripes) if stripe.mean() > 125)


def add_stream(
    container: OutputContainer,
    codec: str = "libx264",
    *,
    rate: int | Fraction = 25,
    size: tuple[int, int] = SIZE,
    pix_fmt: str = "yuv420p",
    keys: int = 25,
    b_frames: int = 2,
    options: dict[str, str] | None = None,
) -> VideoStream:
    """A stream of pictures with a key frame every `keys` and B frames between."""
    if codec == "libx264":
        parameters = ":".join(filter(None, [(options or {}).get("x264-params"), "scenecut=0"]))
        options = {"preset": "ultrafast", "x264-params": f"{parameters}:bframes={b_frames}"}
    stream = container.add_stream(codec, rate=rate, options=options or {})
    stream.height, stream.width = size
    stream.pix_fmt = pix_fmt
    stream.gop_size = keys
    stream.max_b_frames = b_frames
    stream.bit_rate = 3_000_000
    return stream


def packets(
    stream: VideoStream, numbers: Iterable[int], *, size: tuple[int, int] = SIZE
) -> list["Packet[VideoStream]"]:
    """Encode pictures of these numbers; their times are counted from 0."""
    made = []
    for place, number in enumerate(numbers):
        frame = av.VideoFrame.from_ndarray(numbered(number, size), "rgb24")
        frame.pts = place
        frame.time_base = 1 / Fraction(stream.codec_context.framerate)
        made += stream.encode(frame)
    return [*made, *stream.encode(None)]


def write(
    path: Path,
    count: int = 150,
    *,
    change: Callable[[Sequence["Packet[VideoStream]"]], None] | None = None,
    first: int = 0,
    container_options: dict[str, str] | None = None,
    **stream_options: object,
) -> Path:
    """A file of `count` pictures; `change` may alter the packets before they are written."""
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream = add_stream(container, **stream_options)
        made = packets(stream, range(first, first + count))
        if change is not None:
            change(made)
        for packet in made:
            container.mux(packet)
    return path


def trimmed_by_copy(path: Path, hidden: int = 30) -> Path:
    """An MP4 whose edit list hides its first frames."""
    content = bytearray(write(path).read_bytes())
    place = content.index(b"elst") + 4
    assert content[place + 4 : place + 8] == (1).to_bytes(4, "big"), "one edit"
    timescale = _timescale(content)
    length, begin = place + 8, place + 12
    _add(content, begin, hidden * timescale // 25)
    _add(content, length, -hidden * 1000 // 25)
    path.write_bytes(content)
    return path


def _timescale(content: bytearray) -> int:
    """Ticks a second of the only stream."""
    place = content.index(b"mdhd") + 4
    assert content[place] == 0, "version 0"
    return int.from_bytes(content[place + 12 : place + 16], "big")


def _add(content: bytearray, place: int, change: int) -> None:
    value = int.from_bytes(content[place : place + 4], "big") + change
    content[place : place + 4] = value.to_bytes(4, "big")


def joined_midway(path: Path) -> Path:
    """A transport stream that begins between two key frames."""
    content = write(path).read_bytes()
    packets_of_ts = len(content) // 188
    path.write_bytes(content[packets_of_ts // 10 * 188 :])
    return path


def small_stream_first(path: Path) -> Path:
    """Two streams: 160x90 with numbers from 500, then 320x180 with numbers from 0."""
    with av.open(str(path), "w") as container:
        small = add_stream(container, size=(90, 160))
        large = add_stream(container)
        made = packets(small, range(500, 650), size=(90, 160)) + packets(large, range(150))
        for packet in sorted(made, key=lambda p: p.dts * p.time_base):
            container.mux(packet)
    return path


def with_cover(path: Path) -> Path:
    """A film with a large still picture attached."""
    with av.open(str(path), "w") as container:
        stream = add_stream(container)
        cover = add_stream(container, "mjpeg", size=(720, 1280), pix_fmt="yuvj420p", b_frames=0)
        cover.disposition = Disposition.attached_pic
        for packet in [*packets(cover, [999], size=(720, 1280)), *packets(stream, range(150))]:
            container.mux(packet)
    return path


def joined(path: Path, later_s: float = 0) -> Path:
    """Two transport streams in one file; the clock of the second begins at `later_s` again."""

    def postpone(made: Sequence["Packet[VideoStream]"]) -> None:
        for packet in made:
            packet.pts += round(later_s / packet.time_base)
            packet.dts += round(later_s / packet.time_base)

    second = path.with_name("second.ts")
    content = (
        write(path, 75).read_bytes() + write(second, 75, first=75, change=postpone).read_bytes()
    )
    path.write_bytes(content)
    return path


def wrong_count(path: Path) -> Path:
    """An AVI whose headers promise 990 frames; it holds 150."""
    content = bytearray(write(path, codec="mpeg4").read_bytes())
    for name, offset in ((b"avih", 8 + 16), (b"strh", 8 + 32)):
        place = content.index(name) + offset
        content[place : place + 4] = (990).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def zeroed(path: Path, start: float, stop: float) -> Path:
    """Overwrite a stretch of a file, given in shares of its length."""
    content = bytearray(path.read_bytes())
    first, last = int(start * len(content)), int(stop * len(content))
    content[first:last] = bytes(last - first)
    path.write_bytes(content)
    return path


def shortened(path: Path, share: float) -> Path:
    """Cut a file off after this share of its length."""
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    return path
