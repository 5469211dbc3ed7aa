"""Part -> tracked boxes and masks, object boxes, crops of people and numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.frames.main_view import SampledFrame
from playerid.frames.segments import Part
from playerid.game.inputs import GameInputs
from playerid.track.part_tracker import TRACKED, PartTracker
from tasks.platform.here import run_logger
from tasks.platform.memory import give_back
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

TRACK = Step(
    "track",
    8,
    reads=(tables.SEGMENTS, tables.SAMPLED_FRAMES),
    writes=TRACKED,
    models=("detector", "tracker"),
    optional=("mask_head",),
)


def track_people(
    part: Part,
    inputs: GameInputs,
    sampled: Sequence[Manifest],
    settings: Settings,
    look: Callable[[], Iterator[SampledFrame]],
) -> list[Manifest]:
    """Detect and track the people of one part, and cut out their crops.

    Args:
        part: of the game.
        inputs: of the game.
        sampled: segments and sampled frames.
        settings: name the archive and the models.
        look: gives the frames of the part, if they are needed.
    """
    samples_per_torso = settings.samples_per_torso if "torso_reader" in settings.models else 0
    finds_masks = settings.keeps_masks and "mask_head" in settings.models

    def make(work: Work) -> Mapping[str, pa.Table]:
        tracker = PartTracker(
            part.game_id,
            work.model("detector"),
            work.new_model("tracker"),
            samples_per_second=settings.samples_per_second,
            samples_per_number=settings.samples_per_number,
            samples_per_torso=samples_per_torso,
            mask_head=work.model("mask_head") if finds_masks else None,
        )
        for count, frame_index in enumerate(tracker.track(look()), start=1):
            if count % 100 == 0:
                run_logger().info("part %d: %d frames, at frame %d", part.index, count, frame_index)
                give_back()
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
        finds_masks=finds_masks,
    )
