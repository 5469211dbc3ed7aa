"""The server of an archive: its routes, its errors, its pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse

from playerid.archive.archive import Archive
from playerid.errors import (
    ArchiveError,
    DamagedError,
    PlayerIdError,
    StorageError,
    TooSlowError,
)
from playerid.serve import (
    archive_routes,
    clip_routes,
    correction_routes,
    game_routes,
    question_routes,
    session_routes,
    sql_routes,
    statistics_routes,
    status_routes,
    video_routes,
)
from playerid.serve.access import Access, open_access
from playerid.serve.answering import NotModified, headers
from playerid.serve.correcting import Decider
from playerid.serve.guard import Guard
from playerid.serve.house import House
from playerid.serve.studio_pages import add_pages

ROUTES = (
    archive_routes,
    status_routes,
    game_routes,
    statistics_routes,
    question_routes,
    video_routes,
    clip_routes,
    correction_routes,
    session_routes,
)


def make_app(
    archive: Archive,
    access: Access | None = None,
    decider: Decider | None = None,
    *,
    has_sql: bool = False,
) -> FastAPI:
    """The application of an archive; it reads what is published at each moment.

    Args:
        archive: where the games are.
        access: who may ask; everybody of this machine if not given.
        decider: decides games again; without one corrections are kept, and no more.
        has_sql: whether it answers questions in SQL.
    """
    house, access = House(archive, decider), access or open_access("127.0.0.1")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        house.current.now()
        yield
        house.close()

    app = FastAPI(
        title="playerid",
        version=version("playerid"),
        summary="Which player is where in every frame of a game video.",
        openapi_url="/v1/openapi.json",
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    _add_errors(app)
    app.state.house, app.state.access, app.state.has_sql = house, access, has_sql
    for routes in ROUTES:
        app.include_router(routes.router)
    if has_sql:
        app.include_router(sql_routes.router)
    app.add_middleware(Guard, access=access)
    add_pages(app)
    return app


def _add_errors(app: FastAPI) -> None:
    """Say each error as `{"detail": what was expected, what came, what to do}`."""

    @app.exception_handler(NotModified)
    async def not_modified(_: Request, answer: NotModified) -> Response:
        return Response(status_code=304, headers=headers(answer.tag))

    @app.exception_handler(TooSlowError)
    async def slow(_: Request, error: TooSlowError) -> Response:
        return JSONResponse({"detail": str(error)}, 503, {"Retry-After": "30"})

    @app.exception_handler(PlayerIdError)
    async def wrong(_: Request, error: PlayerIdError) -> Response:
        status = 503 if isinstance(error, DamagedError) else 422
        if isinstance(error, ArchiveError) and "not in the archive" in str(error):
            status = 404
        return JSONResponse({"detail": str(error)}, status)

    @app.exception_handler(StorageError)
    async def away(_: Request, error: StorageError) -> Response:
        return JSONResponse({"detail": str(error)}, 503, {"Retry-After": "5"})

    @app.exception_handler(RequestValidationError)
    async def misspelt(_: Request, error: RequestValidationError) -> Response:
        said = "; ".join(f"{e['loc'][-1]}: {e['msg']}" for e in error.errors()[:5])
        return JSONResponse({"detail": said}, 422)
