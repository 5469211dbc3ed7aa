"""The answers of a game: asked when it is published, and stored with its tables."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import duckdb
import pyarrow as pa

from playerid.archive import store
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.leagues import load_league
from playerid.models.spotter.rules import RuleSpotter
from playerid.publish.shapes import team_shapes
from playerid.publish.spotted import spotted_events
from playerid.queries import stored_name, views
from playerid.tables import SPOTTED_EVENTS, TEAM_SHAPES, Table
from playerid.warehouse.published import open_game, sports_of
from playerid.warehouse.warehouse import materialised_tables, put_rows


def store_answers(archive: Archive, entry: Entry) -> Entry:
    """Store what is computed from the tables of a game, which are stored already.

    One thread computes it, so that the same tables give the same answers: several add numbers up
    in another order each time, and a sum at the edge of a threshold falls on either side of it.

    Returns:
        The entry, which names these objects, too: rows of materialised views under the queries
        that made them, events and formations under the name of their table.
    """
    season, game_id = entry.season, entry.game_id
    with open_game(archive, entry) as connection:
        connection.execute("set threads = 1")
        stored = {
            stored_name(table.name): store.write_public(archive, table, season, game_id, rows)
            for table, rows in answer(connection, sports_of([entry]))
        }
        stored |= {
            table.name: store.write_public(archive, table, season, game_id, rows)
            for table, rows in answer_play(connection, entry.league)
        }
    return replace(entry, tables={**entry.tables, **stored})


def answer_play(
    connection: duckdb.DuckDBPyConnection, league_name: str
) -> Iterator[tuple[Table, pa.Table]]:
    """Compute `ANSWER_TABLES`, which SQL cannot: events by rules, and formations."""
    league = load_league(league_name)
    yield SPOTTED_EVENTS, spotted_events(connection, league.court, RuleSpotter())
    yield TEAM_SHAPES, team_shapes(connection, league.sport)


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
