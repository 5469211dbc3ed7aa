"""Video -> segments, their views, and the frames that the models look at."""

from collections.abc import Iterator

from prefect import get_run_logger, task

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.league import load_league
from playerid.sample.sampler import Sampler, sample_game
from tasks.inspect import GameInputs
from tasks.platform.caching import remembered
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings

STEP = "sample_frames-4"


@task(task_run_name="sample-frames-{inputs.game.game_id}", **EXPENSIVE)
def sample_frames(inputs: GameInputs, settings: Settings) -> list[Manifest]:
    """Cut the videos of a game into segments and choose the frames to look at."""
    facts = {
        "videos": inputs.videos_sha256,
        "detector": settings.models["detector"].digest,
        "court": settings.models["court"].digest,
        "league": inputs.game.league,
        "samples_per_second": settings.samples_per_second,
    }

    def make() -> Iterator[Manifest]:
        game_id, archive = inputs.game.game_id, settings.archive
        sampler = Sampler(
            settings.load("detector"),
            settings.load("court"),
            load_league(inputs.game.league).court,
            settings.samples_per_second,
        )
        sampling = sample_game(game_id, inputs.videos(archive), sampler)
        for file in sampling.files:
            for remark in file.remarks():
                get_run_logger().warning(remark)
        yield store.write(archive, tables.SEGMENTS, game_id, sampling.segments)
        yield store.write(archive, tables.SAMPLED_FRAMES, game_id, sampling.frames)

    return remembered(settings.archive, inputs.game.game_id, STEP, facts, make)
