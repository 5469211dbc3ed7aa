"""Publications that go on in the background: one of a game at a time, one game at a time."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from playerid.archive.entry import Entry
from playerid.errors import PlayerIdError, StorageError


@dataclass(frozen=True, slots=True)
class Publication:
    """How a publication stands.

    Attributes:
        state: idle, waiting, running, published or failed.
        detail: why it failed.
        asked_by: who asked for it.
    """

    state: str = "idle"
    detail: str = ""
    asked_by: str = ""


@dataclass
class Publications:
    """Publications by game.

    Attributes:
        publish: publishes a game.
        after: called once one is over.
    """

    publish: Callable[[Entry], Entry]
    after: Callable[[], object]
    _found: dict[str, Publication] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _worker: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, "publication")

    def of_game(self, game_id: str) -> Publication:
        """How the publication of a game stands."""
        return self._found.get(game_id, Publication())

    def start(self, entry: Entry, asked_by: str) -> Publication:
        """Publish a game; one that goes on already is joined.

        One that runs may have read the corrections before the last of them: it is then followed
        by another.
        """
        with self._lock:
            if self.of_game(entry.game_id).state == "waiting":
                return self._found[entry.game_id]
            waiting = self._found[entry.game_id] = Publication("waiting", "", asked_by)
        self._worker.submit(self._run, entry, asked_by)
        return waiting

    def close(self) -> None:
        """Wait for what runs, and begin nothing more."""
        self._worker.shutdown(cancel_futures=True)

    def _run(self, entry: Entry, asked_by: str) -> None:
        with self._lock:
            self._found[entry.game_id] = Publication("running", "", asked_by)
        ended = Publication("published", "", asked_by)
        try:
            self.publish(entry)
        except (PlayerIdError, StorageError, OSError) as error:
            ended = Publication("failed", str(error), asked_by)
        except Exception as error:
            logging.getLogger(__name__).exception("publication of %s", entry.game_id)
            ended = Publication("failed", f"{type(error).__name__}: {error}", asked_by)
        self.after()
        with self._lock:
            if self._found[entry.game_id].state == "running":
                self._found[entry.game_id] = ended
