"""The pages of the studio: files of the package, served as they are."""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

STUDIO = Path(__file__).parent / "studio"


def add_pages(app: FastAPI) -> None:
    """Serve the pages at "/"; to be added last, because they take every path that is left."""
    app.mount("/", StaticFiles(directory=STUDIO, html=True), name="studio")
