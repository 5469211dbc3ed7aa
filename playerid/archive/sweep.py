"""Objects of the archive that nothing names any more: found first, removed when asked to."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from playerid.archive import catalog, layout
from playerid.archive.archive import Archive

SWEPT = (
    layout.TABLES, layout.INTERIM, layout.CATALOG, layout.GAMES, layout.RUNS, layout.QUARANTINE,
    layout.INDEX, layout.CORRECTIONS, layout.TRUTH, layout.PICTURES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leftover:
    """An object that nothing names.

    Attributes:
        path: relative to the archive.
        size: bytes.
        age_s: time since it was written, seconds.
    """

    path: str
    size: int
    age_s: float


def find_leftovers(archive: Archive, *, min_age_s: float = 86400.0) -> list[Leftover]:
    """Tables that no catalog entry in force names, and traces of writes that were broken off.

    Tables of a game whose entry cannot be read are left alone: nobody knows which it names.

    Args:
        archive: what to look through.
        min_age_s: by the clock of the storage. Younger objects are left alone: a run that goes on
            may still publish them, and a reader may have opened what was published before. A day
            is longer than either.

    Returns:
        Leftovers, by path.
    """
    # Objects are listed before the catalog is read, so that what is published meanwhile counts.
    found = {path: info for folder in SWEPT for path, info in archive.find(folder).items()}
    published = catalog.read_catalog(archive)
    named = {m.path for entry in published.entries for m in entry.tables.values()}
    unread = {PurePosixPath(path).stem for path in published.damaged}
    now = _storage_clock_s(archive)
    leftovers = [
        Leftover(path, int(info.get("size") or 0), now - _written_at_s(info))
        for path, info in sorted(found.items())
        if layout.is_trace(path)
        or path in published.superseded
        or (layout.game_of_table(path) not in {"", *unread} and path not in named)
    ]
    return [leftover for leftover in leftovers if leftover.age_s >= min_age_s]


def sweep(archive: Archive, leftovers: Iterable[Leftover]) -> int:
    """Remove leftovers.

    Returns:
        Bytes that were freed.
    """
    freed = 0
    for leftover in leftovers:
        archive.remove(leftover.path)
        freed += leftover.size
    return freed


def _storage_clock_s(archive: Archive) -> float:
    """What time it is by the storage, seconds since 1970: when it wrote a small object."""
    name = f"{layout.PROBES}{uuid.uuid4().hex[:12]}"
    archive.write(name, b"probe")
    try:
        return _written_at_s(archive.filesystem.info(archive.path(name)))
    finally:
        archive.remove(name)


def _written_at_s(info: Mapping[str, Any]) -> float:
    """Time of the last write, seconds since 1970; each file system has its own name for it."""
    at = info.get("LastModified") or info.get("mtime") or info.get("created") or 0.0
    return at.timestamp() if isinstance(at, dt.datetime) else float(at)
