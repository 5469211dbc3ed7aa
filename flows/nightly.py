"""Every game that is new or changed since it was last published."""

from collections.abc import Sequence

from prefect import flow

from flows.process_games import process_games
from playerid.archive import catalog
from playerid.warehouse.database import write_database
from tasks.platform.due_games import due_games
from tasks.platform.settings import Settings


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
    reasons = process_games(due, settings, "nightly")
    if settings.database and (
        None in reasons.values()
        or (not settings.database.exists() and catalog.entries(settings.archive))
    ):
        write_database(settings.archive, None, settings.database)
    return reasons
