"""The state of a game, frame by frame, as predictions of the SoccerNet game state challenge.

References:
    Somers et al., SoccerNet Game State Reconstruction, CVPRW 2024; the scorer `sn-trackeval`,
    which reads all six keys of `bbox_pitch` although the rules name only the middle.
"""

import json
import logging
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.court.geometry import to_court_below_horizon
from playerid.exchange.game_state import EDGES
from playerid.exchange.pictures import Pictures
from playerid.frames.boxes import boxes_of
from playerid.tables import PLAYING_ROLES
from playerid.warehouse.definitions import quoted

logger = logging.getLogger(__name__)

STATES = """
select
    people.game_id, people.frame_index, people.tracklet_id, people.role, people.player_id,
    coalesce(people.jersey_number, rosters.jersey_number) as jersey_number,
    case
        when not plays(people.role) then null
        when games.home_team_id in ('left', 'right') and games.away_team_id in ('left', 'right')
            then people.team_id
        when people.team_id not in (games.home_team_id, games.away_team_id) then null
        when (people.team_id = games.home_team_id) = (attack_baskets.home_sign > 0) then 'left'
        when attack_baskets.home_sign is not null then 'right'
    end as side,
    people.x_min_px, people.y_min_px, people.x_max_px, people.y_max_px, people.detection_score,
    people.court_x_m, people.court_y_m, coalesce(people.identity_prob, 0) as prob,
    court_views.image_to_court
from player_frames as people
inner join segments using (game_id, segment_index)
inner join games using (game_id)
left join rosters using (game_id, player_id)
left join attack_baskets using (game_id, segment_index)
left join court_views
    on people.game_id = court_views.game_id and people.frame_index = court_views.frame_index
where segments.view = 'main'
"""
"""A row per person and frame of the main view: who they are, and which end their team defends."""

LONGEST_GAP_S = 0.5
TEST_SPLIT = "3"


@dataclass(frozen=True, slots=True)
class StateRows:
    """N rows of people with a place, in order of track and frame.

    Attributes:
        frames: (N,) frame, from 0.
        track_ids: (N,) who belongs together; nobody twice in a frame.
        roles: (N,) player, goalkeeper, referee or other.
        sides: (N,) which end the team defends: left, right, or "" if unknown or no team's.
        numbers: (N,) jersey number, "" if unknown.
        boxes_px: (N, 4) boxes; NaN where there is none.
        edges_m: (N, 3, 2) left, middle and right of the lower edge on the court, metres.
        scores: (N,) of the detector; 1 where there is none.
    """

    frames: NDArray[np.int64]
    track_ids: NDArray[np.int64]
    roles: NDArray[np.str_]
    sides: NDArray[np.str_]
    numbers: NDArray[np.str_]
    boxes_px: NDArray[np.float64]
    edges_m: NDArray[np.float64]
    scores: NDArray[np.float64]

    def take(self, rows: NDArray[Any]) -> "StateRows":
        """Some rows, in the given order."""
        return StateRows(*(getattr(self, field.name)[rows] for field in fields(self)))


def write_game_state(
    connection: duckdb.DuckDBPyConnection, folder: Path, pictures: Pictures
) -> list[Path]:
    """Write `<game_id>.json`: a prediction per person and frame of the main view.

    Between sampled frames people are put on the line between their places, since every frame is
    scored. It cannot hold: people without a place, the ball, probabilities of names, cuts. A team
    whose end is not decided is null. Ids of images are those of the labels, if the game came from
    them; else they are of the test split, with the last digits of the game's id.
    """
    game_id = str(connection.sql("select game_id from games").fetchall()[0][0])
    rate = connection.sql(
        "select sum(end_frame - start_frame) / sum(end_s - start_s) from segments"
    ).fetchall()[0][0]
    found = state_rows(connection.sql(STATES).to_arrow_table(), float(rate or 1.0))
    sequence = ("000" + re.sub(r"\D", "", game_id))[-3:]
    predictions: list[dict[str, Any]] = []
    for index in np.lexsort((found.track_ids, found.frames)).tolist():
        frame = int(found.frames[index])
        image = pictures.image_ids.get(frame, f"{TEST_SPLIT}{sequence}{frame + 1:06d}")
        predictions.append(
            {"id": f"{len(predictions) + 1}", "image_id": image, "video_id": image[1:-6]}
            | _prediction(found, index)
        )
    target = folder / f"{game_id}.json"
    target.write_text(json.dumps({"predictions": predictions}) + "\n", "utf-8")
    return [target]


def state_query(game_id: str) -> str:
    """`STATES` of one game, of a connection to many."""
    return f"{STATES}    and people.game_id = {quoted(game_id)}\n"


def state_rows(rows: pa.Table, frame_rate: float) -> StateRows:
    """The state of a game in every frame, from rows of `STATES`.

    Tracklets of one named player are one track. Who is in a frame twice is the surest there.

    Args:
        rows: of one game.
        frame_rate: frames a second of the video, which says how far two samples may lie apart to
            be joined.
    """
    placed = rows.filter(pc.is_valid(rows["court_x_m"]))
    if lost := len(rows) - len(placed):
        logger.warning("%d of %d rows of people have no place: left out", lost, len(rows))
    keys = [
        player if player is not None else f"#{tracklet}"
        for player, tracklet in zip(
            placed["player_id"].to_pylist(), placed["tracklet_id"].to_pylist(), strict=True
        )
    ]
    tracklets = placed["tracklet_id"].to_numpy().astype(np.int64)
    _, first, who = np.unique(np.array(keys, np.str_), return_index=True, return_inverse=True)
    lowest = np.full(len(first), np.iinfo(np.int64).max)
    np.minimum.at(lowest, who, tracklets)
    frames = placed["frame_index"].to_numpy().astype(np.int64)
    found = StateRows(
        frames=frames, track_ids=lowest[who], roles=_texts(placed, "role"),
        sides=_texts(placed, "side"), numbers=_texts(placed, "jersey_number"),
        boxes_px=boxes_of(placed).astype(np.float64), edges_m=_edges(placed),
        scores=placed["detection_score"].fill_null(1.0).to_numpy().astype(np.float64),
    )  # fmt: skip
    order = np.lexsort((-placed["prob"].to_numpy(), frames, found.track_ids))
    found = found.take(order)
    again = (np.diff(found.frames) == 0) & (np.diff(found.track_ids) == 0)
    return _between(found.take(np.flatnonzero(np.append([True], ~again)[: len(order)])), frame_rate)


def _between(found: StateRows, frame_rate: float) -> StateRows:
    """With rows in the frames between two of a track that are near each other."""
    steps = np.diff(found.frames, append=0)
    joined = (np.diff(found.track_ids, append=-1) == 0) & (steps > 1)
    joined &= steps <= LONGEST_GAP_S * frame_rate
    copies = np.where(joined, steps, 1)
    rows = np.repeat(np.arange(len(steps)), copies)
    after = np.minimum(rows + 1, max(len(steps) - 1, 0))
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(copies) - copies, copies)
    share = offset / copies[rows]

    def along(values: NDArray[np.float64]) -> NDArray[np.float64]:
        part = share.reshape(-1, *[1] * (values.ndim - 1))
        moved = values[rows] + part * (values[after] - values[rows])
        return np.asarray(np.where(part == 0, values[rows], moved))

    return StateRows(
        found.frames[rows] + offset, found.track_ids[rows], found.roles[rows], found.sides[rows],
        found.numbers[rows], along(found.boxes_px), along(found.edges_m), found.scores[rows],
    )  # fmt: skip


def _edges(rows: pa.Table) -> NDArray[np.float64]:
    """Corners of the lower edge by the view of the frame; the middle where that is not solved."""
    boxes = boxes_of(rows).astype(np.float64)
    middle = np.column_stack([rows[name].to_numpy() for name in ("court_x_m", "court_y_m")])
    edges = np.repeat(middle.astype(np.float64)[:, None], 3, axis=1)
    for index, matrix in enumerate(rows["image_to_court"].to_pylist()):
        if matrix is not None and np.isfinite(boxes[index]).all():
            corners = boxes[index][[[0, 3], [2, 3]]]
            places = to_court_below_horizon(corners, np.array(matrix).reshape(3, 3))
            if np.isfinite(places).all():
                edges[index, [0, 2]] = places
    return edges


def _prediction(found: StateRows, index: int) -> dict[str, Any]:
    role = str(found.roles[index])
    left, top, right, bottom = (round(float(value), 3) for value in found.boxes_px[index])
    has_box = np.isfinite(found.boxes_px[index]).all()
    plays = role in PLAYING_ROLES
    places = found.edges_m[index] * (1.0, -1.0)  # theirs grows towards the near touchline
    return {
        "track_id": int(found.track_ids[index]), "supercategory": "object", "category_id": 1,
        "confidence": float(found.scores[index]),
        "attributes": {
            "role": role,
            "jersey": (str(found.numbers[index]) or None) if plays else None,
            "team": (str(found.sides[index]) or None) if plays else None,
        },
        "bbox_image": {"x": left, "y": top, "w": right - left, "h": bottom - top}
        if has_box else None,
        "bbox_pitch": {
            f"{axis}_bottom_{edge}": round(float(places[at, side]), 4)
            for at, edge in enumerate(EDGES) for side, axis in enumerate("xy")
        },
    }  # fmt: skip


def _texts(rows: pa.Table, name: str) -> NDArray[np.str_]:
    """A text column; "" where null."""
    return np.array([value or "" for value in rows[name].to_pylist()], np.str_)
