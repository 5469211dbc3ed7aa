"""The prompt of `playerid sql`: history, completion, several lines, a few commands."""

from pathlib import Path

from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output

from playerid.errors import TableError
from playerid.warehouse.ask import OpenArchive

HELP = """A question ends with ; and may have several lines. Tab completes views and columns.
show tables;       all views           describe VIEW;   its columns
.help              this text           .quit            leave (or Ctrl-D)
"""
KEYWORDS = [
    "select", "from", "where", "group", "by", "order", "having", "limit", "join", "left", "inner",
    "using", "with", "as", "and", "or", "not", "null", "count", "sum", "avg", "min", "max",
    "case", "when", "then", "else", "end", "distinct", "filter", "over", "partition", "describe",
    "show", "tables", "summarize",
]  # fmt: skip


def read_questions(
    games: OpenArchive,
    output: str,
    *,
    keys: Input | None = None,
    screen: Output | None = None,
) -> None:
    """Answer questions until the end.

    Args:
        games: who is asked.
        output: how answers are shown, as in `ask`.
        keys: what is typed; None for the terminal.
        screen: where the prompt is shown; None for the terminal.
    """
    session: PromptSession[str] = PromptSession(
        "playerid> ",
        history=_history(),
        completer=WordCompleter(words(games), ignore_case=True),
        complete_while_typing=False,
        auto_suggest=AutoSuggestFromHistory(),
        multiline=Condition(lambda: not _is_whole(session.default_buffer.text)),
        prompt_continuation="     ...> ",
        input=keys,
        output=screen,
    )
    while True:
        try:
            text = session.prompt().strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if text in {".quit", ".exit"}:
            return
        print(HELP if text == ".help" else _answered(games, text, output), end="")  # noqa: T201


def words(games: OpenArchive) -> list[str]:
    """Everything that Tab may complete: views, their columns, macros, SQL."""
    named = games.connection.execute(
        "select table_name from duckdb_columns() where not internal union"
        " select column_name from duckdb_columns() where not internal union"
        " select function_name || '(' from duckdb_functions()"
        " where not internal and schema_name = 'main'"
    ).fetchall()
    return sorted({name for (name,) in named}) + KEYWORDS


def _answered(games: OpenArchive, text: str, output: str) -> str:
    try:
        return "\n".join(games.as_text(answer, output) for answer in games.answers(text))
    except KeyboardInterrupt:
        return "interrupted\n"
    except TableError as error:
        return f"{error}\n"


def _is_whole(text: str) -> bool:
    """Whether Enter ends the question: a command, nothing at all, or an end that is written."""
    return not text.strip() or text.lstrip().startswith(".") or text.rstrip().endswith(";")


def _history() -> History:
    folder: Path = user_state_path("playerid")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sql_history").touch()
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(folder / "sql_history"))
