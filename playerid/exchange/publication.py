"""Tables that others made -> published games of an archive, after the same checks as our own."""

import hashlib
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from playerid.archive import catalog, store
from playerid.archive.archive import Archive, safe_name
from playerid.archive.catalog import Entry
from playerid.publish.answers import store_answers
from playerid.tables import PUBLIC_TABLES
from playerid.warehouse.published import check_game


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
    safe_name(game_id, "game")
    safe_name(season, "season")
    chosen = {
        table.name: rows[table.name].filter(pc.equal(rows[table.name]["game_id"], game_id))
        for table in PUBLIC_TABLES
    }
    manifests = {
        table.name: store.write_public(archive, table, season, game_id, chosen[table.name])
        for table in PUBLIC_TABLES
    }
    (about,) = chosen["games"].to_pylist()
    contents = "".join(manifests[table.name].sha256 for table in PUBLIC_TABLES)
    entry = Entry(
        game_id,
        season,
        about["inputs_sha256"],
        hashlib.sha256(contents.encode()).hexdigest(),
        chosen["player_frames"].num_rows,
        about["identity_coverage"],
        manifests,
    )
    check_game(archive, entry)
    entry = store_answers(archive, entry)
    catalog.commit(archive, entry, may_lose=True)
    return entry
