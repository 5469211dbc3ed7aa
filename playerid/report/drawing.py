"""A published game -> its annotated video in the archive."""

import json
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

from playerid import tables
from playerid.archive import layout, store
from playerid.archive.archive import Archive
from playerid.archive.catalog import find_game
from playerid.archive.entry import Entry
from playerid.frames.boxes import boxes_of
from playerid.frames.main_view import VideoSource
from playerid.frames.reader import FrameReader
from playerid.frames.segments import segments_from
from playerid.frames.video_writing import write_video
from playerid.game.inputs import stored_game, video_sources
from playerid.leagues import load_league
from playerid.report.overlay import Overlay, annotated_frames
from playerid.report.picture_motion import follow_picture


def draw_game(archive: Archive, game_id: str) -> str:
    """Write `pictures/<game_id>/annotated.mp4`.

    Returns:
        Path of the video in the archive's file system.

    Raises:
        ArchiveError: The game is not published.
    """
    entry = find_game(archive, game_id)
    game = stored_game(archive, game_id)
    segments, people, balls = (
        store.read(archive, table, entry.tables[table.name])
        for table in (tables.SEGMENTS, tables.PLAYER_FRAMES, tables.BALL_FRAMES)
    )
    videos = video_sources(archive, game)
    shots = segments_from(segments)
    frames = annotated_frames(
        videos,
        shots,
        Overlay(game, people, follow_picture(videos, shots)),
        dict(zip(np.asarray(balls["frame_index"]).tolist(), boxes_of(balls), strict=True)),
        load_league(game.league).court,
    )
    target = layout.annotated_video(game_id)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "annotated.mp4"
        write_video(str(file), frames, frame_rate_of(videos[0]))
        archive.write(target, file.read_bytes())
    archive.write(layout.annotated_record(game_id), json.dumps(_shown(entry)).encode())
    return archive.path(target)


def is_drawn(archive: Archive, game_id: str) -> bool:
    """Whether the annotated video of a published game shows what is published now."""
    path = layout.annotated_record(game_id)
    return archive.exists(path) and archive.read_json(path) == _shown(find_game(archive, game_id))


def _shown(entry: Entry) -> dict[str, str]:
    """What a video of the entry shows."""
    return {"inputs_sha256": entry.inputs_sha256, "evidence_sha256": entry.evidence_sha256}


def frame_rate_of(video: VideoSource) -> Fraction:
    """Usual frame rate of a video."""
    with video.open() as source:
        return FrameReader(source, video.name).rate
