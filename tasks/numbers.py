"""Number crops of a game -> readings, paired with tracklets."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.numbers import readings
from tasks.platform.here import task
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

NUMBERS = Step(
    "numbers",
    2,
    reads=(tables.NUMBER_CROPS, tables.OBJECT_BOXES, tables.TRACKED_BOXES, tables.MASKS),
    writes=(tables.NUMBER_READINGS,),
    models=("number_reader",),
)


@task(task_run_name="read-numbers-{game_id}", **EXPENSIVE)
def read_numbers(game_id: str, tracked: Sequence[Manifest], settings: Settings) -> list[Manifest]:
    """Read every number crop and find its wearer."""

    def make(work: Work) -> Mapping[str, pa.Table]:
        crops, objects, boxes, masks = (work.rows(table) for table in NUMBERS.reads)
        reader = work.model("number_reader")
        return {
            "number_readings": readings.read_numbers(crops, objects, boxes, masks, reader=reader)
        }

    return NUMBERS.run(game_id, tracked, settings, make)
