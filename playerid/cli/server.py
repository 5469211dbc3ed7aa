"""The command `playerid serve`: an archive over HTTP."""

from typing import Annotated

import typer

from playerid.archive.archive import Archive
from playerid.cli.options import ArchiveOption, console, plain_errors


def add_to(app: typer.Typer) -> None:
    """Give the `playerid` command the command of this module."""
    app.command()(serve)


def serve(
    archive: ArchiveOption = "archive",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8765,
) -> None:
    """Serve the published games of an archive: an API under /v1, and pages."""
    import uvicorn  # noqa: PLC0415

    from playerid.serve.app import make_app  # noqa: PLC0415

    with plain_errors():
        app = make_app(Archive(archive))
        console.print(f"http://127.0.0.1:{port}/ shows {archive}; Ctrl-C ends it.")
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
