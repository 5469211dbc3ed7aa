"""Decode in a thread of its own, once for all who look: nobody waits for frames, nor they for one.

Models do not wait for frames, and frames not for models, as long as both are as fast.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Full, Queue
from threading import Event, Lock, Thread
from typing import Any, Generic, TypeVar

from playerid.archive.metering import helping

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class End:
    """There is nothing more, because the source is over, or because of an error."""

    error: BaseException | None = None


class OnePass(Generic[Item]):
    """A source that is gone through once, for several readers in threads of their own.

    It is opened when each of its seats is taken or left. All readers are given the same items in
    the same order; the fastest waits for the slowest. An error of the source is raised at every
    reader where its next item would have been. Once all readers have stopped, the source is
    closed, in the thread that it ran in.
    """

    def __init__(
        self, open_source: Callable[[], Generator[Item, Any, Any]], seats: int, most: int = 4
    ) -> None:
        """Arrange the seats.

        Args:
            open_source: called once, and only if a seat is taken.
            seats: how many may read.
            most: items that wait for each reader; a frame of 1080p is 6 MB.
        """
        self._open_source = open_source
        self._lock = Lock()
        self._is_stopped = Event()
        self._undecided = seats
        self._readers: list[_Reader[Item]] = []
        self.seats = [Seat(self, most) for _ in range(seats)]

    def stop(self) -> None:
        """End the pass: every reader is told by an `InterruptedError`."""
        self._is_stopped.set()

    def _decide(self, reader: "_Reader[Item] | None") -> None:
        """Count a seat that is taken or left; the last one starts the pass."""
        with self._lock:
            self._undecided -= 1
            if reader:
                self._readers.append(reader)
            starts = not self._undecided and bool(self._readers)
        if starts:
            self._thread = Thread(target=copy_context().run, args=(self._hand_out,), daemon=True)
            self._thread.start()

    def _hand_out(self) -> None:
        end = End()
        try:
            with helping(), closing(self._open_source()) as source:
                for item in source:
                    wanted_by = [reader for reader in self._readers if reader.put(item)]
                    if not wanted_by:
                        break
                    if self._is_stopped.is_set():
                        raise InterruptedError("stopped before the end of the frames")
        except BaseException as error:
            end = End(error)
        for reader in self._readers:
            reader.put(end)

    def _items(self, reader: "_Reader[Item]") -> Iterator[Item]:
        try:
            while not isinstance(item := reader.waiting.get(), End):
                yield item
        finally:
            reader.is_over.set()
            if all(other.is_over.is_set() for other in self._readers):
                self._thread.join()
        if item.error is not None:
            raise item.error


class Seat(Generic[Item]):
    """A place for one reader of a pass, who reads, or leaves without."""

    def __init__(self, one_pass: OnePass[Item], most: int) -> None:
        self._pass = one_pass
        self._reader: _Reader[Item] = _Reader(Queue(most))
        self._is_decided = False

    def read(self) -> Iterator[Item]:
        """The items of the source; once."""
        assert not self._is_decided, "a seat is taken once"
        self._is_decided = True
        self._pass._decide(self._reader)
        return self._pass._items(self._reader)

    def leave(self) -> None:
        """Want no more, or nothing at all: the others need not wait."""
        self._reader.is_over.set()
        if not self._is_decided:
            self._is_decided = True
            self._pass._decide(None)


@dataclass(frozen=True, slots=True)
class _Reader(Generic[Item]):
    waiting: "Queue[Item | End]"
    is_over: Event = field(default_factory=Event)

    def put(self, item: Item | End) -> bool:
        """Hand an item over; False if the reader wants no more."""
        while not self.is_over.is_set():
            try:
                self.waiting.put(item, timeout=0.1)
            except Full:
                continue
            return True
        return False


def read_ahead(source: Generator[Item, Any, Any], most: int = 4) -> Iterator[Item]:
    """The same items in the same order, taken in another thread before they are asked for.

    The thread begins with the first item that is asked for: who asks for none leaves nothing open.

    Args:
        source: nothing else may use it.
        most: items that wait at a time.
    """
    (seat,) = OnePass(lambda: source, 1, most).seats
    yield from seat.read()
