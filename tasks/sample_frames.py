"""Video -> segments, their views, and the frames that the models look at."""

from collections.abc import Iterator

from prefect import get_run_logger, task

from playerid import store, tables
from playerid.sampling import sample_game
from playerid.store import Manifest
from tasks.caching import remembered
from tasks.inspect_game import GameInputs
from tasks.retry import EXPENSIVE
from tasks.settings import Settings

STEP = "sample_frames-1"


@task(task_run_name="sample-frames-{inputs.game.game_id}", **EXPENSIVE)
def sample_frames(inputs: GameInputs, settings: Settings) -> list[Manifest]:
    """Cut the videos of a game into segments and choose the frames to look at."""
    facts = {
        "videos": inputs.videos_sha256,
        "detector": settings.models["detector"].digest,
        "samples_per_second": settings.samples_per_second,
    }

    def make() -> Iterator[Manifest]:
        game_id, archive = inputs.game.game_id, settings.archive
        sampling = sample_game(
            game_id,
            inputs.videos(archive),
            settings.load("detector"),
            settings.samples_per_second,
        )
        for file in sampling.files:
            for remark in file.remarks():
                get_run_logger().warning(remark)
        yield store.write(archive, tables.SEGMENTS, game_id, sampling.segments)
        yield store.write(archive, tables.SAMPLED_FRAMES, game_id, sampling.frames)

    return remembered(settings.archive, inputs.game.game_id, STEP, facts, make)
