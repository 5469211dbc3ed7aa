"""Many games: here one after the other, or on the work pools some at a time."""

from collections.abc import Sequence
from functools import partial

from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.process_game import process_game
from playerid.archive.catalog_copy import refresh_index
from playerid.archive.entry import Entry
from playerid.operate.prices import load_prices
from playerid.operate.runs import read_runs
from tasks.platform.artifacts import report_night
from tasks.platform.budget import GpuBudget
from tasks.platform.elsewhere import start_game
from tasks.platform.here import is_orchestrated, state_of_call
from tasks.platform.launch import Start, launch, reason_of
from tasks.platform.settings import Settings


def process_games(
    game_ids: Sequence[str],
    settings: Settings,
    queue: str,
    *,
    at_once: int = 1000,
    gpu_hours: float | None = None,
) -> dict[str, str | None]:
    """Process games and report on them; a bad one is set aside and never stops the others.

    Args:
        game_ids: in order of importance.
        settings: say whether there are work pools.
        queue: of the work pools, whose priority the games have; also names the report.
        at_once: most games at the same time; without work pools it is one.
        gpu_hours: budget; when it is spent no further game is started.

    Returns:
        Game -> why it is not published, or None if it is; without those that were not started.
    """
    archive = settings.archive

    def start_here(game_id: str) -> State[Entry]:
        if not is_orchestrated():
            return state_of_call(partial(process_game.fn, game_id, settings))
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):  # the caller's tells
            return process_game(game_id, settings, return_state=True)

    start: Start = partial(start_game, queue=queue) if settings.on_pools else start_here
    budget = GpuBudget(archive, game_ids, gpu_hours)
    states = launch(game_ids, start, at_once=at_once, may_start=budget.is_left)
    refresh_index(archive)
    records = read_runs(archive, states)
    report_night(queue, list(records.values()), load_prices(settings.prices))
    return {game_id: reason_of(game_id, state, archive) for game_id, state in states.items()}
