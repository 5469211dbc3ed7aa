"""Which objects are the published games. Replacing a game's one small file is the only commit.

Thousands of such files would be thousands of requests to read, so `index` keeps a copy of all of
them in one object. The copy is a convenience: a listing says which of its entries still hold.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.conditional import read_version, swap
from playerid.archive.store import Manifest, is_intact
from playerid.errors import ArchiveError
from playerid.queries import stored_name
from playerid.tables import MATERIALISED, PUBLIC_TABLES


@dataclass(frozen=True, slots=True)
class Entry:
    """A published game.

    Attributes:
        game_id: the game.
        season: its season.
        inputs_sha256: digest of what it was made from: files, models and settings.
        evidence_sha256: digest of the working tables behind it.
        main_view_rows: rows of people in the main view.
        identity_coverage: share of them with a player.
        tables: name of each public table -> its object.
    """

    game_id: str
    season: str
    inputs_sha256: str
    evidence_sha256: str
    main_view_rows: int
    identity_coverage: float
    tables: Mapping[str, Manifest]

    def is_made_from(self, inputs_sha256: str, evidence_sha256: str) -> bool:
        """Whether publishing these inputs and this evidence again would change nothing."""
        return (self.inputs_sha256, self.evidence_sha256) == (inputs_sha256, evidence_sha256)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "game_id": self.game_id,
            "season": self.season,
            "inputs_sha256": self.inputs_sha256,
            "evidence_sha256": self.evidence_sha256,
            "main_view_rows": self.main_view_rows,
            "identity_coverage": self.identity_coverage,
            "tables": {name: manifest.to_json() for name, manifest in self.tables.items()},
        }


def find_entry(archive: Archive, season: str, game_id: str) -> Entry | None:
    """The published game, or None.

    Raises:
        ArchiveError: The catalog entry is damaged, or of another version.
    """
    path = layout.catalog_entry(season, game_id)
    content, _ = read_version(archive, path)
    return _parse(path, content) if content is not None else None


def _parse(path: str, content: bytes | str) -> Entry:
    try:
        raw = json.loads(content)
        manifests = {name: Manifest(**entry) for name, entry in raw.pop("tables").items()}
        return Entry(tables=manifests, **raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveError(
            f"{path}: damaged, or written by another version of playerid ({error}); use that"
            " version, or publish the game again"
        ) from error


def commit(archive: Archive, entry: Entry, *, may_lose: bool = False, tries: int = 10) -> Entry:
    """Publish a game by replacing its catalog entry.

    Of several workers that publish the same game at once, one replaces the entry at a time, and
    each compares its own with the one that it replaces.

    Args:
        archive: where the objects of the entry already are.
        entry: what to publish.
        may_lose: allow fewer rows or a lower coverage than what is published.
        tries: how often others may be quicker.

    Returns:
        What is published now: the entry, or that of another worker who published the same.

    Raises:
        ArchiveError: The entry knows less than what it would replace, lacks a table, or others
            were quicker every time.
    """
    missing = {table.name for table in PUBLIC_TABLES} - set(entry.tables)
    if missing:
        raise ArchiveError(f"game {entry.game_id}: tables {sorted(missing)} are not there")
    path = layout.catalog_entry(entry.season, entry.game_id)
    content = (json.dumps(entry.to_json(), indent=1, sort_keys=True) + "\n").encode()
    for _ in range(tries):
        before, version = read_version(archive, path)
        published = _parse(path, before) if before is not None else None
        if published and _is_the_same(archive, published, entry):
            return published
        if published and not may_lose:
            _refuse_loss(published, entry)
        if swap(archive, path, content, version):
            return entry
    raise ArchiveError(f"{path}: {tries} times another worker was quicker; try again")


def _is_the_same(archive: Archive, published: Entry, entry: Entry) -> bool:
    return (
        published.is_made_from(entry.inputs_sha256, entry.evidence_sha256)
        and set(published.tables) == set(entry.tables)
        and is_intact(archive, published.tables.values())
    )


def _refuse_loss(published: Entry, entry: Entry) -> None:
    for what, before, now, slack in (
        ("rows of the main view", published.main_view_rows, entry.main_view_rows, 0.98),
        ("identity coverage", published.identity_coverage, entry.identity_coverage, 0.95),
    ):
        if now < slack * before:
            raise ArchiveError(
                f"game {entry.game_id}: {what} would fall from {before:g} to {now:g};"
                " --replace-anyway publishes all the same"
            )


def entries(archive: Archive, season: str | None = None) -> list[Entry]:
    """Published games of one season, or of all, by season and game."""
    return [_parse(path, text) for path, (_, text) in sorted(_texts(archive, season).items())]


def refresh_index(archive: Archive) -> int:
    """Copy what was published since the last time into the index.

    Returns:
        How many games are published.
    """
    texts = _texts(archive, None)
    if texts != _index(archive):
        rows = [{"path": p, "version": v, "entry": t} for p, (v, t) in sorted(texts.items())]
        schema = pa.schema([(name, pa.string()) for name in ("path", "version", "entry")])
        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows, schema), buffer, compression="zstd")
        archive.write(layout.CATALOG_COPY, buffer.getvalue())
    return len(texts)


def _texts(archive: Archive, season: str | None) -> dict[str, tuple[str, str]]:
    """Path of each entry -> its version and its text, from the index where that still holds."""
    folders = [layout.season_folder(name) for name in ([season] if season else archive.seasons())]
    with ThreadPoolExecutor(16) as readers:
        index = readers.submit(_index, archive)
        listings = readers.map(lambda folder: archive.versions(folder, ".json"), folders)
        listed = {path: version for found in listings for path, version in found.items()}
        known = index.result()
        found = {path: known[path] for path, v in listed.items() if known.get(path, ("",))[0] == v}
        changed = sorted(set(listed) - set(found))
        for path, text in zip(changed, readers.map(archive.read, changed), strict=True):
            found[path] = listed[path], text.decode()
    return found


def _index(archive: Archive) -> dict[str, tuple[str, str]]:
    content, _ = read_version(archive, layout.CATALOG_COPY)
    if content is None:
        return {}
    try:
        columns = pq.read_table(io.BytesIO(content)).to_pydict()
        rows = zip(columns["version"], columns["entry"], strict=True)
        return dict(zip(columns["path"], rows, strict=True))
    except (pa.ArrowInvalid, KeyError) as error:
        raise ArchiveError(
            f"{layout.CATALOG_COPY}: damaged ({error}); remove it, it is only a copy"
        ) from error


def table_files(archive: Archive, games: Iterable[Entry]) -> dict[str, Sequence[str]]:
    """Name of each public table -> full paths of its objects, one per game.

    A materialised view is among them if every one of the games has its rows, made by the queries
    as they are now; else it is computed.
    """
    chosen, root = list(games), archive.root
    stored = {table.name: table.name for table in PUBLIC_TABLES}
    answers = {name: stored_name(name) for name in MATERIALISED}
    stored |= {n: key for n, key in answers.items() if all(key in e.tables for e in chosen)}
    return {
        name: [f"{root}/{entry.tables[key].path}" for entry in chosen if key in entry.tables]
        for name, key in stored.items()
    }


def find_game(archive: Archive, game_id: str) -> Entry:
    """The catalog entry of a game, whatever its season.

    Raises:
        ArchiveError: The game is not published.
    """
    layout.safe_name(game_id, "game")
    for season in archive.seasons():
        if entry := find_entry(archive, season, game_id):
            return entry
    raise ArchiveError(f"{archive.url}: game {game_id} is not published; process it first")
