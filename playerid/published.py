"""One published game: found in the catalog, opened as a warehouse of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from playerid import catalog
from playerid.archive import Archive, safe_name
from playerid.catalog import Entry
from playerid.errors import ArchiveError
from playerid.warehouse import connect, disconnect


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


@contextmanager
def open_game(archive: Archive, entry: Entry) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables and views of one game, and of no other."""
    files = catalog.table_files(archive, [entry])
    connection = connect(files, None if archive.is_local else archive.filesystem)
    try:
        yield connection
    finally:
        disconnect(connection)
