"""Crops of numbers and of upper bodies -> readings, paired with tracklets."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.numbers import readings
from tasks.platform.here import task
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

BOXES = (tables.OBJECT_BOXES, tables.TRACKED_BOXES, tables.MASKS)
NUMBERS = Step(
    "numbers",
    3,
    reads=(tables.NUMBER_CROPS, *BOXES, tables.TORSO_CROPS),
    writes=(tables.NUMBER_READINGS,),
    models=("number_reader",),
    optional=("torso_reader",),
)


@task(task_run_name="read-numbers-{game_id}", **EXPENSIVE)
def read_numbers(game_id: str, tracked: Sequence[Manifest], settings: Settings) -> list[Manifest]:
    """Read every number crop and find its wearer; read upper bodies if the pack can."""

    def make(work: Work) -> Mapping[str, pa.Table]:
        objects, boxes, masks = (work.rows(table) for table in BOXES)
        reader = work.model("number_reader")
        rows = [
            readings.read_numbers(crops, objects, boxes, masks, reader=reader)
            for crops in work.in_turn(tables.NUMBER_CROPS)
        ]
        if "torso_reader" in settings.models:
            of_torsos = work.model("torso_reader")
            rows += [
                readings.read_torsos(torsos, reader=of_torsos)
                for torsos in work.in_turn(tables.TORSO_CROPS)
            ]
        empty = tables.NUMBER_READINGS.schema.empty_table()
        return {"number_readings": pa.concat_tables([empty, *rows])}

    return NUMBERS.run(game_id, tracked, settings, make)
