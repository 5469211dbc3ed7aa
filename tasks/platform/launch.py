"""Many games: some at a time, within a budget, and what became of each."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from prefect.client.schemas.objects import FlowRun, State

from playerid.archive.archive import Archive
from playerid.operate import quarantine
from tasks.platform.elsewhere import is_over, state_of

Start = Callable[[str], State[Any] | FlowRun]


def launch(
    game_ids: Iterable[str],
    start: Start,
    *,
    at_once: int = 1,
    may_start: Callable[[], bool] = lambda: True,
    poll_s: float = 5,
) -> dict[str, State[Any]]:
    """Start games in order, never more than some at once.

    Args:
        game_ids: in order of importance.
        start: runs a game here and returns its final state, or starts it elsewhere.
        at_once: most runs that go on elsewhere at the same time.
        may_start: asked before each start; the first False ends the starting.
        poll_s: how often runs elsewhere are looked at, seconds.

    Returns:
        Last state of every game that was started.
    """
    waiting, running = deque(game_ids), dict[str, FlowRun]()
    ended: dict[str, State[Any]] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            if not may_start():
                waiting.clear()
                break
            game_id = waiting.popleft()
            run = start(game_id)
            if isinstance(run, State):
                ended[game_id] = run
            else:
                running[game_id] = run
        for game_id, run in list(running.items()):
            if is_over(state := state_of(run)):
                ended[game_id] = state
                del running[game_id]
        if running:
            time.sleep(poll_s)
    return ended


def reason_of(game_id: str, state: State[Any], archive: Archive) -> str | None:
    """Why a game is not published, or None if it is."""
    if state.is_completed():
        return None
    if state.is_crashed():
        return f"ended without a word ({state.message}); it will be tried again"
    found = quarantine.find(archive, game_id)
    return found.reason if found else str(state.message or state.name)
