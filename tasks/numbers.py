"""Number crops of a game -> readings, paired with tracklets."""

from collections.abc import Iterator, Sequence

from prefect import task

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.numbers.readings import read_numbers as read_crops
from tasks.platform.caching import digests, remembered
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings

STEP = "read_numbers-1"
INPUTS = (tables.NUMBER_CROPS, tables.OBJECT_BOXES, tables.TRACKED_BOXES, tables.MASKS)


@task(task_run_name="read-numbers-{game_id}", **EXPENSIVE)
def read_numbers(game_id: str, tracked: Sequence[Manifest], settings: Settings) -> list[Manifest]:
    """Read every number crop and find its wearer."""
    facts = {
        "tracked": digests(tracked, *(table.name for table in INPUTS)),
        "number_reader": settings.models["number_reader"].digest,
    }

    def make() -> Iterator[Manifest]:
        archive = settings.archive
        crops, objects, boxes, masks = (store.read_all(archive, t, tracked) for t in INPUTS)
        reader = settings.load("number_reader")
        rows = read_crops(crops, objects, boxes, masks, reader=reader)
        yield store.write(archive, tables.NUMBER_READINGS, game_id, rows)

    return remembered(settings.archive, game_id, STEP, facts, make)
