from fractions import Fraction
from itertools import pairwise

import pytest

from playerid.arena.director import plan_segments, shows_stay
from playerid.arena.simulation import play_game

FPS = Fraction(30000, 1001)
FRAMES = 1199  # 40 s


def plan(seed, level="broadcast"):
    game = play_game(seed, "nba", 41.0)
    return game, plan_segments(seed, level, game, FPS, FRAMES)


def test_same_seed_same_cuts():
    assert plan(3)[1] == plan(3)[1]


@pytest.mark.parametrize("seed", range(6))
def test_segments_cover_every_frame_once_and_begin_and_end_in_the_main_view(seed):
    _, segments = plan(seed)
    assert segments[0].start_frame == 0
    assert segments[-1].end_frame == FRAMES
    for one, two in pairwise(segments):
        assert one.end_frame == two.start_frame
        assert one.index + 1 == two.index
        assert one.view != "main" or two.view != "main"
    assert segments[0].view == segments[-1].view == "main"


@pytest.mark.parametrize("seed", range(6))
def test_staged_stays_are_shown_whole(seed):
    game, segments = plan(seed)
    for segment in segments:
        if segment.view != "main":
            start_s, end_s = segment.start_frame / FPS, segment.end_frame / FPS
            assert not any(p.start_s < end_s and p.end_s > start_s for p in game.plants)


def test_replays_show_the_past():
    replays = [s for seed in range(12) for s in plan(seed)[1] if s.view == "replay"]
    assert replays
    for segment in replays:
        lasts_s = (segment.end_frame - segment.start_frame) / FPS
        assert segment.speed < 1
        assert segment.replay_from_s >= 0
        assert segment.replay_from_s + lasts_s * segment.speed <= segment.start_frame / FPS + 0.1


def test_easy_broadcasts_have_no_replays():
    views = {segment.view for seed in range(8) for segment in plan(seed, "easy")[1]}
    assert views == {"main", "close-up", "crowd"}


def test_a_stay_is_shown_with_a_margin():
    game, _ = plan(0)
    stay = game.plants[0]
    assert shows_stay(game, stay.end_s + 0.3, stay.end_s + 2.0)
    assert not shows_stay(game, stay.end_s + 0.5, stay.end_s + 0.6)
