"""Rendered games to learn from, made beside the training by a process of its own."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2

from playerid.archive.local_files import in_one_step
from playerid.errors import LabelsError
from playerid.processes import SPAWN, end_with_parent
from playerid.scores.tracker_clips import render_clips
from playerid.training.game_crops import write_game_crops
from playerid.training.mask_pictures import write_masked_people
from playerid.training.torso_sources import write_game_torsos

FIRST_CLIP_SEED = 7_000_000
"""Clips of the trackers' scores have other seeds."""


@contextmanager
def supplied(
    fill: Callable[[Path, int], None], folder: Path, seed: int, pattern: str = ""
) -> Iterator[None]:
    """Let a process fill a folder while the block runs.

    Args:
        fill: is called with folder and seed.
        folder: to fill; what is there already stays.
        seed: of what is rendered.
        pattern: wait until a file of this form is there; "" waits for nothing.

    Raises:
        LabelsError: The process ended before the first file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    process = SPAWN.Process(target=_fill_alone, args=(fill, folder, seed), daemon=True)
    process.start()
    try:
        while pattern and not any(folder.glob(pattern)):
            if not process.is_alive():
                raise LabelsError(f"{folder}: nothing could be rendered to train on")
            time.sleep(0.2)
        yield
    finally:
        if process.exitcode:
            logging.getLogger(__name__).warning(
                "%s: rendering broke off; the training had what was there until then", folder
            )
        process.terminate()
        process.join()


def _fill_alone(fill: Callable[[Path, int], None], folder: Path, seed: int) -> None:
    end_with_parent()
    cv2.setNumThreads(1)
    fill(folder, seed)


def fill_with_clips(folder: Path, seed: int, most: int = 60) -> None:
    """Render clips for trackers, as `tracker_clips.render_clips`, up to so many."""
    first = FIRST_CLIP_SEED + 1000 * seed
    for number in range(most):
        render_clips(folder, range(first + number, first + number + 1))


def fill_with_crops(folder: Path, seed: int, most: int = 12, games: int = 10) -> None:
    """Write files of number crops of so many games each, up to so many files."""
    _fill(write_game_crops, folder, seed, most, games)


def fill_with_torsos(folder: Path, seed: int, most: int = 12, games: int = 10) -> None:
    """Write files of upper bodies of so many games each, up to so many files."""
    _fill(write_game_torsos, folder, seed, most, games)


def fill_with_masked_people(folder: Path, seed: int, most: int = 160, games: int = 4) -> None:
    """Write files of people with their masks, of so many games each, up to so many files."""
    _fill(write_masked_people, folder, seed, most, games)


def _fill(
    write: Callable[[Path, int, int], object], folder: Path, seed: int, most: int, games: int
) -> None:
    """Write files of so many games each, up to so many; what is there already stays."""
    for number in range(most):
        path = folder / f"arena-{seed}-{number:03d}.parquet"
        if not path.exists():
            with in_one_step(path) as partial:
                write(partial, games, 100 * seed + number)
