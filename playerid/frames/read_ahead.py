"""Decode in a thread of its own: models do not wait for frames, nor frames for models."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from queue import Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class End:
    """There is nothing more, because the source is over, or because of an error."""

    error: BaseException | None = None


def read_ahead(source: Generator[Item, Any, Any], most: int = 4) -> Iterator[Item]:
    """The same items in the same order, taken in another thread before they are asked for.

    An error of the source is raised where its next item would have been. A reader that stops early
    stops the source too, which is closed in the thread that it ran in.

    Args:
        source: nothing else may use it.
        most: items that wait at a time; a frame of 1080p is 6 MB.
    """
    waiting: Queue[Item | End] = Queue(most)
    is_over = Event()
    reader = Thread(target=_take, args=(source, waiting, is_over), daemon=True)
    reader.start()
    try:
        while not isinstance(item := waiting.get(), End):
            yield item
    finally:
        is_over.set()
        reader.join()
    if item.error is not None:
        raise item.error


def _take(source: Generator[Item, Any, Any], waiting: "Queue[Item | End]", is_over: Event) -> None:
    end = End()
    try:
        with closing(source):
            for item in source:
                if not _put(waiting, item, is_over):
                    return
    except BaseException as error:
        end = End(error)
    _put(waiting, end, is_over)


def _put(waiting: "Queue[Item | End]", item: Item | End, is_over: Event) -> bool:
    """Hand an item over; False if nobody wants it any more."""
    while not is_over.is_set():
        try:
            waiting.put(item, timeout=0.1)
        except Full:
            continue
        return True
    return False
