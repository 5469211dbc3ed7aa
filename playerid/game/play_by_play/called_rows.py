"""Events of a feed -> rows of `called_events`: in order, with the game's own ids."""

import logging
from collections import Counter
from typing import Any

import pyarrow as pa

from playerid.errors import GameError
from playerid.game.play_by_play.called import Called
from playerid.game.play_by_play.who_plays import Finder, KnownPeople
from playerid.tables import CALLED_EVENTS

logger = logging.getLogger(__name__)


def to_rows(game_id: str, people: KnownPeople, events: list[Called], file: str) -> pa.Table:
    """Rows of `called_events`, with the game's own ids, in the order of their clock.

    Events of one clock stay in the order of the file. Who is on neither roster, and a team that
    does not play, are null. What was moved, and who is not known, is told as a warning.

    Args:
        game_id: the game.
        people: who plays in it.
        events: as the file has them.
        file: for messages.

    Raises:
        GameError: Nearly nobody in it is known, so it is of another game.
    """
    ordered = _in_order(events, file)
    finder = Finder(people, ordered)
    strangers, others, known = Counter[str](), Counter[str](), Counter[str]()
    rows: list[dict[str, Any]] = []
    for index, event in enumerate(ordered):
        team = finder.team(event)
        for given, found in (
            (event.player_id or event.name or event.number, finder.player(event)),
            (event.in_player_id or event.in_name or event.in_number, finder.comes_in(event)),
        ):
            known.update([found] if found else [])
            strangers.update([given] if given and found is None else [])
        others.update(event.team[:1] if team is None else ())
        row = {name: getattr(event, name, None) for name in CALLED_EVENTS.schema.names}
        rows.append(row | {
            "game_id": game_id, "event_index": index, "team_id": team,
            "player_id": finder.player(event), "in_player_id": finder.comes_in(event),
        })  # fmt: skip
    if known.total() < strangers.total():
        raise GameError(
            f"{file}: of another game: {len(strangers)} of {len(known) + len(strangers)} people"
            f" in it are on neither roster, as {_examples(strangers)}"
        )
    for counted, what in ((strangers, "a player of neither roster"), (others, "another team")):
        if counted:
            logger.warning(
                "%s: %d events are of %s, as %s: null",
                file,
                counted.total(),
                what,
                _examples(counted),
            )
    return pa.Table.from_pylist(rows, CALLED_EVENTS.schema)


def _in_order(events: list[Called], file: str) -> list[Called]:
    """By period and clock; what stood after something later is told."""
    latest: tuple[int, float] = (0, 0.0)
    late: Counter[str] = Counter()
    for event in events:
        at = (event.period, -event.game_clock_s)
        if at < latest:
            late.update([f"{event.kind} at {event.game_clock_s:g} s of period {event.period}"])
        latest = max(at, latest)
    if late:
        logger.warning(
            "%s: %d of %d events stood after later ones and were moved, as %s",
            file, late.total(), len(events), "; ".join(list(late)[:3]),
        )  # fmt: skip
    return sorted(events, key=lambda event: (event.period, -event.game_clock_s))


def _examples(counted: Counter[str]) -> str:
    return ", ".join(name for name, _ in counted.most_common(3))
