"""A rendered broadcast: any frame of it, with everything that is true of that frame."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import (
    Camera,
    MainOperator,
    aim_close_up,
    aim_crowd,
    aim_replay,
    draw_main_camera,
    plan_main_camera,
)
from playerid.arena.cast import Cast
from playerid.arena.director import PlannedSegment, plan_segments
from playerid.arena.game_motion import ArenaGame
from playerid.arena.picture import Scene
from playerid.arena.simulation import play_game
from playerid.arena.world import FrameTruth, World
from playerid.leagues import League
from playerid.leagues.marks import Court

LEVELS = ("easy", "broadcast", "hard")
RATES = (Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001))


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a broadcast.

    Attributes:
        index: in presentation order, from 0.
        time_s: presentation time.
        image: (height, width, 3) RGB.
        truth: boxes, masks, homography.
        world: what it shows; in a replay, the past.
        view: "main", "close-up", "replay" or "crowd".
        segment_index: camera shot, from 0.
    """

    index: int
    time_s: float
    image: NDArray[np.uint8]
    truth: FrameTruth
    world: World
    view: str
    segment_index: int


class PlayedGame(Protocol):
    """A game whose every instant is known: of which league, by whom."""

    @property
    def league(self) -> League[Court]:
        """Whose court and rules."""
        ...

    @property
    def cast(self) -> Cast:
        """Who plays."""
        ...


class FilmedGame(Protocol):
    """A planned broadcast; frames are rendered when asked for, in any order."""

    @property
    def level(self) -> str:
        """How hard the pictures are."""
        ...

    @property
    def fps(self) -> Fraction:
        """Exact frame rate."""
        ...

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        ...

    @property
    def game(self) -> PlayedGame:
        """What happens."""
        ...

    @property
    def segments(self) -> tuple[PlannedSegment, ...]:
        """Camera shots, in order."""
        ...

    def time_s(self, index: int) -> float:
        """Presentation time of a frame."""
        ...

    def frame(self, index: int, *, compressed: bool = False) -> Frame:
        """Render a frame; the same index gives the same frame."""
        ...


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A planned broadcast; frames are rendered when asked for, in any order.

    Attributes:
        seed: drew all of it.
        level: one of `LEVELS`.
        fps: exact frame rate.
        frame_count: number of frames.
        size_px: (width, height).
        game: what happens.
        scene: hall, kits, people.
        operator: of the main camera.
        segments: camera shots, in order.
    """

    seed: int
    level: str
    fps: Fraction
    frame_count: int
    size_px: tuple[int, int]
    game: ArenaGame
    scene: Scene
    operator: MainOperator
    segments: tuple[PlannedSegment, ...]

    def time_s(self, index: int) -> float:
        """Presentation time of a frame."""
        return float(index / self.fps)

    def find_segment(self, index: int) -> PlannedSegment:
        """The camera shot that a frame belongs to."""
        assert 0 <= index < self.frame_count, index
        return next(segment for segment in self.segments if index < segment.end_frame)

    def game_s(self, index: int) -> float:
        """Game time that a frame shows."""
        segment = self.find_segment(index)
        if segment.view != "replay":
            return self.time_s(index)
        since_s = float((index - segment.start_frame) / self.fps)
        return segment.replay_from_s + segment.speed * since_s

    def camera(self, index: int) -> Camera:
        """The camera of a frame."""
        segment = self.find_segment(index)
        if segment.view == "main":
            return self.operator.camera(self.game_s(index))
        rng = np.random.default_rng([self.seed, 6, segment.index])
        if segment.view == "crowd":
            return aim_crowd(rng, self.size_px)
        world = self.game.world_at(self.game_s(index))
        middle = self.game.world_at(self.game_s((segment.start_frame + segment.end_frame) // 2))
        if segment.view == "close-up":
            slot = middle.holder if middle.holder >= 0 else int(rng.integers(10))
            fixed = aim_close_up(rng, middle.positions_m[slot], self.size_px)
            return follow(fixed, world.positions_m[slot], 1.45)
        subject = middle.ball_m[:2]
        fixed = aim_replay(rng, self.game.league.court, subject, self.size_px)
        return follow(fixed, 0.6 * world.ball_m[:2] + 0.4 * subject, 1.5)

    def frame(self, index: int, *, compressed: bool = False) -> Frame:
        """Render a frame; the same index gives the same frame.

        Args:
            index: from 0 to `frame_count` - 1.
            compressed: show what an encoder would do to it.
        """
        segment = self.find_segment(index)
        world = self.game.world_at(self.game_s(index))
        image, truth = self.scene.render(
            world, self.camera(index), segment.view, index, compressed=compressed
        )
        return Frame(index, self.time_s(index), image, truth, world, segment.view, segment.index)


def plan_broadcast(  # noqa: PLR0913
    seed: int,
    level: str = "broadcast",
    league: str = "nba",
    duration_s: float = 30.0,
    *,
    fps: Fraction | None = None,
    game: ArenaGame | None = None,
    calm: float = 1.0,
) -> Broadcast:
    """Plan a broadcast; the same arguments give the same frames.

    Args:
        seed: draws game, hall, kits, cameras, cuts and, unless given, the frame rate.
        level: one of `LEVELS`.
        league: name of a league file.
        duration_s: length of the video.
        fps: exact frame rate.
        game: what happens, for recorded motion; by default simulated from the seed.
        calm: how much longer than usual the main camera stays on the air.

    Raises:
        GameError: There is no such league.
    """
    assert level in LEVELS, level
    rng = np.random.default_rng([seed, 4])
    drawn = RATES[int(rng.choice(3, p=[0.4, 0.4, 0.2]))]
    fps = drawn if fps is None else fps
    game = play_game(seed, league, duration_s) if game is None else game
    frame_count = math.ceil(min(duration_s, game.duration_s) * fps)
    size_px = (1280, 720)
    motion = game.motion
    times_s = np.arange(len(motion), dtype=np.float64) * motion.step_s
    people_m = motion.positions_m[:, :10].mean(1)
    focus_m = np.asarray(0.6 * motion.ball_m[:, :2] + 0.4 * people_m, np.float64)
    return Broadcast(
        seed=seed,
        level=level,
        fps=fps,
        frame_count=frame_count,
        size_px=size_px,
        game=game,
        scene=Scene(seed, level, game.league, game.cast),
        operator=plan_main_camera(seed, game.league.court, times_s, focus_m, size_px),
        segments=plan_segments(seed, level, game, fps, frame_count, calm),
    )


def follow(camera: Camera, subject_m: NDArray[np.float64], height_m: float) -> Camera:
    """Turn a camera that stands still towards a subject (2,) on the floor."""
    offset = np.array([*subject_m, height_m]) - np.array(camera.position_m)
    distance = float(np.linalg.norm(offset))
    return replace(
        camera,
        pan_rad=math.atan2(offset[0], offset[1]),
        tilt_rad=math.asin(-offset[2] / distance),
    )


def sample_frames(
    seed: int,
    level: str,
    count: int,
    *,
    leagues: tuple[str, ...] = ("nba",),
    per_game: int = 8,
    other_share: float = 0.1,
) -> Iterator[Frame]:
    """Training frames: a new game, hall and kits every few frames, a new camera every frame.

    Frames pass through JPEG. `segment_index` counts the games; `index` counts the frames.

    Args:
        seed: draws everything; the same arguments give the same frames.
        level: one of `LEVELS`, or "mixed": one at random per game.
        count: how many frames.
        leagues: names of league files, one at random per game.
        per_game: frames of each game.
        other_share: share of close-ups and replays.
    """
    rng = np.random.default_rng([seed, 7])
    for index in range(count):
        if index % per_game == 0:
            drawn = level if level != "mixed" else str(rng.choice(LEVELS))
            game_seed = int(rng.integers(2**31))
            game = play_game(game_seed, str(rng.choice(leagues)), 24.0)
            scene = Scene(game_seed, drawn, game.league, game.cast)
        world = game.world_at(float(rng.uniform(0, game.duration_s)))
        view, court = "main", game.league.court
        focus_m = 0.6 * world.ball_m[:2] + 0.4 * world.positions_m[:10].mean(0)
        if rng.random() >= other_share:
            camera = draw_main_camera(rng, court, focus_m)
        elif rng.random() < 0.5:
            view, camera = "replay", aim_replay(rng, court, focus_m)
        else:
            view, camera = "close-up", aim_close_up(rng, world.positions_m[rng.integers(10)])
        render_seed = int(rng.integers(2**31))
        image, truth = scene.render(world, camera, view, render_seed, compressed=True)
        yield Frame(index, world.game_s, image, truth, world, view, index // per_game)
