"""The public tables of one game -> stored, checked and answered: ready to be committed."""

from collections.abc import Mapping

import pyarrow as pa

from playerid.archive import store
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.publish.answers import store_answers
from playerid.tables import ANSWER_TABLES, PUBLIC_TABLES
from playerid.warehouse.published import check_game


def store_game(
    archive: Archive, rows: Mapping[str, pa.Table], evidence_sha256: str | None = None
) -> Entry:
    """Store the tables of a game.

    Args:
        archive: where to.
        rows: name of each public table -> its rows, but for `ANSWER_TABLES`; `games` holds the
            game alone.
        evidence_sha256: of what the rows were made of; if not given, of the rows.

    Returns:
        An entry that `release_game` has to check and complete.

    Raises:
        TableError: Rows differ from their declaration.
    """
    (game,) = rows["games"].to_pylist()
    game_id, season = game["game_id"], game["season"]
    manifests = {
        table.name: store.write_public(archive, table, season, game_id, rows[table.name])
        for table in PUBLIC_TABLES
        if table not in ANSWER_TABLES
    }
    return Entry(
        game_id,
        season,
        game["inputs_sha256"],
        evidence_sha256 or store.digest_of(manifests.values()),
        rows["player_frames"].num_rows,
        game["identity_coverage"],
        manifests,
        game["league"],
    )


def release_game(archive: Archive, entry: Entry) -> Entry:
    """Check the stored tables of a game, and store the answers that are computed from them.

    Args:
        archive: where they are.
        entry: of `store_game`.

    Returns:
        An entry for the catalog. Nothing is published before it is committed.

    Raises:
        TableError: A check found rows that should not be.
    """
    check_game(archive, entry)
    return store_answers(archive, entry)
