"""One run of a game: counted, recorded, and set aside with its reason if it fails."""

import datetime as dt
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from prefect.runtime import flow_run

from playerid.archive.entry import Entry
from playerid.archive.metering import add_up
from playerid.archive.store import Manifest
from playerid.operate import quarantine
from playerid.operate.attempts import Attempt
from playerid.operate.runs import RunRecord, write_run
from tasks.page import page_of
from tasks.platform.artifacts import report_game
from tasks.platform.costs import count_steps, step_costs, step_records
from tasks.platform.here import run_logger
from tasks.platform.settings import Settings


@dataclass(slots=True)
class GameRun:
    """A run of a game that goes on.

    Attributes:
        settings: of the flow.
        attempt: its mark in the archive.
        known: steps that were made before it.
        started_s: of the monotonic clock.
        noted: fields of its record that are known so far.
    """

    settings: Settings
    attempt: Attempt
    known: frozenset[str]
    started_s: float
    noted: dict[str, Any] = field(default_factory=dict)

    def note(self, entry: Entry, evidence: Sequence[Manifest]) -> None:
        """Note what the run made and what it found made."""
        steps = step_costs(self.attempt.archive, self.attempt.game_id, evidence)
        new = set(steps) - self.known
        self.noted = {
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
        record = RunRecord(
            game_id,
            "published" if error is None else "set aside",
            dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            round(time.monotonic() - self.started_s, 1),
            reason="" if error is None else quarantine.plain_reason(error),
            **self.noted,
        )
        if error is None:
            quarantine.clear(archive, game_id)
        else:
            quarantine.set_aside(archive, game_id, record.reason, type(error).__name__)
            run_logger().error("%s is set aside: %s", game_id, error)
        write_run(archive, record)
        report_game(record)


@contextmanager
def game_run(game_id: str, settings: Settings) -> Iterator[GameRun]:
    """Run a game inside the block; whatever becomes of it is recorded in the archive."""
    run_id = f"{flow_run.id or uuid.uuid4().hex}-{flow_run.run_count or 1}"
    attempt = Attempt(settings.archive, game_id, run_id)
    run, is_published = GameRun(settings, attempt, frozenset(), time.monotonic()), False
    try:
        run.known = frozenset(step_records(settings.archive, game_id))
        yield run
        run.end(None)
        is_published = True
    except Exception as error:
        run.end(error)
        raise
    finally:
        attempt.end(clear_all=is_published)
