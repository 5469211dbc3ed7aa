"""A small night of rendered games in an archive, rendered side by side."""

import datetime as dt
import multiprocessing
import time
from collections.abc import Callable, MutableMapping
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import partial
from pathlib import Path

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.arena.broadcast import plan_broadcast
from playerid.arena.recorded import read_motion
from playerid.arena.writer import write_game

SEASON = "2026-27"
DATE = dt.date(2026, 11, 21)
FIRST_SEED = 9_000_000
"""Training draws its games from smaller seeds."""
WORKERS = 2


def render_night(  # noqa: PLR0913
    archive: Archive,
    games: int,
    duration_s: float,
    *,
    level: str = "broadcast",
    motion: Path | None = None,
    seed: int = FIRST_SEED,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[str]:
    """Render the games that are not in the archive yet.

    Args:
        archive: where to.
        games: how many; the n-th game is the same in every night of the same length and level.
        duration_s: length of each game, seconds.
        level: easy, broadcast or hard.
        motion: tracking file to render instead of simulated play (`arena.recorded`); each game
            then shows the same play in another hall, with other kits.
        seed: of the game before the first; other games need another archive.
        on_progress: called with the frames done and the frames in all, about twice a second.

    Returns:
        The ids of all games of the night.

    Raises:
        GameError: The tracking file lacks something.
    """
    kind = "arena" if motion is None else motion.stem
    seeds = {
        f"{kind}-{level}-{duration_s:g}s-{number}": seed + number for number in range(1, games + 1)
    }
    missing = {g: s for g, s in seeds.items() if not archive.exists(layout.game_file(g))}
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(WORKERS, context) as pool:
        done: MutableMapping[str, int] = manager.dict()
        render = partial(_render, archive, duration_s, level, motion, done)
        running = [pool.submit(render, game) for game in missing.items()]
        total = round(duration_s * 25) * len(missing)
        while not all(future.done() for future in running):
            on_progress(sum(done.values()), total)
            time.sleep(0.5)
        for future in running:
            future.result()
    return list(seeds)


def _render(
    archive: Archive,
    duration_s: float,
    level: str,
    motion: Path | None,
    done: MutableMapping[str, int],
    named_seed: tuple[str, int],
) -> None:
    game_id, seed = named_seed

    def report(frames: int, _: int) -> None:
        if frames % 10 == 0:
            done[game_id] = frames

    game = None if motion is None else read_motion(motion, seed=seed)
    broadcast = plan_broadcast(seed, level, duration_s=duration_s, fps=Fraction(25), game=game)
    write_game(archive, broadcast, game_id, SEASON, DATE, report)
