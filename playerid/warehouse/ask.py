"""Questions to the published games: one query, or a prompt."""

import io
import json

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.errors import ArchiveError, TableError
from playerid.warehouse.published import connect_games
from playerid.warehouse.warehouse import damaged, disconnect, newer_columns
from playerid.warehouse.warehouse import script as opening_script


def open_warehouse(archive: Archive, season: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open exactly the games that are published now, of one season or of all.

    Raises:
        ArchiveError: Nothing is published there.
    """
    games = catalog.entries(archive, season)
    if not games:
        known = ", ".join(archive.seasons()) or "none"
        raise ArchiveError(
            f"{archive.url}: no published game{f' of season {season!r}' if season else ''};"
            f" seasons with games: {known}"
        )
    return connect_games(archive, games)


def ask(
    archive: Archive, query: str, season: str | None, output: str, *, script: bool = False
) -> str:
    """Answer a query as text.

    Args:
        archive: where the games are published.
        query: SQL; the last statement's rows are the answer.
        season: only this one.
        output: "table", "csv", "json", or "parquet:FILE", which writes the file.
        script: answer with the SQL that opens the same views anywhere.

    Raises:
        TableError: The query or the output is wrong.
    """
    if script:
        return opening_script(catalog.table_files(archive, catalog.entries(archive, season)))
    connection = open_warehouse(archive, season)
    try:
        found = connection.sql(query)
        if found is None:
            return ""
        return (
            str(found) + "\n" if output == "table" else _formatted(found.to_arrow_table(), output)
        )
    except duckdb.Error as error:
        raise TableError(_explained(connection, error)) from error
    finally:
        disconnect(connection)


def _explained(connection: duckdb.DuckDBPyConnection, error: duckdb.Error) -> str:
    """What went wrong, and what to do about it."""
    if isinstance(error, duckdb.IOException | duckdb.InvalidInputException):
        return damaged(error)
    text = f"the query failed: {error}"
    if isinstance(error, duckdb.BinderException):
        newer = newer_columns(connection)
        told = [f"{table}.{column}" for column, table in newer.items() if f'"{column}"' in text]
        if told:
            text += f"\n{told[0]} was published by a newer version of playerid: use that version"
    return text


def _formatted(rows: pa.Table, output: str) -> str:
    if output == "csv":
        buffer = io.BytesIO()
        pa_csv.write_csv(_with_lists_as_text(rows), buffer)
        return buffer.getvalue().decode()
    if output == "json":
        return json.dumps(rows.to_pylist(), indent=1, default=str) + "\n"
    if output.startswith("parquet:"):
        pq.write_table(rows, output.removeprefix("parquet:"))
        return f"{rows.num_rows} rows in {output.removeprefix('parquet:')}\n"
    raise TableError(f"output {output!r}: expected table, csv, json or parquet:FILE")


def _with_lists_as_text(rows: pa.Table) -> pa.Table:
    """Lists as JSON: CSV has no other place for them."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_nested(field.type):
            values = [
                v if v is None else json.dumps(v, default=str) for v in rows[place].to_pylist()
            ]
            rows = rows.set_column(place, field.name, pa.array(values, pa.string()))
    return rows


def prompt(archive: Archive, season: str | None) -> None:
    """Read queries from the terminal until its end."""
    connection = open_warehouse(archive, season)
    try:
        while True:
            try:
                query = input("playerid> ")
            except EOFError:
                return
            try:
                print(connection.sql(query) or "")  # noqa: T201
            except duckdb.Error as error:
                print(_explained(connection, error))  # noqa: T201
    finally:
        disconnect(connection)
