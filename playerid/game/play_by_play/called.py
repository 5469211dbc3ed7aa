"""One event of a play-by-play, as every format gives it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from playerid.errors import GameError
from playerid.tables import CALLED_EVENTS

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
    """Rows of `called_events`, with the game's own ids.

    Args:
        game_id: the game.
        teams_of: player of either roster -> team.
        events: in order of time.
        file: for messages.

    Raises:
        GameError: An event is of another team, or of a player who is on neither roster.
    """
    names = _names_of_teams(events, teams_of)
    rows: list[dict[str, Any]] = []
    for index, event in enumerate(events):
        row = asdict(event)
        given = row.pop("team")
        people = [p for p in (event.player_id, event.in_player_id) if p is not None]
        if unknown := [p for p in people if p not in teams_of]:
            raise GameError(f"{file}: event {index}: player {unknown[0]} is on neither roster")
        if unknown := [name for name in given if name not in names]:
            raise GameError(f"{file}: event {index}: team {unknown[0]} does not play in this game")
        known = [names[name] for name in given] + [teams_of[person] for person in people]
        row |= {"game_id": game_id, "event_index": index}
        rows.append({**row, "team_id": known[0] if known else None})
    return pa.Table.from_pylist(rows, CALLED_EVENTS.schema)


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
