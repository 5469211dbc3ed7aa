"""Whether what is published is still there as it was stored: sizes, and the content itself."""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.archive.store import Manifest, digest_of
from playerid.errors import ArchiveError


def whole_games(
    archive: Archive, entries: Sequence[Entry], *, list_store: bool = False
) -> list[Entry]:
    """Games whose objects have their recorded sizes; the others are named in the log.

    Args:
        archive: where the objects are.
        entries: the games.
        list_store: look into an object store, too: a listing for each table and season. Without
            it only folders of this machine are looked at: writes of a store are whole or not
            there, so that whoever meets damage asks again.
    """
    if archive.is_local:
        damage = {entry.game_id: next(_wrong_sizes(archive, entry), None) for entry in entries}
    elif list_store:
        damage = _damage_by_listing(archive, entries)
    else:
        return list(entries)
    damaged = {game_id: problem for game_id, problem in damage.items() if problem}
    for game_id, problem in damaged.items():
        logging.getLogger(__name__).warning(
            "left out: game %s: %s; process its game again", game_id, problem
        )
    if damaged:
        logging.getLogger(__name__).warning(
            "%d of %d published games are left out", len(damaged), len(entries)
        )
    return [entry for entry in entries if entry.game_id not in damaged]


def _damage_by_listing(archive: Archive, entries: Sequence[Entry]) -> dict[str, str | None]:
    """Game -> what is wrong with the size of an object of it."""
    tables = [(entry, manifest) for entry in entries for manifest in entry.tables.values()]
    folders = {layout.published_season(m.table, entry.season) for entry, m in tables}
    with ThreadPoolExecutor(16) as readers:
        listed = list(readers.map(archive.find, sorted(folders)))
    sizes = {path: info.get("size") for found in listed for path, info in found.items()}
    damage = dict[str, str | None]()
    for entry, manifest in tables:
        if (size := sizes.get(manifest.path)) != manifest.size:
            damage[entry.game_id] = _wrong_size(manifest, size)
    return damage


def is_whole(archive: Archive, entry: Entry) -> bool:
    """Whether all objects of a game are there with their recorded sizes."""
    return next(_wrong_sizes(archive, entry), None) is None


def verify_games(
    archive: Archive, entries: Sequence[Entry], *, again_after_h: float = 20.0
) -> Iterator[tuple[Entry, list[str]]]:
    """Read every object of published games, and compare its SHA-256; broken off, it goes on later.

    Args:
        archive: where the objects are.
        entries: the games.
        again_after_h: a game that was whole within so many hours is not read again.

    Yields:
        Game -> what is wrong with its objects; for each game that was read or was whole before.
    """
    done = _read_done(archive, dt.timedelta(hours=again_after_h))
    with ThreadPoolExecutor(4) as readers:
        for entry in entries:
            key, content = f"{entry.season}/{entry.game_id}", digest_of(entry.tables.values())
            if done.get(key, {}).get("tables_sha256") == content:
                yield entry, []
                continue
            problems = readers.map(lambda each: _damage(archive, each), entry.tables.values())
            wrong = [problem for problem in problems if problem]
            done.pop(key, None)
            if not wrong:
                done[key] = {"tables_sha256": content, "at": _now().isoformat(timespec="seconds")}
            archive.write_json(layout.VERIFIED, done)
            yield entry, wrong


def _read_done(archive: Archive, within: dt.timedelta) -> dict[str, dict[str, str]]:
    """Games that were whole lately -> what was verified, and when."""
    if not archive.exists(layout.VERIFIED):
        return {}
    try:
        done = archive.read_json(layout.VERIFIED)
        return {key: one for key, one in done.items() if _age(one) <= within}
    except (ArchiveError, TypeError, KeyError, ValueError, AttributeError):
        return {}  # only a note of what need not be read again


def _age(one: dict[str, str]) -> dt.timedelta:
    return _now() - dt.datetime.fromisoformat(one["at"])


def _damage(archive: Archive, manifest: Manifest) -> str | None:
    """What is wrong with an object; None if it is what was stored."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(manifest.path) as source:
            while block := source.read(1 << 20):
                digest.update(block)
                size += len(block)
    except (ArchiveError, FileNotFoundError):
        return f"{manifest.path}: missing"
    if size != manifest.size:
        return f"{manifest.path}: {size} bytes, expected {manifest.size}"
    if digest.hexdigest() != manifest.sha256:
        return f"{manifest.path}: content differs from its recorded SHA-256"
    return None


def _wrong_sizes(archive: Archive, entry: Entry) -> Iterator[str]:
    for manifest in entry.tables.values():
        try:
            size = archive.filesystem.info(archive.path(manifest.path))["size"]
        except FileNotFoundError:
            size = None
        if size != manifest.size:
            yield _wrong_size(manifest, size)


def _wrong_size(manifest: Manifest, size: int | None) -> str:
    if size is None:
        return f"{manifest.path}: missing"
    return f"{manifest.path}: {size} bytes, expected {manifest.size}"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
