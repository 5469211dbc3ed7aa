import numpy as np
import pytest

from playerid.arena.camera import aim
from playerid.court.geometry import CourtView
from playerid.frames.segments import Segment, split_parts
from playerid.frames.video import SmallFrame, VideoScan
from playerid.models.detector import Detections
from playerid.sample.cuts import find_cuts
from playerid.sample.sampler import sample_times
from playerid.sample.views import choose_main, horizon_height


def segment(index, start_s, end_s, video_index=0):
    return Segment(
        index, video_index, 0.0, int(start_s * 30), int(end_s * 30), start_s, end_s, "main"
    )


def picture(colour, index):
    """A colourful picture; a small square moves, so that frames differ a little."""
    image = np.full((180, 320, 3), colour, np.uint8)
    image[60:120, 100:220] = 255 - np.array(colour)
    image[150:160, 2 * index % 300 : 2 * index % 300 + 12] = 200
    return SmallFrame(index, index / 30, image)


def test_a_cut_is_found_at_its_frame():
    frames = [picture((160, 90, 30), i) for i in range(60)]
    frames += [picture((30, 150, 60), i) for i in range(60, 130)]
    assert find_cuts(frames, 30.0) == [60]


def test_a_dissolve_is_one_cut():
    before, after = picture((160, 90, 30), 0).image_bgr, picture((30, 60, 190), 0).image_bgr
    shares = np.concatenate([np.zeros(60), np.linspace(0, 1, 8), np.ones(60)])
    mixes = [(1 - s) * before + s * after for s in shares]
    frames = [SmallFrame(i, i / 30, mix.astype(np.uint8)) for i, mix in enumerate(mixes)]
    cuts = find_cuts(frames, 30.0)
    assert len(cuts) == 1
    assert 60 <= cuts[0] <= 68


def test_a_flash_is_no_cut():
    frames = [picture((160, 90, 30), i) for i in range(120)]
    bright = np.clip(frames[50].image_bgr.astype(int) + 120, 0, 255).astype(np.uint8)
    frames[50] = SmallFrame(50, 50 / 30, bright)
    assert find_cuts(frames, 30.0) == []


def test_a_video_scan_feeds_the_cut_detector(make_video):
    path = make_video("game.mp4", [(50, (200, 120, 40)), (50, (20, 60, 140))])
    with path.open("rb") as source:
        assert find_cuts(VideoScan(source, "game.mp4"), 30.0) == [50]


def people(heights, label="player"):
    boxes = [(40.0 * i, 300.0, 40.0 * i + 30, 300.0 + height) for i, height in enumerate(heights)]
    count = len(heights)
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full(count, 0.9, np.float32),
        np.full(count, label),
    )


def view(position_m, target_m):
    camera = aim(position_m, target_m, 15.0)
    return CourtView(camera.image_to_court, 0.1, 20, "")


FROM_ABOVE = view((0.0, -25.0, 9.0), (8.0, 0.0, 1.0))
FROM_THE_FLOOR = view((8.0, -14.0, 2.0), (10.0, 0.0, 1.3))
NOT_SOLVED = CourtView(None, None, 3, "3 court points found, 6 needed")


@pytest.mark.parametrize(
    ("found", "is_main"),
    [
        pytest.param([people([150] * 10)] * 3, True, id="ten players of usual height"),
        pytest.param([people([500, 480, 450])] * 3, False, id="close-up of three"),
        pytest.param([people([400] * 6)] * 3, False, id="six players, too tall for a wide view"),
        pytest.param([people([])] * 3, False, id="nobody"),
        pytest.param([people([150] * 10), people([150] * 9), people([])], True, id="two of three"),
        pytest.param([], False, id="no frame"),
    ],
)
def test_main_view_by_its_people(found, is_main):
    height = horizon_height(found, [FROM_ABOVE] * len(found), (1280, 720), len(found))
    assert choose_main([height], [10.0]) == [is_main]


@pytest.mark.parametrize(
    ("courts", "is_main"),
    [
        pytest.param([FROM_ABOVE] * 5, True, id="the court from above"),
        pytest.param([FROM_ABOVE] * 2 + [NOT_SOLVED] * 3, True, id="in two of five"),
        pytest.param([FROM_ABOVE] + [NOT_SOLVED] * 4, False, id="in one of five"),
        pytest.param([FROM_THE_FLOOR] * 5, False, id="a replay: the horizon is in the picture"),
    ],
)
def test_main_view_by_its_court(courts, is_main):
    height = horizon_height([people([150] * 10)] * 5, courts, (1280, 720), 5)
    assert choose_main([height], [10.0]) == [is_main]


@pytest.mark.parametrize(
    ("heights", "asked"),
    [
        pytest.param([0, 0, 0, 150, 150], 3, id="three of five show nobody"),
        pytest.param([150, 0, 150, 0, 0], 5, id="the last decides"),
        pytest.param([0, 0], 1, id="half of two"),
    ],
)
def test_no_more_is_looked_at_than_it_takes(heights, asked):
    looks = iter([people([height] * 10 if height else []) for height in heights])
    courts = iter([FROM_ABOVE])
    assert horizon_height(looks, courts, (1280, 720), len(heights)) == np.inf
    assert len(list(looks)) == len(heights) - asked
    assert len(list(courts)) == 1


@pytest.mark.parametrize(
    ("horizons", "lengths_s", "expected"),
    [
        pytest.param([-0.4, 0.1, -0.3], [9, 5, 9], [True, False, True], id="a high camera"),
        pytest.param([0.05, 0.3, 0.08], [9, 5, 3], [True, False, True], id="a lower one"),
        pytest.param([0.4, 0.4], [9, 9], [False, False], id="none stands that low"),
        pytest.param([np.inf, -0.4], [90, 5], [False, True], id="most is no play"),
        pytest.param([np.inf], [9], [False], id="nothing shows the play"),
        pytest.param([], [], [], id="no segment"),
    ],
)
def test_the_main_camera_is_the_one_that_shows_most_of_the_play(horizons, lengths_s, expected):
    assert choose_main(horizons, lengths_s) == expected


def test_the_horizon_is_found_where_the_picture_has_it():
    """Half of the way down at the left edge, a quarter at the right."""
    view = CourtView(np.array([[1, 0, 0], [0, 1, 0], [180 / 1280, 1, -360.0]]), 0.1, 10, "")
    found = horizon_height([people([150] * 10)] * 2, [view] * 2, (1280, 720), 2)
    assert found == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        pytest.param(30.0, [0, 3, 6, 9], id="30 fps: every third frame"),
        pytest.param(60.0, [0, 6, 12, 18], id="60 fps: every sixth"),
        pytest.param(10.0, [0, 1, 2, 3], id="10 fps: every frame"),
        pytest.param(5.0, [0, 1], id="5 fps: every frame, none twice"),
    ],
)
def test_sample_times_are_even_at_every_frame_rate(rate, expected):
    times_s = np.arange(0, 0.31, 1 / rate)
    assert sample_times(times_s, 10).tolist() == expected


def test_sample_times_take_no_memory_for_a_gap_of_years():
    """In 0.1.0 a time of 1e7 s asked for 41 GiB."""
    times_s = np.array([0, 0.04, 0.08, 0.12, 1e9, 1e9 + 0.04, 1e9 + 0.1])
    assert sample_times(times_s, 10).tolist() == [0, 3, 4, 6]


def test_sample_times_of_one_frame():
    assert sample_times(np.array([4.2]), 10).tolist() == [0]


def test_parts_hold_whole_segments_of_one_video():
    segments = [segment(0, 0, 100), segment(1, 100, 250), segment(2, 250, 310)]
    segments.append(segment(3, 310, 320, video_index=1))
    parts = split_parts("g", segments, longest_s=300)
    assert [(p.first_segment, p.last_segment) for p in parts] == [(0, 1), (2, 2), (3, 3)]
    assert [p.index for p in parts] == [0, 1, 2]
    assert parts[0].of(segments) == segments[:2]


def test_no_segments_no_parts():
    assert split_parts("g", []) == []
