"""Every game that is new or changed since it was last published."""

from collections.abc import Sequence

from prefect import flow

from flows.process_game import process_game
from tasks.night import due_games, settle
from tasks.settings import Settings


@flow(flow_run_name="nightly", validate_parameters=False)
def nightly(
    settings: Settings | None = None, game_ids: Sequence[str] | None = None
) -> dict[str, str | None]:
    """Process the games that are due; a bad one is set aside and never stops the others.

    Args:
        settings: read from the environment if not given.
        game_ids: those to process instead of all that are due.

    Returns:
        Game -> why it was set aside, or None if it is published.
    """
    settings = settings or Settings()
    settings.archive.probe()
    due = due_games(settings) if game_ids is None else game_ids
    states = {game_id: process_game(game_id, settings, return_state=True) for game_id in due}
    return {game_id: settle(game_id, state, settings) for game_id, state in states.items()}
