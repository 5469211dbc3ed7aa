"""Processes that work for another one, and do not outlive it."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor

SPAWN = multiprocessing.get_context("spawn")


def end_with_parent() -> None:
    """Let this process end as soon as the one that started it has: a killed one tells nobody."""
    if (parent := multiprocessing.parent_process()) is None:
        return

    def end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def pool_of(workers: int) -> ProcessPoolExecutor:
    """A pool whose processes end with this one."""
    return ProcessPoolExecutor(workers, SPAWN, initializer=end_with_parent)
