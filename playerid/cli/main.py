"""The `playerid` command."""

import json
import logging
import os
import sys
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.logging import RichHandler
from rich.markup import escape
from rich.table import Table

from playerid.archive.archive import Archive
from playerid.cli import analysts as cli_analysts
from playerid.cli import correct as cli_corrections
from playerid.cli import label as cli_labels
from playerid.cli import league_nights as cli_league
from playerid.cli import model_packs as cli_models
from playerid.cli import rehearse as cli_rehearse
from playerid.cli import server as cli_server
from playerid.cli import sql as cli_sql
from playerid.cli.options import (
    ArchiveOption,
    CacheOption,
    DatabaseOption,
    FailOption,
    GamePackOption,
    JsonOption,
    PackOption,
    PlainLog,
    console,
    end_night,
    messages,
    plain_errors,
    say_errors_once,
)
from playerid.cli.score_tables import show_rows, show_scores
from playerid.leagues import FIRST_SPORT, load_sport
from playerid.models.packs import WEIGHTS_CACHE

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Game videos to tables: which player is where in every frame, answered in SQL.",
)
for commands in (
    cli_models, cli_analysts, cli_sql, cli_league, cli_corrections, cli_labels, cli_rehearse,
    cli_server,
):  # fmt: skip
    commands.add_to(app)


class Level(StrEnum):
    """How hard the pictures of a rendered game are."""

    EASY = "easy"
    BROADCAST = "broadcast"
    HARD = "hard"


# The flows run without a server, and nothing calls home, unless the environment says otherwise.
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_HOME": str(Path(".cache/prefect").absolute()),
}


def say_version(wanted: bool) -> None:
    """Print the version, and end."""
    if wanted:
        console.print(f"playerid {version('playerid')}", highlight=False)
        raise typer.Exit


@app.callback()
def main(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="log every step")] = False,
    _: Annotated[
        bool, typer.Option("--version", callback=say_version, is_eager=True, help="and no more")
    ] = False,
) -> None:
    """Set the log level and the defaults of the orchestrator."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with plain_errors():
        Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
    if verbose:
        os.environ["PREFECT_LOGGING_LEVEL"] = "INFO"
    else:
        say_errors_once()
    level = logging.INFO if verbose else logging.WARNING
    handler = RichHandler(console=messages)
    handler.addFilter(PlainLog())
    logging.basicConfig(level=level, format="%(message)s", handlers=[handler])


@app.command()
def demo(  # noqa: PLR0913, PLR0917
    archive: ArchiveOption = "demo",
    games: Annotated[
        int | None, typer.Option(min=1, help="games of the night; else as many as its sport shows")
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=10, help="length of each period that is shown")
    ] = 15.0,
    sport: Annotated[
        str, typer.Option(help="what is played; as the folders of leagues name it")
    ] = FIRST_SPORT,
    level: Annotated[Level, typer.Option(help="how hard the pictures are")] = Level.BROADCAST,
    motion: Annotated[
        Path | None,
        typer.Option(help="tracking file (Parquet or CSV) to render instead of simulated play"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="of other games, above 9000000; another archive")
    ] = None,
) -> None:
    """Render a small night of games, process it, score it against the known truth."""
    from playerid.arena.night import ARENAS, FIRST_SEED  # noqa: PLC0415, seconds
    from playerid.cli.demo import Night, run_demo  # noqa: PLC0415, starts the orchestrator

    with plain_errors():
        arena, first = ARENAS[load_sport(sport).name], FIRST_SEED if seed is None else seed
        night = Night(games or arena.games, seconds, level.value, motion, first, sport)
        run_demo(Archive(archive), night, console)


@app.command()
def process(
    game: Annotated[
        str,
        typer.Argument(
            help="a game of the archive; or a folder with game.json and videos, or a video with"
            " <name>.game.json beside it, which is copied into the archive first"
        ),
    ],
    archive: ArchiveOption = "archive",
    pack: GamePackOption = "",
    game_file: Annotated[
        Path | None, typer.Option(help="the game file of the video, where it is elsewhere")
    ] = None,
    replace_anyway: Annotated[
        bool, typer.Option(help="publish even if the game then knows less than before")
    ] = False,
) -> None:
    """Identify the players of one game and publish its tables."""
    from flows.process_game import process_game  # noqa: PLC0415
    from playerid.game.intake import find_game  # noqa: PLC0415
    from tasks.platform.here import run  # noqa: PLC0415
    from tasks.platform.settings import Settings  # noqa: PLC0415

    with plain_errors():
        game_id = find_game(Archive(archive), game, game_file)
        settings = Settings(archive_url=archive, pack=pack)
        with console.status(f"processing {game_id} ..."):
            entry = run(process_game, game_id, settings, replace_anyway)
        console.print(
            f"{entry.game_id}: {entry.main_view_rows} rows of people in the main view,"
            f" {entry.identity_coverage:.0%} of the players' named."
        )
        console.print(f'Ask: playerid sql --archive {archive} -c "from observed_time"')


@app.command()
def nightly(
    archive: ArchiveOption = "archive",
    pack: GamePackOption = "",
    database: DatabaseOption = None,
    fail_on_set_aside: FailOption = False,
) -> None:
    """Process every game of the archive that is new or changed; set bad ones aside."""
    from flows.nightly import nightly as nightly_flow  # noqa: PLC0415
    from tasks.platform.here import run  # noqa: PLC0415
    from tasks.platform.settings import Settings  # noqa: PLC0415

    with plain_errors():
        reasons = run(nightly_flow, Settings(archive_url=archive, pack=pack, database=database))
    for game_id, reason in reasons.items():
        console.print(f"{game_id}: {'published' if reason is None else 'set aside: ' + reason}")
    if not reasons:
        console.print("nothing new")
    end_night(reasons, fail_on_set_aside=fail_on_set_aside)


@app.command()
def render(
    game: Annotated[str, typer.Argument(help="a published game")],
    archive: ArchiveOption = "archive",
) -> None:
    """Draw the annotated video of a published game."""
    from playerid.report.drawing import draw_game  # noqa: PLC0415

    with plain_errors(), console.status(f"drawing {escape(game)} ..."):
        path = draw_game(Archive(archive), game)
    console.print(path)


@app.command()
def evaluate(  # noqa: PLR0913, PLR0917
    archive: ArchiveOption = "archive",
    game: Annotated[
        list[str] | None, typer.Option(help="only this game; may be given more than once")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(help="labels of the one --game (CSV, .txt or .json), or a folder of games"),
    ] = None,
    recordings: Annotated[
        Path | None, typer.Option(help="instead: compare recorded plays with published figures")
    ] = None,
    ladder: Annotated[
        bool, typer.Option("--ladder", help="what each part of the resolver adds, step by step")
    ] = False,
    seconds: Annotated[
        bool, typer.Option("--seconds", help="names by how long play was seen, 2 s to 5 min")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="folder for Parquet of all numbers, and plots")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score published games against their known truth, or against labelled frames.

    The truth of a rendered game is in `truth/GAME/` of the archive. Only frames of the true main
    view count. identity_precision is the share of the named player-frames whose name is right,
    identity_coverage the named player-frames by the true ones; identity_ece says how far
    `identity_prob` is from the share that is right. A second table shows precision and coverage by
    place on the court, distance from the camera, overlap of boxes, and game clock. A switch is a
    change of the true person behind one published name.

    gs_hota_5m and gs_hota_1m are tracking on the court with the player as attribute, in sampled
    frames; nobody unnamed agrees. gs_hota_official is that of the SoccerNet game state challenge
    (`sn-trackeval` gives the same number for `playerid export --format soccernet-gsr`): role, end
    of the team and number as attributes, no number agrees with none, in every frame.

    --labels takes CSV, MOTChallenge and COCO. --labels FOLDER scores every game in it that has a
    folder with game.json and labels.csv, a row each; with --ladder by each kind of evidence; with
    --seconds after so many seconds of play: of the clips, and of made-up games in which people are
    seen and read as in them.

    --out DIR writes scores (a row per game), breakdowns, reliability, precision_coverage and
    switches (a row each, with cause and frames) as Parquet, and two plots as SVG. Ask them with
    `duckdb -c "from 'DIR/switches.parquet'"`.
    """
    from playerid.cli.labelled import check_together, score_labelled  # noqa: PLC0415
    from playerid.evaluate.archive_scores import evaluate_archive, score_games  # noqa: PLC0415
    from playerid.evaluate.breakdowns import add_breakdowns  # noqa: PLC0415
    from playerid.evaluate.outputs import write_evaluation  # noqa: PLC0415
    from playerid.evaluate.recorded_table import compare_plays  # noqa: PLC0415
    from tasks.decided_again import climb_archive  # noqa: PLC0415

    breakdowns: list[dict[str, Any]] = []
    with plain_errors():
        if recordings is not None:
            sys.stdout.write(compare_plays(recordings, out))
            return
        check_together(out=out, labels=labels, ladder=ladder, seconds=seconds)
        if labels:
            scores = score_labelled(Archive(archive), game, labels, ladder=ladder, seconds=seconds)
        elif ladder:
            scores = climb_archive(Archive(archive), game)
        else:
            games = evaluate_archive(Archive(archive), game)
            scores = score_games(games)
            breakdowns = add_breakdowns([one.breakdowns for one in games.values()]).to_pylist()
            if out:
                write_evaluation(games, out)
    if as_json:
        sys.stdout.write(json.dumps(scores, indent=1, sort_keys=True) + "\n")
        return
    show_scores(scores)
    if breakdowns:
        show_rows(breakdowns)


@app.command()
def doctor(
    archive: ArchiveOption = "archive",
    pack: PackOption = "starter",
    cache: CacheOption = WEIGHTS_CACHE,
) -> None:
    """Look at what is installed, the weights, the device and the archive."""
    from playerid.operate.doctor import examine  # noqa: PLC0415

    with plain_errors():
        findings = examine(Archive(archive), pack, cache)
    table = Table("what", "state")
    for finding in findings:
        table.add_row(finding.what, finding.state, style=None if finding.is_well else "red")
    console.print(table)
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)
