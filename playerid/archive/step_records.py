"""What each step of a game made, and from what: records that any later run finds."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.metering import Cost, add_up
from playerid.archive.store import Manifest, read_manifest
from playerid.errors import ArchiveError, DamagedError


@dataclass(frozen=True, slots=True)
class StepRecord:
    """The record of one step.

    Attributes:
        facts: everything that the outputs depend on.
        outputs: what it made.
        cost: what that took; None where it was not recorded.
    """

    facts: Mapping[str, Any]
    outputs: Sequence[Manifest]
    cost: Cost | None


def write_record(archive: Archive, game_id: str, name: str, record: StepRecord) -> None:
    """Remember what a step made."""
    content = {
        "facts": record.facts,
        "outputs": [manifest.to_json() for manifest in record.outputs],
        "cost": record.cost.to_json() if record.cost else None,
    }
    archive.write_json(layout.step_record(game_id, name), content)


def find_record(archive: Archive, game_id: str, name: str) -> StepRecord | None:
    """A record; None if there is none, or none that can be believed, which is said in the log.

    An archive that cannot be reached raises: it is never taken for one without the record.
    """
    path = layout.step_record(game_id, name)
    if not archive.exists(path):
        return None
    try:
        return _checked(game_id, archive.read_json(path))
    except ArchiveError as error:
        logging.getLogger(__name__).warning("%s: %s; its step is done again", path, error)
        return None


def find_records(archive: Archive, game_id: str) -> dict[str, StepRecord]:
    """Name of each record of a game that can be believed -> the record."""
    names = archive.names(layout.records_folder(game_id), ".json")
    found = {name: find_record(archive, game_id, name) for name in names if name[0] != "."}
    return {name: record for name, record in found.items() if record}


def stage_of(name: str) -> str:
    """Stage of a record: its file is named `<stage>-<version>-<key>.json`."""
    return name.rsplit("-", 2)[0]


def stage_costs(costs: Mapping[str, Cost]) -> dict[str, Cost]:
    """Stage -> what all of its steps cost, of the costs of records by their names."""
    return {
        stage: add_up(cost for name, cost in costs.items() if stage_of(name) == stage)
        for stage in sorted(set(map(stage_of, costs)))
    }


def _checked(game_id: str, raw: Mapping[str, Any]) -> StepRecord:
    facts, outputs, cost = raw.get("facts"), raw.get("outputs"), raw.get("cost")
    if not isinstance(facts, dict) or not isinstance(outputs, list):
        raise DamagedError("expected facts and outputs")
    folder_of = partial(layout.working_table, game_id=game_id)
    manifests = [read_manifest(output, folder_of) for output in outputs]
    try:
        return StepRecord(facts, manifests, Cost(**cost) if cost else None)
    except TypeError as error:
        raise DamagedError(f"cost: {error}") from error
