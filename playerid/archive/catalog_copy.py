"""The catalog, from the one object that holds a copy of it where that still holds.

The copy is a convenience: a listing says which of its games still hold, and only the entries that
changed are read. A copy that is damaged is as good as none. It has facts in columns, so that the
files of twenty seasons are known without an object for each; and no paths: where an object lies
follows from its game and its content.
"""

import io
import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.conditional import read_version
from playerid.archive.entry import Entry, parse_entry
from playerid.archive.store import SHA256, Manifest, kind_of, object_name
from playerid.errors import ArchiveError

TABLE = pa.struct(
    {"name": pa.string(), "kind": pa.string(), "rows": pa.int64(), "size": pa.int64()}
    | {"sha256": pa.string()}
)
SCHEMA = pa.schema(
    {name: pa.string() for name in ("season", "game_id", "version", "league")}
    | {name: pa.string() for name in ("inputs_sha256", "evidence_sha256")}
    | {"main_view_rows": pa.int64(), "identity_coverage": pa.float64()}
    | {"tables": pa.list_(TABLE)}
)
NO_GAMES = pa.Table.from_batches([], SCHEMA)
"""Without arrays: to make one of a list, pyarrow imports pandas, half of a first answer."""
KIND = re.compile("([0-9a-f]{8})?")


@dataclass(frozen=True, slots=True)
class CopiedGames:
    """Games of the copy that still hold.

    Attributes:
        rows: one row per game: `SCHEMA`.
    """

    rows: pa.Table

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def paths(self) -> list[str]:
        """Paths of their entries."""
        return _paths(self.rows)

    def leagues(self) -> list[str]:
        """Whose rules each is played by; "" where its entry does not say so."""
        leagues: list[str] = self.rows["league"].to_pylist()
        return leagues

    def only(self, is_wanted: Callable[[str], bool]) -> "CopiedGames":
        """Those of them whose entry is at a wanted path."""
        wanted = [is_wanted(path) for path in self.paths()]
        return self if all(wanted) else CopiedGames(self.rows.filter(pa.array(wanted, pa.bool_())))

    def entries(self) -> Iterator[Entry]:
        """The entries, as they stand in the catalog."""
        if not self.rows.num_rows:
            return
        facts = self.rows.drop_columns(["tables", "version"]).to_pylist()
        manifests = zip(*self._tables(), strict=True)
        for game, count in zip(facts, self._counts(), strict=True):
            tables = {}
            for name, kind, rows, size, sha256 in (next(manifests) for _ in range(count)):
                table = name.partition("-")[0]
                folder = layout.published_season(table, game["season"])
                path = f"{layout.of_game(folder, game['game_id'])}/{object_name(sha256, kind)}"
                tables[name] = Manifest(table, path, rows, size, sha256)
            yield Entry(**game, tables=tables)

    def files(self) -> tuple[dict[str, list[str]], dict[str, int]]:
        """Name of each stored table -> paths of its objects; name of each object -> its size."""
        if not self.rows.num_rows:
            return {}, {}
        names, kinds, _, sizes, digests = self._tables()
        objects = [object_name(*each) for each in zip(digests, kinds, strict=True)]
        stored = list(zip(names, objects, strict=True))
        seasons, game_ids = (self.rows[name].to_pylist() for name in ("season", "game_id"))
        folders = {
            (name, season): layout.published_season(name.partition("-")[0], season)
            for name in set(names)
            for season in set(seasons)
        }
        files: dict[str, list[str]] = {name: [] for name in set(names)}
        start = 0
        for season, game_id, count in zip(seasons, game_ids, self._counts(), strict=True):
            for name, each in stored[start : start + count]:
                files[name].append(f"{layout.of_game(folders[name, season], game_id)}/{each}")
            start += count
        return files, dict(zip(objects, sizes, strict=True))

    def _tables(self) -> list[list[Any]]:
        """Columns of the tables of all games, one after the other."""
        return [column.to_pylist() for column in _lists(self.rows).flatten().flatten()]

    def _counts(self) -> list[int]:
        counts: list[int] = _lists(self.rows).value_lengths().to_pylist()
        return counts


def read_listed(
    archive: Archive, season: str | None
) -> tuple[CopiedGames, dict[str, tuple[str, bytes]]]:
    """The catalog of one season, or of all.

    Returns:
        Games of the copy that still hold; path of each other entry -> its version and its text.
    """
    folders = [layout.season_folder(name) for name in ([season] if season else archive.seasons())]
    with ThreadPoolExecutor(16) as readers:
        copy = readers.submit(_read_copy, archive)
        listings = readers.map(lambda folder: archive.versions(folder, ".json"), folders)
        listed = {
            path: version
            for found in listings
            for path, version in found.items()
            if not layout.is_partial(path)
        }
        rows = copy.result()
        versions = dict(zip(_paths(rows), rows["version"].to_pylist(), strict=True))
        copied = CopiedGames(rows).only(lambda path: versions[path] == listed.get(path))
        changed = sorted(set(listed).difference(copied.paths()))
        texts = dict(zip(changed, readers.map(archive.read, changed), strict=True))
    return copied, {path: (listed[path], text) for path, text in texts.items()}


def refresh_index(archive: Archive) -> int:
    """Copy what was published since the last time into the index.

    Returns:
        How many entries the catalog has.
    """
    copied, changed = read_listed(archive, None)
    added = [
        _as_row(entry, version)
        for path, (version, text) in changed.items()
        if (entry := _sound_entry(path, text))
    ]
    if added or len(copied) != _read_copy(archive).num_rows:
        rows = pa.concat_tables([copied.rows, pa.Table.from_pylist(added, SCHEMA)])
        buffer = io.BytesIO()
        by_game = [("season", "ascending"), ("game_id", "ascending")]
        pq.write_table(rows.sort_by(by_game), buffer, compression="zstd")
        archive.write(layout.CATALOG_COPY, buffer.getvalue())
    return len(copied) + len(changed)


def _sound_entry(path: str, text: bytes) -> Entry | None:
    """An entry that the copy can hold."""
    try:
        entry = parse_entry(path, text)
    except ArchiveError:
        return None
    return entry if type(entry.main_view_rows) is int and entry.tables else None


def _as_row(entry: Entry, version: str) -> dict[str, object]:
    tables = [
        {"name": name, "kind": kind_of(manifest.path), **manifest.to_json()}
        for name, manifest in entry.tables.items()
    ]
    return {**entry.to_json(), "version": version, "tables": tables}


def _read_copy(archive: Archive) -> pa.Table:
    """The rows of the copy; none where it is damaged, or of another version."""
    content, _ = read_version(archive, layout.CATALOG_COPY)
    if content is None:
        return NO_GAMES
    try:
        rows = pq.read_table(pa.BufferReader(content))
        if rows.schema.equals(SCHEMA) and not _is_believable(rows):
            raise ValueError("a name or a digest that is none")
    except (pa.ArrowException, ValueError, OSError) as error:
        logging.getLogger(__name__).warning(
            "%s: damaged (%s); read as if it were not there", layout.CATALOG_COPY, error
        )
        return NO_GAMES
    return rows if rows.schema.equals(SCHEMA) else NO_GAMES


def _is_believable(rows: pa.Table) -> bool:
    """Whether all that paths are made of can be."""
    names, kinds, _, _, digests = _lists(rows).flatten().flatten()
    columns = [*rows.drop_columns(["tables"]), names, kinds, digests]
    safe = [rows["season"].unique(), rows["game_id"], names.unique()]
    return (
        not any(column.null_count for column in columns)
        and all(layout.SAFE_NAME.fullmatch(n) for column in safe for n in column.to_pylist())
        and all(KIND.fullmatch(kind) for kind in kinds.unique().to_pylist())
        and all(SHA256.fullmatch(digest) for digest in digests.to_pylist())
    )


def _paths(rows: pa.Table) -> list[str]:
    places = zip(rows["season"].to_pylist(), rows["game_id"].to_pylist(), strict=True)
    return [f"{layout.CATALOG}/{season}/{game_id}.json" for season, game_id in places]


def _lists(rows: pa.Table) -> pa.ListArray:
    """The column of tables in one piece, also where it has none."""
    found = rows["tables"].combine_chunks()
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
