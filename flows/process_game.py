"""One game, from video to published tables."""

from typing import Any

from prefect import flow, unmapped
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from playerid.catalog import Entry
from tasks.cluster_teams import cluster_teams
from tasks.identify import identify
from tasks.inspect_game import inspect_game
from tasks.parts import list_parts, together
from tasks.publish import publish
from tasks.read_numbers import read_numbers
from tasks.register_court import register_court
from tasks.sample_frames import sample_frames
from tasks.settings import Settings
from tasks.track import track

ONE_PART_AT_A_TIME: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=1)
"""A part uses all cores by itself."""


@flow(
    flow_run_name="process-{game_id}",
    task_runner=ONE_PART_AT_A_TIME,
    validate_parameters=False,
)
def process_game(
    game_id: str, settings: Settings | None = None, replace_anyway: bool = False
) -> Entry:
    """Identify the players in every frame of one game.

    Tracking needs one part at a time; identity needs the whole game, because a player who is
    certain in one part settles who is left in the others.

    Args:
        game_id: a folder of the archive's games.
        settings: read from the environment if not given.
        replace_anyway: publish even if the game then knows less than what is published.
    """
    settings = settings or Settings()
    settings.archive.probe()
    inputs = inspect_game(game_id, settings)
    sampled = sample_frames(inputs, settings)
    parts = list_parts(game_id, sampled, settings)
    shared = unmapped(inputs), unmapped(sampled), unmapped(settings)
    tracking = track.map(parts, *shared)
    registering = register_court.map(parts, *shared)
    tracking.wait()  # let every part finish before a failed one ends the run
    registering.wait()
    tracked, courts = together(tracking.result()), together(registering.result())
    teams = cluster_teams(game_id, tracked, settings)
    numbers = read_numbers(game_id, tracked, settings)
    evidence = [*sampled, *tracked, *courts, *teams, *numbers]
    identities = identify(inputs, evidence, settings)
    return publish(inputs, [*evidence, *identities], settings, replace_anyway)
