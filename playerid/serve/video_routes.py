"""The video of a game, by ranges of bytes, read from the archive as they are asked for."""

import mimetypes
import re
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import Field
from starlette.responses import StreamingResponse

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.serve.answer_schemas import file_of
from playerid.serve.house import Ask, Parameters

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
BLOCK = 1 << 20
"""Bytes that are read at once: as much is lost where somebody jumps."""


BYTES = file_of("video/*", "The whole file.") | file_of("video/*", "The range of it.", 206)
router = APIRouter(prefix="/v1/games/{game_id}", tags=["video"])


class VideoAsked(Parameters):
    """Which of the game's files, from 0."""

    index: Annotated[int, Field(ge=0)] = 0


@router.head("/video", include_in_schema=False)
@router.get("/video", responses=BYTES, response_class=Response)
def video(asked: Ask, game_id: str, given: Annotated[VideoAsked, Query()]) -> Response:
    """A video file of the game; `Range: bytes=...` gives a part of it."""
    names = asked.summary(game_id).videos
    if given.index >= len(names):
        raise HTTPException(404, f"game {game_id} has {len(names)} video files here")
    path = layout.source_file(game_id, names[given.index])
    size, tag = _facts(asked.house.archive, path)
    first, last = _range(asked.request, size, tag)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(last - first + 1),
        "ETag": tag,
        "Cache-Control": "private, no-cache",
    }
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    status = 200
    if "range" in asked.request.headers:
        status, headers["Content-Range"] = 206, f"bytes {first}-{last}/{size}"
    if asked.request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=kind)
    content = _blocks(asked.house.archive, path, first, last)
    return StreamingResponse(content, status, headers, media_type=kind)


def _facts(archive: Archive, path: str) -> tuple[int, str]:
    """Size of a file, and its ETag."""
    try:
        info = archive.filesystem.info(archive.path(path))
    except FileNotFoundError as error:
        raise HTTPException(404, f"{path}: not in the archive") from error
    told = info.get("ETag") or f"{info['size']}-{info.get('mtime')}"
    return int(info["size"]), '"' + re.sub(r"[^\w.-]", "", str(told)) + '"'


def _range(request: Request, size: int, tag: str) -> tuple[int, int]:
    """First and last byte that are asked for.

    Raises:
        HTTPException: 416: the file has no such bytes.
    """
    asked = request.headers.get("range")
    if asked is None or request.headers.get("if-range", tag) != tag:
        return 0, size - 1
    found = RANGE.fullmatch(asked.strip())
    first, last = found.groups() if found else ("", "")
    if first:
        span = int(first), min(int(last), size - 1) if last else size - 1
    elif last:
        span = max(size - int(last), 0), size - 1
    else:
        span = size, 0
    if span[0] > span[1] or span[0] >= size:
        raise HTTPException(
            416, f"expected one range within {size} bytes", {"Content-Range": f"bytes */{size}"}
        )
    return span


def _blocks(archive: Archive, path: str, first: int, last: int) -> Iterator[bytes]:
    """The bytes from first to last, each block once somebody waits for it."""
    for start in range(first, last + 1, BLOCK):
        yield archive.read_range(path, start, min(start + BLOCK, last + 1))
