"""What the scorer's table calls in a simulated game, and how the league's live feed tells it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from playerid.arena.cast import Cast


@dataclass(frozen=True, slots=True)
class Call:
    """One event of the play-by-play.

    Attributes:
        kind: made shot, missed shot, free throw, rebound, turnover, foul, substitution or period
            begin.
        time_s: when it is called, seconds since the start; of what came before, below 0.
        period: from 1.
        clock_s: game clock then, seconds.
        scores: home, away, after it; None if they are not known.
        person: who did it or leaves, an index into the cast; -1 for nobody.
        comes_in: who comes in, likewise.
        points: what the shot is or would be worth; of a free throw, 0 or 1.
    """

    kind: str
    time_s: float
    period: int
    clock_s: float
    scores: tuple[int, int] | None
    person: int = -1
    comes_in: int = -1
    points: int = 0


def tell_calls(calls: Iterable[Call], cast: Cast, game_id: str, over_s: float) -> bytes:
    """The calls before a time as a file of the NBA's live feed."""
    told = [action for call in calls if call.time_s < over_s for action in _actions(call, cast)]
    actions = [{"actionNumber": number, **action} for number, action in enumerate(told, 1)]
    return json.dumps({"game": {"gameId": game_id, "actions": actions}}, indent=1).encode()


def _actions(call: Call, cast: Cast) -> Iterator[dict[str, Any]]:
    """Actions of a call; who leaves and who comes in are one each."""
    minutes, seconds = divmod(call.clock_s, 60)
    clock = f"PT{int(minutes):02d}M{seconds:05.2f}S"
    common: dict[str, Any] = {"period": call.period, "clock": clock}
    if call.scores is not None:
        common |= {"scoreHome": str(call.scores[0]), "scoreAway": str(call.scores[1])}
    if call.kind == "substitution":
        for sub_type, person in (("out", call.person), ("in", call.comes_in)):
            if person >= 0:
                about = {"actionType": "substitution", "subType": sub_type}
                yield common | about | _about_person(cast, person)
        return
    yield common | _what(call) | (_about_person(cast, call.person) if call.person >= 0 else {})


def _what(call: Call) -> dict[str, Any]:
    match call.kind:
        case "made shot" | "missed shot":
            result = "Made" if call.kind == "made shot" else "Missed"
            return {"actionType": f"{call.points}pt", "shotResult": result}
        case "free throw":
            return {"actionType": "freethrow", "shotResult": "Made" if call.points else "Missed"}
        case "period begin":
            return {"actionType": "period", "subType": "start"}
    return {"actionType": call.kind}


def _about_person(cast: Cast, index: int) -> dict[str, Any]:
    person = cast.people[index]
    return {
        "teamId": int(cast.teams[person.team].team_id),
        "personId": int(person.person_id),
        "playerName": person.name.split()[-1],
    }
