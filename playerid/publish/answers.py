"""The materialised views of a game: asked when it is published, and stored with its tables."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pyarrow as pa

from playerid.archive import store
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.queries import stored_name
from playerid.tables import Table
from playerid.warehouse.published import open_game
from playerid.warehouse.warehouse import materialised_tables, put_rows


def store_answers(archive: Archive, entry: Entry) -> Entry:
    """Store the rows of the materialised views of a game whose tables are stored already.

    Returns:
        The entry, which names these objects, too: each under the queries that made it.
    """
    season, game_id = entry.season, entry.game_id
    with open_game(archive, entry) as connection:
        stored = {
            stored_name(table.name): store.write_public(archive, table, season, game_id, rows)
            for table, rows in answer(connection)
        }
    return replace(entry, tables={**entry.tables, **stored})


def answer(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Table, pa.Table]]:
    """Compute each materialised view once; views that read it then read its rows."""
    for table in materialised_tables():
        rows = connection.sql(f"from {table.name}").to_arrow_table()
        put_rows(connection, table.name, rows)
        yield table, rows
