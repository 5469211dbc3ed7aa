"""Games without rows whose tables are there, for tests of what is published."""

from playerid import tables
from playerid.archive import store
from playerid.archive.entry import Entry


def publishable(archive, game_id="g1", season="2024-25", *, inputs="a", rows=100, coverage=0.5):
    """An entry whose tables are empty but there."""
    manifests = {
        table.name: store.write_public(archive, table, season, game_id, table.schema.empty_table())
        for table in tables.PUBLIC_TABLES
    }
    return Entry(game_id, season, inputs, "evidence", rows, coverage, manifests)
