"""Violations that were found against those that happened."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class EventCounts:
    """Violations of one or more games.

    Attributes:
        planted: staged clear ones that one main segment shows from begin to end.
        found: of those, how many were found with the right player.
        reported: violations reported as clear or technical.
        false: of those, how many match nothing that happened.
    """

    planted: int
    found: int
    reported: int
    false: int


def count_events(
    violations: pa.Table,
    events: pa.Table,
    *,
    tolerance_s: float = 1.0,
    claims: Sequence[str] = ("clear", "technical"),
) -> EventCounts:
    """Match reported violations with true ones: same player, and begin or end at the same time.

    A report without a player finds nothing; it is false unless some violation of that time, of
    anybody, explains it. A "near-miss" of the truth explains nothing.

    Args:
        violations: rows of the view `three_second_violations` of the game.
        events: rows of the truth's `events`.
        tolerance_s: largest difference of begin or end.
        claims: grades that say that a violation happened; a "possible" one says it may have.
    """
    reports = [row for row in violations.to_pylist() if row["grade"] in claims]
    happened = [row for row in events.to_pylist() if row["grade"] != "near-miss"]
    planted = [
        row for row in happened if row["staged"] and row["grade"] == "clear" and row["in_main_view"]
    ]

    def together(report: dict[str, float], event: dict[str, float]) -> bool:
        return any(abs(report[end] - event[end]) <= tolerance_s for end in ("start_s", "end_s"))

    found = [
        any(r["player_id"] == event["person_id"] and together(r, event) for r in reports)
        for event in planted
    ]
    false = [
        not any(
            r["player_id"] in {None, event["person_id"]} and together(r, event)
            for event in happened
        )
        for r in reports
    ]
    return EventCounts(len(planted), sum(found), len(reports), sum(false))
