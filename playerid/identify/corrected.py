"""Corrections by hand -> the tracklets that they are about, and what these may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.frames.boxes import BOX, iou
from playerid.game.corrections import Correction, Sighting
from playerid.game.roster import Game
from playerid.identify.atoms import PIECES
from playerid.identify.evidence import Evidence, Hands

NO_CORRECTION = -1


@dataclass(frozen=True, slots=True)
class MatchedCorrections:
    """Corrections, matched with the tracklets of a run.

    Attributes:
        pieces: rows of `PIECES`: tracklets of which a correction is about a part.
        said: tracklet, or piece -> the correction about it.
    """

    pieces: pa.Table
    said: dict[int, Correction]


def corrected_sides(said: Mapping[int, Correction], game: Game) -> dict[int, int]:
    """Tracklet -> side that a correction gives it: 0 home, 1 away; not those that are nobody."""
    sides = {team.team_id: side for side, team in enumerate(game.teams)}
    sides |= {p.player_id: side for side, team in enumerate(game.teams) for p in team.players}
    return {
        tracklet: sides[correction.player_id or correction.team_id or ""]
        for tracklet, correction in said.items()
        if not correction.is_nobody
    }


def apply_corrections(evidence: Evidence, said: Mapping[int, Correction]) -> Evidence:
    """Let corrections decide what the evidence of the models left open.

    Args:
        evidence: of the whole game.
        said: tracklet -> correction.
    """
    tracklets, players = evidence.tracklets, evidence.candidates
    may_be, decided = evidence.hands.may_be.copy(), evidence.hands.decided.copy()
    are_players, home_probs = tracklets.are_players, tracklets.home_probs.copy()
    sides = corrected_sides(said, evidence.game)
    for row, tracklet in enumerate(tracklets.ids.tolist()):
        if (correction := said.get(tracklet)) is None:
            continue
        decided[row] = correction.team_id is None
        if correction.is_nobody:
            may_be[row], home_probs[row] = False, 0.5
            continue
        side = sides[tracklet]
        may_be[row] = players.sides == side
        if correction.player_id is not None:
            may_be[row] = players.player_ids == correction.player_id
        are_players[row], home_probs[row] = True, 1.0 - side
    roles = np.where(are_players & ~tracklets.are_players, "player", tracklets.roles)
    tracklets = replace(tracklets, roles=roles, home_probs=home_probs)
    return replace(evidence, tracklets=tracklets, hands=Hands(may_be, decided))


def match_corrections(boxes: pa.Table, corrections: Sequence[Correction]) -> MatchedCorrections:
    """Find the tracklets of corrections, and cut them where a correction begins or ends.

    Args:
        boxes: rows of `tracked_boxes`.
        corrections: of the game.
    """
    claims = corrections_of_boxes(boxes, corrections)
    ids, frames = boxes["tracklet_id"].to_numpy(), boxes["frame_index"].to_numpy()
    rows: list[dict[str, int]] = []
    said: dict[int, Correction] = {}
    next_id = int(ids.max(initial=-1)) + 1
    for tracklet in np.unique(ids[claims != NO_CORRECTION]).tolist():
        mine = np.flatnonzero(ids == tracklet)
        mine = mine[np.argsort(frames[mine], kind="stable")]
        starts = np.flatnonzero(np.diff(claims[mine], prepend=claims[mine[0]] - 1))
        pieces = [tracklet, *range(next_id, next_id + len(starts) - 1)]
        next_id += len(starts) - 1
        for start, piece in zip(starts.tolist(), pieces, strict=True):
            if len(starts) > 1:
                frame = int(frames[mine[start]]) if start else 0
                rows.append({"tracklet_id": tracklet, "start_frame": frame, "piece_id": piece})
            if (claim := int(claims[mine[start]])) != NO_CORRECTION:
                said[piece] = corrections[claim]
    return MatchedCorrections(pa.Table.from_pylist(rows, schema=PIECES), said)


def corrections_of_boxes(boxes: pa.Table, corrections: Sequence[Correction]) -> NDArray[np.int64]:
    """Find the correction that each box belongs to, `NO_CORRECTION` if none.

    A box belongs to a correction if the sighting nearest in time lies on its tracklet. So a
    correction holds for a new run that cuts or links tracklets differently; where a tracklet goes
    on with another person, the correction ends.

    Args:
        boxes: (N) rows of `tracked_boxes`.
        corrections: of the game.

    Returns:
        (N,) index of the correction; where two claim a box, the one whose sighting fits better.
    """
    order = np.argsort(boxes["time_s"].to_numpy(), kind="stable")
    times_s, ids = boxes["time_s"].to_numpy()[order], boxes["tracklet_id"].to_numpy()[order]
    places_px = np.column_stack([boxes[name].to_numpy()[order] for name in BOX]).astype(np.float64)
    claims, fits = np.full(len(ids), NO_CORRECTION, np.int64), np.zeros(len(ids))
    for index, correction in enumerate(corrections):
        rows = _rows_from(times_s, correction.start_s, correction.end_s)
        seen = [
            _find(sighting, times_s[rows], places_px[rows]) for sighting in correction.sightings
        ]
        owners = np.array([-1 if found is None else ids[rows][found[0]] for found in seen])
        overlaps = np.array([0.0 if found is None else found[1] for found in seen])
        seen_s = np.array([sighting.time_s for sighting in correction.sightings])
        nearest = _nearest(seen_s, times_s[rows])
        taken = (owners[nearest] == ids[rows]) & (overlaps[nearest] > fits[rows])
        claims[rows][taken], fits[rows][taken] = index, overlaps[nearest][taken]
    result = np.empty_like(claims)
    result[order] = claims
    return result


def _nearest(seen_s: NDArray[np.float64], times_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index of the sighting nearest to each time; of two as near, the earlier."""
    order = np.argsort(seen_s, kind="stable")
    after = np.searchsorted(seen_s[order], times_s).clip(max=len(seen_s) - 1)
    before = (after - 1).clip(min=0)
    is_before = np.abs(times_s - seen_s[order[before]]) <= np.abs(seen_s[order[after]] - times_s)
    return order[np.where(is_before, before, after)]


def _rows_from(sorted_times_s: NDArray[np.float64], start_s: float, end_s: float) -> slice:
    """Rows from `start_s` to `end_s`, both included."""
    slack_s = 1e-3  # corrections are written with fewer digits than the times of frames
    return slice(*np.searchsorted(sorted_times_s, [start_s - slack_s, end_s + slack_s]).tolist())


def _find(
    sighting: Sighting,
    times_s: NDArray[np.float64],
    places_px: NDArray[np.float64],
    *,
    max_away_s: float = 0.25,
    min_iou: float = 0.4,
) -> tuple[int, float] | None:
    """Row whose box lies best on a sighting, in the nearest frame, and their overlap.

    None where nobody is: a run that sampled other frames, or found nobody there.
    """
    near = _rows_from(times_s, sighting.time_s - max_away_s, sighting.time_s + max_away_s)
    away_s = np.abs(times_s[near] - sighting.time_s)
    overlaps = iou(np.array([sighting.box_px]), places_px[near])[0]
    overlaps = np.where(away_s <= away_s.min(initial=np.inf) + 1e-6, overlaps, 0.0)
    if overlaps.max(initial=0.0) < min_iou:
        return None
    best = int(overlaps.argmax())
    return near.start + best, float(overlaps[best])
