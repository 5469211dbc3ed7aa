"""Published games, opened as a warehouse of their own, and checked."""

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager

import duckdb

from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.errors import ArchiveError, TableError
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
    sizes = catalog.object_sizes(entries)
    return connect(files, archive.filesystem, sizes, sports, as_before=as_before)


def connect_store(archive: Archive, season: str | None) -> duckdb.DuckDBPyConnection:
    """All that an object store has published of one season, or of all; see `connect_games`.

    Raises:
        ArchiveError: Nothing is.
    """
    files, sizes, leagues = catalog.published_files(archive, season)
    if not files["games"]:
        raise nothing_published(archive, season)
    return connect(files, archive.filesystem, sizes, _sports_of(leagues), as_before=True)


def sports_of(entries: Iterable[Entry]) -> set[str] | None:
    """What these games play; None where an entry does not say so."""
    return _sports_of({entry.league for entry in entries})


def _sports_of(leagues: Set[str]) -> set[str] | None:
    """What games of these leagues play; None where an entry does not say its league."""
    return {load_league(name).sport.name for name in leagues} if all(leagues) else None


def nothing_published(archive: Archive, season: str | None) -> ArchiveError:
    """An archive has no game, or none of this season."""
    known = ", ".join(archive.seasons()) or "none"
    return ArchiveError(
        f"{archive.url}: no published game{f' of season {season!r}' if season else ''};"
        f" seasons with games: {known}"
    )


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
