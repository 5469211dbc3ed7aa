"""Commands for many games: how they stand, what is to come, backfills, sweeping, deployment."""

import datetime as dt
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.progress import track
from rich.table import Table

from playerid.archive.archive import Archive
from playerid.cli.options import (
    ArchiveOption,
    FailOption,
    GamePackOption,
    JsonOption,
    console,
    end_night,
    messages,
    plain_errors,
)

SeasonOption = Annotated[str | None, typer.Option(help="only this season")]
DaysOption = Annotated[
    str, typer.Option(help="only these days, as 2024-10-22 or 2024-10-22..2024-10-31")
]
WORKERS = typer.Option("--workers", min=1, help="games at the same time")


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (status, plan, backfill, sweep, verify, deploy):
        app.command()(command)


def status(
    archive: ArchiveOption = "archive",
    season: SeasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every game: its state, coverage and cost, and why it is set aside.

    identity and court: shares of the player-frames with a name, of the frames with a court. made
    and kept: steps that the last run computed, and that it found remembered.
    """
    from playerid.operate.overview import overview  # noqa: PLC0415
    from playerid.operate.prices import load_prices  # noqa: PLC0415
    from tasks.platform.settings import Settings  # noqa: PLC0415

    with plain_errors():
        games = overview(Archive(archive), season)
        of = load_prices(Settings(archive_url=archive).prices).of
    if as_json:
        sys.stdout.write(json.dumps([asdict(game) for game in games], indent=1) + "\n")
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)  # fits 80 columns
    for name in ("game", "state"):
        table.add_column(name, no_wrap=True)
    for name in ("identity", "court", "GPU s", "CPU s", "cost", "made", "kept"):
        table.add_column(name, justify="right")
    for game in games:
        facts = game.facts
        cost = of(facts.get("wall_s") or 0, facts.get("gpu_s") or 0) if facts else None
        numbers = [
            *(_shown(facts.get(name), 2) for name in ("identity_coverage", "court_coverage")),
            *(_shown(facts.get(name), 0) for name in ("gpu_s", "cpu_s")),
            *(_shown(cost, 3), _shown(game.made, 0), _shown(game.remembered, 0)),
        ]
        table.add_row(game.game_id, game.state, *numbers)
    console.print(table)
    for game in games:
        if game.reason:
            console.print(f"{game.game_id}: {game.reason}", highlight=False)


def plan(  # noqa: PLR0913, PLR0917
    archive: ArchiveOption = "archive",
    pack: GamePackOption = "",
    season: SeasonOption = None,
    days: DaysOption = "",
    workers: Annotated[int, WORKERS] = 1,
    speed: Annotated[
        Path | None,
        typer.Option(help="table of playerid models speed --out, where no game was measured yet"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what processing the games that are due will cost, and how long it will take.

    With --speed all of a video counts as play, so that the estimate is rather too high.
    """
    from playerid.models.speeds import read_speeds  # noqa: PLC0415
    from playerid.operate.game_estimate import as_measured, estimate_game  # noqa: PLC0415
    from playerid.operate.plan import measured_games, plan_games, video_durations  # noqa: PLC0415
    from playerid.operate.prices import load_prices  # noqa: PLC0415
    from tasks.platform.due_games import due_games, of_season_or_days  # noqa: PLC0415
    from tasks.platform.settings import Settings  # noqa: PLC0415

    with plain_errors():
        place, settings = Archive(archive), Settings(archive_url=archive, pack=pack)
        due = due_games(settings, of_season_or_days(season, *_days(days)))
        lengths, measured = video_durations(place, due), measured_games(place)
        if speed and not any(row.get("wall_s") for row in measured):
            table = read_speeds(speed)
            measured = [as_measured(table, estimate_game(table))]
        expected = plan_games(lengths, measured, load_prices(settings.prices), workers=workers)
    if as_json:
        sys.stdout.write(json.dumps(asdict(expected), indent=1) + "\n")
        return
    console.print(
        f"{expected.games} games are due, {expected.video_s / 3600:.2f} hours of video;"
        f" expected by {expected.measured_games} measured games:\n"
        f"{expected.wall_s / 3600:.2f} hours with {workers} at a time,"
        f" {expected.gpu_s / 3600:.2f} GPU hours, {expected.cpu_s / 3600:.2f} CPU hours,\n"
        f"{expected.bytes_read / 1e9:.2f} GB read, {expected.bytes_written / 1e9:.2f} GB written,"
        f" machines for {expected.price:.2f} ({settings.prices})"
    )


def backfill(
    archive: ArchiveOption = "archive",
    pack: GamePackOption = "",
    season: SeasonOption = None,
    days: DaysOption = "",
    gpu_hours: Annotated[float | None, typer.Option(min=0, help="start no game after")] = None,
    fail_on_set_aside: FailOption = False,
) -> None:
    """Process the games of a season or of some days that are new or changed."""
    from flows.backfill import backfill as backfill_flow  # noqa: PLC0415
    from tasks.platform.here import run  # noqa: PLC0415
    from tasks.platform.settings import Settings  # noqa: PLC0415

    with plain_errors():
        settings = Settings(archive_url=archive, pack=pack)
        reasons = run(backfill_flow, season, *_days(days), gpu_hours=gpu_hours, settings=settings)
    for game_id, reason in reasons.items():
        said = "published" if reason is None else f"set aside: {reason}"
        console.print(f"{game_id}: {said}", highlight=False)
    if not reasons:
        console.print("nothing to do")
    end_night(reasons, fail_on_set_aside=fail_on_set_aside)


def sweep(
    archive: ArchiveOption = "archive",
    dry_run: Annotated[
        bool, typer.Option("--dry-run/--remove", help="only show what would be removed")
    ] = True,
    min_age_h: Annotated[float, typer.Option(min=0, help="leave younger objects alone")] = 24.0,
) -> None:
    """Remove published tables that no catalog entry names any more, and traces of broken writes."""
    from playerid.archive.sweep import find_leftovers  # noqa: PLC0415
    from playerid.archive.sweep import sweep as remove  # noqa: PLC0415

    with plain_errors():
        place = Archive(archive)
        leftovers = find_leftovers(place, min_age_s=min_age_h * 3600)
        for leftover in leftovers:
            console.print(f"{leftover.path}  {leftover.size} bytes", highlight=False)
        size = sum(leftover.size for leftover in leftovers)
        if dry_run:
            console.print(f"{len(leftovers)} objects, {size} bytes; --remove removes them")
        else:
            console.print(f"{len(leftovers)} objects removed, {remove(place, leftovers)} bytes")


def verify(
    archive: ArchiveOption = "archive",
    season: SeasonOption = None,
    again_after_h: Annotated[
        float, typer.Option(min=0, help="do not read again what was whole within so many hours")
    ] = 20.0,
) -> None:
    """Read every published file and compare its size and SHA-256; broken off, it goes on later.

    The exit status is 1 if something is damaged: process these games again.
    """
    from playerid.archive.catalog import read_catalog  # noqa: PLC0415
    from playerid.archive.verify import verify_games  # noqa: PLC0415

    with plain_errors():
        place = Archive(archive)
        found = read_catalog(place, season)
        wrong = list(found.damaged.values())
        games = verify_games(place, found.entries, again_after_h=again_after_h)
        total = len(found.entries)
        for _, problems in track(games, "verifying", total=total, console=messages):
            wrong += problems
    for problem in wrong:
        console.print(problem, highlight=False, soft_wrap=True)
    console.print(f"{total} games, {sum(len(e.tables) for e in found.entries)} files,"
                  f" {len(wrong)} damaged")  # fmt: skip
    if wrong:
        raise typer.Exit(1)


def deploy(
    pools: Annotated[
        str, typer.Option(help="kind of the work pools: process, kubernetes, vertex-ai or ecs")
    ] = "process",
    image: Annotated[str, typer.Option(help="image of the workers, without its tag")] = "playerid",
) -> None:
    """Set up the Prefect server that PREFECT_API_URL names: pools, queues, limits, deployments."""
    from tasks.platform.deployment import deploy_all  # noqa: PLC0415

    with plain_errors():
        for line in deploy_all(pools, image):
            console.print(line, highlight=False)


def _days(days: str) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of an option."""
    if not days:
        return None, None
    first, _, last = days.partition("..")
    try:
        return dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
    except ValueError as error:
        raise typer.BadParameter(f"{days!r}: expected DAY or DAY..DAY ({error})") from error


def _shown(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
