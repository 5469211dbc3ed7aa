"""How the archive stands: every game, why one is set aside, what is damaged."""

import threading
import time
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from playerid.operate.overview import COLUMNS, overview
from playerid.operate.quarantine import find_all
from playerid.serve.answer_schemas import (
    NAMED,
    TEXT,
    WHOLE,
    columns,
    described,
    list_of,
    one,
    thing,
)
from playerid.serve.answering import as_json
from playerid.serve.house import Ask, Asked, Parameters, Word
from playerid.tables import GAMES

STANDING = thing(
    {
        **columns(GAMES, "game_id"),
        "season": TEXT,
        "state": TEXT,
        "reason": described(TEXT, "Why it is set aside, or what is damaged."),
        "made": described(WHOLE, "Parts that its last run computed."),
        "remembered": described(WHOLE, "Parts that its last run found made."),
        "facts": described(NAMED, f"Of the published game: {', '.join(COLUMNS)}."),
        "set_aside_at": described(TEXT, "When it was set aside."),
    }
)
STATUS = thing({"publication": TEXT, "rows": list_of(STANDING)})
router = APIRouter(prefix="/v1", tags=["archive"])


class StatusAsked(Parameters):
    """Of one season, or of all; in one state, or in any."""

    season: Word = None
    state: Word = None


@router.get("/status", responses=one(STATUS))
def status(asked: Ask, given: Annotated[StatusAsked, Query()]) -> Response:
    """Every game that the archive knows: its state, coverage and cost, and why it is set aside.

    States: published, set aside, "published, set aside since", running, damaged, new. It is taken
    anew at most every ten seconds.
    """
    rows = [
        row
        for row in _taken(asked)
        if given.season in {None, row["season"]} and given.state in {None, row["state"]}
    ]
    content = as_json({"publication": asked.state.tag, "rows": rows})
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


_LOCK = threading.Lock()


def _taken(asked: Asked, *, holds_s: float = 10.0) -> list[dict[str, Any]]:
    house = asked.house
    with _LOCK:
        if time.monotonic() - house.status_at_s > holds_s:
            aside = find_all(house.archive)
            house.status = [
                asdict(each)
                | {"set_aside_at": aside[each.game_id].at if each.game_id in aside else None}
                for each in overview(house.archive)
            ]
            house.status_at_s = time.monotonic()
        return house.status
