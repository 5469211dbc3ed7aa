"""Evidence of a whole game -> its atoms, and who each of them is."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from playerid.assemble import court_positions
from playerid.identify import (
    POSITIONS,
    Evidence,
    gather_evidence,
    identify,
    renumber,
    split_tracklets,
)
from playerid.roster import Game
from playerid.team_crops import vote_teams


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


def resolve_game(game: Game, seen: GameEvidence, threshold: float) -> Resolved:
    """Split tracklets where the person changes, and name each of the pieces.

    Args:
        game: the rosters.
        seen: evidence of the whole game.
        threshold: least probability at which a player is named.
    """
    split = split_game(game, seen)
    return Resolved(split.tracked_boxes, identify(weigh(game, split), threshold=threshold))


def split_game(game: Game, seen: GameEvidence) -> GameEvidence:
    """Give the pieces of tracklets in which the person changes ids of their own."""
    pieces = split_tracklets(game, seen.tracked_boxes, seen.number_readings)
    return replace(
        seen,
        tracked_boxes=renumber(seen.tracked_boxes, pieces),
        number_readings=renumber(seen.number_readings, pieces),
        team_crops=renumber(seen.team_crops, pieces),
    )


def weigh(game: Game, seen: GameEvidence) -> Evidence:
    """Bring the evidence of a game into the form in which it is weighed."""
    boxes, readings = seen.tracked_boxes, seen.number_readings
    teams = vote_teams(seen.team_crops, boxes, readings, game)
    places = court_positions(boxes, seen.court_views)
    positions = pa.table(
        [
            boxes["tracklet_id"],
            boxes["frame_index"],
            *(pa.array(c, pa.float32(), mask=np.isnan(c)) for c in places.T),
        ],
        schema=POSITIONS,
    )
    return gather_evidence(game, boxes, readings, teams, positions, seen.team_crops)
