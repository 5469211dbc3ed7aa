"""The texts of the catalog, from the one object that holds a copy of them where that still holds.

The copy is a convenience: a listing says which of its entries still hold, and only those that
changed are read. A copy that is damaged is as good as none.
"""

import io
import logging
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.conditional import read_version

SCHEMA = pa.schema([(name, pa.string()) for name in ("path", "version", "entry")])


def read_texts(archive: Archive, season: str | None) -> dict[str, tuple[str, bytes]]:
    """Path of each entry of one season, or of all -> its version and its text."""
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
        known = copy.result()
        found = {path: known[path] for path, v in listed.items() if known.get(path, ("",))[0] == v}
        changed = sorted(set(listed) - set(found))
        for path, text in zip(changed, readers.map(archive.read, changed), strict=True):
            found[path] = listed[path], text
    return found


def refresh_index(archive: Archive) -> int:
    """Copy what was published since the last time into the index.

    Returns:
        How many entries the catalog has.
    """
    texts = read_texts(archive, None)
    if texts != _read_copy(archive):
        rows = [
            {"path": path, "version": version, "entry": text.decode()}
            for path, (version, text) in sorted(texts.items())
            if _is_text(text)
        ]
        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), buffer, compression="zstd")
        archive.write(layout.CATALOG_COPY, buffer.getvalue())
    return len(texts)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read_copy(archive: Archive) -> dict[str, tuple[str, bytes]]:
    content, _ = read_version(archive, layout.CATALOG_COPY)
    if content is None:
        return {}
    try:
        columns = pq.read_table(io.BytesIO(content)).select(SCHEMA.names).cast(SCHEMA).to_pydict()
    except (pa.ArrowException, KeyError, ValueError, OSError) as error:
        logging.getLogger(__name__).warning(
            "%s: damaged (%s); read as if it were not there", layout.CATALOG_COPY, error
        )
        return {}
    rows = zip(columns["path"], columns["version"], columns["entry"], strict=True)
    return {path: (version, text.encode()) for path, version, text in rows if path and text}
