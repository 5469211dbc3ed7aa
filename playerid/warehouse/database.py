"""A DuckDB file of the published games, for notebooks and tools that open one."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.errors import TableError
from playerid.warehouse.ask import published_games
from playerid.warehouse.definitions import quoted
from playerid.warehouse.published import connect_games
from playerid.warehouse.stored_views import file_lists, name_files, views_of
from playerid.warehouse.warehouse import disconnect, empty_warehouse


def write_database(archive: Archive, season: str | None, path: Path) -> int:
    """Write a DuckDB file with every table and view of the published games.

    Of an archive in a folder the file holds views, which read the Parquet files where they are. Of
    another store it holds the rows: whoever opens it needs neither its address nor its password.
    The file is written beside and renamed, so that who reads the one before goes on.

    Args:
        archive: where the games are published.
        season: only this one.
        path: of the file.

    Returns:
        Number of games.

    Raises:
        ArchiveError: Nothing is published.
        TableError: The file cannot be written.
    """
    games = published_games(archive, season)
    files = catalog.table_files(archive, games)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent, prefix=".making-") as folder:
            made = Path(folder) / path.name
            shutil.copyfile(empty_warehouse(), made)
            with duckdb.connect(str(made)) as database:
                if archive.is_local:
                    lists = file_lists(files)
                    for statement in (*views_of(lists), *name_files(lists)):
                        database.execute(statement)
                else:
                    _copy_rows(archive, games, list(files), database)
            made.replace(path)
    except (OSError, duckdb.IOException) as error:
        raise TableError(f"{path}: cannot be written: {error}") from error
    return len(games)


def _copy_rows(
    archive: Archive,
    games: list[Entry],
    names: list[str],
    database: duckdb.DuckDBPyConnection,
) -> None:
    """Put the rows of the published files in the place of the views over no files."""
    stored = connect_games(archive, games, every_view=False)
    try:
        for name in names:
            rows = stored.sql(f"from {name}").to_arrow_reader()
            comments = database.execute(
                "select column_name, comment from duckdb_columns() where schema_name = 'main'"
                f" and table_name = '{name}'"
            ).fetchall()
            database.register("rows", rows)
            database.execute(f"drop view {name}; create table {name} as from rows")
            database.unregister("rows")
            for column, meaning in comments:
                database.execute(f"comment on column {name}.{column} is {quoted(meaning)}")
    finally:
        disconnect(stored)
