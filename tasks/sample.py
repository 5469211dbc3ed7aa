"""Videos -> segments, their views, and the frames that the models look at."""

import itertools
from collections.abc import Mapping

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.frames.look import look_at
from playerid.frames.main_view import VideoSource
from playerid.game.inputs import GameInputs
from playerid.leagues import load_league
from playerid.sample import sampler
from tasks.platform.here import run_logger, task
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

SAMPLE = Step(
    "sample",
    6,
    reads=(),
    writes=(tables.SEGMENTS, tables.SAMPLED_FRAMES),
    models=("detector", "court"),
)


@task(task_run_name="sample-frames-{inputs.game.game_id}", **EXPENSIVE)
def sample_frames(inputs: GameInputs, settings: Settings) -> list[Manifest]:
    """Cut the videos of a game into segments and choose the frames to look at."""
    game = inputs.game

    def make(work: Work) -> Mapping[str, pa.Table]:
        videos = inputs.videos(settings.archive)
        remarks = list(itertools.chain.from_iterable(map(_look, videos)))
        how = sampler.Sampler(
            work.model("detector"),
            work.model("court"),
            load_league(game.league).court,
            settings.samples_per_second,
        )
        sampling = sampler.sample_frames(game.game_id, videos, how)
        remarks += itertools.chain.from_iterable(file.remarks() for file in sampling.files)
        for remark in dict.fromkeys(remarks):
            run_logger().warning(remark)
        return {"segments": sampling.segments, "sampled_frames": sampling.frames}

    return SAMPLE.run(
        game.game_id,
        [],
        settings,
        make,
        videos=inputs.videos_sha256,
        league=game.league,
        samples_per_second=settings.samples_per_second,
    )


def _look(video: VideoSource) -> tuple[str, ...]:
    """Refuse what cannot be shown before anything is decoded; what is unusual."""
    with video.open() as source:
        return look_at(source, video.name).remarks
