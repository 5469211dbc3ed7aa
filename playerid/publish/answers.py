"""The materialised views of a game: asked when it is published, and stored with its tables."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import duckdb
import pyarrow as pa

from playerid.archive import store
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.queries import stored_name, views
from playerid.tables import Table
from playerid.warehouse.published import open_game, sports_of
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
            for table, rows in answer(connection, sports_of([entry]))
        }
    return replace(entry, tables={**entry.tables, **stored})


def answer(
    connection: duckdb.DuckDBPyConnection, sports: Collection[str] | None = None
) -> Iterator[tuple[Table, pa.Table]]:
    """Compute each materialised view once; views that read it then read its rows.

    Args:
        connection: to published tables.
        sports: what the games play; None where the connection has the views of all.
    """
    of_sport = {view.name: view.sport for view in views()}
    for table in materialised_tables():
        if sports is not None and of_sport[table.name] not in {"", *sports}:
            continue
        rows = connection.sql(f"from {table.name}").to_arrow_table()
        put_rows(connection, table.name, rows)
        yield table, rows
