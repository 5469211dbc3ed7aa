"""A small night of rendered games in an archive, rendered side by side."""

import datetime as dt
import multiprocessing
import time
from collections.abc import Callable, MutableMapping
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import partial

from playerid.archive import Archive
from playerid.arena.broadcast import plan_broadcast
from playerid.arena.write import write_game

SEASON = "2026-27"
DATE = dt.date(2026, 11, 21)
FIRST_SEED = 9_000_000
"""Training draws its games from smaller seeds."""


def render_night(
    archive: Archive,
    games: int,
    duration_s: float,
    *,
    level: str = "broadcast",
    workers: int = 2,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[str]:
    """Render the games that are not in the archive yet.

    Args:
        archive: where to.
        games: how many; the n-th game is the same in every night of the same length and level.
        duration_s: length of each game, seconds.
        level: easy, broadcast or hard.
        workers: processes that render.
        on_progress: called with the frames done and the frames in all, about twice a second.

    Returns:
        The ids of all games of the night.
    """
    seeds = {
        f"arena-{level}-{duration_s:g}s-{number}": FIRST_SEED + number
        for number in range(1, games + 1)
    }
    missing = {g: s for g, s in seeds.items() if not archive.exists(f"games/{g}/game.json")}
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(workers, context) as pool:
        done: MutableMapping[str, int] = manager.dict()
        render = partial(_render, archive, duration_s, level, done)
        running = [pool.submit(render, game_id, seed) for game_id, seed in missing.items()]
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
    done: MutableMapping[str, int],
    game_id: str,
    seed: int,
) -> None:
    def report(frames: int, _: int) -> None:
        if frames % 10 == 0:
            done[game_id] = frames

    broadcast = plan_broadcast(seed, level, duration_s=duration_s, fps=Fraction(25))
    write_game(archive, broadcast, game_id, SEASON, DATE, report)
