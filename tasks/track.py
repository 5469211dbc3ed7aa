"""Part -> tracked boxes and masks, object boxes, crops of people and numbers."""

from collections.abc import Iterator, Sequence

from prefect import get_run_logger, task

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.frames.main_view import read_main_view
from playerid.frames.segments import Part, segments_from
from playerid.track.observer import OBSERVED, Observer
from tasks.inspect import GameInputs
from tasks.platform.caching import digests, remembered
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings

STEP = "track-4"


@task(task_run_name="track-{part.game_id}-{part.index}", **EXPENSIVE)
def track(
    part: Part, inputs: GameInputs, sampled: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Detect and track the people of one part, and cut out their crops."""
    facts = {
        "part": [part.first_segment, part.last_segment],
        "videos": inputs.videos_sha256,
        "sampled": digests(sampled, "segments", "sampled_frames"),
        "detector": settings.models["detector"].digest,
        "tracker": settings.models["tracker"].digest,
        "samples_per_number": settings.samples_per_number,
    }

    def make() -> Iterator[Manifest]:
        archive, logger = settings.archive, get_run_logger()
        segments = segments_from(store.read_all(archive, tables.SEGMENTS, sampled))
        frames = store.read_all(archive, tables.SAMPLED_FRAMES, sampled)
        observer = Observer(
            part.game_id,
            settings.load("detector"),
            settings.load_new("tracker"),
            samples_per_number=settings.samples_per_number,
        )
        images = read_main_view(inputs.videos(archive), part.of(segments), frames)
        for count, frame_index in enumerate(observer.observe(images), start=1):
            if count % 100 == 0:
                logger.info("part %d: %d frames, at frame %d", part.index, count, frame_index)
        rows = observer.tables()
        for table in OBSERVED:
            yield store.write(archive, table, part.game_id, rows[table.name])

    return remembered(settings.archive, part.game_id, STEP, facts, make)
