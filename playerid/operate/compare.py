"""Whether two archives publish the same games: row for row, whenever and at whatever cost."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from playerid.archive.archive import Archive
from playerid.archive.catalog import find_game

VARYING = frozenset(
    {"published_at", "wall_s", "cpu_s", "gpu_s", "bytes_read", "bytes_written", "stage_costs"}
)
"""Columns that differ from run to run: when a game was published, and what that cost."""


def published_rows(archive: Archive, game_id: str) -> dict[str, pa.Table]:
    """Rows of every table of a published game, stored answers too, without `VARYING`.

    Raises:
        ArchiveError: The game is not published, or a table of it is gone.
    """
    return {
        name: _without_varying(pq.read_table(pa.BufferReader(archive.read(manifest.path))))
        for name, manifest in find_game(archive, game_id).tables.items()
    }


def find_differences(
    first: Archive, second: Archive, game_ids: Iterable[str]
) -> tuple[int, list[str]]:
    """Compare games that both archives publish.

    Returns:
        How many rows were compared, and what differs: a line for each table of each game.

    Raises:
        ArchiveError: A game is not published in one of them.
    """
    rows, differences = 0, list[str]()
    for game_id in game_ids:
        one, other = published_rows(first, game_id), published_rows(second, game_id)
        for name in sorted({*one, *other}):
            if name not in one or name not in other:
                differences.append(f"{game_id}: {name}: only in one of the archives")
                continue
            rows += one[name].num_rows
            if not one[name].equals(other[name]):
                differences.append(
                    f"{game_id}: {name}: {_first_difference(one[name], other[name])}"
                )
    return rows, differences


def _without_varying(rows: pa.Table) -> pa.Table:
    return rows.drop_columns([name for name in rows.column_names if name in VARYING])


def _first_difference(one: pa.Table, other: pa.Table) -> str:
    if one.schema.names != other.schema.names or one.num_rows != other.num_rows:
        return (
            f"{one.num_rows} rows of {one.schema.names}, {other.num_rows} of {other.schema.names}"
        )
    for name in one.schema.names:
        pairs = zip(one[name].to_pylist(), other[name].to_pylist(), strict=True)
        for row, (left, right) in enumerate(pairs):
            if left != right:
                return f"row {row}: {name}: {left!r}, {right!r}"
    return f"types {one.schema.types}, {other.schema.types}"
