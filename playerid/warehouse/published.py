"""Published games, opened as a warehouse of their own, and checked."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import duckdb

from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.errors import TableError
from playerid.leagues import load_league
from playerid.warehouse.warehouse import connect, disconnect, run_checks


def connect_games(
    archive: Archive, entries: Sequence[Entry], *, as_before: bool = False, every_view: bool = True
) -> duckdb.DuckDBPyConnection:
    """The tables and views of these games, and of no other. Close it with `disconnect`.

    Args:
        archive: where the games are.
        entries: the games.
        as_before: see `connect`.
        every_view: also those of sports that none of the games plays; they are empty.
    """
    files = catalog.table_files(archive, entries)
    sports = None if every_view else sports_of(entries)
    if archive.is_local:
        return connect(files, sports=sports, as_before=as_before)
    root = archive.root.strip("/")
    sizes = {
        f"{root}/{manifest.path}".lstrip("/"): manifest.size
        for entry in entries
        for manifest in entry.tables.values()
    }
    return connect(files, archive.filesystem, sizes, sports, as_before=as_before)


def sports_of(entries: Iterable[Entry]) -> set[str] | None:
    """What these games play; None where an entry does not say so."""
    leagues = {entry.league for entry in entries}
    return {load_league(name).sport.name for name in leagues} if all(leagues) else None


@contextmanager
def open_game(archive: Archive, entry: Entry) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables and views of one game."""
    connection = connect_games(archive, [entry])
    try:
        yield connection
    finally:
        disconnect(connection)


def check_game(archive: Archive, entry: Entry) -> None:
    """Run every check over the stored tables of a game.

    Raises:
        TableError: A check found rows that should not exist.
    """
    with open_game(archive, entry) as connection:
        failed = {name: rows for name, rows in run_checks(connection).items() if rows}
    if failed:
        raise TableError(f"game {entry.game_id} is not published: rows in checks {failed}")
