"""Runs on the work pools: a flow run of another deployment, waited for."""

import logging
import time
from collections.abc import Sequence
from typing import Any

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.deployments import run_deployment
from prefect.runtime import flow_run, task_run

PROCESS_GAME = "process-game/games"
LIVE = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.PAUSED]


def start_game(game_id: str, queue: str) -> FlowRun:
    """Start processing a game as a run of its own, or join one that is running."""
    return start_elsewhere(PROCESS_GAME, f"game:{game_id}", queue, game_id=game_id)


def start_elsewhere(deployment: str, tag: str, queue: str | None, **parameters: Any) -> FlowRun:
    """Start a run of a deployment; join one of the same tag that is running.

    Args:
        deployment: `<flow>/<deployment>`.
        tag: what the run is about, as `game:<game_id>`; two runs of a tag would do the same.
        queue: work queue, None for the deployment's own.
        parameters: of the flow, plain JSON without secrets.
    """
    if live := runs_about([tag], LIVE):
        return live[0]
    tries = f"{flow_run.run_count}-{task_run.run_count}"
    run = run_deployment(
        deployment,
        parameters=parameters,
        tags=[tag],
        work_queue_name=queue,
        idempotency_key=f"{flow_run.id}-{tries}-{tag}",
        timeout=0,
    )
    assert isinstance(run, FlowRun)
    return run


def runs_about(tags: Sequence[str], states: Sequence[StateType]) -> list[FlowRun]:
    """Flow runs that carry all the tags and are in one of the states."""
    wanted = {"tags": {"all_": list(tags)}, "state": {"type": {"any_": list(states)}}}
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(wanted))


def state_of(run: FlowRun, *, patience_s: float = 600, poll_s: float = 5) -> State[Any]:
    """State of a run now; a server that is away or not itself is asked again for ten minutes."""
    end_s = time.monotonic() + patience_s
    while True:
        try:
            with get_client(sync_client=True) as client:
                state = client.read_flow_run(run.id).state
        except httpx.HTTPError as error:
            is_asked_wrongly = isinstance(error, httpx.HTTPStatusError) and (
                error.response.status_code < 500
            )
            if is_asked_wrongly or time.monotonic() > end_s:
                raise
            logging.getLogger(__name__).warning("%s; asking again", error)
            time.sleep(poll_s)
        else:
            assert state is not None, "a run that was started has a state"
            return state


def wait_for(run: FlowRun, *, poll_s: float = 5) -> State[Any]:
    """State of a run that is over, however long it takes."""
    while not is_over(state := state_of(run)):
        time.sleep(poll_s)
    return state


def is_over(state: State[Any]) -> bool:
    """Whether nothing more is to be expected; one "cancelling" may have lost its worker."""
    return state.is_final() or state.is_cancelling()
