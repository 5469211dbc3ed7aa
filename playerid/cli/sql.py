"""`playerid sql`: questions to the published games."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from playerid.archive.archive import Archive
from playerid.cli.options import ArchiveOption, console, plain_errors, read_text


def add_to(app: typer.Typer) -> None:
    """Add the command to the `playerid` command."""
    app.command()(sql)


def sql(  # noqa: PLR0913, PLR0917, one option each
    archive: ArchiveOption = "archive",
    command: Annotated[str, typer.Option("-c", help="run these queries and exit")] = "",
    file: Annotated[Path | None, typer.Option("-f", help="run the queries of a file")] = None,
    season: Annotated[str | None, typer.Option(help="only this season")] = None,
    script: Annotated[bool, typer.Option(help="print the SQL that opens the same views")] = False,
    output: Annotated[str, typer.Option(help="table, csv, json or parquet:FILE")] = "table",
    database: Annotated[
        Path | None, typer.Option(help="write a DuckDB file that notebooks and other tools open")
    ] = None,
    unfenced: Annotated[
        bool, typer.Option("--unfenced", help="let questions read and write any file")
    ] = False,
    memory: Annotated[str | None, typer.Option(help="most memory of a question: 4GB")] = None,
    timeout_s: Annotated[
        float | None, typer.Option(help="longest time of a statement, seconds")
    ] = None,
) -> None:
    """Ask questions of the published games with DuckDB.

    Without -c and -f, questions come from the standard input: from a prompt with history and
    completion if it is a terminal. Questions read published files and nothing else, and write
    none; --unfenced lifts that.
    """
    from playerid.warehouse.ask import OpenArchive, ask  # noqa: PLC0415
    from playerid.warehouse.fence import QuestionLimits  # noqa: PLC0415

    with plain_errors():
        limits, given = QuestionLimits(not unfenced, memory, timeout_s), Archive(archive)
        if database:
            from playerid.warehouse.database import write_database  # noqa: PLC0415

            console.print(f"{write_database(given, season, database)} games in {database}")
            return
        query = command or (read_text(file) if file else "")
        if not (query or script or sys.stdin.isatty()):
            query = sys.stdin.read()
        elif not (query or script):
            from playerid.warehouse.prompt import read_questions  # noqa: PLC0415, slow to import

            with OpenArchive(given, season, limits) as games:
                read_questions(games, output)
            return
        sys.stdout.write(ask(given, query, season, output, script=script, limits=limits))
