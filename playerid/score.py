"""Published games of an archive, scored against their known truth."""

from collections.abc import Collection
from math import isnan
from typing import Any

import pyarrow.compute as pc

from playerid import catalog, store, tables
from playerid.archive import Archive
from playerid.ask import open_warehouse
from playerid.errors import LabelsError
from playerid.evaluate import GameEvaluation, evaluate_game, summarise
from playerid.truth import has_truth, read_truth

READ = (tables.SEGMENTS, tables.PLAYER_FRAMES, tables.COURT_VIEWS)


def score_archive(archive: Archive, game_ids: Collection[str] | None = None) -> dict[str, Any]:
    """Score the published games whose truth is known, together.

    Args:
        archive: where the games and their truth are.
        game_ids: only these.

    Returns:
        Name of each score -> its value, None where there is nothing to score; see
        `playerid.evaluate.summarise`.

    Raises:
        LabelsError: No published game has a known truth.
    """
    games = [
        entry
        for entry in catalog.entries(archive)
        if (game_ids is None or entry.game_id in game_ids) and has_truth(archive, entry.game_id)
    ]
    if not games:
        raise LabelsError(
            f"{archive.url}: no published game has a truth; it is read from truth/<game_id>/"
        )
    connection = open_warehouse(archive)
    try:
        found = connection.sql("select * from three_second_violations").to_arrow_table()
    finally:
        connection.close()
    scores: list[GameEvaluation] = []
    for entry in games:
        published = {t.name: store.read(archive, t, entry.tables[t.name]) for t in READ}
        of_game = found.filter(pc.equal(found["game_id"], entry.game_id))
        scores.append(evaluate_game(published, of_game, read_truth(archive, entry.game_id)))
    known = {name: None if isnan(v) else v for name, v in summarise(scores).items()}
    return {"games": len(scores), **known}
