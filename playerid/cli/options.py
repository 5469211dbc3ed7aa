"""What the commands share: the console, options, and errors shown as one message."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from playerid.errors import PlayerIdError, TableError

console = Console()

ArchiveOption = Annotated[
    str, typer.Option("--archive", envvar="PLAYERID_ARCHIVE_URL", help="folder or fsspec URL")
]
PackOption = Annotated[
    str, typer.Option("--pack", envvar="PLAYERID_PACK", help="model pack: a name or a TOML file")
]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
CacheOption = Annotated[
    Path,
    typer.Option("--cache", envvar="PLAYERID_WEIGHTS_CACHE", help="where fetched weights are kept"),
]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show what is wrong with the input as one message, without a traceback."""
    try:
        yield
    except PlayerIdError as error:
        message = f"[red]{type(error).__name__}[/]: {escape(str(error))}"
        console.print(message, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


def read_text(path: Path) -> str:
    """The text of a file that was named on the command line.

    Raises:
        TableError: It cannot be read.
    """
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path}: cannot be read: {getattr(error, 'strerror', error)}") from error


def say_errors_once() -> None:
    """Keep the orchestrator from logging, with a traceback, what a command says in one line."""
    for name in ("prefect.flow_runs", "prefect.task_runs", "playerid.tasks"):
        logging.getLogger(name).addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    told: list[object] = [record.exc_info[1]] if record.exc_info else []
    told += record.args if isinstance(record.args, tuple) else ()
    is_known = any(isinstance(error, PlayerIdError) for error in told)
    return not (is_known or record.getMessage().startswith("Finished in state Failed("))
