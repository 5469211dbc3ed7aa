"""A broadcast of a whole game: planned in full, rendered for some seconds."""

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from playerid.archive.archive import Archive
from playerid.arena.simulation import play_game
from playerid.frames.video import VideoScan, read_every_frame
from playerid.frames.video_writing import write_video
from playerid.operate import whole_game
from playerid.operate.whole_game import GAME_ID, plan_whole_game, write_whole_game

MINUTES = 12.0


@pytest.fixture(scope="module")
def planned():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_game, "BREAK_EACH_S", 180.0)
        return plan_whole_game(3, MINUTES, [Path("first.mp4"), Path("second.mp4")])


def test_a_third_of_it_is_main_view_and_breaks_are_even(planned):
    shown_s = sum(piece.end_s - piece.begin_s for piece in planned.order)
    assert shown_s == pytest.approx(60 * MINUTES, rel=0.05)
    main_s = sum(
        s.end_frame - s.start_frame for s in planned.game.segments if s.view == "main"
    ) / float(planned.game.fps)
    assert 0.28 < main_s / (60 * MINUTES) < 0.45
    plays = [place for place, piece in enumerate(planned.order) if piece.is_play]
    assert len(plays) == 5
    clips = [piece.name for piece in planned.order if piece.clip]
    assert clips == ["clip-0", "clip-1"] * 2


def test_the_play_is_shown_once_in_order_and_cut_where_the_main_camera_comes_back(planned):
    plays = [piece.frames for piece in planned.order if piece.is_play]
    assert plays[0][0] == 0
    assert plays[-1][1] == planned.game.frame_count
    backs = {s.start_frame for s in planned.game.segments if s.view == "main"}
    for before, after in itertools.pairwise(plays):
        assert before[1] == after[0]
        assert after[0] in backs


def test_a_game_from_the_tip_off_goes_through_its_periods():
    motion = play_game(9100000, duration_s=860.0, from_tip_off=True).motion
    assert (motion.period[0], motion.game_clock_s[0]) == (1, 720.0)
    assert motion.scores[0].tolist() == [0, 0]
    assert motion.period[-1] == 2
    assert (np.diff(motion.period) >= 0).all()


def test_pieces_are_joined_and_the_truth_moves_along(tmp_path, monkeypatch):
    monkeypatch.setattr(whole_game, "BREAK_EACH_S", 20.0)
    monkeypatch.setattr(whole_game, "REEL_S", 20.0)
    clip = tmp_path / "clip.mp4"
    write_video(str(clip), [np.full((180, 320, 3), 90, np.uint8)] * 12, Fraction(25))
    whole = plan_whole_game(9100003, 0.6, [clip])
    archive, done = Archive(str(tmp_path / "archive")), []
    write_whole_game(archive, tmp_path / "pieces", whole, lambda *told: done.append(told))
    assert done[-1] == (len(whole.pieces), len(whole.pieces))
    with archive.open(f"games/{GAME_ID}/video.mp4") as source:
        scan = VideoScan(source, "video.mp4")
        assert sum(1 for _ in scan) == len(scan.file.times_s)
        assert np.allclose(np.diff(scan.file.times_s), 1 / 30, atol=1e-3)
    frames = pq.read_table(archive.path(f"truth/{GAME_ID}/frames.parquet"))
    index = frames["frame_index"].to_numpy()
    assert len(index) == whole.game.frame_count
    assert (np.diff(index) >= whole_game.REPEATS).all()
    assert (np.diff(index) > whole_game.REPEATS).sum() == len(
        [piece for piece in whole.order if piece.is_play]
    ) - 1
    assert np.allclose(frames["time_s"].to_numpy(), index / 30, atol=1e-6)
    last = int(index[-1])
    with archive.open(f"games/{GAME_ID}/video.mp4") as source:
        shown = list(read_every_frame(source, "video.mp4"))[last].astype(int)
    drawn = whole.game.frame(whole.game.frame_count - 1).image.astype(int)
    assert np.abs(shown - drawn).mean() < 6
