"""Tables and the questions of `sql/`: a DuckDB connection, or the script that makes one."""

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from playerid import leagues, queries, tables
from playerid.archive.store import kind_of
from playerid.errors import TableError
from playerid.kept import keep
from playerid.leagues import leagues_folder
from playerid.queries import View, checks, macros, macros_script, sql_folder, views
from playerid.tables import MATERIALISED, PUBLIC_TABLES, Table, column
from playerid.warehouse import rule_table
from playerid.warehouse.damage import damaged, is_damage
from playerid.warehouse.known_files import KnownFiles
from playerid.warehouse.rule_table import ABOUT as ABOUT_LEAGUES
from playerid.warehouse.rule_table import league_columns, leagues_table

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

Columns = Sequence[tuple[str, str]]
"""Name and meaning of each column."""

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
    files: Mapping[str, Sequence[str]],
    filesystem: "AbstractFileSystem | None" = None,
    sizes: Mapping[str, int] | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open published tables: one view per public table, and every view of `sql/`.

    Args:
        files: Parquet files of each public table, as the catalog lists them. A table without
            files is empty and has its declared columns. A materialised view without files is
            computed, with files it reads them; the schema `recomputed` has its query.
        filesystem: reads the files, whose paths are then its own, with or without its protocol.
            None for files of this machine. Close such a connection with `disconnect`.
        sizes: path, without protocol and slashes around it -> size of each file that never
            changes, so that nobody need ask for it.

    Raises:
        TableError: A table is not public, or its files lack a declared column.
    """
    connection = duckdb.connect()
    if filesystem is not None and "file" not in _protocols(filesystem):
        connection.register_filesystem(KnownFiles(filesystem, sizes or {}))
        files = {name: _with_protocol(filesystem, paths) for name, paths in files.items()}
    try:
        _copy_empty_warehouse(connection)
        for statement in stored_views(files):
            connection.execute(statement)
    except duckdb.BinderException as error:
        disconnect(connection)
        raise TableError(
            f"the files do not hold what the views read: {error}; they are of another version:"
            " publish their games again, or use the version that did"
        ) from error
    except duckdb.Error as error:
        if not is_damage(error):
            raise
        disconnect(connection)
        raise TableError(damaged(error)) from error
    return connection


def newer_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Columns of the published files that are not declared here -> table; a newer version's."""
    found: dict[str, str] = {}
    listed = "select function_name from duckdb_functions() where schema_name = 'files'"
    for (name,) in connection.execute(listed).fetchall():
        table = name.rpartition("_")[0]
        known = {row[0] for row in connection.execute(f"describe {table}").fetchall()}
        stored = connection.execute(f"describe from read_parquet(files.{name}())").fetchall()
        found |= {row[0]: table for row in stored if row[0] not in known | {"season"}}
    return found


def put_rows(connection: duckdb.DuckDBPyConnection, view: str, rows: pa.Table) -> None:
    """Give a table or view these rows; views that read it then read them."""
    connection.register(f"rows_of_{view}", rows)
    connection.execute(f"create or replace view {view} as from rows_of_{view}")


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
    return "\n\n".join([*_empty_views(), *stored_views(files)]) + "\n"


def _copy_empty_warehouse(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every view over no files; DuckDB copies views without looking into them again."""
    connection.execute(f"attach {quoted(str(empty_warehouse()))} as empty (read_only)")
    connection.execute("copy from database empty to memory; detach empty")


@cache
def empty_warehouse() -> Path:
    """The database of every view over no files, made once on this machine."""

    def make(path: Path) -> None:
        with duckdb.connect(str(path)) as connection:
            for statement in _empty_views():
                connection.execute(statement)

    modules = (queries, rule_table, tables, leagues, sys.modules[__name__])
    files = [*sorted(leagues_folder().rglob("*.toml")), *sorted(sql_folder().rglob("*.sql"))]
    made_of = (path.read_bytes() for path in (*(Path(m.__file__ or "") for m in modules), *files))
    return keep("empty.duckdb", [duckdb.__version__.encode(), *made_of], make)


def _empty_views() -> list[str]:
    tables = [(t.name, _no_rows(list(t.schema)), *_meaning(t)) for t in PUBLIC_TABLES]
    statements = [_view(*table) for table in tables]
    statements += [leagues_table(), _comments("table", "leagues", ABOUT_LEAGUES, league_columns())]
    statements += [
        macros_script().strip(),
        *(_macro_comment(m.name.partition("(")[0], m.about, m.kind) for m in macros()),
    ]
    statements.append("create schema if not exists recomputed;\ncreate schema if not exists files;")
    for view in views():
        schemas = ["", "recomputed."] if view.name in MATERIALISED else [""]
        for schema in schemas:
            name = f"{schema}{view.name}"
            statements.append(_view(name, view.query.strip(), view.about, view.columns))
    return statements


def stored_views(files: Mapping[str, Sequence[str]]) -> list[str]:
    """SQL that puts published files into the views of an empty warehouse; see `connect`."""
    public = {table.name for table in PUBLIC_TABLES} | set(MATERIALISED)
    if unknown := sorted(set(files) - public):
        raise TableError(f"{unknown[0]!r} is not a public table: {', '.join(sorted(public))}")
    statements = []
    for table in PUBLIC_TABLES:
        if listed := files.get(table.name):
            added = [f for f in table.schema if f.nullable]
            statements += _stored_view(table.name, listed, *_meaning(table), added)
    for view in views():
        if listed := files.get(view.name):
            statements += _stored_view(view.name, listed, view.about, view.columns)
    return statements


def _stored_view(
    name: str,
    files: Sequence[str],
    about: str,
    columns: Columns,
    added: Sequence[pa.Field] = (),
) -> list[str]:
    """A view of files; older ones may lack columns that were added since: these are null.

    DuckDB takes the columns of the first file for those of all, so files with other columns are
    read apart. It looks at every name whenever it binds a view, so the names are in macros, and
    the view is made while these name one file.
    """
    kinds: dict[str, list[str]] = {}
    for file in files:
        kinds.setdefault(kind_of(file), []).append(file)
    lists = {f"files.{name}_{n}": paths for n, paths in enumerate(kinds.values(), 1)}
    sources = [
        f"from read_parquet({macro}(), {_partitioning(paths)})" for macro, paths in lists.items()
    ]
    blank = [_no_rows(added)] if added else []
    query = f"select {', '.join(c for c, _ in columns)}\nfrom (" + (
        "\n    union all by name ".join([*blank, *sources]) + ")"
    )
    return [
        *(_file_macro(macro, paths[:1]) for macro, paths in lists.items()),
        _view(name, query, about, columns),
        *(_file_macro(macro, paths) for macro, paths in lists.items()),
        *(
            _macro_comment(macro, f"Published files of {name}, with the same columns.")
            for macro in lists
        ),
    ]


def _file_macro(name: str, files: Sequence[str]) -> str:
    listed = quoted("\n".join(files))
    return f"create or replace macro {name}() as string_split({listed}, chr(10));"


def _macro_comment(name: str, about: str, kind: str = "macro") -> str:
    return f"comment on {kind} {name} is {quoted(about)};"


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
        rows = connection.execute(f"select count(*) from (\n{check.query}\n)").fetchall()
        counts[check.name] = int(rows[0][0])
    return counts


def _with_protocol(filesystem: "AbstractFileSystem", paths: Sequence[str]) -> list[str]:
    protocol = filesystem.unstrip_protocol("").split("://")[0] + "://"
    return [path if path.startswith(protocol) else protocol + path for path in paths]


def _protocols(filesystem: "AbstractFileSystem") -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def _meaning(table: Table) -> tuple[str, Columns]:
    columns = [(f.name, f.metadata[b"meaning"].decode()) for f in table.schema]
    return f"One row per {table.about}.", columns


def _view(name: str, query: str, about: str, columns: Columns) -> str:
    made = f"create or replace view {name} as\n{query};"
    return f"{made}\n{_comments('view', name, about, columns)}"


def _no_rows(columns: Sequence[pa.Field]) -> str:
    blanks = ", ".join(f"null::{SQL_TYPES[f.type]} as {f.name}" for f in columns)
    return f"select {blanks} where false"


def _partitioning(files: Sequence[str]) -> str:
    if all("/season=" in file and "/game_id=" in file for file in files):
        return "hive_partitioning = true, hive_types = {'season': varchar, 'game_id': varchar}"
    return "hive_partitioning = false"


def _comments(kind: str, name: str, about: str, columns: Columns) -> str:
    described = [f"comment on {kind} {name} is {quoted(about)};"]
    described += [f"comment on column {name}.{c} is {quoted(meaning)};" for c, meaning in columns]
    return "\n".join(described)


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
