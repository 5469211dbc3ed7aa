"""Clips: a few seconds of a game's video as a file of their own."""

import tempfile
import threading
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import Field

from playerid.archive import layout
from playerid.frames.stretches import copy_stretch
from playerid.serve.answer_schemas import file_of
from playerid.serve.answering import headers
from playerid.serve.house import Ask, Parameters

router = APIRouter(prefix="/v1/games/{game_id}", tags=["video"])
AT_ONCE = threading.BoundedSemaphore(1)
LONGEST_S = 60.0
CLIP = file_of("video/mp4", "The clip.")


class ClipAsked(Parameters):
    """From when to when, seconds of the game's video."""

    from_s: Annotated[float, Field(alias="from", ge=0)]
    to_s: Annotated[float, Field(alias="to", ge=0)]


@router.get("/clip", responses=CLIP, response_class=Response)
def clip(asked: Ask, game_id: str, given: Annotated[ClipAsked, Query()]) -> Response:
    """A stretch of the video as MP4 (H.264, without sound), at most a minute, within one file."""
    if not 0 < given.to_s - given.from_s <= LONGEST_S:
        raise HTTPException(422, f"expected 'from' before 'to', at most {LONGEST_S:g} s apart")
    tag = asked.tag(game_id)
    names = asked.summary(game_id).videos
    place = (
        "select video_index, video_start_s from segments where start_s <= ? and end_s > ?"
        " order by start_s limit 1"
    )
    found = asked.of_game(game_id, place, (given.from_s, given.from_s)).to_pylist()
    if not found or found[0]["video_index"] >= len(names):
        raise HTTPException(404, f"game {game_id} has no video at {given.from_s:g} s")
    name, begin_s = names[found[0]["video_index"]], found[0]["video_start_s"]
    if not AT_ONCE.acquire(timeout=60):
        raise HTTPException(503, "other clips are being made", {"Retry-After": "10"})
    try:
        path = layout.source_file(game_id, name)
        with tempfile.TemporaryDirectory() as folder, asked.house.archive.open(path) as source:
            file = Path(folder) / "clip.mp4"
            span = given.from_s - begin_s, given.to_s - begin_s
            if not copy_stretch(source, name, *span, str(file)):
                raise HTTPException(404, f"{name} has no frame at {given.from_s:g} s")
            content = file.read_bytes()
    finally:
        AT_ONCE.release()
    file_name = f"{game_id}-{given.from_s:.1f}-{given.to_s:.1f}.mp4"
    named = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(content, headers=headers(tag) | named, media_type="video/mp4")
