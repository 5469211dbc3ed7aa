"""Routes of a session: a browser keeps its token where no page can read it."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from playerid.serve.access import COOKIE, Access, token_digest
from playerid.serve.answer_schemas import TEXT, one, thing

KNOWN = thing({"name": TEXT, "role": TEXT})
VISITOR = thing(
    {"name": TEXT, "role": TEXT}
    | {name: {"type": "boolean"} for name in ("needs_token", "has_sql", "can_decide")}
)
router = APIRouter(prefix="/v1", tags=["session"])


class TokenGiven(BaseModel):
    """The token of somebody."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=1000)]


@router.get("/session", responses=one(VISITOR))
def session(request: Request) -> Response:
    """Who asks, what they may, and what this server answers; `name` is null for nobody known."""
    access: Access = request.app.state.access
    who = access.visitor(request)
    return JSONResponse(
        {
            "name": who.name if who else None,
            "role": who.role if who else None,
            "needs_token": bool(access.tokens),
            "has_sql": request.app.state.has_sql if who else False,
            "can_decide": request.app.state.house.correcting.decider is not None if who else False,
        },
        headers={"Cache-Control": "no-store"},
    )


@router.post("/session", responses=one(KNOWN))
def begin(request: Request, given: TokenGiven) -> Response:
    """Keep a token in a cookie of this browser.

    401 if nobody has it.
    """
    access: Access = request.app.state.access
    who = access.tokens.get(token_digest(given.token))
    if who is None:
        raise HTTPException(401, "nobody has this token")
    answer = JSONResponse({"name": who.name, "role": who.role})
    is_https = request.url.scheme == "https"
    answer.set_cookie(COOKIE, given.token, httponly=True, samesite="strict", secure=is_https)
    return answer


@router.delete("/session", status_code=204)
def end() -> Response:
    """Forget the token of this browser."""
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer
