"""All that was found out about a game -> its public tables."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid import tables
from playerid.court.positions import court_positions
from playerid.frames.boxes import BOX, boxes_of
from playerid.game.roster import Game
from playerid.identify.following import Course, following_probs
from playerid.models.packs import Model
from playerid.publish.made_baskets import find_baskets

ACTIONS = {
    "player-in-possession": "in-possession",
    "player-jump-shot": "jump-shot",
    "player-layup-dunk": "layup-dunk",
    "player-shot-block": "shot-block",
}
BALLS = pa.array(["ball", "ball-in-basket"])


def player_frames(boxes: pa.Table, identities: pa.Table, court_views: pa.Table) -> pa.Table:
    """Join boxes, identities and court views.

    The probability of a row is that of its tracklet's player, times that of the box being on the
    tracklet's person; a name by hand was given to the box. Who does not play does nothing.

    Args:
        boxes: rows of `atom_boxes`, or of `tracked_boxes`, where numbers are not looked at; every
            tracklet has an identity row.
        identities: rows of `identities`.
        court_views: rows of `court_views`.

    Returns:
        Rows of `player_frames`.
    """
    told = (
        "role", "team_id", "team_cluster", "jersey_number", "player_id", "identity_prob", "source",
    )  # fmt: skip
    named = boxes.join(identities.select(["tracklet_id", *told]), "tracklet_id", join_type="inner")
    positions = court_positions(named, court_views)
    following = following_probs(
        Course(
            named["tracklet_id"].to_numpy(),
            named["segment_index"].to_numpy(),
            named["frame_index"].to_numpy(),
            named["time_s"].to_numpy(),
            boxes_of(named),
            named["meetings"].to_numpy() if "meetings" in named.column_names else None,
        )
    )
    surely = pc.fill_null(pc.equal(named["source"], "by hand"), fill_value=False)
    probs = pc.multiply(named["identity_prob"], pc.if_else(surely, 1.0, pa.array(following)))
    named = named.drop_columns(["identity_prob", "source"])
    actions = [
        None if role == "other" else ACTIONS.get(label)
        for role, label in zip(named["role"].to_pylist(), named["label"].to_pylist(), strict=True)
    ]
    columns = {
        "identity_prob": probs,
        "court_x_m": _nullable(positions[:, 0]),
        "court_y_m": _nullable(positions[:, 1]),
        "action": pa.array(actions, pa.string()),
    }
    for name, values in columns.items():
        named = named.append_column(name, values)
    return named.select(tables.PLAYER_FRAMES.schema.names)


def ball_frames(objects: pa.Table, boxes: pa.Table, court_views: pa.Table) -> pa.Table:
    """Choose the ball of each frame and who holds it.

    The surest ball box of a frame is the ball. Its holder is the person detected in possession,
    or else the only player whose box holds the ball's centre; otherwise nobody. It is in the basket
    if its box says so, or where it has fallen through a ring (`find_baskets`).

    Args:
        objects: rows of `object_boxes`.
        boxes: rows of `tracked_boxes` of the same game, without people who do not play.
        court_views: rows of `court_views`.

    Returns:
        Rows of `ball_frames`.
    """
    surest = _surest(objects.filter(pc.is_in(objects["label"], BALLS))).to_pylist()
    rims = objects.filter(pc.equal(objects["label"], "rim")).select(["frame_index", *BOX])
    baskets = find_baskets(surest, rims.to_pylist())
    people = _PeopleByFrame(boxes)
    columns = [name for name in tables.BALL_FRAMES.schema.names if name in objects.column_names]
    found = [
        {name: row[name] for name in columns}
        | {
            "holder_tracklet_id": people.holder_of(row),
            "in_basket": row["label"] == "ball-in-basket" or row["frame_index"] in baskets,
        }
        for row in surest
    ]
    balls = pa.Table.from_pylist(found, tables.BALL_FRAMES.schema)
    positions = court_positions(balls, court_views)
    for axis, name in enumerate(("court_x_m", "court_y_m")):
        index = balls.schema.get_field_index(name)
        balls = balls.set_column(index, balls.schema.field(index), _nullable(positions[:, axis]))
    return balls


def _surest(objects: pa.Table) -> pa.Table:
    """The row of each frame with the highest score, in the order of frames; of equals the last."""
    rows = objects.sort_by([("frame_index", "ascending"), ("detection_score", "ascending")])
    frames = rows["frame_index"].to_numpy()
    return rows.filter(np.append(np.diff(frames) != 0, True)[: len(frames)])


class _PeopleByFrame:
    """Who may hold a ball, as columns: a game has some 300,000 rows of them."""

    def __init__(self, boxes: pa.Table) -> None:
        may_hold = boxes.filter(pc.not_equal(boxes["label"], "referee")).sort_by("frame_index")
        self._frames = may_hold["frame_index"].to_numpy()
        self._tracklets = may_hold["tracklet_id"].to_numpy()
        self._boxes = boxes_of(may_hold)
        self._possess = pc.equal(may_hold["label"], "player-in-possession").to_numpy()

    def holder_of(self, ball: Mapping[str, Any]) -> int | None:
        frame = slice(
            *np.searchsorted(self._frames, [ball["frame_index"], ball["frame_index"] + 1])
        )
        holds = self._possess[frame]
        if holds.sum() != 1:
            x, y = (np.float64(ball[a] + ball[b]) / 2 for a, b in (BOX[::2], BOX[1::2]))
            x_min, y_min, x_max, y_max = self._boxes[frame].T
            holds = (x_min <= x) & (x <= x_max) & (y_min <= y) & (y <= y_max)
        return int(self._tracklets[frame][holds][0]) if holds.sum() == 1 else None


def _nullable(values: NDArray[np.float64]) -> pa.Array:
    return pa.array(values, pa.float32(), mask=np.isnan(values))


def assemble_game(
    game: Game,
    rows: Mapping[str, pa.Table],
    models: Mapping[str, Model],
    provenance: Mapping[str, Any],
) -> dict[str, pa.Table]:
    """Make the public tables of a game.

    Args:
        game: its game file.
        rows: `segments`, `atom_boxes`, `object_boxes`, `court_views`, `clock_frames` and
            `identities`.
        models: job -> model that did it.
        provenance: `inputs_sha256`, `pack`, `version` and the costs of the row of `games`.

    Returns:
        Name of each public table -> its rows, but for `called_events`, which nobody made out.
    """
    boxes, views, segments = rows["atom_boxes"], rows["court_views"], rows["segments"]
    frames = player_frames(boxes, rows["identities"], views)
    players = frames.filter(pc.is_in(frames["role"], pa.array(tables.PLAYING_ROLES)))
    main = segments.filter(pc.equal(segments["view"], "main"))
    summary = {
        "game_id": game.game_id,
        "season": game.season,
        "date": game.date,
        "league": game.league,
        "home_team_id": game.home.team_id,
        "away_team_id": game.away.team_id,
        "home_shirt": game.home.shirt,
        "away_shirt": game.away.shirt,
        "home_team_name": game.home.name,
        "away_team_name": game.away.name,
        "videos": game.videos,
        "duration_s": pc.max(segments["end_s"]).as_py() or 0.0,
        "main_view_s": pc.sum(pc.subtract(main["end_s"], main["start_s"])).as_py() or 0.0,
        "court_coverage": _share(views["image_to_court"]),
        "identity_coverage": _share(players["player_id"]),
        "models": json.dumps({job: [m.backend, m.digest] for job, m in sorted(models.items())}),
        "published_at": dt.datetime.now(dt.UTC),
        **provenance,
    }
    return {
        "segments": segments,
        "court_views": views,
        "identities": rows["identities"],
        "player_frames": frames,
        "ball_frames": ball_frames(
            rows["object_boxes"], _playing(boxes, rows["identities"]), views
        ),
        "clock_frames": rows["clock_frames"],
        "games": pa.Table.from_pylist([summary], tables.GAMES.schema),
        "rosters": game.roster_rows(),
    }


def _playing(boxes: pa.Table, identities: pa.Table) -> pa.Table:
    """The boxes of everybody but those who stand by."""
    others = identities.filter(pc.equal(identities["role"], "other"))["tracklet_id"]
    stand_by = pc.is_in(boxes["tracklet_id"], value_set=others.combine_chunks())
    return boxes.filter(pc.invert(stand_by))


def _share(values: pa.ChunkedArray) -> float:
    return 1 - values.null_count / len(values) if len(values) else 0.0
