"""The command `playerid serve`: an archive over HTTP."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from playerid.archive.archive import Archive
from playerid.cli.options import ArchiveOption, console, plain_errors

if TYPE_CHECKING:
    from tasks.by_hand import DecidesByHand


def add_to(app: typer.Typer) -> None:
    """Give the `playerid` command the command of this module."""
    app.command()(serve)


def serve(  # noqa: PLR0913, PLR0917, one option each
    archive: ArchiveOption = "archive",
    host: Annotated[str, typer.Option(help="address to listen at")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8765,
    token_file: Annotated[
        Path | None,
        typer.Option(help="who may ask: lines of NAME ROLE TOKEN, ROLE read or correct"),
    ] = None,
    trusted_header: Annotated[
        str, typer.Option(help="header in which the proxy in front says who asks")
    ] = "",
    corrector: Annotated[
        list[str] | None,
        typer.Option(help="who, named by that header, may correct; * for all; more than once"),
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="answer questions in SQL, fenced")] = False,
) -> None:
    """Serve the published games of an archive: an API under /v1, described in /v1/openapi.json.

    What it shows is what is published at that moment. It writes corrections and, when told to,
    publishes the game that they are about again; no model runs. Anywhere but on this machine it
    needs --token-file, or --trusted-header behind a proxy that sets and clears that header.
    """
    import uvicorn  # noqa: PLC0415

    from playerid.serve.access import make_access  # noqa: PLC0415
    from playerid.serve.app import make_app  # noqa: PLC0415
    from playerid.serve.correcting import WhenNeeded  # noqa: PLC0415

    with plain_errors():
        given = Archive(archive)
        access = make_access(host, token_file, trusted_header, corrector or ())
        app = make_app(given, access, WhenNeeded(lambda: _decider(given)), has_sql=sql)
        console.print(f"http://{host}:{port}/ shows {archive}; Ctrl-C ends it.", soft_wrap=True)
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


def _decider(archive: Archive) -> "DecidesByHand":
    """What decides games by the pipeline itself, which takes seconds to import."""
    from flows.process_game import process_game  # noqa: PLC0415
    from tasks.by_hand import DecidesByHand  # noqa: PLC0415
    from tasks.platform.here import run  # noqa: PLC0415

    return DecidesByHand(archive, lambda game, settings: run(process_game, game, settings))
