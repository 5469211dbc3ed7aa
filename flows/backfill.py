"""A season, or a range of days, behind the nightly games."""

import datetime as dt

from prefect import flow

from flows.process_games import process_games
from tasks.platform.due_games import due_games, of_season_or_days
from tasks.platform.settings import Settings


@flow(flow_run_name="backfill")
def backfill(
    season: str | None = None,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
    at_once: int = 4,
    gpu_hours: float | None = None,
    settings: Settings | None = None,
) -> dict[str, str | None]:
    """Process games of the past that are new or changed; started again, it goes on.

    Args:
        season: only games of this season.
        first_day: only games of this day and later.
        last_day: only games of this day and earlier.
        at_once: most games at the same time.
        gpu_hours: budget; games that have begun when it is spent are finished.
        settings: read from the environment if not given.

    Returns:
        Game -> why it was set aside, or None if it is published; without those not started.
    """
    settings = settings or Settings()
    settings.archive.probe()
    due = due_games(settings, of_season_or_days(season, first_day, last_day))
    return process_games(due, settings, "backfill", at_once=at_once, gpu_hours=gpu_hours)
