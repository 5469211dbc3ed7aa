"""Warehouses of published games that are kept open, a few at a time, for the next question."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.errors import DamagedError
from playerid.warehouse.damage import damaged, is_damage
from playerid.warehouse.fence import QuestionLimits, within_time
from playerid.warehouse.published import connect_games
from playerid.warehouse.warehouse import disconnect


@dataclass
class _Opened:
    """A warehouse, and how many ask it just now."""

    connection: duckdb.DuckDBPyConnection | None = None
    askers: int = 0
    is_dropped: bool = False
    opening: threading.Lock = field(default_factory=threading.Lock)

    def close_if_unused(self) -> None:
        if self.is_dropped and not self.askers and self.connection is not None:
            disconnect(self.connection)
            self.connection = None


@dataclass
class OpenGames:
    """Warehouses by the publications that they hold; what is asked least recently is closed.

    Attributes:
        archive: where the games are.
        most: warehouses kept open.
        limits: memory of each warehouse, and time of each question.
    """

    archive: Archive
    most: int = 6
    limits: QuestionLimits = field(
        default_factory=lambda: QuestionLimits(fenced=False, memory="512MB", seconds=30.0)
    )
    _opened: OrderedDict[str, _Opened] = field(default_factory=OrderedDict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def rows(
        self, key: str, entries: Sequence[Entry], query: str, values: Sequence[Any] = ()
    ) -> pa.Table:
        """Ask the warehouse of some games.

        Args:
            key: what tells the publications of these games from all others.
            entries: the games.
            query: SQL, with `?` or `$1` for values.
            values: the values.

        Raises:
            TooSlowError: The query took too long.
            DamagedError: A published file is missing, or is none.
        """
        with self.cursor(key, entries) as cursor, within_time(cursor, self.limits):
            return cursor.sql(query, params=list(values)).to_arrow_table()

    @contextmanager
    def cursor(self, key: str, entries: Sequence[Entry]) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of one's own to the warehouse of some games; see `rows`."""
        opened = self._take(key)
        try:
            with opened.opening:
                if opened.connection is None:
                    opened.connection = self._open(entries)
                cursor = opened.connection.cursor()
            try:
                yield cursor
            except duckdb.Error as error:
                if is_damage(error):
                    raise DamagedError(damaged(error)) from error
                raise
            finally:
                cursor.close()
        finally:
            with self._lock:
                opened.askers -= 1
                opened.close_if_unused()

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            while self._opened:
                self._drop_oldest()

    def _take(self, key: str) -> _Opened:
        with self._lock:
            opened = self._opened.setdefault(key, _Opened())
            self._opened.move_to_end(key)
            opened.askers += 1
            while len(self._opened) > self.most:
                self._drop_oldest()
            return opened

    def _drop_oldest(self) -> None:
        _, oldest = self._opened.popitem(last=False)
        oldest.is_dropped = True
        oldest.close_if_unused()

    def _open(self, entries: Sequence[Entry]) -> duckdb.DuckDBPyConnection:
        connection = connect_games(self.archive, entries, as_before=True)
        connection.execute("set threads = 2")
        if self.limits.memory:
            connection.execute(f"set memory_limit = '{self.limits.memory}'")
        return connection
