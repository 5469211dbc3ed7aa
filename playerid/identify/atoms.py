"""Tracklets that hold two people -> pieces that hold one."""

from collections.abc import Mapping, Sequence
from itertools import count

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.frames.boxes import boxes_of, largest_overlaps
from playerid.game.roster import Game
from playerid.identify.candidates import gather_candidates
from playerid.identify.evidence import ReadNumbers, gather_readings
from playerid.identify.likelihood import Channel, burst_likelihoods
from playerid.teams.clusters import MOST_LOG_ODDS
from playerid.teams.crop_odds import crop_log_odds

PIECES = pa.schema(
    [
        pa.field("tracklet_id", pa.int32(), nullable=False),
        pa.field("start_frame", pa.int32(), nullable=False),
        pa.field("piece_id", pa.int32(), nullable=False),
    ]
)
"""Rows of pieces: from `start_frame` on, a tracklet goes by `piece_id`, until its next row."""
SWITCH_PROB = 3e-4
"""Chance that the person changes between two bursts of readings, or two crops."""


def split_tracklets(
    game: Game,
    tracked_boxes: pa.Table,
    number_readings: pa.Table,
    *,
    channel: Channel | None = None,
    switch_prob: float = SWITCH_PROB,
    doubt_s: float = 0.5,
) -> pa.Table:
    """Split tracklets where the number that is read changes for good.

    The likeliest course of one number per burst, where every change costs `switch_prob`: partial
    or wrong readings for a moment split nothing. Between the last burst of the one and the first
    of the other nobody knows when the person changed: that stretch becomes a piece of its own
    where it is longer than twice `doubt_s`.

    Args:
        game: the rosters.
        tracked_boxes: rows of `tracked_boxes`.
        number_readings: rows of `number_readings`.
        channel: what readings show; None for the shipped belief.
        switch_prob: chance of a change between two bursts. A change is believed when two bursts
            speak against the old number, three where one number is a part of the other.
        doubt_s: how long before and after a reading its wearer is taken to be the same.

    Returns:
        Rows of `PIECES`, sorted; tracklets that stay whole have none. The first piece keeps the
        id of its tracklet; the others are counted on from the largest id.
    """
    ids = np.unique(tracked_boxes["tracklet_id"].to_numpy())
    worn = gather_candidates(game).numbers
    readings = gather_readings(number_readings, ids)
    firsts, logs = burst_likelihoods(readings, worn, channel or Channel())
    states = np.unique(np.append(worn, 0))
    owners = readings.rows[firsts]
    starts: dict[int, list[int]] = {}
    for row in sorted(set(owners.tolist())):
        bursts = _range(owners, row)
        course = _likeliest_course(logs[bursts][:, states], np.log(switch_prob))
        changes = bursts[1:][course[1:] != course[:-1]]
        if not len(changes):
            continue
        frames, times_s = _course_of(tracked_boxes, int(ids[row]))
        starts[int(ids[row])] = [
            int(frames[min(int(np.searchsorted(times_s, start_s)), len(frames) - 1)])
            for start_s in _starts(readings, firsts[changes], doubt_s)
        ]
    return _pieces_from(starts, tracked_boxes)


def split_by_shirts(
    tracked_boxes: pa.Table, team_crops: pa.Table, *, switch_prob: float = SWITCH_PROB
) -> pa.Table:
    """Split tracklets where the shirt becomes the other team's for good.

    The likeliest course of one cluster per crop, as `split_tracklets` finds that of the numbers:
    three sure crops on either side make a change. People change where they meet: between the two
    crops the new piece begins in the frame in which most of the box is also somebody else's.

    Args:
        tracked_boxes: rows of `tracked_boxes`.
        team_crops: rows of `team_crops`.
        switch_prob: chance of a change between two crops.

    Returns:
        Rows of `PIECES`, as `split_tracklets` gives them.
    """
    log_odds = np.clip(crop_log_odds(team_crops), -MOST_LOG_ODDS, MOST_LOG_ODDS)
    crops = team_crops.select(["tracklet_id", "frame_index"])
    crops = crops.append_column("log_odds", pa.array(log_odds)).filter(np.isfinite(log_odds))
    crops = crops.sort_by([("tracklet_id", "ascending"), ("frame_index", "ascending")])
    owners, frames = (crops[name].to_numpy() for name in ("tracklet_id", "frame_index"))
    logs = np.outer(crops["log_odds"].to_numpy(), [-0.5, 0.5])
    starts: dict[int, list[int]] = {}
    for tracklet in np.unique(owners).tolist():
        own = _range(owners, tracklet)
        course = _likeliest_course(logs[own], np.log(switch_prob))
        changes = own[1:][course[1:] != course[:-1]]
        if len(changes):
            starts[tracklet] = [
                _meeting(tracked_boxes, tracklet, *frames[change - 1 : change + 1].tolist())
                for change in changes
            ]
    return _pieces_from(starts, tracked_boxes)


def _pieces_from(starts: Mapping[int, Sequence[int]], tracked_boxes: pa.Table) -> pa.Table:
    """Rows of `PIECES` of tracklet -> frames at which its further pieces begin."""
    next_ids = count(int(tracked_boxes["tracklet_id"].to_numpy().max(initial=-1)) + 1)
    rows = [
        {"tracklet_id": tracklet, "start_frame": start, "piece_id": piece}
        for tracklet, later in starts.items()
        for start, piece in [(0, tracklet), *((start, next(next_ids)) for start in later)]
    ]
    return pa.Table.from_pylist(rows, schema=PIECES)


def _meeting(tracked_boxes: pa.Table, tracklet: int, before: int, after: int) -> int:
    """The frame from `before` to `after` in which a tracklet's box overlaps another's the most."""
    frames = tracked_boxes["frame_index"]
    near = tracked_boxes.filter(pc.and_(pc.greater(frames, before), pc.less_equal(frames, after)))
    overlaps = largest_overlaps(near["frame_index"].to_numpy(), boxes_of(near))
    own = near["tracklet_id"].to_numpy() == tracklet
    return int(near["frame_index"].to_numpy()[own][overlaps[own].argmax()])


def renumber(rows: pa.Table, pieces: pa.Table) -> pa.Table:
    """Replace the tracklet ids of a table by those of the pieces.

    Args:
        rows: any table with `tracklet_id` (null stays null) and `frame_index`.
        pieces: rows of `PIECES`.
    """
    if not len(pieces) or not len(rows):
        return rows
    owners = pc.fill_null(rows["tracklet_id"], -1).to_numpy().astype(np.int64)
    keys = owners * 2**32 + rows["frame_index"].to_numpy()
    starts = pieces["tracklet_id"].to_numpy().astype(np.int64) * 2**32
    starts += pieces["start_frame"].to_numpy()
    found = np.searchsorted(starts, keys, "right") - 1
    split = np.isin(owners, pieces["tracklet_id"].to_numpy())
    ids = np.where(split, pieces["piece_id"].to_numpy()[found.clip(0)], owners)
    place = rows.schema.get_field_index("tracklet_id")
    column = pa.array(ids, pa.int32(), mask=owners < 0)
    return rows.set_column(place, rows.schema.field(place), column)


def _range(sorted_values: NDArray[np.int64], value: int) -> NDArray[np.int64]:
    start, stop = np.searchsorted(sorted_values, [value, value + 1])
    return np.arange(start, stop)


def _likeliest_course(logs: NDArray[np.float64], switch_log: float) -> NDArray[np.int64]:
    """Viterbi over (B, K) log likelihoods where every change of state costs `switch_log`."""
    score = logs[0].copy()
    came_from = np.zeros(logs.shape, np.int64)
    for burst in range(1, len(logs)):
        best = int(score.argmax())
        stays = score >= score[best] + switch_log
        came_from[burst] = np.where(stays, np.arange(len(score)), best)
        score = np.maximum(score, score[best] + switch_log) + logs[burst]
    course = np.zeros(len(logs), np.int64)
    course[-1] = score.argmax()
    for burst in range(len(logs) - 1, 0, -1):
        course[burst - 1] = came_from[burst, course[burst]]
    return course


def _course_of(
    tracked_boxes: pa.Table, tracklet: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Frames and times of the boxes of one tracklet, sorted."""
    rows = tracked_boxes.filter(pc.equal(tracked_boxes["tracklet_id"], tracklet))
    order = np.argsort(rows["frame_index"].to_numpy(), kind="stable")
    return rows["frame_index"].to_numpy()[order], rows["time_s"].to_numpy()[order]


def _starts(readings: ReadNumbers, firsts: NDArray[np.int64], doubt_s: float) -> list[float]:
    """Times at which new pieces begin: where it changes, or where the doubt begins and ends."""
    starts: list[float] = []
    for first in firsts.tolist():
        before, after = readings.times_s[first - 1], readings.times_s[first]
        if after - before > 2 * doubt_s:
            starts += [before + doubt_s, after - doubt_s]
        else:
            starts.append((before + after) / 2)
    return starts
