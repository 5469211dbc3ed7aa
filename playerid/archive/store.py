"""Read and write the tables of a game: checked, sorted, encoded, named by their content."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import ArchiveError, DamagedError, TableError
from playerid.tables import Table

KIND = re.compile(r"/[0-9a-f]{24}-([0-9a-f]{8})\.parquet$")
OBJECT = re.compile(r"([0-9a-f]{24})(-[0-9a-f]{8})?\.parquet")
SHA256 = re.compile(r"[0-9a-f]{64}")
# What a measured number means, as a power of two, so that its last bits compress away.
STEPS = {"_px": 8, "_m": 128, "_score": 256, "_prob": 1024, "ios": 256}


@dataclass(frozen=True, slots=True)
class Manifest:
    """A stored table: small enough to hand from task to task.

    Attributes:
        table: its name.
        path: of the object, relative to the archive.
        rows: how many.
        size: bytes.
        sha256: of the object.
    """

    table: str
    path: str
    rows: int
    size: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


def read_manifest(raw: object, folder_of: Callable[[str], str]) -> Manifest:
    """A manifest as it stands in the archive, believed only about objects of its own place.

    Args:
        raw: JSON.
        folder_of: name of a table -> the one folder in which its objects lie.

    Raises:
        DamagedError: A fact is missing, has another type, or the object is of another place.
        ArchiveError: A newer version has facts that are not known here.
    """
    known = [field.name for field in fields(Manifest)]
    if not isinstance(raw, dict) or set(known) - set(raw):
        raise DamagedError(f"expected {', '.join(known)} of each table")
    if newer := sorted(set(raw) - set(known)):
        raise ArchiveError(f"written by a newer version of playerid, which knows {newer[0]!r}")
    manifest = Manifest(**raw)
    texts = (manifest.table, manifest.path, manifest.sha256)
    counts = (manifest.rows, manifest.size)
    if not all(isinstance(text, str) for text in texts) or not all(
        type(count) is int and count >= 0 for count in counts
    ):
        raise DamagedError(f"table {manifest.table!r}: a fact of another type")
    folder, _, name = manifest.path.rpartition("/")
    named = OBJECT.fullmatch(name)
    if folder != folder_of(manifest.table) or not named:
        raise DamagedError(f"{manifest.path!r} is no object of table {manifest.table!r} here")
    if not SHA256.fullmatch(manifest.sha256) or named[1] != manifest.sha256[:24]:
        raise DamagedError(f"{manifest.path!r} is not named by its SHA-256")
    return manifest


def check(table: Table, rows: pa.Table) -> pa.Table:
    """Bring rows into the declared order of columns and rows.

    Raises:
        TableError: Columns, nulls or keys differ from the declaration.
    """
    if set(rows.column_names) != set(table.schema.names):
        missing = sorted(set(table.schema.names) - set(rows.column_names))
        extra = sorted(set(rows.column_names) - set(table.schema.names))
        raise TableError(f"{table.name}: missing columns {missing}, undeclared columns {extra}")
    try:
        cast = rows.select(table.schema.names).cast(table.schema)
    except (pa.ArrowInvalid, ValueError) as error:
        raise TableError(f"{table.name}: {error}") from error
    distinct = cast.group_by(list(table.key)).aggregate([]).num_rows
    if distinct != cast.num_rows:
        raise TableError(
            f"{table.name}: {cast.num_rows - distinct} rows repeat a key ({', '.join(table.key)})"
        )
    return cast.sort_by([(name, "ascending") for name in table.key])


def _rounded(rows: pa.Table) -> pa.Table:
    import pyarrow.compute as pc  # noqa: PLC0415, slow, and whoever only reads needs none

    for index, field in enumerate(rows.schema):
        step = next((s for suffix, s in STEPS.items() if field.name.endswith(suffix)), None)
        if step and field.type == pa.float32():
            values = pc.divide(pc.round(pc.multiply(rows[field.name], float(step))), float(step))
            rows = rows.set_column(index, field, values.cast(pa.float32()))
    return rows


def encode(table: Table, rows: pa.Table) -> bytes:
    """Encode checked rows as Parquet.

    Floats are rounded to what they mean and byte-stream-split, integers delta-encoded, zstd:
    about 11 bytes a player row where defaults take 45.
    """
    rows = _rounded(check(table, rows))
    kinds = {field.name: field.type for field in table.schema}
    encodings = {n: "BYTE_STREAM_SPLIT" for n, kind in kinds.items() if pa.types.is_floating(kind)}
    encodings |= {
        n: "DELTA_BINARY_PACKED" for n, kind in kinds.items() if pa.types.is_integer(kind)
    }
    buffer = io.BytesIO()
    pq.write_table(
        rows,
        buffer,
        compression="zstd",
        use_dictionary=[n for n, kind in kinds.items() if pa.types.is_string(kind)],
        column_encoding=encodings,
        row_group_size=250_000,
    )
    return buffer.getvalue()


def write(archive: Archive, table: Table, game_id: str, rows: pa.Table) -> Manifest:
    """Store rows of a working table as one immutable object, named by its content.

    Writing the same rows again changes nothing.
    """
    return _put(archive, table, layout.working_table(table.name, game_id), rows)


def write_public(
    archive: Archive, table: Table, season: str, game_id: str, rows: pa.Table
) -> Manifest:
    """Store rows of a public table; readers see them once the catalog names the object."""
    return _put(archive, table, layout.published_folder(table.name, season, game_id), rows)


def _put(archive: Archive, table: Table, folder: str, rows: pa.Table) -> Manifest:
    content = encode(table, rows)
    sha256 = hashlib.sha256(content).hexdigest()
    path = f"{folder}/{object_name(sha256, _kind(table))}"
    archive.write(path, content)
    return Manifest(table.name, path, rows.num_rows, len(content), sha256)


def object_name(sha256: str, kind: str) -> str:
    """Name of an object: of its content, and the digest of its columns, "" for those without."""
    return f"{sha256[:24]}-{kind}.parquet" if kind else f"{sha256[:24]}.parquet"


def _kind(table: Table) -> str:
    """What tells tables with other columns apart."""
    columns = "\n".join(f"{field.name} {field.type}" for field in table.schema)
    return hashlib.sha256(columns.encode()).hexdigest()[:8]


def kind_of(path: str) -> str:
    """Digest of the columns of a stored object, from its name; "" if its name has none."""
    named = KIND.search(path)
    return named[1] if named else ""


def read(archive: Archive, table: Table, manifest: Manifest) -> pa.Table:
    """Read a stored table; a column that it was stored without is null.

    Raises:
        ArchiveError: The object is missing or has another content than recorded.
        TableError: It was stored without a column that is never null, or with others than declared.
    """
    content = archive.read(manifest.path)
    if hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise DamagedError(f"{manifest.path}: content differs from its recorded SHA-256")
    rows = pq.read_table(pa.BufferReader(content))
    for field in table.schema:
        if field.nullable and field.name not in rows.column_names:
            rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    if set(rows.column_names) != set(table.schema.names):
        raise TableError(
            f"{manifest.path}: expected the columns {table.schema.names}, got {rows.column_names};"
            " process its game again"
        )
    return rows.select(table.schema.names).cast(table.schema)


def read_in_turn(
    archive: Archive, table: Table, manifests: Iterable[Manifest]
) -> Iterator[pa.Table]:
    """Read the parts of a table, one after the other."""
    return (read(archive, table, m) for m in manifests if m.table == table.name)


def read_all(archive: Archive, table: Table, manifests: Sequence[Manifest]) -> pa.Table:
    """Read the parts of a table and put them together."""
    parts = list(read_in_turn(archive, table, manifests))
    return pa.concat_tables(parts) if parts else table.schema.empty_table()


def is_intact(archive: Archive, manifests: Iterable[Manifest]) -> bool:
    """Whether every object is still there with its recorded content."""
    return all(_is_there(archive, manifest) for manifest in manifests)


def _is_there(archive: Archive, manifest: Manifest) -> bool:
    try:
        content = archive.read(manifest.path)
    except ArchiveError:  # missing; a storage that is away raises something else
        return False
    return hashlib.sha256(content).hexdigest() == manifest.sha256


def digest_of(manifests: Iterable[Manifest], *readers: str) -> str:
    """Digest of all their contents, whatever their order, and of the step that reads them."""
    text = json.dumps([*readers, *sorted((m.table, m.sha256) for m in manifests)])
    return hashlib.sha256(text.encode()).hexdigest()
