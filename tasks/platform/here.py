"""Flows and tasks with a Prefect server or without one: a laptop needs none.

Inside a flow run a task is Prefect's, seen, retried and mapped by it. Elsewhere it is a function
that is tried again as often: no server is started, nothing listens, nothing is left behind.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

import tenacity
from prefect import Flow, Task, get_run_logger, unmapped
from prefect import task as prefect_task
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.settings import get_current_settings
from prefect.states import Completed, Failed

from playerid.errors import PlayerIdError

P = ParamSpec("P")
R = TypeVar("R")
Loggers = logging.Logger | logging.LoggerAdapter[logging.Logger]


class Results(Protocol[R]):
    """What a mapped task will have returned."""

    def wait(self) -> None:
        """Wait until every call is over, well or badly."""

    def result(self) -> list[R]:
        """What the calls returned, in order; raises what the first bad one raised."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[R]):
    """Calls that are over: what each returned, or raised."""

    returned: list[R] = field(default_factory=list)
    raised: list[Exception] = field(default_factory=list)

    def wait(self) -> None:
        """They are over."""

    def result(self) -> list[R]:
        """What the calls returned, in order; raises what the first bad one raised."""
        if self.raised:
            raise self.raised[0]
        return self.returned


@dataclass(frozen=True, slots=True)
class HereOrThere(Generic[P, R]):
    """A task: Prefect's inside a flow run, a plain function elsewhere."""

    fn: Callable[P, R]
    orchestrated: Task[P, R]
    retries: int
    retry_delay_s: float

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it once, and again where that may help."""
        if is_orchestrated():
            return self.orchestrated(*args, **kwargs)
        return self._patiently(*args, **kwargs)

    def map(self, items: Sequence[Any], *shared: Any) -> Results[R]:
        """Run it for every item; the other arguments are the same for all."""
        if is_orchestrated():
            futures: Results[R] = self.orchestrated.map(items, *map(unmapped, shared))
            return futures
        ended: Ended[R] = Ended()
        for count, item in enumerate(items, start=1):
            try:
                ended.returned.append(self._patiently(item, *shared))
            except Exception as error:
                ended.raised.append(error)
            run_logger().info("%s: %d of %d", self.orchestrated.name, count, len(items))
        return ended

    def _patiently(self, *args: Any, **kwargs: Any) -> R:
        trying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(1 + self.retries),
            wait=tenacity.wait_fixed(self.retry_delay_s),
            retry=tenacity.retry_if_exception(_may_pass),
            before_sleep=tenacity.before_sleep_log(logging.getLogger(__name__), logging.WARNING),
            reraise=True,
        )
        return trying(self.fn, *args, **kwargs)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, Exception) and not isinstance(error, PlayerIdError)


def task(**options: Any) -> Callable[[Callable[P, R]], HereOrThere[P, R]]:
    """Make a function a task; the options are Prefect's."""

    def decorate(fn: Callable[P, R]) -> HereOrThere[P, R]:
        retries, delay_s = options.get("retries", 0), options.get("retry_delay_seconds", 0)
        return HereOrThere(fn, prefect_task(**options)(fn), retries, delay_s)

    return decorate


def is_orchestrated() -> bool:
    """Whether this code runs inside a Prefect flow run."""
    return FlowRunContext.get() is not None


def run(flow: Flow[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a flow on the Prefect server that the settings name, or without one where none is named.

    `PREFECT_API_URL`, or a profile of Prefect, names one.
    """
    if get_current_settings().api.url:
        return flow(*args, **kwargs)
    return flow.fn(*args, **kwargs)


def state_of_call(call: Callable[[], Any]) -> State[Any]:
    """Run a game, and say how it ended as Prefect says it."""
    try:
        call()
    except Exception as error:
        return Failed(message=str(error))
    return Completed()


def run_logger() -> Loggers:
    """The logger of the run: Prefect's inside a flow run, the library's elsewhere."""
    return get_run_logger() if is_orchestrated() else logging.getLogger("playerid.tasks")


def together(results: Iterable[Iterable[R]]) -> list[R]:
    """The outputs of all calls of a mapped task."""
    return [one for some in results for one in some]
