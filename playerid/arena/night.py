"""The arena of every sport behind one form, and a night of its games, rendered side by side."""

import datetime as dt
from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from multiprocessing.managers import SyncManager
from pathlib import Path

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.arena.broadcast import FilmedGame, Frame, plan_broadcast, sample_frames
from playerid.arena.recorded import read_motion
from playerid.arena.soccer.match_broadcast import plan_match, sample_match_frames
from playerid.arena.soccer.match_writer import write_match
from playerid.arena.writer import write_game
from playerid.errors import GameError
from playerid.leagues import FIRST_SPORT
from playerid.processes import SPAWN, end_with_parent, pool_of

SEASON = "2026-27"
DATE = dt.date(2026, 11, 21)
FIRST_SEED = 9_000_000
"""Training draws its games from smaller seeds."""
WORKERS = 2
NIGHT_FPS = Fraction(10)
"""As many as models look at: more take longer to render, to draw and to look at."""
OnFrames = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class NightGame:
    """One game of a rendered night.

    Attributes:
        game_id: a safe file name.
        season: as the league writes it.
        date: day of the game.
        seed: draws all of it.
        seconds: length of each period that is shown.
        level: "easy", "broadcast" or "hard".
        motion: tracking file to render instead of simulated play.
    """

    game_id: str
    season: str
    date: dt.date
    seed: int
    seconds: float
    level: str
    motion: Path | None = None


@dataclass(frozen=True, slots=True)
class Arena:
    """What the arena of a sport renders.

    Attributes:
        prefix: of the ids of its games.
        league: whose rules its stills have.
        games: of a night, unless somebody says otherwise.
        periods: that each game of a night shows.
        stills: main views at level "broadcast": of a seed, so many, so many of each game.
        plan: a broadcast: of a seed, with periods so long.
        write: renders a game of a night into an archive; is told how far it is.
    """

    prefix: str
    league: str
    games: int
    periods: int
    stills: Callable[[int, int, int], Iterator[Frame]]
    plan: Callable[[int, float], FilmedGame]
    write: Callable[[Archive, NightGame, OnFrames], None]


def _draw_first(seed: int, count: int, per_game: int) -> Iterator[Frame]:
    drawn = sample_frames(seed, "broadcast", count, per_game=per_game, other_share=0.0)
    return islice(drawn, count)


def _plan_first(seed: int, seconds: float) -> FilmedGame:
    return plan_broadcast(seed, duration_s=seconds)


def _write_first(archive: Archive, game: NightGame, on_frames: OnFrames) -> None:
    motion = None if game.motion is None else read_motion(game.motion, seed=game.seed)
    broadcast = plan_broadcast(
        game.seed, game.level, duration_s=game.seconds, fps=NIGHT_FPS, game=motion
    )
    write_game(archive, broadcast, game.game_id, game.season, game.date, on_frames)


def _draw_match(seed: int, count: int, per_game: int) -> Iterator[Frame]:
    return sample_match_frames(seed, count, per_match=per_game, level="broadcast")


def _plan_match(seed: int, seconds: float) -> FilmedGame:
    return plan_match(seed, half_s=seconds)


def _write_match(archive: Archive, game: NightGame, on_frames: OnFrames) -> None:
    if game.motion is not None:
        raise GameError(f"{game.motion}: recorded motion is rendered for basketball alone")
    broadcast = plan_match(game.seed, game.level, half_s=game.seconds, fps=NIGHT_FPS)
    write_match(archive, broadcast, game.game_id, game.season, game.date, on_frames)


ARENAS = {
    "basketball": Arena("arena", "nba", 3, 1, _draw_first, _plan_first, _write_first),
    "soccer": Arena("pitch", "ifab", 1, 2, _draw_match, _plan_match, _write_match),
}
"""Sport -> its arena."""


def render_night(  # noqa: PLR0913
    archive: Archive,
    games: int,
    duration_s: float,
    *,
    sport: str = FIRST_SPORT,
    level: str = "broadcast",
    motion: Path | None = None,
    seed: int = FIRST_SEED,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[list[str]]:
    """Render the games that are not in the archive yet, while the caller works on those that are.

    Args:
        archive: where to.
        games: how many; the n-th game is the same in every night of the same length and level.
        duration_s: length of each period that is shown, seconds.
        sport: what is played, one of `ARENAS`.
        level: easy, broadcast or hard.
        motion: tracking file to render instead of simulated play (`arena.recorded`); each game
            then shows the same play in another hall, with other kits.
        seed: of the game before the first; other games need another archive.
        on_progress: called with the frames done and the frames in all, about twice a second while
            no game is ready.

    Yields:
        The ids of the games that are in the archive since the last time; none twice.

    Raises:
        GameError: The tracking file lacks something.
    """
    arena = ARENAS[sport]
    kind = arena.prefix if motion is None else motion.stem
    seeds = {
        f"{kind}-{level}-{duration_s:g}s-{number}": seed + number for number in range(1, games + 1)
    }
    missing = [
        NightGame(game_id, SEASON, DATE, drawn, duration_s, level, motion)
        for game_id, drawn in seeds.items()
        if not archive.exists(layout.game_file(game_id))
    ]
    if there := sorted(set(seeds) - {game.game_id for game in missing}):
        yield there
    if not missing:
        return
    manager = SyncManager(ctx=SPAWN)
    manager.start(end_with_parent)
    with manager, pool_of(WORKERS) as pool:
        done: MutableMapping[str, int] = manager.dict()
        running = {
            pool.submit(_render, archive, sport, done, game): game.game_id for game in missing
        }
        total = round(duration_s * NIGHT_FPS) * arena.periods * len(missing)
        while running:
            ready, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
            on_progress(sum(done.values()), total)
            for future in ready:
                future.result()
            if ready:
                yield sorted(running.pop(future) for future in ready)


def _render(archive: Archive, sport: str, done: MutableMapping[str, int], game: NightGame) -> None:
    def report(frames: int, _: int) -> None:
        if frames % 10 == 0:
            done[game.game_id] = frames

    ARENAS[sport].write(archive, game, report)
