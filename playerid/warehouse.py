"""Tables and the questions of `sql/`: a DuckDB connection, or the script that makes one."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from playerid.errors import TableError
from playerid.known_files import KnownFiles
from playerid.league import Clock, Court, Rules, league_names, load_league
from playerid.queries import View, checks, sql_folder, views
from playerid.tables import MATERIALISED, PUBLIC_TABLES, Table, column

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

SQL_TYPES = {
    pa.string(): "varchar",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.binary(): "blob",
    pa.date32(): "date",
    pa.timestamp("s", tz="UTC"): "timestamptz",
    pa.list_(pa.float32()): "float[]",
    pa.list_(pa.float64()): "double[]",
    pa.list_(pa.string()): "varchar[]",
}


def connect(
    files: Mapping[str, Sequence[str]], filesystem: "AbstractFileSystem | None" = None
) -> duckdb.DuckDBPyConnection:
    """Open published tables: one view per public table, and every view of `sql/`.

    Args:
        files: Parquet files of each public table, as the catalog lists them. A table without
            files is empty and has its declared columns. A materialised view without files is
            computed; with files it reads them, and the schema `recomputed` has its query.
        filesystem: reads the files, whose paths are then its own, with or without its protocol.
            None for files of this machine. Close such a connection with `disconnect`.

    Raises:
        TableError: A table is not public, or its files lack a declared column.
    """
    connection = duckdb.connect()
    if filesystem is not None and "file" not in _protocols(filesystem):
        connection.register_filesystem(KnownFiles(filesystem))
        files = {name: _with_protocol(filesystem, paths) for name, paths in files.items()}
    try:
        # Each view that is made opens the tables it reads; while they are empty, that is free.
        stored = {name: paths[:1] for name, paths in files.items() if name in MATERIALISED}
        connection.execute(script(stored))
        connection.execute("\n".join(_stored_views(files)))
    except duckdb.BinderException as error:
        disconnect(connection)
        raise TableError(
            f"the files do not hold what the views read: {error}; they are of another version:"
            " publish their games again"
        ) from error
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        disconnect(connection)
        raise TableError(damaged(error)) from error
    return connection


def damaged(error: duckdb.Error) -> str:
    """What to say of a published file that is missing or is not Parquet."""
    return (
        f"a published file is missing or damaged: {error}; process its game again, or publish it"
        " again from a copy"
    )


def disconnect(connection: duckdb.DuckDBPyConnection) -> None:
    """Close the connection, and let go of its filesystem first."""
    for name in connection.list_filesystems():
        connection.unregister_filesystem(name)
    connection.close()


def script(files: Mapping[str, Sequence[str]]) -> str:
    """SQL that makes the same tables and views in anybody's DuckDB.

    Args:
        files: as in `connect`.

    Raises:
        TableError: A table is not public.
    """
    public = {table.name for table in PUBLIC_TABLES} | set(MATERIALISED)
    if unknown := sorted(set(files) - public):
        raise TableError(f"{unknown[0]!r} is not a public table: {', '.join(sorted(public))}")
    statements = [_table_view(table, files.get(table.name, ())) for table in PUBLIC_TABLES]
    statements += [_leagues_table(), (sql_folder() / "macros.sql").read_text("utf-8").strip()]
    statements.append("create schema if not exists recomputed;")
    for view in views():
        if stored := files.get(view.name, ()):
            statements.append(f"create or replace view recomputed.{view.name} as {view.query};")
        statements += _stored_view(view, stored)
    return "\n\n".join(statements) + "\n"


def _stored_views(files: Mapping[str, Sequence[str]]) -> list[str]:
    """Open the public tables and the materialised views on all of their files."""
    statements = [_table_view(table, files.get(table.name, ())) for table in PUBLIC_TABLES]
    for view in [view for view in views() if files.get(view.name)]:
        statements += _stored_view(view, files[view.name])
    return statements


def _stored_view(view: View, stored: Sequence[str]) -> list[str]:
    columns = [name for name, _ in view.columns]
    query = _stored_rows(columns, stored) if stored else view.query.strip()
    comments = _comments(view.name, view.about, view.columns)
    return [f"create or replace view {view.name} as\n{query};", *comments]


@cache
def materialised_tables() -> tuple[Table, ...]:
    """The views whose rows are stored with each game, as tables: columns are those of the view."""
    connection = connect({})
    try:
        return tuple(
            _as_table(view, connection.sql(f"from {view.name}").to_arrow_table().schema)
            for view in views()
            if view.name in MATERIALISED
        )
    finally:
        disconnect(connection)


def _as_table(view: View, schema: pa.Schema) -> Table:
    key = MATERIALISED[view.name]
    columns = [
        column(name, schema.field(name).type, meaning, nullable=name not in key)
        for name, meaning in view.columns
    ]
    return Table(view.name, view.about, key, pa.schema(columns), public=True)


def run_checks(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count the offending rows of every check; all zero means pass."""
    counts = {}
    for check in checks():
        row = connection.execute(f"select count(*) from (\n{check.query}\n)").fetchone()
        assert row is not None
        counts[check.name] = int(row[0])
    return counts


def _with_protocol(filesystem: "AbstractFileSystem", paths: Sequence[str]) -> list[str]:
    protocol = filesystem.unstrip_protocol("").split("://")[0] + "://"
    return [path if path.startswith(protocol) else protocol + path for path in paths]


def _protocols(filesystem: "AbstractFileSystem") -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def _table_view(table: Table, files: Sequence[str]) -> str:
    if files:
        source = _stored_rows(
            table.schema.names, files, added=[f for f in table.schema if f.nullable]
        )
    else:
        source = _no_rows(list(table.schema))
    statements = [f"create or replace view {table.name} as {source};"]
    meanings = [(f.name, f.metadata[b"meaning"].decode()) for f in table.schema]
    return "\n".join(statements + _comments(table.name, f"One row per {table.about}.", meanings))


def _no_rows(columns: Sequence[pa.Field]) -> str:
    blanks = ", ".join(f"null::{SQL_TYPES[f.type]} as {f.name}" for f in columns)
    return f"select {blanks} where false"


def _stored_rows(
    columns: Sequence[str], files: Sequence[str], added: Sequence[pa.Field] = ()
) -> str:
    """Rows of files, of which older ones may lack columns that were added since: they are null."""
    source = f"from read_parquet({_parquet_arguments(files)})"
    if added:
        source = f"from ({_no_rows(added)} union all by name {source})"
    return f"select {', '.join(columns)} {source}"


def _parquet_arguments(files: Sequence[str]) -> str:
    listed = "[" + ", ".join(_quoted(file) for file in files) + "]"
    if all("/season=" in file and "/game_id=" in file for file in files):
        kinds = "hive_types = {'season': varchar, 'game_id': varchar}"
        return f"{listed}, hive_partitioning = true, {kinds}"
    return f"{listed}, hive_partitioning = false"


def _leagues_table() -> str:
    leagues = [load_league(name) for name in league_names()]
    derived = ("three_point_straight", "basket_x")
    lengths = (*(f.name for f in fields(Court)), *derived)
    others = [
        (part, f.name) for part, of in (("clock", Clock), ("rules", Rules)) for f in fields(of)
    ]
    header = ["league", *(f"{name}_m" for name in lengths), *(name for _, name in others)]
    rows = [
        [
            _quoted(league.name),
            *(repr(float(getattr(league.court, name))) + "::double" for name in lengths),
            *(str(getattr(getattr(league, part), name)).lower() for part, name in others),
        ]
        for league in leagues
    ]
    values = ",\n".join(f"    ({', '.join(row)})" for row in rows)
    return (
        f"create or replace table leagues as\nselect {', '.join(header)}\n"
        f"from (values\n{values}\n) as rules ({', '.join(header)});"
    )


def _comments(name: str, about: str, columns: Sequence[tuple[str, str]]) -> list[str]:
    described = [f"comment on view {name} is {_quoted(about)};"]
    return described + [
        f"comment on column {name}.{column} is {_quoted(meaning)};" for column, meaning in columns
    ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
