"""Questions in SQL: fenced, limited, a few at once, each with a warehouse of its own."""

import threading
from typing import Annotated, Any

import duckdb
from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

from playerid.errors import TableError
from playerid.serve.answer_schemas import rows_of
from playerid.serve.answering import answer_rows, check_tag
from playerid.serve.house import PLAIN, Ask, Word
from playerid.warehouse.ask import OpenArchive
from playerid.warehouse.fence import QuestionLimits

BUSY: dict[int | str, Any] = {503: {"description": "Too much at once, or too slow: Retry-After."}}
router = APIRouter(prefix="/v1", tags=["sql"])
LIMITS = QuestionLimits(fenced=True, memory="1GB", seconds=30.0, spills=False)
AT_ONCE = threading.BoundedSemaphore(2)
MOST_BYTES = 64 << 20
"""Of an answer, as rows in memory."""


class SqlAsked(BaseModel):
    """A question: one or more statements, of which the last with rows is answered."""

    model_config = ConfigDict(extra="forbid")

    query: Annotated[str, Field(min_length=1, max_length=100_000)]
    season: Word = None
    game_id: Word = None
    limit: Annotated[int, Field(ge=1, le=100_000)] = 10_000


@router.post("/sql", dependencies=PLAIN, responses=rows_of(None, is_cut={"type": "boolean"}) | BUSY)
def sql(asked: Ask, given: SqlAsked) -> Response:
    """Rows of a question to the published tables and views; nothing else is read or written."""
    state = asked.state
    games = [asked.entry(given.game_id)] if given.game_id else list(state.entries.values())
    games = [entry for entry in games if given.season in {None, entry.season}]
    if not AT_ONCE.acquire(timeout=10):
        raise HTTPException(503, "other questions are being answered", {"Retry-After": "5"})
    try:
        with OpenArchive(asked.house.archive, limits=LIMITS, games=games) as opened:
            answers = list(opened.answers(given.query))
            if not answers:
                raise TableError("the query gives no rows: expected a select")
            rows = opened.rows(answers[-1], given.limit + 1)
    except duckdb.InterruptException as error:
        raise HTTPException(503, "the question was stopped") from error
    finally:
        AT_ONCE.release()
    if rows.nbytes > MOST_BYTES:
        raise HTTPException(422, f"more than {MOST_BYTES >> 20} MB of rows; ask for fewer")
    tag = check_tag(asked.request, state.tag)
    is_cut = rows.num_rows > given.limit
    return answer_rows(asked.request, rows.slice(0, given.limit), tag, {"is_cut": is_cut})
