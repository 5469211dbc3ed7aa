"""Twenty seasons in an object store that answers after 30 ms: listed, opened, asked."""

import json
import time

import pytest
from fsspec.implementations.memory import MemoryFile

from playerid import catalog, store, tables
from playerid.archive import Archive
from playerid.ask import open_warehouse
from playerid.catalog import Entry
from playerid.warehouse import disconnect
from tests.flows.faulty import DistantFileSystem, distant_url

SEASONS, GAMES = 20, 1230
REAL = "2005-0000"


@pytest.fixture
def twenty_seasons(monkeypatch):
    """24,600 games: one with tables of its own, the others with tables that are not even there."""
    monkeypatch.setattr(DistantFileSystem, "request_s", 0.0)
    archive = Archive(distant_url())
    real = {
        table.name: store.write_public(archive, table, "2005-06", REAL, table.schema.empty_table())
        for table in tables.PUBLIC_TABLES
    }
    for year in range(2005, 2005 + SEASONS):
        season = f"{year}-{(year + 1) % 100:02d}"
        for number in range(GAMES):
            game_id = f"{year}-{number:04d}"
            found = real
            if game_id != REAL:
                place = f"season={season}/game_id={game_id}"
                found = {
                    name: store.Manifest(name, f"tables/{name}/{place}/0.parquet", 1, 1, "0" * 64)
                    for name in real
                }
            entry = Entry(game_id, season, "i" * 64, "e" * 64, 1000, 0.5, found)
            path = archive.path(f"catalog/{season}/{game_id}.json")
            content = json.dumps(entry.to_json()).encode()
            DistantFileSystem.store[path] = MemoryFile(archive.filesystem, path, content)
    catalog.refresh_index(archive)
    monkeypatch.setattr(DistantFileSystem, "request_s", 0.03)
    return archive


@pytest.mark.slow
def test_one_query_among_24_600_games_asks_the_store_sixty_times_at_most(twenty_seasons):
    """At 30 ms a request the store takes 1.8 s of it; DuckDB's look at 196,800 names the rest."""
    asked, start_s = DistantFileSystem.requests, time.process_time()
    connection = open_warehouse(twenty_seasons)
    try:
        query = f"select count(*) from player_frames where game_id = '{REAL}'"
        assert connection.execute(query).fetchall() == [(0,)]
    finally:
        disconnect(connection)
    assert DistantFileSystem.requests - asked <= 60
    assert time.process_time() - start_s <= 10  # 4 s on two busy cores of 2026
