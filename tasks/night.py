"""Which games are due, and what becomes of those that fail."""

import datetime as dt

from prefect import get_run_logger
from prefect.client.schemas.objects import State

from playerid import catalog
from playerid.catalog import Entry
from playerid.errors import PlayerIdError
from tasks.inspect_game import inspect_game
from tasks.settings import Settings


def due_games(settings: Settings) -> list[str]:
    """Games of the archive that are new, or changed since they were published."""
    return [game_id for game_id in settings.archive.game_ids() if _is_due(game_id, settings)]


def _is_due(game_id: str, settings: Settings) -> bool:
    try:
        inputs = inspect_game.fn(game_id, settings)
        published = catalog.find_entry(settings.archive, inputs.game.season, game_id)
    except PlayerIdError:
        return True  # processing it says what is wrong, and sets it aside
    return published is None or published.inputs_sha256 != inputs.digest(settings)


def settle(game_id: str, state: State[Entry], settings: Settings) -> str | None:
    """Set a failed game aside with its reason, or clear an earlier quarantine.

    What is published of the game stays as it is.

    Returns:
        The reason, or None if the game is published.
    """
    archive, path = settings.archive, f"quarantine/{game_id}.json"
    if state.is_completed():
        archive.remove(path)
        return None
    result = state.result(raise_on_failure=False)
    reason = str(result) if isinstance(result, BaseException) else str(state.message)
    kind = type(result).__name__ if isinstance(result, BaseException) else state.name
    archive.write_json(
        path,
        {
            "game_id": game_id,
            "reason": reason,
            "error": kind,
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        },
    )
    get_run_logger().error("%s is set aside: %s", game_id, reason)
    return reason
