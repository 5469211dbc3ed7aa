"""Routes of corrections: what was said, what would help most, what it would change; saving it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from playerid.operate.hand_corrections import GameBoxes
from playerid.operate.statements import KINDS, HandStatement
from playerid.serve.access import Corrector, Reader
from playerid.serve.answer_schemas import one, rows_of
from playerid.serve.answering import answer_rows
from playerid.serve.correcting import ChangedSince
from playerid.serve.correction_answers import CHANGES, KEPT, PUBLICATION, SUGGESTION, TOLD
from playerid.serve.house import PLAIN, Ask, Asked, Parameters, Word

router = APIRouter(prefix="/v1/games/{game_id}", tags=["corrections"])
Seconds = Annotated[float | None, Field(ge=0, le=1e7)]

SUGGESTIONS = """
with seen as (
    select tracklet_id, count(*) as rows, min(time_s) as start_s, max(time_s) as end_s,
        arg_max(time_s, (x_max_px - x_min_px) * (y_max_px - y_min_px)) as moment_s
    from player_frames inner join segments using (segment_index)
    where view = 'main'
    group by tracklet_id
),
doubts as (
    select identities.* exclude (start_s, end_s), seen.rows, seen.start_s, seen.end_s, moment_s,
        case
            when source = 'by hand' then 0
            when player_id is not null then 1 - identity_prob
            else list_sum(player_candidate_probs)
        end as doubt_prob
    from identities inner join seen using (tracklet_id)
)
select tracklet_id, segment_index, start_s, end_s, moment_s, rows, doubts.role, doubts.team_id,
    team_prob, doubts.player_id, player_name, identity_prob, player_candidates,
    player_candidate_probs, readings_for, readings_against, source, doubt_prob,
    rows * doubt_prob as expected_rows
from doubts left join rosters using (player_id)
where doubt_prob > 0
order by expected_rows desc, tracklet_id
limit ?
"""


class SuggestionsAsked(Parameters):
    """How many."""

    limit: Annotated[int, Field(ge=1, le=200)] = 10


class SaidOfGame(BaseModel):
    """One statement about a published game, by the tracklets that it has now."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(description=" ".join(f"{k}: {text}" for k, text in KINDS.items()))]
    tracklet_id: int | None = None
    other_id: int | None = None
    who: Word = None
    from_s: Seconds = None
    to_s: Seconds = None

    def to_statement(self) -> HandStatement:
        """As the library takes it."""
        return HandStatement(**self.model_dump())


class SaidTogether(BaseModel):
    """Statements that are made, and corrections that are taken back, together.

    Attributes:
        said: what is said, in order.
        remove: indices of corrections that are taken back first.
        version: of the corrections that were seen.
    """

    model_config = ConfigDict(extra="forbid")

    said: Annotated[list[SaidOfGame], Field(max_length=50)] = []
    remove: Annotated[list[int], Field(max_length=200)] = []
    version: Annotated[str, Field(max_length=200)]


@router.get("/corrections", dependencies=PLAIN, responses=one(TOLD))
def corrections(asked: Ask, _: Reader, game_id: str) -> Response:
    """What was said of the game by hand, by whom and when, and whether it is published."""
    return JSONResponse(_told(asked, game_id))


@router.get("/corrections/suggestions", responses=rows_of(SUGGESTION))
def suggestions(asked: Ask, game_id: str, given: Annotated[SuggestionsAsked, Query()]) -> Response:
    """The corrections that would help most: tracklets by the rows that a word about each gains.

    A named tracklet is wrong with what is missing of its probability to 1; one without a name is
    one of its candidates with theirs together. That times its rows of the main view is expected;
    what its name tells about others is not in it.
    """
    tag = asked.tag(game_id)
    rows = asked.of_game(game_id, SUGGESTIONS, (given.limit,))
    return answer_rows(asked.request, rows, tag)


@router.post("/corrections/preview", dependencies=PLAIN, responses=one(CHANGES))
def preview(asked: Ask, who: Corrector, game_id: str, given: SaidTogether) -> Response:
    """What the statements would change in the published rows, with all that is kept; saves nothing.

    Rows gained had no name, rows lost have none then, rows renamed have another.
    """
    entry, seen = _seen(asked, game_id)
    correcting = asked.house.correcting
    found = correcting.read(seen)
    items = correcting.draft(seen, found, _statements(given), given.remove, who.name)
    return JSONResponse({"version": found.version or "", **correcting.preview(entry, seen, items)})


@router.post("/corrections", dependencies=PLAIN, status_code=201, responses=KEPT)
def correct(asked: Ask, who: Corrector, game_id: str, given: SaidTogether) -> Response:
    """Keep the statements, and take back the corrections of `remove`, all or nothing.

    409 if somebody else changed the corrections since `version`, with what they changed.
    """
    _, seen = _seen(asked, game_id)
    correcting = asked.house.correcting
    found = correcting.read(seen)
    try:
        if (found.version or "") != given.version:
            raise ChangedSince
        items = correcting.draft(seen, found, _statements(given), given.remove, who.name)
        correcting.save(seen, found, given.version, items)
    except ChangedSince:
        now = correcting.read(seen)
        told = {
            "detail": "somebody else changed the corrections; look at theirs, and say it again",
            "changed": correcting.changed_since(seen, given.version, now),
        }
        return JSONResponse(told | _told(asked, game_id), 409)
    return JSONResponse(_told(asked, game_id), 201)


@router.get("/publication", dependencies=PLAIN, responses=one(PUBLICATION))
def publication(asked: Ask, _: Reader, game_id: str) -> Response:
    """How the publication of the game stands that was asked for here."""
    asked.entry(game_id)
    return JSONResponse(_publication(asked, game_id))


@router.post("/publication", dependencies=PLAIN, status_code=202, responses=one(PUBLICATION, 202))
def publish(asked: Ask, who: Corrector, game_id: str) -> Response:
    """Decide the game again with all that was said, and publish it; no model runs."""
    entry = asked.entry(game_id)
    asked.house.correcting.need_decider()
    asked.house.publications.start(entry, who.name)
    return JSONResponse(_publication(asked, game_id), 202)


def _publication(asked: Asked, game_id: str) -> dict[str, Any]:
    found = asked.house.publications.of_game(game_id)
    return {
        "state": found.state,
        "detail": found.detail,
        "asked_by": found.asked_by,
        "publication": asked.house.current.now().tags.get(game_id),
    }


def _seen(asked: Asked, game_id: str) -> tuple[Any, GameBoxes]:
    entry = asked.entry(game_id)
    return entry, asked.house.correcting.boxes(entry, asked.state.tags[game_id])


def _told(asked: Asked, game_id: str) -> dict[str, Any]:
    entry, seen = _seen(asked, game_id)
    correcting = asked.house.correcting
    return correcting.told(entry, seen, correcting.read(seen))


def _statements(given: SaidTogether) -> Sequence[HandStatement]:
    return [each.to_statement() for each in given.said]
