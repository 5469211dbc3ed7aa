"""Tables that others made -> published games of an archive, after the same checks as our own."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from playerid.archive import catalog, layout
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.publish.release import release_game, store_game
from playerid.tables import PUBLIC_TABLES


def publish_tables(archive: Archive, rows: Mapping[str, pa.Table]) -> list[Entry]:
    """Publish every game of a set of public tables; a game that is there already is replaced.

    Args:
        archive: where to.
        rows: name of each public table -> its rows, of any number of games.

    Returns:
        The entries of the catalog, by game.

    Raises:
        TableError: Rows differ from their declaration, or a check found rows that should not be.
        ArchiveError: A game or a season has a name that is no file name.
    """
    games = rows["games"].sort_by("game_id").to_pylist()
    return [_publish(archive, rows, game["game_id"], game["season"]) for game in games]


def _publish(archive: Archive, rows: Mapping[str, pa.Table], game_id: str, season: str) -> Entry:
    layout.safe_name(game_id, "game")
    layout.safe_name(season, "season")
    of_game = {
        table.name: rows[table.name].filter(pc.equal(rows[table.name]["game_id"], game_id))
        for table in PUBLIC_TABLES
    }
    entry = release_game(archive, store_game(archive, of_game))
    return catalog.commit(archive, entry, may_lose=True)
