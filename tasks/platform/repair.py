"""Crashed runs: started again a few times, then given up."""

from dataclasses import asdict, dataclass
from typing import Any

from prefect import get_run_logger
from prefect.artifacts import create_table_artifact
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import AwaitingRetry, Failed

from playerid.operate import quarantine
from tasks.platform.due_games import due_games
from tasks.platform.elsewhere import LIVE, runs_about
from tasks.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Repair:
    """What `reconcile` found.

    Attributes:
        again: names of crashed runs that start again.
        given_up: names of runs that crashed too often.
        waiting: games that are due, and neither running nor set aside.
    """

    again: list[str]
    given_up: list[str]
    waiting: list[str]


def report_repair(repair: Repair) -> None:
    """Show what a reconciliation found."""
    rows = [{"what": what, "names": ", ".join(names)} for what, names in asdict(repair).items()]
    create_table_artifact(rows, key="reconcile")


REPAIRED = "repaired"
"""Tag of deployments whose crashed runs start again; others are started by who needs them."""


def repair_crashed(settings: Settings, *, most_repeats: int = 3) -> tuple[list[str], list[str]]:
    """Start crashed runs again; set aside the games of those that crash again and again.

    Args:
        settings: where the quarantine is.
        most_repeats: how often a run is started again.

    Returns:
        Names of the runs that start again, and of those that are given up.
    """
    again, given_up = list[str](), list[str]()
    with get_client(sync_client=True) as client:
        for run in runs_about([REPAIRED], [StateType.CRASHED]):
            if run.run_count <= most_repeats:
                _set_state(client, run, AwaitingRetry())
                again.append(run.name)
                continue
            reason = f"crashed {run.run_count} times: {run.state.message if run.state else ''}"
            if game_id := run.parameters.get("game_id"):
                quarantine.set_aside(settings.archive, game_id, reason, "Crashed")
            _set_state(client, run, Failed(message=reason))
            given_up.append(run.name)
    get_run_logger().info("%d runs start again, %d are given up", len(again), len(given_up))
    return again, given_up


def waiting_games(settings: Settings) -> list[str]:
    """Games that are due and neither running nor set aside."""
    tags = {tag for run in runs_about([REPAIRED], LIVE) for tag in run.tags}
    aside = quarantine.find_all(settings.archive)
    due = due_games(settings)
    return [game for game in due if game not in aside and f"game:{game}" not in tags]


def _set_state(client: SyncPrefectClient, run: FlowRun, state: State[Any]) -> None:
    client.set_flow_run_state(run.id, state, force=True)
