"""What the models saw in a published game: the working tables behind its names."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from itertools import chain
from math import isnan
from typing import Any

from playerid import tables
from playerid.archive import layout, store
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.archive.step_records import StepRecord, find_records, stage_of
from playerid.archive.store import Manifest
from playerid.errors import ArchiveError
from playerid.evaluate.archive_scores import known_games
from playerid.evaluate.ladder import LadderGame, climb
from playerid.game.inputs import stored_game
from playerid.game.truth import read_truth
from playerid.identify.resolution import GameEvidence
from tasks.identify import IDENTIFY, SEEN


def read_ladder_game(archive: Archive, entry: Entry) -> LadderGame:
    """Read what is needed to decide a published game again and to score it.

    Raises:
        ArchiveError: Its working tables are gone, or it has no truth.
    """
    return LadderGame(
        stored_game(archive, entry.game_id),
        read_seen(archive, evidence_of(archive, entry)),
        read_truth(archive, entry.game_id),
    )


def read_seen(archive: Archive, manifests: Sequence[Manifest]) -> GameEvidence:
    """What the models saw, of the working tables that `evidence_of` gives."""
    return GameEvidence(*(store.read_all(archive, table, manifests) for table in SEEN))


def evidence_of(archive: Archive, entry: Entry) -> list[Manifest]:
    """The working tables from which the published names of a game were decided.

    Raises:
        ArchiveError: No record of the archive tells, as after an import.
    """
    records = find_records(archive, entry.game_id)
    made = {output.sha256: output for r in records.values() for output in r.outputs}
    read = chain.from_iterable(record_of(archive, entry).facts["reads"].values())
    return [made[sha] for sha in read if sha in made]


def record_of(archive: Archive, entry: Entry) -> StepRecord:
    """The record of the step that decided the published names of a game.

    Raises:
        ArchiveError: There is none, as after an import.
    """
    published = entry.tables[tables.IDENTITIES.name].sha256
    for name, record in find_records(archive, entry.game_id).items():
        if stage_of(name) == IDENTIFY.name and any(o.sha256 == published for o in record.outputs):
            return record
    folder = layout.records_folder(entry.game_id)
    raise ArchiveError(f"{folder}: no record says how game {entry.game_id} was decided")


def climb_archive(archive: Archive, game_ids: Collection[str] | None = None) -> dict[str, Any]:
    """Decide the published games whose truth is known in steps; no model runs.

    Args:
        archive: where the games and their truth are.
        game_ids: only these.

    Returns:
        `games`, their number; `rungs`, the fields of `playerid.evaluate.ladder.Rung` of each step,
        None where there is nothing to score.

    Raises:
        LabelsError: No published game has a known truth.
    """
    games = [read_ladder_game(archive, entry) for entry in known_games(archive, game_ids)]
    rungs = [
        {k: None if isinstance(v, float) and isnan(v) else v for k, v in asdict(rung).items()}
        for rung in climb(games)
    ]
    return {"games": len(games), "rungs": rungs}
