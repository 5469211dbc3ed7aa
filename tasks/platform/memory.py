"""Memory that a long run has freed goes back to the system; glibc and Arrow keep it untold."""

import ctypes
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""


def hold_few_arenas(most: int = 2) -> None:
    """Let the threads that start from now on share so many heaps.

    By default each of the first eight threads a core has one of its own, which grows to the most
    that the thread ever held. Elsewhere than with glibc nothing happens.
    """
    if set_option := _of_glibc("mallopt"):
        set_option(ARENA_MAX, most)


def give_back() -> None:
    """Give pages that are free in all heaps back; takes some milliseconds."""
    pa.default_memory_pool().release_unused()
    if trim := _of_glibc("malloc_trim"):
        trim(0)


def give_back_between(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same parts; memory that the work on one has freed goes back before the next."""
    for part in parts:
        yield part
        give_back()


def _of_glibc(name: str) -> Any:
    return getattr(ctypes.CDLL(None), name, None)
