"""Remember what a step made, by everything its output depends on.

A record in the archive names the outputs of a step and what they cost; its key is the content of
the inputs, the parameters, the digests of the models and the version of the step. Any worker on
any machine finds it. A hit counts only if every output is still there with its recorded content.
A record that is damaged is a miss. An archive that cannot be reached raises: it is never taken for
one.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from playerid.archive import store
from playerid.archive.archive import Archive
from playerid.archive.metering import metered
from playerid.archive.step_records import StepRecord, find_record, write_record
from playerid.archive.store import Manifest
from playerid.models.registry import holds_gpu
from tasks.platform.here import run_logger


def remembered(
    archive: Archive,
    game_id: str,
    step: str,
    facts: Mapping[str, Any],
    make: Callable[[], Iterable[Manifest]],
) -> list[Manifest]:
    """Return the outputs of an earlier run with the same facts, or make and record them.

    Args:
        archive: where records and outputs are.
        game_id: the game.
        step: name and version of the step, as "track-1"; raise the version when its meaning
            changes.
        facts: everything else that the outputs depend on, as JSON.
        make: computes and stores the outputs.

    Returns:
        Manifests of the outputs.
    """
    text = json.dumps([step, facts], sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()[:24]
    name = f"{step}-{key}.json"
    record = find_record(archive, game_id, name)
    if record and store.is_intact(archive, record.outputs):
        run_logger().info("%s: remembered, nothing is computed", step)
        return list(record.outputs)
    with metered() as meter:
        made = list(make())
    cost = meter.cost(has_gpu=holds_gpu())
    write_record(archive, game_id, name, StepRecord(facts, made, cost))
    return made


def digests(manifests: Sequence[Manifest], *tables: str) -> list[str]:
    """Contents of the named tables, as a fact."""
    return sorted(m.sha256 for m in manifests if m.table in tables)
