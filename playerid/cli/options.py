"""What the commands share: the console, options, and errors shown as one message."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from playerid.errors import LabelsError, PlayerIdError, StorageError, TableError
from playerid.warehouse.plain_text import visible


class PlainConsole(Console):
    """A console that shows text of others as text: no markup, nothing that a terminal obeys."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Text as it is shown."""
        return super().render_str(visible(text), **options)


class PlainLog(logging.Filter):
    """Makes what is logged safe to be shown."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, with its text made safe."""
        record.msg, record.args = visible(record.getMessage()), ()
        return True


console = PlainConsole(markup=False, emoji=False)
messages = PlainConsole(markup=False, emoji=False, stderr=True)
"""For what is said beside the answer, which may be redirected."""

ArchiveOption = Annotated[
    str, typer.Option("--archive", envvar="PLAYERID_ARCHIVE_URL", help="folder or fsspec URL")
]
PackOption = Annotated[
    str, typer.Option("--pack", envvar="PLAYERID_PACK", help="model pack: a name or a TOML file")
]
GamePackOption = Annotated[
    str,
    typer.Option(
        "--pack",
        envvar="PLAYERID_PACK",
        help="model pack: a name or a TOML file; else that of the sport of each game",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
CacheOption = Annotated[
    Path,
    typer.Option("--cache", envvar="PLAYERID_WEIGHTS_CACHE", help="where fetched weights are kept"),
]
DatabaseOption = Annotated[
    Path | None,
    typer.Option(
        "--database",
        envvar="PLAYERID_DATABASE",
        help="DuckDB file for other tools, to be written anew",
    ),
]
FailOption = Annotated[
    bool,
    typer.Option("--fail-on-set-aside", help="end with status 3 if a game is set aside"),
]


def end_night(reasons: Mapping[str, str | None], *, fail_on_set_aside: bool) -> None:
    """End with status 3 if that is wanted and a game is not published, for schedulers."""
    if fail_on_set_aside and any(reason is not None for reason in reasons.values()):
        raise typer.Exit(3)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show what is wrong with the input or the storage as one message, without a traceback."""
    try:
        yield
    except (PlayerIdError, StorageError, OSError) as error:
        name = Text(type(error).__name__, style="red")
        console.print(name, f": {error}", sep="", highlight=False, soft_wrap=True)
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


def only_game(games: Sequence[str] | None) -> str:
    """The one game that labels are of.

    Raises:
        LabelsError: None is named, or several are.
    """
    if games is None or len(games) != 1:
        raise LabelsError("labels are of one game: name it with --game")
    return games[0]
