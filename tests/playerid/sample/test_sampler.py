"""Segments and sampled frames of small videos; a detector and a court that see what is simple."""

import itertools

import pytest

from playerid import tables
from playerid.frames.main_view import VideoSource, read_main_view
from playerid.frames.segments import segments_from
from playerid.leagues import load_league
from playerid.sample.sampler import Sampler, sample_frames
from tests.flows.blank import FromAbove, TenPlayers
from tests.playerid.frames.odd_videos import joined, number_of, write, zeroed


@pytest.fixture
def sampler():
    return Sampler(TenPlayers(), FromAbove(), load_league("nba").court, 5.0)


def source_of(path):
    return VideoSource(path.name, lambda: path.open("rb"))


def test_the_time_that_is_missing_of_a_damaged_game_is_a_segment_without_samples(sampler, tmp_path):
    """A tenth of six seconds cannot be read, up to a key frame; six seconds more follow."""
    damaged = zeroed(write(tmp_path / "damaged.ts", keys=24), 0.4, 0.5)
    videos = [source_of(damaged), source_of(joined(tmp_path / "joined.ts"))]
    sampling = sample_frames("g1", videos, sampler)
    segments = segments_from(sampling.segments)
    lost = next(segment for segment in segments if segment.view == "missing")
    assert lost.video_index == 0
    assert 1.9 < lost.start_s < 2.5 < lost.end_s <= 96 / 25 + 1e-3
    for before, after in itertools.pairwise(segments):
        assert before.end_s == pytest.approx(after.start_s)
        assert before.end_frame == after.start_frame
    assert segments[-1].end_s == pytest.approx(12, abs=1e-3)
    missing = {segment.index for segment in segments if segment.view == "missing"}
    assert not missing & set(sampling.frames["segment_index"].to_pylist())
    assert sampling.frames.schema.names == tables.SAMPLED_FRAMES.schema.names
    for frame in read_main_view(videos, segments, sampling.frames):
        segment = segments[frame.segment_index]
        in_file_s = frame.time_s - segment.video_start_s
        assert number_of(frame.image) == round(25 * in_file_s)
        assert segment.start_frame <= frame.frame_index < segment.end_frame
