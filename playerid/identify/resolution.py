"""Evidence of a whole game -> its atoms, and who each of them is."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.court.positions import court_positions
from playerid.game.corrections import Correction
from playerid.game.roster import Game
from playerid.identify import (
    POSITIONS,
    Evidence,
    apply_corrections,
    corrected_sides,
    gather_evidence,
    identify,
    match_corrections,
    renumber,
    split_by_shirts,
    split_tracklets,
)
from playerid.identify.bystanders import find_bystanders, find_doubtful
from playerid.identify.doubles import split_doubles
from playerid.identify.following import count_meetings
from playerid.identify.keepers import name_keepers_teams
from playerid.identify.rows import leave_out
from playerid.leagues import load_league
from playerid.leagues.marks import Court
from playerid.tables import ATOM_BOXES
from playerid.teams.team_crops import vote_teams

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GameEvidence:
    """What the models saw in a game, as rows of the tables of these names."""

    tracked_boxes: pa.Table
    number_readings: pa.Table
    team_crops: pa.Table
    court_views: pa.Table


@dataclass(frozen=True, slots=True)
class Resolved:
    """A decided game: rows of `atom_boxes` and of `identities`."""

    atom_boxes: pa.Table
    identities: pa.Table


def identify_players(
    game: Game, seen: GameEvidence, threshold: float, corrections: Sequence[Correction] = ()
) -> Resolved:
    """Split tracklets where the person changes, and name each of the pieces.

    Args:
        game: the rosters.
        seen: evidence of the whole game.
        threshold: least probability at which a player is named.
        corrections: what was said by hand; it holds whatever the evidence says.
    """
    split = split_game(game, seen)
    by_hand = match_corrections(split.tracked_boxes, corrections)
    split = _renumbered(split, by_hand.pieces)
    if missing := len(corrections) - len(set(map(id, by_hand.said.values()))):
        logger.warning("%s: %d corrections apply to nobody tracked", game.game_id, missing)
    boxes = split.tracked_boxes
    identities = identify(weigh(game, split, by_hand.said), threshold=threshold)
    doubtful = find_doubtful(boxes, *_places(game, split))
    meetings = count_meetings(boxes, split.number_readings, identities)
    return Resolved(
        boxes.append_column(ATOM_BOXES.schema.field("meetings"), pa.array(meetings, pa.int32())),
        leave_out(identities, doubtful - by_hand.said.keys()),
    )


def split_game(game: Game, seen: GameEvidence) -> GameEvidence:
    """Give the pieces of tracklets in which the person changes ids of their own."""
    split = _renumbered(seen, split_by_shirts(seen.tracked_boxes, seen.team_crops))
    split = _renumbered(split, split_tracklets(game, split.tracked_boxes, split.number_readings))
    return _renumbered(split, split_doubles(split.tracked_boxes))


def _renumbered(seen: GameEvidence, pieces: pa.Table) -> GameEvidence:
    return replace(
        seen,
        tracked_boxes=renumber(seen.tracked_boxes, pieces),
        number_readings=renumber(seen.number_readings, pieces),
        team_crops=renumber(seen.team_crops, pieces),
    )


def weigh(
    game: Game, seen: GameEvidence, said: Mapping[int, Correction] = MappingProxyType({})
) -> Evidence:
    """Bring the evidence of a game into the form in which it is weighed.

    Args:
        game: the rosters.
        seen: evidence of the whole game.
        said: tracklet -> what was said about it by hand.
    """
    boxes, readings = seen.tracked_boxes, seen.number_readings
    places, court, error_m = _places(game, seen)
    bystanders = find_bystanders(boxes, places, court, error_m)
    teams = vote_teams(
        seen.team_crops, boxes, readings, game, corrected_sides(said, game), bystanders
    )
    teams = name_keepers_teams(teams, boxes, places, court)
    positions = pa.table(
        [
            boxes["tracklet_id"],
            boxes["frame_index"],
            *(pa.array(c, pa.float32(), mask=np.isnan(c)) for c in places.T),
        ],
        schema=POSITIONS,
    )
    evidence = gather_evidence(game, boxes, readings, teams, positions, seen.team_crops)
    return apply_corrections(evidence, said)


def _places(game: Game, seen: GameEvidence) -> tuple[NDArray[np.float64], Court, float]:
    """Where everybody stands, on which court, and its usual error in metres."""
    errors_m = pc.drop_null(seen.court_views["court_error_m"]).to_numpy()
    error_m = float(np.median(errors_m)) if len(errors_m) else 0.0
    places = court_positions(seen.tracked_boxes, seen.court_views)
    return places, load_league(game.league).court, error_m
