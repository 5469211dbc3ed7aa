"""One game, from video to published tables."""

from prefect import flow

from flows.track_game import ONE_PART_AT_A_TIME, look_at_parts
from playerid.archive.entry import Entry
from tasks import clock, court, identify, numbers, publish, sample, teams, track
from tasks.inspect import inspect_game
from tasks.platform.game_run import game_run
from tasks.platform.memory import hold_few_arenas
from tasks.platform.parts import list_parts
from tasks.platform.settings import Settings
from tasks.platform.step import in_order
from tasks.track_elsewhere import look_elsewhere

STEPS = in_order(
    sample.SAMPLE,
    track.TRACK,
    court.COURT,
    teams.TEAMS,
    numbers.NUMBERS,
    clock.FIND,
    clock.READ,
    clock.DECODE,
    identify.IDENTIFY,
    publish.PUBLISH,
)


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
    hold_few_arenas()
    settings = settings or Settings()
    settings.archive.probe()
    with game_run(game_id, settings) as run:
        inputs = inspect_game(game_id, settings)
        settings = settings.of_game(inputs)
        run.attempt.begin(settings.digest_of(inputs))
        look_elsewhere(inputs, settings)
        evidence = sample.sample_frames(inputs, settings)
        parts = list_parts(game_id, evidence, settings)
        reads_clock = "text_reader" in settings.models
        if reads_clock:
            evidence += clock.find_score_bug(inputs, evidence, settings)
        evidence += look_at_parts(parts, inputs, evidence, settings)
        if reads_clock:
            evidence += clock.decode_clock(inputs, evidence, settings)
        evidence += teams.cluster_teams(game_id, evidence, settings)
        evidence += numbers.read_numbers(game_id, evidence, settings)
        evidence += identify.identify_players(inputs, evidence, settings)
        entry = publish.publish_game(inputs, evidence, settings, replace_anyway)
        run.note(entry, evidence)
    return entry
