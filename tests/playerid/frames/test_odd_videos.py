"""Every file that a player can show: the frames that it shows, in order, however they are read."""

from collections.abc import Sequence

import numpy as np
import pytest

from playerid.errors import VideoError
from playerid.frames.look import look_at
from playerid.frames.video import VideoScan, read_every_frame, read_frames
from playerid.sample.cuts import shots_of
from tests.playerid.frames.odd_videos import (
    joined,
    joined_midway,
    number_of,
    shortened,
    small_stream_first,
    trimmed_by_copy,
    with_cover,
    write,
    wrong_count,
    zeroed,
)


def scan(path):
    with path.open("rb") as source:
        reader = VideoScan(source, path.name)
        count = sum(1 for _ in reader)
    assert count == len(reader.file.times_s)
    return reader.file


def numbers_in(path):
    with path.open("rb") as source:
        return [number_of(image) for image in read_every_frame(source, path.name)]


def number_at(path, time_s):
    with path.open("rb") as source:
        (image,) = read_frames(source, path.name, [time_s])
    return number_of(image)


def ten_bits(path):
    return write(path, 60, codec="libx265", pix_fmt="yuv420p10le", options={"preset": "ultrafast"})


def open_groups(path):
    return write(path, options={"x264-params": "open-gop=1"})


def interlaced(path):
    return write(path, options={"x264-params": "interlaced=1:tff=1"})


def earlier(path):
    """Everything 1.6 s earlier: 40 pictures are before time 0."""

    def change(packets: Sequence):
        for packet in packets:
            packet.pts -= 40
            packet.dts -= 40

    options = {"avoid_negative_ts": "disabled"}
    return write(path, b_frames=0, change=change, container_options=options)


def repeating(path):
    """One picture has the time of the picture before it."""

    def change(packets: Sequence):
        shown = sorted(packets, key=lambda packet: packet.pts)
        shown[60].pts = shown[59].pts

    return write(path, change=change)


WHOLE = list(range(150))
MPEG4 = {"codec": "mpeg4"}
CASES = [
    pytest.param(lambda p: write(p / "a.mp4"), WHOLE, id="mp4"),
    pytest.param(lambda p: trimmed_by_copy(p / "a.mp4"), WHOLE[30:], id="edit list"),
    pytest.param(lambda p: write(p / "a.ts"), WHOLE, id="mpeg-ts"),
    pytest.param(lambda p: write(p / "a.mpg", codec="mpeg2video"), WHOLE, id="mpeg-ps"),
    pytest.param(lambda p: write(p / "a.mkv"), WHOLE, id="matroska"),
    pytest.param(lambda p: write(p / "a.flv"), WHOLE, id="flv"),
    pytest.param(lambda p: write(p / "a.avi"), WHOLE, id="avi, h264"),
    pytest.param(lambda p: write(p / "a.avi", **MPEG4), WHOLE, id="avi, mpeg4"),
    pytest.param(lambda p: wrong_count(p / "a.avi"), WHOLE, id="990 frames by the header"),
    pytest.param(lambda p: open_groups(p / "a.mp4"), WHOLE, id="open groups"),
    pytest.param(lambda p: open_groups(p / "a.ts"), WHOLE, id="open groups, mpeg-ts"),
    pytest.param(lambda p: joined_midway(p / "a.ts"), WHOLE[25:], id="joined midway"),
    pytest.param(lambda p: small_stream_first(p / "a.mp4"), WHOLE, id="two streams"),
    pytest.param(lambda p: with_cover(p / "a.mp4"), WHOLE, id="attached picture"),
    pytest.param(lambda p: earlier(p / "a.mkv"), WHOLE, id="below zero"),
    pytest.param(lambda p: earlier(p / "a.mp4"), WHOLE[40:], id="below zero, by an edit list"),
    pytest.param(lambda p: repeating(p / "a.mp4"), WHOLE, id="a time twice"),
    pytest.param(lambda p: joined(p / "a.ts"), WHOLE, id="the clock starts anew"),
    pytest.param(lambda p: joined(p / "a.ts", 1000), WHOLE, id="the clock jumps"),
    pytest.param(lambda p: interlaced(p / "a.mp4"), WHOLE, id="interlaced"),
    pytest.param(lambda p: ten_bits(p / "a.mp4"), WHOLE[:60], id="hevc, 10 bits"),
]


@pytest.mark.parametrize(("make", "numbers"), CASES)
def test_the_frames_that_a_player_shows(tmp_path, make, numbers):
    """25 a second, from time 0; each is found again by its time alone."""
    path = make(tmp_path)
    with path.open("rb") as source:
        assert look_at(source, path.name).frame_rate == 25
    file = scan(path)
    assert file.times_s == pytest.approx(np.arange(len(numbers)) / 25, abs=1e-3)
    assert (file.width_px, file.height_px) == (320, 180)
    assert numbers_in(path) == numbers
    for place in {1, 26, 49, len(numbers) - 41, len(numbers) - 1}:
        assert number_at(path, file.times_s[place]) == numbers[place]


def test_frames_far_apart_are_read_in_one_go(tmp_path):
    path = write(tmp_path / "a.ts", 400)
    times_s = scan(path).times_s
    with path.open("rb") as source:
        images = list(read_frames(source, path.name, times_s[[3, 30, 31, 390, 399]]))
    assert [number_of(image) for image in images] == [3, 30, 31, 390, 399]


def test_the_largest_stream_is_read_and_that_is_said(tmp_path):
    path = small_stream_first(tmp_path / "a.mp4")
    said = "a.mp4: has 2 video streams; the one of 320x180 is read, not 160x90"
    assert scan(path).remarks() == [said]
    with path.open("rb") as source:
        assert look_at(source, path.name).remarks == (said,)


@pytest.mark.parametrize("name", ["a.mp4", "a.ts", "a.mkv"])
def test_a_damaged_middle_is_missing_time_and_the_rest_is_used(tmp_path, name):
    """A tenth of the file is zero from 0.4 of it on: pictures 55 to 75 or so, up to a key."""
    path = zeroed(write(tmp_path / name, keys=24), 0.4, 0.5)
    file, shown = scan(path), numbers_in(path)
    shots = shots_of(file, [])
    before, lost, after = shots
    assert file.missing == (lost,)
    assert (before.start_s, after.end_s) == (0, pytest.approx(6, abs=1e-3))
    assert before.end_s == lost.start_s
    assert lost.end_s == after.start_s
    assert 48 / 25 < lost.start_s < 2.5
    key = round(after.start_s * 25)
    assert key in {72, 96}
    assert shown[: before.end_frame] == WHOLE[: before.end_frame]
    assert shown[after.start_frame :] == WHOLE[key:]
    for place in (*range(0, before.end_frame, 17), *range(after.start_frame, len(shown), 17)):
        assert number_at(path, file.times_s[place]) == shown[place]
    (said,) = file.remarks()
    assert "s in 1 places are damaged or absent; the rest is used" in said


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("a.mp4", {"container_options": {"movflags": "faststart"}}, id="mp4"),
        pytest.param("a.mkv", {}, id="matroska"),
        pytest.param("a.avi", MPEG4, id="avi"),
    ],
)
def test_truncated_says_how_many_seconds_are_missing(tmp_path, name, options):
    """Of six seconds of much the same size each, 0.4 are cut off: about 2.4 s."""
    path = shortened(write(tmp_path / name, **options), 0.6)
    with path.open("rb") as source, pytest.raises(VideoError) as told:
        look_at(source, name)
    words = str(told.value).split()
    assert words[:5] == [f"{name}:", "truncated:", "the", "last", words[4]]
    assert float(words[4]) == pytest.approx(2.4, abs=0.2)
    assert float(words[7]) == pytest.approx(6.0, abs=0.2)


def test_a_file_that_lost_less_than_a_fifth_of_a_second_is_used(tmp_path):
    path = write(tmp_path / "a.mp4", container_options={"movflags": "faststart"})
    content = path.read_bytes()
    path.write_bytes(content[:-2000])
    with path.open("rb") as source:
        assert look_at(source, path.name).duration_s == pytest.approx(6)
    assert numbers_in(path)[:147] == WHOLE[:147]


def test_a_first_look_takes_less_than_decoding(tmp_path):
    """Of 400 pictures it decodes a few: it reads less than a tenth as many bytes twice."""
    path = write(tmp_path / "a.mp4", 400)
    reads = []

    class Counted:
        def __init__(self, file):
            self.seek, self.tell, self._file = file.seek, file.tell, file

        def read(self, size=-1):
            content = self._file.read(size)
            reads.append(len(content))
            return content

    with path.open("rb") as source:
        look_at(Counted(source), path.name)
    assert sum(reads) < path.stat().st_size
