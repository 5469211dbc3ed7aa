"""Which failures are worth another try: the network's and the machine's, not the input's."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from playerid.errors import PlayerIdError


async def unless_bad_input(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Retry unless the input is at fault."""
    try:
        await state.aresult()
    except PlayerIdError:
        return False
    except Exception:
        return True
    return False


EXPENSIVE: dict[str, Any] = {
    "retries": 2,
    "retry_delay_seconds": 2,
    "retry_condition_fn": unless_bad_input,
    "persist_result": False,
}
"""Options of every task that computes; its results are remembered by `tasks.caching`."""
