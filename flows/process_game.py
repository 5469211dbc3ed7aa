"""One game, from video to published tables."""

from collections.abc import Sequence

from prefect import flow, unmapped

from flows.track_game import ONE_PART_AT_A_TIME, observe_parts
from playerid.archive.catalog import Entry
from playerid.archive.store import Manifest
from playerid.frames.segments import Part
from tasks.clock import decode_clock, find_score_bug, read_score_bug
from tasks.identify import identify
from tasks.inspect import GameInputs, inspect_game
from tasks.numbers import read_numbers
from tasks.platform.game_run import game_run
from tasks.platform.parts import list_parts, together
from tasks.platform.settings import Settings
from tasks.publish import publish
from tasks.sample import sample_frames
from tasks.teams import cluster_teams
from tasks.track_elsewhere import observe_elsewhere


def read_clock(
    parts: Sequence[Part], inputs: GameInputs, sampled: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Read the clock and the scores off the score bug; nothing if the pack reads no text."""
    if "text_reader" not in settings.models:
        return []
    bug = find_score_bug(inputs, sampled, settings)
    shared = unmapped(inputs), unmapped(sampled), unmapped(bug), unmapped(settings)
    reading = read_score_bug.map(parts, *shared)
    reading.wait()
    return decode_clock(inputs, sampled, together(reading.result()), settings)


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
    certain in one part settles who is left in the others. On work pools the GPU half runs on
    other machines first, and everything it made is found remembered here.

    Args:
        game_id: a folder of the archive's games.
        settings: read from the environment if not given.
        replace_anyway: publish even if the game then knows less than what is published.
    """
    settings = settings or Settings()
    settings.archive.probe()
    with game_run(game_id, settings) as run:
        inputs = inspect_game(game_id, settings)
        run.attempt.begin(inputs.digest(settings))
        observe_elsewhere(inputs, settings)
        sampled = sample_frames(inputs, settings)
        parts = list_parts(game_id, sampled, settings)
        tracked, courts = observe_parts(parts, inputs, sampled, settings)
        teams = cluster_teams(game_id, tracked, settings)
        numbers = read_numbers(game_id, tracked, settings)
        clock = read_clock(parts, inputs, sampled, settings)
        evidence = [*sampled, *tracked, *courts, *teams, *numbers, *clock]
        identities = identify(inputs, evidence, settings)
        entry = publish(inputs, [*evidence, *identities], settings, replace_anyway)
        run.publish(entry, [*evidence, *identities])
    return entry
