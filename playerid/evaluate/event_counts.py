"""Violations that were found against those that happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from playerid.game.truth import GameTruth

KINDS = {"offensive": "offence", "defensive": "defence"}
"""Kind of a true violation -> kind of a reported one."""


@dataclass(frozen=True, slots=True)
class EventCounts:
    """Violations of one or more games.

    Attributes:
        planted: staged clear ones that one main segment shows from begin to end.
        detected: of those, how many were found, with the right player or with his team alone.
        found: of those, how many were found with the right player.
        reported: violations reported as clear or technical.
        false: of those, how many match nothing that happened.
    """

    planted: int
    detected: int
    found: int
    reported: int
    false: int


def count_events(
    violations: pa.Table,
    truth: GameTruth,
    *,
    tolerance_s: float = 1.0,
    claims: Sequence[str] = ("clear", "technical"),
) -> EventCounts:
    """Match reported violations with true ones: same kind and player, begin or end at one time.

    A report of an undecided player matches one of anybody of his team. A "near-miss" of the truth
    is no violation.

    Args:
        violations: rows of the view `three_second_violations` of the game.
        truth: the known answers.
        tolerance_s: largest difference of begin or end.
        claims: grades that say that a violation happened; a "possible" one says it may have.
    """
    people = truth.people
    teams = dict(zip(people["person_id"].to_pylist(), people["team_id"].to_pylist(), strict=True))
    reports = [row for row in violations.to_pylist() if row["grade"] in claims]
    happened = [row for row in truth.events.to_pylist() if row["grade"] != "near-miss"]
    planted = [
        row for row in happened if row["staged"] and row["grade"] == "clear" and row["in_main_view"]
    ]

    def matches(report: dict[str, Any], event: dict[str, Any]) -> bool:
        who = report["player_id"] or report["team_id"]
        return (
            report["kind"] == KINDS[event["kind"]]
            and who in {event["person_id"], teams[event["person_id"]]}
            and any(abs(report[end] - event[end]) <= tolerance_s for end in ("start_s", "end_s"))
        )

    matched = [[r for r in reports if matches(r, event)] for event in planted]
    return EventCounts(
        planted=len(planted),
        detected=sum(bool(found) for found in matched),
        found=sum(any(r["player_id"] for r in found) for found in matched),
        reported=len(reports),
        false=sum(not any(matches(r, event) for event in happened) for r in reports),
    )
