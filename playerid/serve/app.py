"""The server of an archive: its routes, its errors, its pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse

from playerid.archive.archive import Archive
from playerid.errors import ArchiveError, DamagedError, PlayerIdError, StorageError
from playerid.serve import archive_routes, game_routes, statistics_routes, video_routes
from playerid.serve.answering import NotModified, headers
from playerid.serve.house import House
from playerid.serve.studio_pages import add_pages


def make_app(archive: Archive) -> FastAPI:
    """The application of an archive; it reads what is published at each moment."""
    house = House(archive)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        house.opened.close()

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
    app.state.house = house
    for routes in (archive_routes, game_routes, statistics_routes, video_routes):
        app.include_router(routes.router)
    add_pages(app)
    return app


def _add_errors(app: FastAPI) -> None:
    """Say each error as `{"detail": what was expected, what came, what to do}`."""

    @app.exception_handler(NotModified)
    async def not_modified(_: Request, answer: NotModified) -> Response:
        return Response(status_code=304, headers=headers(answer.tag))

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
