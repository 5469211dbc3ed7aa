"""One run of a game: counted, recorded, and set aside with its reason if it fails."""

import datetime as dt
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from prefect import get_run_logger
from prefect.runtime import flow_run

from playerid.archive.catalog import Entry
from playerid.archive.metering import add_up
from playerid.archive.store import Manifest
from playerid.operate import quarantine
from playerid.operate.attempts import Attempt
from tasks.page import page_of
from tasks.platform.artifacts import report_game
from tasks.platform.costs import count_steps, step_costs, step_records
from tasks.platform.settings import Settings


@dataclass(slots=True)
class GameRun:
    """A run of a game that goes on.

    Attributes:
        settings: of the flow.
        attempt: its mark in the archive.
        known: steps that were made before it.
        started_s: of the monotonic clock.
        summary: what its record says.
    """

    settings: Settings
    attempt: Attempt
    known: frozenset[str]
    started_s: float
    summary: dict[str, Any]

    def publish(self, entry: Entry, evidence: Sequence[Manifest]) -> None:
        """Note what the run made and what it found made."""
        steps = step_costs(self.attempt.archive, self.attempt.game_id, evidence)
        new = set(steps) - self.known
        self.summary |= {
            "season": entry.season,
            "made": count_steps(new),
            "remembered": count_steps(set(steps) - new),
            "cost": add_up(cost for name in new if (cost := steps[name])).to_json(),
            "coverage": {"identity": entry.identity_coverage},
            "page": page_of(entry, self.settings),
        }

    def end(self, error: Exception | None) -> None:
        """Write the record; set the game aside, or clear an earlier quarantine."""
        archive, game_id = self.attempt.archive, self.attempt.game_id
        self.summary |= {
            "game_id": game_id,
            "state": "published" if error is None else "set aside",
            "wall_s": round(time.monotonic() - self.started_s, 1),
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
        if error is None:
            quarantine.clear(archive, game_id)
        else:
            self.summary["reason"] = str(error)
            quarantine.set_aside(archive, game_id, str(error), type(error).__name__)
            get_run_logger().error("%s is set aside: %s", game_id, error)
        archive.write_json(f"runs/{game_id}.json", self.summary)
        report_game(self.summary)


@contextmanager
def game_run(game_id: str, settings: Settings) -> Iterator[GameRun]:
    """Run a game inside the block; whatever becomes of it is recorded in the archive."""
    run_id = f"{flow_run.id or uuid.uuid4().hex}-{flow_run.run_count or 1}"
    attempt = Attempt(settings.archive, game_id, run_id)
    known = frozenset(step_records(settings.archive, game_id))
    run = GameRun(settings, attempt, known, time.monotonic(), {})
    try:
        yield run
        run.end(None)
    except Exception as error:
        run.end(error)
        raise
    finally:
        attempt.end(clear_all=run.summary.get("state") == "published")
