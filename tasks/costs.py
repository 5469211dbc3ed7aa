"""What the stages of a game cost, from the records of its steps."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from playerid.archive import Archive
from playerid.metering import Cost, add_up
from playerid.store import Manifest


def stage_costs(
    archive: Archive, game_id: str, evidence: Sequence[Manifest]
) -> dict[str, list[Cost | None]]:
    """Costs of the steps that made the evidence of a game.

    Returns:
        Stage -> the cost of each of its parts, None where it was not recorded.
    """
    paths = {manifest.path for manifest in evidence}
    steps: dict[tuple[str, ...], tuple[str, Cost | None]] = {}
    for name in step_records(archive, game_id):
        record = archive.read_json(f"interim/{game_id}/cache/{name}")
        outputs = tuple(sorted(output["path"] for output in record["outputs"]))
        if outputs and paths.issuperset(outputs):
            spent = record.get("cost")
            steps[outputs] = stage_of(name), Cost(**spent) if spent else None
    stages: dict[str, list[Cost | None]] = {}
    for stage, cost in steps.values():
        stages.setdefault(stage, []).append(cost)
    return stages


def cost_columns(stages: Mapping[str, Sequence[Cost | None]]) -> dict[str, Any]:
    """Columns of `games`: the sums of all stages, and each stage as JSON.

    All are None if the cost of a step is unknown.
    """
    parts = [cost for costs in stages.values() for cost in costs]
    if not parts or None in parts:
        return dict.fromkeys([*asdict(Cost()), "stage_costs"])
    each = {
        stage: {"parts": len(costs)} | add_up(cost for cost in costs if cost).to_json()
        for stage, costs in sorted(stages.items())
    }
    return add_up(cost for cost in parts if cost).to_json() | {"stage_costs": json.dumps(each)}


def step_records(archive: Archive, game_id: str) -> list[str]:
    """Names of the records of a game's steps."""
    return archive.names(f"interim/{game_id}/cache", ".json")


def count_steps(names: Collection[str]) -> dict[str, int]:
    """Stage -> how many of the records are its."""
    stages = [stage_of(name) for name in names]
    return {stage: stages.count(stage) for stage in sorted(set(stages))}


def stage_of(name: str) -> str:
    """Stage of a record: its file is named `<stage>-<version>-<key>.json`."""
    return name.rsplit("-", 2)[0]
