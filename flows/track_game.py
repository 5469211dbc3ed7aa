"""The GPU half of a game: all its parts, or a share of them, on a machine with a GPU."""

from collections.abc import Sequence
from typing import Any

from prefect import flow
from prefect.concurrency.sync import concurrency
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from playerid.archive.store import Manifest
from playerid.errors import ArchiveError
from playerid.frames.segments import Part
from playerid.game.inputs import GameInputs
from tasks.inspect import inspect_game
from tasks.numbers import read_numbers
from tasks.one_pass import look_at_part
from tasks.platform.artifacts import show_progress
from tasks.platform.here import together
from tasks.platform.memory import hold_few_arenas
from tasks.platform.parts import list_parts
from tasks.platform.settings import Settings
from tasks.sample import sample_frames
from tasks.teams import cluster_teams

ONE_PART_AT_A_TIME: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=1)
"""A part uses all cores by itself."""


def look_at_parts(
    parts: Sequence[Part], inputs: GameInputs, evidence: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """What is seen in the frames of each part: tracked people, courts, perhaps clocks."""
    looking = look_at_part.map(parts, inputs, evidence, settings)
    show_progress(inputs.game.game_id, looking)
    looking.wait()  # let every part finish before a failed one ends the run
    return together(looking.result())


@flow(flow_run_name="track-{game_id}", task_runner=ONE_PART_AT_A_TIME, validate_parameters=False)
def track_game(game_id: str, inputs_sha256: str, share: int = 0, shares: int = 1) -> None:
    """Compute what needs a GPU; the flow that asked finds it remembered in the archive.

    Args:
        game_id: a folder of the archive's games.
        inputs_sha256: digest of the inputs, models and settings of the flow that asked.
        share: number of this share, from 0, of `shares`; with one share, teams and numbers too.
        shares: machines over which the parts are spread.

    Raises:
        ArchiveError: This machine would compute something else.
    """
    hold_few_arenas()
    settings = Settings()
    settings.archive.probe()
    inputs = inspect_game(game_id, settings)
    settings = settings.of_game(inputs)
    if settings.digest_of(inputs) != inputs_sha256:
        raise ArchiveError(f"{game_id}: this worker has another game, pack or settings")
    with concurrency("gpu-t4", occupy=1, lease_duration=60):
        sampled = sample_frames(inputs, settings)
        parts = list_parts(game_id, sampled, settings)[share::shares]
        seen = look_at_parts(parts, inputs, sampled, settings)
        if shares == 1:
            cluster_teams(game_id, seen, settings)
            read_numbers(game_id, seen, settings)
