"""One event of a play-by-play, as every format gives it."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from playerid.errors import GameError
from playerid.tables import CALLED_EVENTS

logger = logging.getLogger(__name__)

THREE_SECONDS, DEFENSIVE_THREE_SECONDS = "three seconds", "defensive three seconds"
TECHNICAL_FOUL = "technical foul"


@dataclass(frozen=True, slots=True)
class Called:
    """What was called, in the league's own names.

    Attributes:
        kind: see `tables.CALLED_EVENTS`.
        detail: `THREE_SECONDS`, `DEFENSIVE_THREE_SECONDS`, `TECHNICAL_FOUL` or None.
        period: from 1.
        game_clock_s: seconds left in the period.
        team: the league's id and short name of the team, whichever are given.
        player_id: who did it; at a substitution, who leaves.
        in_player_id: who comes in, at a substitution.
        points: scored by it.
        home_score, away_score: after it.
        description: in words.
    """

    kind: str
    detail: str | None
    period: int
    game_clock_s: float
    team: tuple[str, ...] = ()
    player_id: str | None = None
    in_player_id: str | None = None
    points: int | None = None
    home_score: int | None = None
    away_score: int | None = None
    description: str | None = None


def to_rows(game_id: str, teams_of: Mapping[str, str], events: list[Called], file: str) -> pa.Table:
    """Rows of `called_events`, with the game's own ids, in the order of their clock.

    Events of one clock stay in the order of the file. Who is on neither roster, and a team that
    does not play, are null. What was moved, and who is not known, is told as a warning.

    Args:
        game_id: the game.
        teams_of: player of either roster -> team.
        events: as the file has them.
        file: for messages.

    Raises:
        GameError: Nearly nobody in it is known, so it is of another game.
    """
    ordered = _in_order(events, file)
    names = _names_of_teams(ordered, teams_of)
    strangers, others, known = Counter[str](), Counter[str](), 0
    rows: list[dict[str, Any]] = []
    for index, event in enumerate(ordered):
        row = asdict(event)
        people = [p for p in (event.player_id, event.in_player_id) if p is not None]
        teams = [names[name] for name in row.pop("team") if name in names]
        teams += [teams_of[person] for person in people if person in teams_of]
        strangers.update(person for person in people if person not in teams_of)
        others.update(name for name in event.team[:1] if not teams)
        known += sum(person in teams_of for person in people)
        row |= {
            name: row[name] if row[name] in teams_of else None
            for name in ("player_id", "in_player_id")
        }
        row |= {"game_id": game_id, "event_index": index, "team_id": teams[0] if teams else None}
        rows.append(row)
    if known < strangers.total():
        raise GameError(
            f"{file}: of another game: {strangers.total()} of {known + strangers.total()} people"
            f" in it are on neither roster, as {_examples(strangers)}"
        )
    for counted, what in ((strangers, "a player of neither roster"), (others, "another team")):
        if counted:
            logger.warning(
                "%s: %d events are of %s, as %s: null", file, counted.total(), what,
                _examples(counted),
            )  # fmt: skip
    return pa.Table.from_pylist(rows, CALLED_EVENTS.schema)


def _in_order(events: list[Called], file: str) -> list[Called]:
    """By period and clock; what stood after something later is told."""
    latest: tuple[int, float] = (0, 0.0)
    late = []
    for event in events:
        at = (event.period, -event.game_clock_s)
        if at < latest:
            late.append(f"{event.kind} at {event.game_clock_s:g} s of period {event.period}")
        latest = max(at, latest)
    if late:
        logger.warning(
            "%s: %d of %d events stood after later ones and were moved, as %s",
            file, len(late), len(events), "; ".join(late[:3]),
        )  # fmt: skip
    return sorted(events, key=lambda event: (event.period, -event.game_clock_s))


def _examples(counted: Counter[str]) -> str:
    return ", ".join(name for name, _ in counted.most_common(3))


def _names_of_teams(events: list[Called], teams_of: Mapping[str, str]) -> dict[str, str]:
    """The league's ids and short names -> team; those that the rosters lack by their players."""
    names = {team: team for team in teams_of.values()}
    for event in events:
        found = [names[name] for name in event.team if name in names]
        people = (event.player_id, event.in_player_id)
        found += [teams_of[p] for p in people if p is not None and p in teams_of]
        if found:
            names |= {name: names.get(name, found[0]) for name in event.team}
    return names
