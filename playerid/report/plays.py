"""The seconds of a violation: where everybody was on the court, and the pictures of it."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import duckdb
import numpy as np
import pyarrow as pa
import supervision as sv
from numpy.typing import NDArray

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.frames.boxes import boxes_of
from playerid.frames.video import read_frames
from playerid.frames.video_writing import write_video
from playerid.game.roster import Game
from playerid.leagues import load_league
from playerid.report.overlay import CourtInset, Overlay, annotate

PATHS = """
select tracklet_id, any_value(role) as role, any_value(team_id) as team_id,
    any_value(is_home) as is_home, any_value(player_id) as player_id,
    any_value(player_name) as player_name, any_value(jersey_number) as jersey_number,
    list(time_s order by time_s) as times_s, list(court_x_m order by time_s) as xs_m,
    list(court_y_m order by time_s) as ys_m
from players
where segment_index = $1 and time_s between $2 and $3 and court_x_m is not null
    and role <> 'other'
group by tracklet_id
order by tracklet_id
"""
FRAMES = """
select distinct frame_index, time_s, video_index, video_start_s
from (
    select segment_index, frame_index, time_s from court_views
    union
    select segment_index, frame_index, time_s from player_frames
)
inner join segments using (segment_index)
where segment_index = $1 and time_s between $2 and $3
order by time_s
"""
BOXES = "select * from player_frames where segment_index = $1 and time_s between $2 and $3"
MARK = sv.TriangleAnnotator(sv.Color.from_hex("#ff2d2d"), base=26, height=22)


@dataclass(frozen=True, slots=True)
class CourtPath:
    """One person on the court during a play.

    Attributes:
        label: jersey number, or "".
        side: home, away, referee or unknown.
        is_offender: whether it is who the violation is about.
        times_s: (N,) seconds of the video.
        places_m: (N, 2) court coordinates, metres.
    """

    label: str
    side: str
    is_offender: bool
    times_s: NDArray[np.float64]
    places_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlayOfViolation:
    """The seconds around one violation.

    Attributes:
        violation: row of `three_second_violations`.
        start_s, end_s: what is shown, seconds of the video; within one segment.
        paths: everybody whose place is known.
        clip: H.264 video of the same seconds; empty if there is no video.
    """

    violation: Mapping[str, Any]
    start_s: float
    end_s: float
    paths: tuple[CourtPath, ...]
    clip: bytes


def read_play(
    connection: duckdb.DuckDBPyConnection,
    violation: Mapping[str, Any],
    footage: tuple[Archive, Game] | None,
    *,
    around_s: float = 1.0,
) -> PlayOfViolation:
    """Collect the seconds of a violation, and a little before and after it.

    Args:
        connection: to the game's tables.
        violation: row of `three_second_violations`.
        footage: where the game's videos are; None if there are none.
        around_s: shown before and after, within the camera shot.
    """
    window = [
        violation["segment_index"], violation["start_s"] - around_s, violation["end_s"] + around_s
    ]  # fmt: skip
    paths = connection.sql(PATHS, params=window).to_arrow_table().to_pylist()
    frames = connection.sql(FRAMES, params=window).to_arrow_table()
    boxes = connection.sql(BOXES, params=window).to_arrow_table()
    times_s = np.asarray(frames["time_s"], np.float64)
    return PlayOfViolation(
        violation,
        float(times_s[0]),
        float(times_s[-1]),
        tuple(_path(row, violation) for row in paths),
        _clip(*footage, frames, boxes, violation) if footage else b"",
    )


def _path(row: dict[str, Any], violation: Mapping[str, Any]) -> CourtPath:
    sides = {True: "home", False: "away", None: "unknown"}
    return CourtPath(
        row["jersey_number"] or "",
        "referee" if row["role"] == "referee" else sides[row["is_home"]],
        _is_offender(row, violation),
        np.array(row["times_s"], np.float64),
        np.column_stack([row["xs_m"], row["ys_m"]]).astype(np.float64),
    )


def _is_offender(row: Mapping[str, Any], violation: Mapping[str, Any]) -> bool:
    """The tracklet that began the count, or another one of the same player."""
    if row["tracklet_id"] == violation["tracklet_id"]:
        return True
    return row["player_id"] is not None and row["player_id"] == violation["player_id"]


def _clip(
    archive: Archive, game: Game, frames: pa.Table, boxes: pa.Table, violation: Mapping[str, Any]
) -> bytes:
    times_s = np.asarray(frames["time_s"], np.float64)
    step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.1
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clip.mp4"
        pictures = _pictures(archive, game, frames, boxes, violation)
        write_video(str(file), pictures, Fraction(1 / step_s).limit_denominator(1001), crf=30)
        return file.read_bytes()


def _pictures(
    archive: Archive,
    game: Game,
    frames: pa.Table,
    boxes: pa.Table,
    violation: Mapping[str, Any],
    width_px: int = 640,
) -> Iterator[NDArray[np.uint8]]:
    """The annotated frames, scaled down; a red mark is above who the violation is about."""
    overlay, court = Overlay(game, boxes), load_league(game.league).court
    offender = {
        row["frame_index"]: box
        for row, box in zip(boxes.to_pylist(), boxes_of(boxes), strict=True)
        if _is_offender(row, violation)
    }
    name = game.videos[frames["video_index"][0].as_py()]
    in_file_s = np.asarray(frames["time_s"]) - frames["video_start_s"][0].as_py()
    with archive.open(layout.source_file(game.game_id, name)) as source:
        images = read_frames(source, name, in_file_s)
        inset = None
        for frame_index, image in zip(frames["frame_index"].to_pylist(), images, strict=True):
            inset = inset or CourtInset(court, round(image.shape[1] / 4))
            drawn = annotate(image, overlay.at(frame_index), inset, None)
            if (box := offender.get(frame_index)) is not None:
                raised = (box - np.array([0, 24, 0, 24]))[None].astype(np.float32)
                drawn = MARK.annotate(drawn, sv.Detections(raised, class_id=np.array([0])))
            height_px = 2 * round(image.shape[0] * width_px / image.shape[1] / 2)
            yield np.asarray(
                cv2.resize(drawn, (width_px, height_px), interpolation=cv2.INTER_AREA), np.uint8
            )
