"""What each kind of evidence adds on real footage: labelled clips named by more and more of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc

from playerid.evaluate.labels import LabelScores, count_labels, match_labels
from playerid.evaluate.people import PersonRows
from playerid.game.roster import Game, Lineup
from playerid.identify.resolution import GameEvidence, identify_players
from playerid.publish.assembly import player_frames

ALWAYS_S = 1e9
"""Later than the end of any video."""


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """One clip: its game file, what the models saw, and the labels."""

    game: Game
    seen: GameEvidence
    labels: PersonRows


def climb_clip(clip: LabelledClip, *, threshold: float = 0.9) -> dict[str, LabelScores]:
    """Name the people of a clip by the box reader, the torso reader, both, + kits, + line-ups.

    The line-ups are those of the labels: whoever is labelled is on the court throughout.

    Returns:
        Step -> its scores, in order.
    """
    plain = without_kits(clip.game)
    steps: Mapping[str, tuple[Game, GameEvidence]] = {
        "box reader": (plain, read_by(clip.seen, "box")),
        "torso reader": (plain, read_by(clip.seen, "torso")),
        "both": (plain, clip.seen),
        "+ kit colours": (clip.game, clip.seen),
        "+ line-ups known": (with_labelled_lineups(clip.game, clip.labels), clip.seen),
    }
    scores = {}
    for name, (game, seen) in steps.items():
        resolved = identify_players(game, seen, threshold)
        rows = player_frames(resolved.atom_boxes, resolved.identities, seen.court_views)
        scores[name] = count_labels(match_labels(rows, clip.labels))
    return scores


def without_kits(game: Game) -> Game:
    """The game file as if it did not say what the teams wear."""
    sides = {
        name: team.model_copy(update={"kit": None})
        for name, team in (("home", game.home), ("away", game.away))
    }
    return game.model_copy(update=sides)


def read_by(seen: GameEvidence, source: str) -> GameEvidence:
    """The evidence with the readings of one reader only: "box" or "torso"."""
    readings = seen.number_readings
    return replace(seen, number_readings=readings.filter(pc.equal(readings["source"], source)))


def with_labelled_lineups(game: Game, labels: PersonRows) -> Game:
    """The game file as if its line-ups were known: everybody who is labelled by name.

    Of a team of which fewer than five are known by name, these are given; the others stay open.
    """
    lineups = [
        Lineup(team_id=team.team_id, start_s=0.0, end_s=ALWAYS_S, player_ids=ids)
        for team in game.teams
        if (ids := _labelled(labels, team.team_id))
    ]
    return game.model_copy(update={"lineups": lineups})


def _labelled(labels: PersonRows, team_id: str) -> list[str]:
    """The players of a team who are labelled by name, sorted; none if they are more than five."""
    ids = np.unique(labels.player_ids[(labels.team_ids == team_id) & (labels.player_ids != "")])
    return [str(i) for i in ids] if len(ids) <= 5 else []
