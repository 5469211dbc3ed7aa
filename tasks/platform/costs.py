"""What the steps of a game cost, from their records."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.metering import Cost, add_up
from playerid.archive.step_records import find_records, stage_costs, stage_of
from playerid.archive.store import Manifest


def step_costs(
    archive: Archive, game_id: str, evidence: Sequence[Manifest]
) -> dict[str, Cost | None]:
    """Steps that made the evidence of a game.

    Returns:
        Name of each step's record -> what it cost, None where that was not recorded.
    """
    paths = {manifest.path for manifest in evidence}
    steps: dict[tuple[str, ...], tuple[str, Cost | None]] = {}
    for name, record in find_records(archive, game_id).items():
        outputs = tuple(sorted(output.path for output in record.outputs))
        if outputs and paths.issuperset(outputs):
            steps[outputs] = name, record.cost
    return dict(steps.values())


def cost_columns(steps: Mapping[str, Cost | None]) -> dict[str, Any]:
    """Columns of `games`: the sums of all steps, and of each stage as JSON.

    All are None if the cost of a step is unknown.
    """
    costs = {name: cost for name, cost in steps.items() if cost}
    if not costs or len(costs) < len(steps):
        return dict.fromkeys([*asdict(Cost()), "stage_costs"])
    parts = count_steps(costs)
    stages = {
        stage: {"parts": parts[stage]} | cost.to_json()
        for stage, cost in stage_costs(costs).items()
    }
    return add_up(costs.values()).to_json() | {"stage_costs": json.dumps(stages)}


def step_records(archive: Archive, game_id: str) -> list[str]:
    """Names of the records of a game's steps."""
    return archive.names(layout.records_folder(game_id), ".json")


def count_steps(names: Collection[str]) -> dict[str, int]:
    """Stage -> how many of the records are its."""
    stages = [stage_of(name) for name in names]
    return {stage: stages.count(stage) for stage in sorted(set(stages))}
