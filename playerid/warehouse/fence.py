"""What a question may do: read the published files, and nothing else of the machine."""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
from duckdb import StatementType

from playerid.errors import TableError, TooSlowError
from playerid.warehouse.definitions import quoted

ALLOWED = {
    StatementType.SELECT, StatementType.EXPLAIN, StatementType.CREATE, StatementType.DROP,
    StatementType.INSERT, StatementType.UPDATE, StatementType.DELETE, StatementType.SET,
    StatementType.VARIABLE_SET, StatementType.TRANSACTION, StatementType.PRAGMA,
}  # fmt: skip
EXPLAINED = re.compile(r"\s*explain\s*(analyze\b|\(.*?\))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class QuestionLimits:
    """What a question may use.

    Attributes:
        fenced: whether it reads only published files, and writes none.
        memory: most memory, as DuckDB writes it ("4GB"); None for DuckDB's own choice.
        seconds: longest time of one statement; None for any.
        spills: whether what does not fit into the memory goes to files.
    """

    fenced: bool = True
    memory: str | None = None
    seconds: float | None = None
    spills: bool = True


def set_limits(
    connection: duckdb.DuckDBPyConnection, limits: QuestionLimits, folders: Sequence[str]
) -> None:
    """Limit the questions of a connection whose views exist.

    Args:
        connection: whose questions are limited; they cannot lift the limits.
        limits: how.
        folders: where the files of the views are.

    Raises:
        TableError: That is no amount of memory.
    """
    if limits.memory:
        try:
            connection.execute(f"set memory_limit = {quoted(limits.memory)}")
        except duckdb.Error as error:
            raise TableError(f"memory {limits.memory!r}: expected an amount like 4GB") from error
    if not limits.spills:
        connection.execute("set temp_directory = ''")
    if limits.fenced:
        allowed = ", ".join(quoted(folder.rstrip("/") + "/") for folder in folders)
        connection.execute(f"set allowed_directories = [{allowed}]")
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute("set python_enable_replacements = false")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")


def statements(
    connection: duckdb.DuckDBPyConnection, text: str, limits: QuestionLimits
) -> list[duckdb.Statement]:
    """The statements of a text.

    Raises:
        TableError: One would write or read other files; settings alone do not keep it from
            writing beside the published ones.
    """
    found: list[duckdb.Statement] = connection.extract_statements(text)
    for statement in found if limits.fenced else ():
        if not _is_allowed(connection, statement):
            raise TableError(
                f"not allowed here: {statement.query.strip()[:80]}; write with --output or"
                " --database, or open without the fence: --unfenced"
            )
    return found


def _is_allowed(connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> bool:
    """Whether it only reads, or changes what is in memory; to explain is to do, with `analyze`."""
    if statement.type != StatementType.EXPLAIN:
        return statement.type in ALLOWED
    explained = EXPLAINED.sub("", statement.query, count=1)
    try:
        return {s.type for s in connection.extract_statements(explained)} <= {StatementType.SELECT}
    except duckdb.Error:  # a comment in between
        return False


@contextmanager
def within_time(connection: duckdb.DuckDBPyConnection, limits: QuestionLimits) -> Iterator[None]:
    """Interrupt what runs longer than it may.

    Raises:
        TooSlowError: It ran longer.
    """
    if limits.seconds is None:
        yield
        return
    timer = threading.Timer(limits.seconds, connection.interrupt)
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise TooSlowError(
            f"the query took longer than {limits.seconds:g} s; ask for fewer games or rows"
        ) from error
    finally:
        timer.cancel()
