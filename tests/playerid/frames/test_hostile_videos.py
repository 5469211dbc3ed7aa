"""Videos that would fill the memory or never end are refused, with the reason."""

import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction

import av
import pytest

from playerid.errors import VideoError
from playerid.frames.containers import VideoLimits
from playerid.frames.look import look_at
from playerid.frames.video import VideoScan
from tests.playerid.frames.odd_videos import add_stream, packets, write

ALL_AT_ONCE = r"120 frames in 0\.000 s; expected at most 300 a second"


def refuse(path, message):
    """Both the first look and decoding give the reason."""
    with path.open("rb") as source:
        with pytest.raises(VideoError, match=message):
            look_at(source, path.name)
        with pytest.raises(VideoError, match=message):
            list(VideoScan(source, path.name))


def huge(path, *, in_header):
    """320x180 MJPEG whose pictures say 16000x16000, and the container, too, if `in_header`."""
    write(path, 3, codec="mjpeg", pix_fmt="yuvj420p", b_frames=0)
    content = path.read_bytes()
    small, large = ((180, 320), (16000, 16000))

    def bytes_of(size, order):
        return b"".join(side.to_bytes(4 if order == "little" else 2, order) for side in size)

    content = content.replace(bytes_of(small, "big"), bytes_of(large, "big"))
    if in_header:
        content = content.replace(bytes_of(small[::-1], "little"), bytes_of(large, "little"))
    path.write_bytes(content)
    return path


SCRIPT = """
import sys
from playerid.errors import VideoError
from playerid.frames.look import look_at
def peak_mb():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024
before = peak_mb()
for path in sys.argv[1:]:
    try:
        with open(path, "rb") as source:
            look_at(source, "a.avi")
    except VideoError as error:
        print(error)
print(peak_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for its peak of memory")
def test_pictures_of_16000x16000_are_refused_within_the_memory(tmp_path):
    """One such picture takes 384 MB as it is stored; the container may say another size."""
    files = [
        huge(tmp_path / "header.avi", in_header=True),
        huge(tmp_path / "picture.avi", in_header=False),
    ]
    command = [sys.executable, "-c", SCRIPT, *map(str, files)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    nothing = "a.avi: holds no frame that can be decoded"
    limit = "its pictures have no size, or more than 38 million pixels (8K)"
    assert told[:2] == [f"{nothing}; {limit}", nothing]
    assert int(told[2]) < 200


def test_a_size_that_is_too_large_is_refused_before_anything_is_decoded(tmp_path):
    path = write(tmp_path / "a.mp4", 3)
    with path.open("rb") as source, pytest.raises(VideoError) as told:
        look_at(source, path.name, VideoLimits(most_pixels=320 * 180 - 1))
    assert str(told.value).startswith("a.mp4: pictures of 320x180 would take 0 MB each; expected")


def test_pixels_that_are_not_square_count_as_they_are_shown(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = add_stream(container)
        stream.codec_context.sample_aspect_ratio = Fraction(64, 45)
        for packet in packets(stream, range(3)):
            container.mux(packet)
    limits = VideoLimits(most_pixels=320 * 180)
    with path.open("rb") as source, pytest.raises(VideoError, match="pictures of 320x180 would"):
        look_at(source, path.name, limits)


def test_a_thousand_frames_a_second(tmp_path):
    path = write(tmp_path / "a.mkv", rate=1000, b_frames=0)
    refuse(path, r"120 frames in 0\.119 s; expected at most 300 a second")


@pytest.mark.parametrize("name", ["a.mkv", "a.ts"])
def test_frames_that_take_no_time(tmp_path, name):
    def change(made: Sequence):
        for packet in made:
            packet.pts = packet.dts = 0

    refuse(write(tmp_path / name, b_frames=0, change=change), ALL_AT_ONCE)


def test_frames_that_take_no_time_later(tmp_path):
    """The first seconds are as usual; then 2,000 frames have one time."""

    def change(made: Sequence):
        for packet in made[200:]:
            packet.pts = packet.dts = made[200].pts

    size = (48, 80)
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = add_stream(container, size=size, b_frames=0)
        made = packets(stream, range(4200), size=size)
        change(made)
        for packet in made:
            container.mux(packet)
    with path.open("rb") as source:
        assert look_at(source, path.name).frame_rate == 25
        with pytest.raises(VideoError, match=r"frames in .* s; expected at most 300 a second"):
            list(VideoScan(source, path.name))


def test_times_that_span_years(tmp_path):
    def change(made: Sequence):
        for packet in made[75:]:
            packet.pts = packet.dts = packet.pts + round(1e6 / packet.time_base)

    path = write(tmp_path / "a.mkv", b_frames=0, change=change)
    refuse(path, r"its times span 277\.8 hours; expected a game, at most 24 hours")


def test_more_than_a_hundred_streams(tmp_path):
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        streams = [add_stream(container, size=(32, 32), b_frames=0) for _ in range(120)]
        for made in packets(streams[0], range(2), size=(32, 32)):
            for stream in streams:
                packet = av.Packet(bytes(made))
                packet.pts, packet.dts = made.pts, made.dts
                packet.time_base, packet.is_keyframe = made.time_base, made.is_keyframe
                packet.stream = stream
                container.mux(packet)
    refuse(path, "has more than 100 streams")


def test_a_header_that_promises_two_thousand_million_frames(tmp_path):
    """Two bytes of a table of samples say so; the decoder's tables stay small."""
    path = write(tmp_path / "a.mp4")
    content = bytearray(path.read_bytes())
    sizes = content.index(b"stsz") + 4
    content[sizes + 4 : sizes + 12] = (1).to_bytes(4, "big") + (0x7FFFFFFF).to_bytes(4, "big")
    path.write_bytes(content)
    refuse(path, "holds no frame that can be decoded|not a readable video|more than 100 streams")
