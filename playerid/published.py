"""Published games: found in the catalog, opened as a warehouse of their own, checked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from playerid import catalog
from playerid.archive import Archive, safe_name
from playerid.catalog import Entry
from playerid.errors import ArchiveError, TableError
from playerid.warehouse import connect, disconnect, run_checks


def find_game(archive: Archive, game_id: str) -> Entry:
    """The catalog entry of a game, whatever its season.

    Raises:
        ArchiveError: The game is not published.
    """
    safe_name(game_id, "game")
    for season in archive.seasons():
        if entry := catalog.find_entry(archive, season, game_id):
            return entry
    raise ArchiveError(f"{archive.url}: game {game_id} is not published; process it first")


def connect_games(archive: Archive, entries: Sequence[Entry]) -> duckdb.DuckDBPyConnection:
    """The tables and views of these games, and of no other. Close it with `disconnect`."""
    files = catalog.table_files(archive, entries)
    return connect(files, None if archive.is_local else archive.filesystem)


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
