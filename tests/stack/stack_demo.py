"""A night of rendered games with a backfill behind it, through the stack; is all as it should be?

Rendered games go in as a night and as a backfill of the season before, at the same time. The same
games are then processed by one undisturbed process into an archive beside. It is well if both
publish the same rows, if no game of the backfill started while one of the night was waiting, and
if going through the finished night again takes at most half a minute.
"""

import argparse
import datetime as dt
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import attrgetter

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment
from rich.console import Console
from rich.progress import track

from flows.nightly import nightly
from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.arena.broadcast import plan_broadcast
from playerid.arena.night import FIRST_SEED
from playerid.arena.writer import write_game
from playerid.operate.compare import find_differences
from playerid.operate.overview import overview
from playerid.operate.plan import plan_games, video_durations
from playerid.operate.prices import load_prices
from playerid.operate.runs import read_runs
from tasks.platform.elsewhere import runs_about, wait_for
from tasks.platform.settings import Settings

NIGHT, PAST = ("2026-27", dt.date(2026, 11, 21)), ("2025-26", dt.date(2025, 11, 21))
console = Console()


def main() -> None:
    """Render what is not there, run everything, say what was measured, fail if it is not well."""
    wanted = read_arguments()
    settings = Settings()
    archive, beside = settings.archive, Archive(f"{settings.archive_url}-undisturbed")
    archive.probe()
    length_s, level = wanted.seconds, wanted.level
    of_night = render(archive, "night", wanted.night, length_s, level, NIGHT)
    of_past = render(archive, "past", wanted.backfill, length_s / 2, level, PAST)
    game_ids = [*of_night, *of_past]
    for place in (archive, beside):
        forget(place, game_ids)
    faults = process_on_stack(of_night)
    faults += overtaken(of_night, of_past)
    faults += process_again(settings, of_night, wanted.warm_s)
    copy_games(archive, beside, game_ids)
    alone = settings.model_copy(update={"archive_url": beside.url, "on_pools": False})
    with Timer("one undisturbed process"):
        nightly(alone, game_ids)
    rows, differences = find_differences(archive, beside, game_ids)
    console.print(f"{rows} rows of {len(game_ids)} games compared: {len(differences)} differences")
    compare_with_plan(settings, of_night, of_past)
    for fault in [*faults, *differences]:
        console.print(f"[red]{fault}[/]")
    console.print("FAILED" if faults or differences else "all is well")
    sys.exit(1 if faults or differences else 0)


def read_arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--night", type=int, default=12, help="games of the night")
    parser.add_argument("--backfill", type=int, default=24, help="games of the backfill")
    parser.add_argument("--seconds", type=float, default=5.0, help="length; backfill: half of it")
    parser.add_argument("--level", default="easy", help="how hard the pictures are")
    parser.add_argument("--warm-s", type=float, default=30.0, help="most time for a second run")
    return parser.parse_args()


class Timer:
    """Says how long a block took."""

    def __init__(self, what: str) -> None:
        self.what, self.seconds = what, 0.0

    def __enter__(self) -> "Timer":
        self.start_s = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self.start_s
        console.print(f"{self.what}: {self.seconds:.0f} s")


def render(
    archive: Archive, kind: str, games: int, length_s: float, level: str, day: tuple[str, dt.date]
) -> list[str]:
    """Render the games that are not in the archive yet; returns the ids of all."""
    seeds = {f"soak-{kind}-{level}-{length_s:g}s-{n}": FIRST_SEED + n for n in range(1, games + 1)}
    for game_id, seed in track(seeds.items(), f"rendering the {kind}", console=console):
        if not archive.exists(layout.game_file(game_id)):
            broadcast = plan_broadcast(seed, level, duration_s=length_s, fps=Fraction(25))
            write_game(archive, broadcast, game_id, *day)
    return list(seeds)


def forget(archive: Archive, game_ids: Iterable[str]) -> None:
    """Remove what earlier runs made of the games."""
    for game_id in game_ids:
        for season, _ in (NIGHT, PAST):
            archive.remove(layout.catalog_entry(season, game_id))
        working = archive.find(layout.working_folder(game_id))
        for path in [*working, layout.run_record(game_id)]:
            archive.remove(path)


def copy_games(archive: Archive, beside: Archive, game_ids: Iterable[str]) -> None:
    """Put the same inputs into the other archive."""
    for game_id in game_ids:
        for path in archive.find(layout.game_folder(game_id)):
            beside.write(path, archive.read(path))


def process_on_stack(of_night: Sequence[str]) -> list[str]:
    """Start backfill and night together, and wait for both; returns what did not go well."""
    past = {"season": PAST[0]}
    with Timer("night and backfill on the stack"):
        runs = [
            run_deployment("backfill/backfill", parameters=past, timeout=0),
            run_deployment("nightly/nightly", parameters={"game_ids": of_night}, timeout=0),
        ]
        states = [wait_for(run) for run in runs]
    return [f"{s.name}: {s.message}" for s in states if not s.is_completed()]


def overtaken(of_night: Sequence[str], of_past: Sequence[str], poll_s: float = 15) -> list[str]:
    """Games of the backfill that a worker chose while one of the night was waiting.

    Args:
        of_night: games of the night.
        of_past: games of the backfill.
        poll_s: a worker knows of a run after that time at the latest.
    """
    faults = []
    for half, tag in (("whole", "game:{}"), ("GPU half", "track:{}:0/1")):
        night = [Start.of(tag.format(game_id)) for game_id in of_night]
        past = [Start.of(tag.format(game_id)) for game_id in of_past]
        order = sorted([*night, *past], key=lambda start: start.chosen)
        shown = "".join("n" if start in night else "b" for start in order)
        console.print(f"order of starts, {half} (n: night, b: backfill): {shown}")
        faults += [
            f"{late.tag} was chosen before {waiting.tag}, which was waiting"
            for late in past
            for waiting in night
            if waiting.submitted + dt.timedelta(seconds=poll_s) < late.chosen < waiting.chosen
        ]
    return faults


@dataclass(frozen=True, slots=True)
class Start:
    """When the last run of a tag was submitted, and when a worker chose it."""

    tag: str
    submitted: dt.datetime
    chosen: dt.datetime

    @staticmethod
    def of(tag: str) -> "Start":
        """Ask the server."""
        with get_client(sync_client=True) as client:
            run = max(runs_about([tag], [StateType.COMPLETED]), key=attrgetter("created"))
            states = client.read_flow_run_states(run.id)
        chosen = [state.timestamp for state in states if state.type == StateType.PENDING]
        return Start(tag, min(state.timestamp for state in states), min(chosen))


def process_again(settings: Settings, of_night: Sequence[str], most_s: float) -> list[str]:
    """Go through the finished night again, here; returns what did not go well."""
    alone = settings.model_copy(update={"on_pools": False})
    with Timer("every game of the finished night again") as timer:
        reasons = nightly(alone, of_night)
    records = read_runs(settings.archive, of_night)
    faults = [f"{game_id}: {reason}" for game_id, reason in reasons.items() if reason]
    faults += [
        f"{game_id}: computed again: {record['made']}"
        for game_id, record in records.items()
        if record.get("made")
    ]
    if timer.seconds > most_s:
        faults.append(f"a second run took {timer.seconds:.0f} s, more than {most_s:g} s")
    return faults


def compare_with_plan(settings: Settings, of_night: Sequence[str], of_past: Sequence[str]) -> None:
    """Say what a plan expected of the backfill, and what it cost.

    The plan knows the night and the first two games of the backfill, which are shorter: a game
    costs something even if it is short.
    """
    facts = {game.game_id: game.facts for game in overview(settings.archive)}
    known, rest = [*of_night, *of_past[:2]], of_past[2:]
    lengths_s = video_durations(settings.archive, rest)
    plan = plan_games(lengths_s, [facts[g] for g in known], load_prices(settings.prices))
    for name in ("cpu_s", "gpu_s", "bytes_read", "bytes_written"):
        real = sum(facts[game_id][name] or 0 for game_id in rest)
        console.print(
            f"{len(rest)} games: {name}: planned {getattr(plan, name):.0f}, real {real:.0f}"
        )


if __name__ == "__main__":
    main()
