"""Questions to the published games, answered as text or as rows."""

import io
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from types import TracebackType

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.archive import catalog, layout
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.archive.verify import whole_games
from playerid.errors import TableError
from playerid.queries import views
from playerid.warehouse.damage import damaged, is_damage
from playerid.warehouse.fence import QuestionLimits, set_limits, statements, within_time
from playerid.warehouse.plain_text import for_spreadsheets, visible, without_keys
from playerid.warehouse.published import connect_games, connect_store, nothing_published, sports_of
from playerid.warehouse.warehouse import disconnect, newer_columns
from playerid.warehouse.warehouse import script as opening_script

UNLIMITED = QuestionLimits(fenced=False)
FENCED = QuestionLimits()


def open_warehouse(
    archive: Archive,
    season: str | None = None,
    limits: QuestionLimits = UNLIMITED,
    *,
    list_store: bool = False,
    games: Sequence[Entry] | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open exactly the games that are published now, of one season or of all; or these `games`.

    Raises:
        ArchiveError: Nothing is published there.
    """
    try:
        if archive.is_local or list_store or games is not None:
            if games is None:
                games = published_games(archive, season, list_store=list_store)
            connection = connect_games(archive, games, as_before=True, every_view=False)
        else:
            connection = connect_store(archive, season)
    except TableError:
        if games is not None:  # what is damaged was left out
            raise
        return open_warehouse(archive, season, limits, list_store=True)
    try:
        tables = archive.path(layout.TABLES)
        whole = tables if archive.is_local else archive.filesystem.unstrip_protocol(tables)
        set_limits(connection, limits, [whole])
    except TableError:
        disconnect(connection)
        raise
    return connection


def published_games(
    archive: Archive, season: str | None, *, list_store: bool = False
) -> list[Entry]:
    """What is published of one season or of all; damaged games are left out, and named in the log.

    Damage in an object store is only looked for where that is asked for.

    Raises:
        ArchiveError: Nothing is.
    """
    games = whole_games(archive, catalog.entries(archive, season), list_store=list_store)
    if not games:
        raise nothing_published(archive, season)
    return games


def ask(
    archive: Archive,
    query: str,
    season: str | None,
    output: str,
    *,
    script: bool = False,
    limits: QuestionLimits = FENCED,
) -> str:
    """Answer the statements of a text, in order, as text.

    Args:
        archive: where the games are published.
        query: SQL; each statement that has rows is answered.
        season: only this one.
        output: "table", "csv", "json", or "parquet:FILE", which writes the file.
        script: answer with the SQL that opens the same views anywhere.
        limits: what the statements may use.

    Raises:
        TableError: The query or the output is wrong.
    """
    if script:
        entries = published_games(archive, season)
        return opening_script(catalog.table_files(archive, entries), sports_of(entries))
    try:
        with OpenArchive(archive, season, limits) as games:
            return _answered(games, query, output)
    except TableError as error:
        if archive.is_local or not is_damage(error.__cause__):
            raise
    with OpenArchive(archive, season, limits, list_store=True) as games:
        return _answered(games, query, output)


def _answered(games: "OpenArchive", query: str, output: str) -> str:
    shown: list[str] = []
    for answer in games.answers(query):
        if shown and output.startswith("parquet:"):
            raise TableError(f"{output!r} holds one answer, and the statements give several")
        shown.append(games.as_text(answer, output))
    return "\n".join(shown)


@dataclass(slots=True)
class OpenArchive:
    """Published games, opened to be asked; close it, or use it in a `with` statement.

    Attributes:
        archive: where the games are published.
        season: only this one.
        limits: what a question may use.
        list_store: leave damaged games of an object store out, too.
        games: these publications; None for those of the season that are published now.
    """

    archive: Archive
    season: str | None = None
    limits: QuestionLimits = FENCED
    list_store: bool = False
    games: Sequence[Entry] | None = None
    connection: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = open_warehouse(
            self.archive, self.season, self.limits, list_store=self.list_store, games=self.games
        )

    def __enter__(self) -> "OpenArchive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        disconnect(self.connection)

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """The rows of the last statement that has some; `.df()`, `.pl()` or `.arrow()` gives them.

        Raises:
            TableError: The query is wrong, or has no rows.
        """
        answers = list(self.answers(query))
        if not answers:
            raise TableError("the query gives no rows: expected a select")
        return answers[-1]

    def answers(self, text: str) -> Iterator[duckdb.DuckDBPyRelation]:
        """Run statements in order; the rows of those that have some, not yet computed.

        Raises:
            TableError: A statement is wrong.
        """
        with self._explaining():
            found = statements(self.connection, text, self.limits)
        for statement in found:
            is_query = statement.expected_result_type == [duckdb.ExpectedResultType.QUERY_RESULT]
            with self._explaining(), within_time(self.connection, self.limits):
                if is_query:
                    answer = self.connection.sql(statement.query)
                else:
                    self.connection.execute(statement)
            if is_query:
                yield answer

    def rows(self, answer: duckdb.DuckDBPyRelation, most: int) -> pa.Table:
        """The first rows of an answer.

        Raises:
            TableError: It cannot be computed.
        """
        with self._explaining(), within_time(self.connection, self.limits):
            return answer.limit(most).to_arrow_table()

    def as_text(self, answer: duckdb.DuckDBPyRelation, output: str) -> str:
        """An answer as a table, CSV or JSON, or what was written of it.

        Raises:
            TableError: There is no such output, or the answer cannot be computed.
        """
        with self._explaining(), within_time(self.connection, self.limits):
            return visible(_drawn(answer)) if output == "table" else _formatted(answer, output)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise TableError(without_keys(_explained(self.connection, error))) from error


def _explained(connection: duckdb.DuckDBPyConnection, error: duckdb.Error) -> str:
    """What went wrong, and what to do about it."""
    if is_damage(error):
        return damaged(error)
    text = f"the query failed: {error}"
    if isinstance(error, duckdb.PermissionException):
        text += "\nonly published files are read; open without the fence: --unfenced"
    if isinstance(error, duckdb.CatalogException):
        of = [v for v in views() if v.sport and re.search(rf"\b{v.name} does not exist", text)]
        if of:
            text = f"{of[0].name} is a view of {of[0].sport}, which none of these games plays"
    if isinstance(error, duckdb.BinderException):
        newer = newer_columns(connection)
        told = [f"{table}.{column}" for column, table in newer.items() if f'"{column}"' in text]
        if told:
            text += f"\n{told[0]} was published by a newer version of playerid: use that version"
    return text


def _drawn(answer: duckdb.DuckDBPyRelation, *, most_rows: int = 100) -> str:
    """A table as wide as the terminal; the views of the warehouse are fewer than `most_rows`."""
    width = shutil.get_terminal_size((160, 24)).columns
    buffer = io.StringIO()
    with redirect_stdout(buffer):
        answer.show(max_width=width, max_rows=most_rows)
    return buffer.getvalue().rstrip("\n") + "\n"


def _formatted(answer: duckdb.DuckDBPyRelation, output: str) -> str:
    kind, _, path = output.partition(":")
    if kind == "parquet" and path:
        rows = answer.to_arrow_table()
        try:
            pq.write_table(rows, path)
        except OSError as error:
            raise TableError(f"{path}: cannot be written: {error.strerror or error}") from error
        return f"{rows.num_rows} rows in {path}\n"
    if output == "csv":
        from pyarrow import csv  # noqa: PLC0415, whoever wants no CSV does not wait for it

        buffer = io.BytesIO()
        csv.write_csv(for_spreadsheets(_with_lists_as_text(answer.to_arrow_table())), buffer)
        return buffer.getvalue().decode()
    if output == "json":
        return json.dumps(answer.to_arrow_table().to_pylist(), indent=1, default=str) + "\n"
    raise TableError(f"output {output!r}: expected table, csv, json or parquet:FILE")


def _with_lists_as_text(rows: pa.Table) -> pa.Table:
    """Lists as JSON: CSV has no other place for them."""
    for place, kept in enumerate(rows.schema):
        if pa.types.is_nested(kept.type):
            values = [
                v if v is None else json.dumps(v, default=str) for v in rows[place].to_pylist()
            ]
            rows = rows.set_column(place, kept.name, pa.array(values, pa.string()))
    return rows
