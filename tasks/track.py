"""Part -> tracked boxes and masks, object boxes, crops of people and numbers."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.frames.segments import Part
from playerid.game.inputs import GameInputs
from playerid.track.part_tracker import TRACKED, PartTracker
from tasks.platform.here import run_logger, task
from tasks.platform.parts import main_view, segments_of
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

TRACK = Step(
    "track",
    6,
    reads=(tables.SEGMENTS, tables.SAMPLED_FRAMES),
    writes=TRACKED,
    models=("detector", "tracker"),
)


@task(task_run_name="track-{part.game_id}-{part.index}", **EXPENSIVE)
def track_people(
    part: Part, inputs: GameInputs, sampled: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Detect and track the people of one part, and cut out their crops."""
    samples_per_torso = settings.samples_per_torso if "torso_reader" in settings.models else 0

    def make(work: Work) -> Mapping[str, pa.Table]:
        tracker = PartTracker(
            part.game_id,
            work.model("detector"),
            work.new_model("tracker"),
            samples_per_second=settings.samples_per_second,
            samples_per_number=settings.samples_per_number,
            samples_per_torso=samples_per_torso,
        )
        frames = main_view(segments_of(part, work), inputs, work)
        for count, frame_index in enumerate(tracker.track(frames), start=1):
            if count % 100 == 0:
                run_logger().info("part %d: %d frames, at frame %d", part.index, count, frame_index)
        return tracker.tables()

    return TRACK.run(
        part.game_id,
        sampled,
        settings,
        make,
        part=part.bounds,
        videos=inputs.videos_sha256,
        samples_per_second=settings.samples_per_second,
        samples_per_number=settings.samples_per_number,
        samples_per_torso=samples_per_torso,
    )
