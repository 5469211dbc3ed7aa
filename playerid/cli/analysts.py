"""Commands of the analysts' side: pages of games, nights and the schema, and other formats."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from playerid.archive.archive import Archive
from playerid.cli.options import ArchiveOption, console, plain_errors


def add_to(app: typer.Typer) -> None:
    """Give the `playerid` command the commands of this module."""
    app.command()(report)
    app.command()(docs)
    app.command("export")(export_game)
    app.command("import")(import_games)


def report(
    game: Annotated[
        str | None, typer.Argument(help="a published game; all of them if not given")
    ] = None,
    archive: ArchiveOption = "archive",
    night: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="all games of this date, and a page linking them"),
    ] = None,
) -> None:
    """Write the page of a game, or of a night, as self-contained HTML, and print where it is.

    Without a game: the pages of all games, or of those of `--night`, and one that links them.
    """
    from playerid.report import write_game_page, write_night_page  # noqa: PLC0415, plots

    with plain_errors(), console.status("making pages ..."):
        if game:
            path = write_game_page(Archive(archive), game)
        else:
            path = write_night_page(Archive(archive), night.date() if night else None)
    console.print(path, soft_wrap=True)


def docs(
    folder: Annotated[Path, typer.Argument(help="where to write the pages")],
    archive: Annotated[
        str, typer.Option("--archive", help="answer the worked questions from this one")
    ] = "",
) -> None:
    """Write pages of every table, view, macro, check and worked question, and of security."""
    from playerid.docs.site import write_site  # noqa: PLC0415

    with plain_errors():
        pages = write_site(folder, Archive(archive) if archive else None)
    console.print(pages[0], soft_wrap=True)


def export_game(
    game: Annotated[str, typer.Argument(help="a published game")],
    kind: Annotated[
        str,
        typer.Option(
            "--format",
            help="sportvu-csv, mot, coco, cdf-jsonl, cvat, label-studio, soccernet-gsr,"
            " soccernet-spotting, skillcorner",
        ),
    ],
    archive: ArchiveOption = "archive",
    out: Annotated[Path, typer.Option(help="folder for the files")] = Path(),
) -> None:
    """Write a published game in another format. Each loses something.

    sportvu-csv: unnamed people, referees, probabilities, boxes; the ball only while held.

    mot: cuts, role, team, player, probability, ball, clock, people without a box.

    coco: places on the court, homographies, the clock, people without a box.

    cdf-jsonl: people without a team, probabilities, jersey numbers, boxes; not valid
    against the schema of the Common Data Format where its periods are not the sport's.

    soccernet-gsr: predictions of the game state challenge: people without a place, the ball,
    probabilities of names; frames between samples are filled in.

    soccernet-spotting: spotted events as results_spotting.json: team, player, place.

    skillcorner: tracking that kloppy reads (data version V2): probabilities, boxes, people without
    a team; ten frames a second.

    cvat, label-studio: all but boxes, roles and who each is; `playerid correct --from` reads what
    was changed in the editor.
    """
    from playerid.exchange.formats import export_game as write  # noqa: PLC0415

    with plain_errors():
        for path in write(Archive(archive), game, kind, out):
            console.print(path, soft_wrap=True)


def import_games(  # noqa: PLR0913, PLR0917
    file: Annotated[Path, typer.Argument(help="tracking data of others")],
    kind: Annotated[
        str,
        typer.Option("--format", help="sportvu-json, sportvu-csv, mot, cdf-jsonl, soccernet-gsr"),
    ],
    archive: ArchiveOption = "archive",
    game: Annotated[
        Path | None, typer.Option(help="the game file: rosters, sides, season, day; mot needs it")
    ] = None,
    box_score: Annotated[
        Path | None, typer.Option(help="names, numbers and playing times, as JSON or CSV")
    ] = None,
    season: Annotated[str, typer.Option(help="season of the games, if the file does not say")] = "",
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="day of the game")
    ] = None,
    home: Annotated[str, typer.Option(help="id of the home team")] = "",
    frame_rate: Annotated[
        float | None, typer.Option(min=1, help="mot, sportvu-csv: frames a second")
    ] = None,
    play_by_play: Annotated[
        Path | None, typer.Option(help="what was called, as CSV or JSON; for a file of one game")
    ] = None,
) -> None:
    """Publish tracking data of others in the archive, so that the same SQL runs on them.

    What is left out of a file is said. sportvu-csv may be Parquet with the same columns.

    soccernet-gsr: a folder with Labels-GameState.json, or of such folders. Its labels are also
    kept as the truth of that game, and its pictures as a video, so that `playerid run GAME` and
    `playerid evaluate` score what is found in them.
    """
    from playerid.exchange.formats import Given, import_file  # noqa: PLC0415

    day = date.date() if date else None
    given = Given(game, box_score, season, day, home, frame_rate, play_by_play)
    with plain_errors():
        entries = import_file(Archive(archive), file, kind, given)
    for entry in entries:
        console.print(f"{entry.game_id}: {entry.main_view_rows} rows of people")
