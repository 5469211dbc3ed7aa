"""Tracks for editors of annotations, and what somebody changed in them as corrections.

An editor shows the boxes of a video file by its own frames. What comes back is compared box by
box: wherever the person of a published box is said to be another one, a correction is made, for
just those frames. Boxes that were moved, added or removed say nothing about who somebody is.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from playerid.errors import TableError
from playerid.frames.boxes import boxes_of, iou
from playerid.game.corrections import Correction
from playerid.game.roster import Game
from playerid.operate.hand_corrections import GameBoxes, draft_correction

logger = logging.getLogger(__name__)

TRACKS = """
select video_index, tracklet_id, frame_index - first_frame as frame, time_s - video_start_s as
    time_s, player_frames.role, player_frames.team_id, player_frames.player_id, player_name,
    rosters.jersey_number, x_min_px, y_min_px, x_max_px, y_max_px
from player_frames
inner join segments using (segment_index)
inner join (
    select video_index, min(start_frame) as first_frame from segments group by video_index
) using (video_index)
left join rosters using (player_id)
where x_max_px > x_min_px and y_max_px > y_min_px
order by video_index, tracklet_id, frame
"""
VIDEOS = """
select video_index, max(end_frame) - min(start_frame) as frames,
    max(end_s) - min(start_s) as duration_s
from segments group by video_index order by video_index
"""
NOBODY, UNKNOWN = "nobody", "unknown"


@dataclass(frozen=True, slots=True)
class Track:
    """A tracklet as an editor shows it.

    Attributes:
        tracklet_id: of the published game.
        who: text of who it is; see `label_of`.
        role: player, referee or other.
        rows: its boxes in order: frame of the file, time_s, and the four edges in pixels.
    """

    tracklet_id: int
    who: str
    role: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SaidBoxes:
    """N boxes as an editor has them.

    Attributes:
        frames: (N,) frame of the game.
        boxes_px: (N, 4).
        who: N texts of who it is.
    """

    frames: np.ndarray[Any, np.dtype[np.int64]]
    boxes_px: np.ndarray[Any, np.dtype[np.float64]]
    who: Sequence[str]


def tracks_of(connection: duckdb.DuckDBPyConnection) -> dict[int, list[Track]]:
    """Video file -> its tracks.

    Raises:
        TableError: Nobody has a box, as in imported tracking.
    """
    rows = connection.sql(TRACKS).to_arrow_table().to_pylist()
    if not rows:
        raise TableError("nobody has a box, so there is nothing to write")
    found: dict[int, list[Track]] = {}
    for (video, tracklet), boxes in groupby(rows, lambda r: (r["video_index"], r["tracklet_id"])):
        listed = list(boxes)
        found.setdefault(video, []).append(
            Track(tracklet, label_of(listed[0]), listed[0]["role"], listed)
        )
    return found


def label_of(row: Mapping[str, Any]) -> str:
    """Who a published box is, for people, with the id that is read back: "0 Ann Lee [H1]"."""
    if row["player_id"] is not None:
        return player_label(row["player_id"], row["jersey_number"], row["player_name"])
    if row["team_id"] is not None:
        return team_label(row["team_id"])
    return UNKNOWN


def player_label(player_id: str, number: str | None, name: str | None) -> str:
    """Text of a player."""
    return f"{number or ''} {name or ''} [{player_id}]".strip()


def team_label(team_id: str) -> str:
    """Text of somebody of a team."""
    return f"somebody [{team_id}]"


def labels_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Everything that can be said of a person of the game."""
    players = connection.sql(
        "select player_id, jersey_number, player_name from rosters where active"
        " order by team_id, try_cast(jersey_number as integer), player_id"
    ).fetchall()
    teams = connection.sql("select home_team_id, away_team_id from games").fetchall()[0]
    named = [player_label(*row) for row in players]
    return [*named, *(team_label(team) for team in teams), NOBODY, UNKNOWN]


def first_frames(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """Video file -> frame of the game at which it begins."""
    rows = connection.sql("select video_index, min(start_frame) from segments group by 1")
    return {int(video): int(first) for video, first in rows.fetchall()}


def corrections_said(
    seen: GameBoxes, before: Sequence[Correction], said: SaidBoxes, said_by: str | None
) -> list[Correction]:
    """Corrections for the published boxes of which an editor says otherwise.

    Args:
        seen: the published game.
        before: what was said already.
        said: what the editor has.
        said_by: who says so.

    Raises:
        TableError: A text names nobody of the game.
        GameError: They contradict what was said before.
    """
    boxes = seen.boxes.sort_by([("tracklet_id", "ascending"), ("frame_index", "ascending")])
    claims = list(_claims(boxes, said, seen.game))
    made: list[Correction] = []
    unsaid = 0
    for (tracklet, who), run in groupby(claims, key=lambda each: each[:2]):
        times_s = [time_s for _, _, time_s in run]
        if who is None:
            continue
        if who == UNKNOWN:
            unsaid += len(times_s)
            continue
        span_s = times_s[0] - 1e-4, times_s[-1] + 1e-4
        made.append(draft_correction(seen, [*before, *made], tracklet, who, span_s, said_by))
    if unsaid:
        logger.warning(
            "%d boxes lost their name in the editor; say who they are, or nobody", unsaid
        )
    return made


def _claims(
    boxes: pa.Table, said: SaidBoxes, game: Game, *, min_iou: float = 0.5
) -> Iterator[tuple[int, str | None, float]]:
    """Tracklet, what is said of it that is not published, and time, of each box in order."""
    rows_of = _rows_by_frame(said.frames)
    places_px = boxes_of(boxes)
    columns = ("tracklet_id", "frame_index", "time_s", "player_id", "team_id")
    for row, place in zip(boxes.select(columns).to_pylist(), places_px, strict=True):
        near = rows_of.get(row["frame_index"], [])
        overlaps = iou(place[None], said.boxes_px[near])[0] if near else np.zeros(0)
        who = None
        if overlaps.max(initial=0.0) >= min_iou:
            told = _id_of(said.who[near[int(overlaps.argmax())]], game)
            published = row["player_id"] or row["team_id"] or UNKNOWN
            who = None if told in {published, row["player_id"]} else told
        yield row["tracklet_id"], who, row["time_s"]


def _rows_by_frame(frames: np.ndarray[Any, np.dtype[np.int64]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row, frame in enumerate(frames.tolist()):
        found.setdefault(frame, []).append(row)
    return found


def _id_of(text: str, game: Game) -> str:
    """Player or team of a text, nobody or unknown."""
    named = text[text.rindex("[") + 1 : -1] if text.endswith("]") and "[" in text else text.strip()
    known = {*game.teams_of, *(team.team_id for team in game.teams), NOBODY, UNKNOWN}
    if named not in known:
        raise TableError(f"{text[:80]!r} is nobody of game {game.game_id}; expected a label of it")
    return named
