from fractions import Fraction

import av
import numpy as np
import pytest

from playerid.errors import VideoError
from playerid.frames.video import VideoScan, read_every_frame, read_frames
from playerid.frames.video_writing import write_video


def scan(path):
    with path.open("rb") as source:
        reader = VideoScan(source, path.name)
        count = sum(1 for _ in reader)
    assert count == len(reader.file.times_s)
    return reader.file


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001)])
def test_times_come_from_the_decoder(make_video, rate):
    file = scan(make_video("game.mp4", [(40, (90, 60, 30))], rate))
    assert file.frame_rate == rate
    assert file.times_s == pytest.approx(np.arange(40) / float(rate), abs=1e-4)
    assert file.duration_s == pytest.approx(40 / float(rate), abs=1e-4)
    assert not file.is_variable_rate
    assert file.remarks() == []


def test_read_frames_returns_exactly_the_frames_of_the_times(make_video):
    path = make_video("game.mp4", [(90, (40, 40, 40))])
    times = scan(path).times_s
    wanted = [3, 45, 46, 80]
    with path.open("rb") as source:
        images = list(read_frames(source, "game.mp4", times[wanted]))
    lefts = [int(np.flatnonzero(image[30, :, 0] > 150)[0]) for image in images]
    assert lefts == pytest.approx([4 * (index % 60) for index in wanted], abs=2)


def test_read_frames_says_which_frame_is_not_there(make_video):
    path = make_video("game.mp4", [(10, (40, 40, 40))])
    with path.open("rb") as source, pytest.raises(VideoError, match=r"no frame at 7\.000 s"):
        list(read_frames(source, "game.mp4", [7.0]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "not a readable video", id="zero bytes"),
        pytest.param(b"no video " * 100, "not a readable video", id="something else"),
    ],
)
def test_what_is_no_video_is_refused(tmp_path, content, message):
    path = tmp_path / "game.mp4"
    path.write_bytes(content)
    with pytest.raises(VideoError, match=message):
        scan(path)


def test_a_cut_off_file_is_refused(make_video):
    path = make_video("game.mp4", [(120, (90, 60, 30)), (120, (10, 90, 160))])
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(VideoError, match=r"game\.mp4: (truncated|decoding stopped|holds no frame)"):
        scan(path)


def test_sound_alone_is_refused(tmp_path):
    path = tmp_path / "game.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(VideoError, match="expected a video stream"):
        scan(path)


def test_uneven_frames_keep_their_own_times(tmp_path):
    path = tmp_path / "game.mp4"
    times_ms = [0, 40, 80, 200, 240, 400, 440, 480]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for time_ms in times_ms:
            frame = av.VideoFrame.from_ndarray(np.full((180, 320, 3), 99, np.uint8), "rgb24")
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    file = scan(path)
    assert file.times_s == pytest.approx(np.array(times_ms) / 1000, abs=1e-3)
    assert file.is_variable_rate
    assert "unevenly spaced" in file.remarks()[0]


def test_a_picture_that_is_not_16_to_9_is_remarked(make_video):
    file = scan(make_video("game.mp4", [(5, (1, 2, 3))], size=(240, 320)))
    assert "320x240 is not 16:9" in file.remarks()[0]


def test_read_every_frame(make_video):
    path = make_video("game.mp4", [(7, (1, 2, 3))])
    with path.open("rb") as source:
        assert len(list(read_every_frame(source, "game.mp4"))) == 7


def marked(path, size, pixel=None, rotation=0):
    """Three frames of (height, width): dark, with a bright upper left eighth."""
    image = np.zeros((*size, 3), np.uint8)
    image[: size[0] // 8, : size[1] // 8] = 255
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width = size
        stream.pix_fmt = "yuv420p"
        if pixel:
            stream.codec_context.sample_aspect_ratio = pixel
        if rotation:
            stream.set_display_rotation(rotation)
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    return path


def brightest_corner(image):
    height, width = image.shape[:2]
    rows, columns = np.nonzero(image[..., 0] > 200)
    return rows.mean() < height / 2, columns.mean() < width / 2


def shown(path):
    """What both readers show: the first frame of a file."""
    times = scan(path).times_s
    with path.open("rb") as source:
        every = next(iter(read_every_frame(source, path.name)))
    with path.open("rb") as source:
        (chosen,) = read_frames(source, path.name, times[:1])
    assert np.array_equal(every, chosen)
    return chosen


def test_a_video_filmed_upright_on_a_turned_camera_is_shown_upright(tmp_path):
    """The file says: turn clockwise by 90 degrees; its upper left corner becomes upper right."""
    path = marked(tmp_path / "game.mp4", (320, 180), rotation=-90)
    file, image = scan(path), shown(path)
    assert (file.width_px, file.height_px) == (320, 180)
    assert image.shape == (180, 320, 3)
    assert brightest_corner(image) == (True, False)
    assert file.remarks() == []


def test_pixels_that_are_not_square_are_made_square(tmp_path):
    """720x576 with pixels 64:45 wide is the 16:9 of television, 1024x576."""
    path = marked(tmp_path / "game.mp4", (576, 720), pixel=Fraction(64, 45))
    file, image = scan(path), shown(path)
    assert (file.width_px, file.height_px) == (1024, 576)
    assert image.shape == (576, 1024, 3)
    assert file.remarks() == []


def test_a_picture_with_odd_sides_loses_its_last_row_and_column(tmp_path):
    image = np.full((101, 201, 3), 99, np.uint8)
    write_video(str(tmp_path / "odd.mp4"), [image] * 3, Fraction(25))
    assert shown(tmp_path / "odd.mp4").shape == (100, 200, 3)


def test_an_interlaced_picture_shows_one_moment(tmp_path):
    """A bright bar is at 100 in the even lines and, half a frame later, at 140 in the odd ones."""
    image = np.zeros((180, 320, 3), np.uint8)
    image[::2, 100:120] = image[1::2, 140:160] = 255
    path = tmp_path / "game.mp4"
    with av.open(str(path), "w") as container:
        options = {"x264-params": "interlaced=1:tff=1", "crf": "1"}
        stream = container.add_stream("libx264", rate=25, options=options)
        stream.height, stream.width = image.shape[:2]
        stream.pix_fmt = "yuv444p"
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    seen = shown(path)[4:-4, :, 1]
    assert (seen[:, 102:118] > 200).all()
    assert (seen[:, 142:158] < 60).all()
