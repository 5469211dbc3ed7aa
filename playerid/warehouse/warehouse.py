"""Tables and the questions of `sql/`: a DuckDB connection, or the script that makes one."""

import shutil
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from playerid import leagues, queries, tables
from playerid.errors import TableError
from playerid.kept import keep
from playerid.leagues import leagues_folder
from playerid.queries import View, checks, macros, macros_script, sql_folder, views
from playerid.tables import MATERIALISED, PUBLIC_TABLES, Table, column
from playerid.warehouse import definitions, rule_table, stored_views
from playerid.warehouse.damage import damaged, is_damage
from playerid.warehouse.definitions import (
    describe,
    describe_macro,
    make_view,
    meaning_of,
    no_rows,
    quoted,
)
from playerid.warehouse.known_files import KnownFiles
from playerid.warehouse.rule_table import ABOUT as ABOUT_LEAGUES
from playerid.warehouse.rule_table import league_columns, leagues_table
from playerid.warehouse.stored_views import FileList, file_lists, name_files, views_of

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


def connect(
    files: Mapping[str, Sequence[str]],
    filesystem: "AbstractFileSystem | None" = None,
    sizes: Mapping[str, int] | None = None,
    sports: Collection[str] | None = None,
    *,
    as_before: bool = False,
) -> duckdb.DuckDBPyConnection:
    """Open published tables: one view per public table, and every view of `sql/`.

    Args:
        files: Parquet files of each public table, as the catalog lists them. A table without
            files is empty and has its declared columns. A materialised view without files is
            computed, with files it reads them; the schema `recomputed` has its query.
        filesystem: reads the files, whose paths are then its own, with or without its protocol.
            None for files of this machine. Close such a connection with `disconnect`.
        sizes: name -> size of each file that never changes and is named by its content, so that
            nobody need ask for it.
        sports: what the games play; views that none of these has are left out. None for all.
        as_before: take the views that were made for files with the same columns once, without a
            look into these: a tenth of a second less, and damage shows when it is met.

    Raises:
        TableError: A table is not public, or its files lack a declared column.
    """
    connection = duckdb.connect()
    if filesystem is not None and "file" not in _protocols(filesystem):
        connection.register_filesystem(KnownFiles(filesystem, sizes or {}))
        files = {name: _with_protocol(filesystem, paths) for name, paths in files.items()}
    try:
        lists = file_lists(files)
        if as_before and lists and all(one.kind for one in lists):
            _copy_views(connection, _views_of_files(connection, lists))
        else:
            _copy_views(connection, empty_warehouse())
            _execute(connection, views_of(lists))
        _execute(connection, name_files(lists))
        _execute(connection, _dropped_views(sports))
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


def _dropped_views(sports: Collection[str] | None) -> list[str]:
    """SQL that takes the views away that none of these sports has."""
    if sports is None:
        return []
    gone = [view.name for view in views() if view.sport and view.sport not in sports]
    stored = [f"recomputed.{name}" for name in gone if name in MATERIALISED]
    return [f"drop view {name};" for name in (*gone, *stored)]


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


def script(files: Mapping[str, Sequence[str]], sports: Collection[str] | None = None) -> str:
    """SQL that makes the same tables and views in anybody's DuckDB.

    Args:
        files: as in `connect`.
        sports: as in `connect`.

    Raises:
        TableError: A table is not public.
    """
    lists = file_lists(files)
    made = [*_empty_tables(), *map(_define, views()), *views_of(lists), *name_files(lists)]
    return "\n\n".join([*made, *_dropped_views(sports)]) + "\n"


def _execute(connection: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement)


def _copy_views(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make every view of a database; DuckDB copies views without looking into them again."""
    connection.execute(f"attach {quoted(str(path))} as made (read_only)")
    connection.execute("copy from database made to memory; detach made")


@cache
def empty_warehouse() -> Path:
    """The database of every view over no files, made once on this machine."""

    def make(path: Path) -> None:
        with duckdb.connect(str(path)) as connection:
            _execute(connection, _empty_tables())
            _define_views(connection)

    return keep("empty.duckdb", _made_of(), make)


def _views_of_files(connection: duckdb.DuckDBPyConnection, lists: Sequence[FileList]) -> Path:
    """The database of every view over files with these columns, made once on this machine.

    The connection, which reads the files, makes it: of no file but the first of each list.
    """

    def make(path: Path) -> None:
        shutil.copyfile(empty_warehouse(), path)
        connection.execute(f"attach {quoted(str(path))} as made; use made")
        _execute(connection, views_of(lists))
        _execute(connection, [one.define([]) for one in lists])
        connection.execute("use memory; detach made")

    shape = "\n".join(f"{one.macro} {one.kind} {one.is_partitioned}" for one in lists)
    return keep("files.duckdb", [*_made_of(), shape.encode()], make)


@cache
def _made_of() -> tuple[bytes, ...]:
    """Everything that the views of a warehouse depend on."""
    modules = (queries, rule_table, tables, leagues, definitions, stored_views)
    sources = [Path(module.__file__ or "") for module in (*modules, sys.modules[__name__])]
    sources += [*sorted(leagues_folder().rglob("*.toml")), *sorted(sql_folder().rglob("*.sql"))]
    return (duckdb.__version__.encode(), *(path.read_bytes() for path in sources))


def _empty_tables() -> list[str]:
    """SQL of what the views read: tables without rows, rules, macros."""
    tables = [(t.name, no_rows(list(t.schema)), *meaning_of(t)) for t in PUBLIC_TABLES]
    statements = [make_view(*table) for table in tables]
    statements += [leagues_table(), describe("table", "leagues", ABOUT_LEAGUES, league_columns())]
    statements += [
        macros_script().strip(),
        *(describe_macro(m.name.partition("(")[0], m.about, m.kind) for m in macros()),
    ]
    statements.append("create schema if not exists recomputed;\ncreate schema if not exists files;")
    return statements


def _define(view: View) -> str:
    schemas = ["", "recomputed."] if view.name in MATERIALISED else [""]
    query = view.query.strip()
    return "\n\n".join(
        make_view(f"{schema}{view.name}", query, view.about, view.columns) for schema in schemas
    )


def _define_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every view, the last first, over tables that stand in for the views it reads.

    DuckDB looks through all that a new view reads, down to the files: made in their order, the
    views take seven times as long.
    """
    for view in views():
        connection.execute(f"create table {view.name} as from (\n{view.query.strip()}\n) limit 0")
    for view in reversed(views()):
        connection.execute(f"drop table {view.name}")
        connection.execute(_define(view))


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


def _with_protocol(filesystem: "AbstractFileSystem", paths: Sequence[str]) -> Sequence[str]:
    """Paths of one file system, all with its protocol or all without."""
    protocol = filesystem.unstrip_protocol("").split("://")[0] + "://"
    return paths if paths and paths[0].startswith(protocol) else [protocol + p for p in paths]


def _protocols(filesystem: "AbstractFileSystem") -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)
