"""The pages of the studio: their routes and their files."""

from importlib import resources
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

PAGES = ("/", "/games/{game_id}", "/games/{game_id}/correct", "/players", "/ask")
"""Addresses of the pages; the script of the studio reads which one it is on."""
NOT_KEPT = {"Cache-Control": "no-cache"}
"""A browser asks each time whether a file is another one since."""


def studio_folder() -> Path:
    """Where the files of the pages are."""
    return Path(str(resources.files("playerid"))) / "serve" / "studio"


class _StudioFiles(StaticFiles):
    """The files of the studio."""

    async def get_response(self, path: str, scope: Any) -> Any:
        """As the parent, to be asked for again each time."""
        answer = await super().get_response(path, scope)
        answer.headers.update(NOT_KEPT)
        return answer


def add_pages(app: FastAPI) -> None:
    """Serve the pages and, under `/studio`, their files."""
    for address in PAGES:
        app.add_api_route(address, _page, methods=["GET"], include_in_schema=False)
    app.mount("/studio", _StudioFiles(directory=studio_folder()), name="studio")


def _page() -> FileResponse:
    return FileResponse(studio_folder() / "studio.html", headers=NOT_KEPT)
