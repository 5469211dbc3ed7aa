"""Commands of the analysts' side: pages of games and nights."""

from datetime import datetime
from typing import Annotated

import typer

from playerid.archive import Archive
from playerid.cli_parts import ArchiveOption, console, plain_errors


def add_to(app: typer.Typer) -> None:
    """Give the `playerid` command the commands of this module."""
    app.command()(report)


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
