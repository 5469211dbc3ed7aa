"""Rendered frames for the detector: a folder that a process of its own keeps filling."""

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera, aim_close_up, aim_replay, draw_main_camera
from playerid.arena.game_motion import ArenaGame
from playerid.arena.picture import Scene
from playerid.arena.simulation import play_game
from playerid.arena.soccer.match_broadcast import sample_match_frames
from playerid.arena.world import FrameTruth, World
from playerid.leagues import FIRST_SPORT
from playerid.models.detector import LABELS
from playerid.scores.labelled_frames import LabelledFrame, write_frame

FIRST_TRAINING_SEED = 5_000_000
"""Games of the demo, of tests and of scores have lower seeds."""
FRAMES_PER_GAME = 8
LEVELS = ("easy", "broadcast", "broadcast", "broadcast", "hard")


def fill_folder(
    folder: Path, seed: int, sport: str = FIRST_SPORT, slots: int = 2500, eager: int = 800
) -> None:
    """Render into a folder, without end.

    Frames beyond `slots` replace the oldest.

    Args:
        folder: to fill; rendering continues after the last game there.
        seed: of the training run.
        sport: whose games; one of `RENDERERS`.
        slots: how many frames the folder holds.
        eager: after so many frames, rest nine times as long as rendering takes, to leave the
            processor to the training.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counter = folder / "rendered.txt"
    done = int(counter.read_text()) if counter.exists() else 0
    first_game = FIRST_TRAINING_SEED + 100_000 * seed + done // FRAMES_PER_GAME
    start_s = time.process_time()
    for count, frame in enumerate(RENDERERS[sport](first_game), start=done):
        write_frame(folder / f"{count % slots:05d}.npz", frame)
        counter.write_text(str(count + 1))
        if count >= eager:
            time.sleep(9 * (time.process_time() - start_s))
        start_s = time.process_time()


def render_frames(
    seed: int, frames_per_game: int, levels: tuple[str, ...], *, only_main: bool = False
) -> Iterator[LabelledFrame]:
    """Render frames of ever new games, without end; the same arguments give the same frames.

    Args:
        seed: of the first game; the next ones follow.
        frames_per_game: at random times of each game.
        levels: each game draws one.
        only_main: leave out close-ups and replays.
    """
    for game_seed in itertools.count(seed):
        rng = np.random.default_rng([game_seed, 707])
        league = str(rng.choice(["nba", "nba", "fiba", "ncaa", "wnba"]))
        game = play_game(game_seed, league, 24.0)
        scene = Scene(game_seed, str(rng.choice(levels)), game.league, game.cast)
        for index in range(frames_per_game):
            world = game.world_at(float(rng.uniform(0, game.duration_s)))
            view, camera = _draw_view(game, world, rng, only_main=only_main)
            image, truth = scene.render(world, camera, view, index, compressed=True)
            yield label_frame(image, truth)


def _draw_view(
    game: ArenaGame, world: World, rng: np.random.Generator, *, only_main: bool
) -> tuple[str, Camera]:
    kind = 1.0 if only_main else rng.random()
    subject_m = world.positions_m[rng.integers(10)]
    if kind < 0.05:
        return "close-up", aim_close_up(rng, subject_m)
    if kind < 0.10:
        return "replay", aim_replay(rng, game.league.court, subject_m)
    return "main", draw_main_camera(rng, game.league.court, world.ball_m[:2])


def _render_first(seed: int) -> Iterator[LabelledFrame]:
    return render_frames(seed, FRAMES_PER_GAME, LEVELS)


def render_matches(seed: int) -> Iterator[LabelledFrame]:
    """Render main views of ever new matches, without end; the same seed gives the same frames."""
    for match_seed in itertools.count(seed):
        for frame in sample_match_frames(match_seed, FRAMES_PER_GAME):
            yield label_frame(frame.image, frame.truth, width_px=frame.image.shape[1])


RENDERERS: dict[str, Callable[[int], Iterator[LabelledFrame]]] = {
    "basketball": _render_first,
    "soccer": render_matches,
}
"""Sport -> frames of its arena from a seed on."""


def label_frame(image: NDArray[np.uint8], truth: FrameTruth, width_px: int = 1024) -> LabelledFrame:
    """Shrink a rendered picture and turn its truth into labels.

    Numbers seen edge-on, which nobody can read, get no label.
    """
    height_px = round(width_px * image.shape[0] / image.shape[1])
    shrunk = cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(shrunk, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92]
    )
    size_px = np.array([image.shape[1], image.shape[0]] * 2, np.float32)
    is_labelled = ~truth.edge_on()
    return LabelledFrame(
        jpeg.tobytes(),
        truth.boxes_px[is_labelled] / size_px,
        np.array([LABELS.index(label) for label in truth.labels[is_labelled].tolist()], np.int64),
        is_real=False,
    )
