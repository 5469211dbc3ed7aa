"""A rendered match: any frame of it, from the main camera, with everything that is true of it."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from playerid.arena.broadcast import Frame
from playerid.arena.camera import Camera, MainOperator
from playerid.arena.director import PlannedSegment
from playerid.arena.soccer.cameras import draw_main_camera, plan_main_camera
from playerid.arena.soccer.match_play import Match, play_match
from playerid.arena.soccer.scene import PitchScene
from playerid.arena.world import World

LEVELS = ("easy", "broadcast", "broadcast", "broadcast", "hard")


@dataclass(frozen=True, slots=True)
class MatchBroadcast:
    """A planned broadcast of a match: one shot a half; frames are rendered when asked for.

    Attributes:
        seed: drew all of it.
        level: "easy", "broadcast" or "hard".
        fps: exact frame rate.
        frame_count: number of frames.
        game: what happens.
        scene: stadium, kits, people.
        operators: of the main camera, one a half.
        segments: camera shots, in order.
    """

    seed: int
    level: str
    fps: Fraction
    frame_count: int
    game: Match
    scene: PitchScene
    operators: tuple[MainOperator, ...]
    segments: tuple[PlannedSegment, ...]

    def time_s(self, index: int) -> float:
        """Presentation time of a frame."""
        return float(index / self.fps)

    def find_segment(self, index: int) -> PlannedSegment:
        """The camera shot that a frame belongs to."""
        assert 0 <= index < self.frame_count, index
        return next(segment for segment in self.segments if index < segment.end_frame)

    def camera(self, index: int) -> Camera:
        """The camera of a frame."""
        return self.operators[self.find_segment(index).index].camera(self.time_s(index))

    def frame(self, index: int, *, compressed: bool = False) -> Frame:
        """Render a frame; the same index gives the same frame.

        Args:
            index: from 0 to `frame_count` - 1.
            compressed: show what an encoder would do to it.
        """
        segment, time_s = self.find_segment(index), self.time_s(index)
        world = self.game.world_at(time_s)
        image, truth = self.scene.render(world, self.camera(index), index, compressed=compressed)
        return Frame(index, time_s, image, truth, world, segment.view, segment.index)


def plan_match(
    seed: int,
    level: str = "broadcast",
    league: str = "ifab",
    half_s: float = 40.0,
    *,
    fps: Fraction = Fraction(25),
) -> MatchBroadcast:
    """Plan the broadcast of a match of two halves; the same arguments give the same frames.

    Args:
        seed: draws match, stadium, kits and cameras.
        level: "easy", "broadcast" or "hard".
        league: name of a league file.
        half_s: length of each half.
        fps: exact frame rate.

    Raises:
        GameError: There is no such league, or it plays no soccer.
    """
    game = play_match(seed, league, half_s)
    size_px = (1280, 720)
    bounds = [math.ceil(half * half_s * fps) for half in range(len(game.formations) + 1)]
    operators, segments = [], []
    step_s, steps = game.motion.step_s, round(half_s / game.motion.step_s)
    for half, (start, end) in enumerate(itertools.pairwise(bounds)):
        rows = slice(half * steps, (half + 1) * steps)
        people_m = game.motion.positions_m[rows, :22].mean(axis=1)
        focus_m = np.asarray(0.75 * game.motion.ball_m[rows, :2] + 0.25 * people_m, np.float64)
        times_s = np.arange(half * steps, (half + 1) * steps, dtype=np.float64) * step_s
        operators.append(plan_main_camera(seed, game.league.court, times_s, focus_m, size_px))
        segments.append(PlannedSegment(half, "main", start, end))
    scene = PitchScene(seed, level, game.league, game.cast)
    return MatchBroadcast(
        seed, level, fps, bounds[-1], game, scene, tuple(operators), tuple(segments)
    )


def draw_moment(rng: np.random.Generator, game: Match) -> tuple[World, Camera]:
    """An instant of a match at random and a main camera that frames it, for training pictures."""
    world = game.world_at(float(rng.uniform(0, game.duration_s)))
    return world, draw_main_camera(rng, game.league.court, world.ball_m[:2])


def sample_match_frames(
    seed: int, count: int, *, league: str = "ifab", per_match: int = 8, level: str = ""
) -> Iterator[Frame]:
    """Frames to learn from or to score on: a new match every few, a new camera every frame.

    Frames pass through JPEG. `segment_index` counts the matches; `index` counts the frames.

    Args:
        seed: draws everything; the same arguments give the same frames.
        count: how many frames.
        league: name of a league file.
        per_match: frames of each match.
        level: of the pictures; "" draws one a match.
    """
    rng = np.random.default_rng([seed, 7])
    for index in range(count):
        if index % per_match == 0:
            match_seed = int(rng.integers(2**31))
            game = play_match(match_seed, league, 24.0, halves=1)
            drawn = level or str(rng.choice(LEVELS))
            scene = PitchScene(match_seed, drawn, game.league, game.cast)
        world, camera = draw_moment(rng, game)
        image, truth = scene.render(world, camera, int(rng.integers(2**31)), compressed=True)
        yield Frame(index, world.game_s, image, truth, world, "main", index // per_match)
