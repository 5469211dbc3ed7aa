"""What was read on people of real clips whose number is known, to be worn by others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.evaluate.clip_ladder import LabelledClip
from playerid.evaluate.labels import match_labels
from playerid.evaluate.people import UNMATCHED
from playerid.game.roster import Game
from playerid.identify.candidates import NUMBER_INDEX
from playerid.identify.resolution import split_game, weigh
from playerid.identify.rows import Decisions, identity_rows
from playerid.publish.assembly import player_frames
from playerid.tables import NUMBERS


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """One tracklet of a labelled player: how long he was seen, and what was read on him.

    Attributes:
        player_id: who it is.
        side: 0 home, 1 away.
        number: that he wears, index into `NUMBERS`.
        lasts_s: from the first box to the last, seconds.
        clarity: as in `Tracklets`.
        right_team_prob: probability that the evidence gives to his own team.
        times_s: (R,) of the readings, from the first box, sorted.
        probs: (R, 102) the readers' distributions over `NUMBERS`.
        of_torsos: (R,) whether an upper body was read.
        looks: (C, D) what his crops look like.
    """

    player_id: str
    side: int
    number: int
    lasts_s: float
    clarity: float
    right_team_prob: float
    times_s: NDArray[np.float64]
    probs: NDArray[np.float32]
    of_torsos: NDArray[np.bool_]
    looks: NDArray[np.float64]

    def worn_as(self, number: int) -> NDArray[np.float32]:
        """(R, 102) what would have been read, had he worn another number.

        Whatever was read of his number, whole or one digit of it, is read of the other one; what
        has nothing to do with his number stays.
        """
        moved = np.arange(len(NUMBERS))
        mine, other = NUMBERS[self.number], NUMBERS[number]
        digits = {(mine[-1], other[-1]), (mine[0], other[0])}
        pairs = [(mine, other), *sorted(digits if len(mine) == 2 else ())]
        for before, after in reversed(pairs):
            first, second = NUMBER_INDEX[before], NUMBER_INDEX[after]
            moved[[first, second]] = moved[[second, first]]
        return self.probs[:, moved]


def observe(clip: LabelledClip) -> list[SeenPerson]:
    """The tracklets of a clip on which the labels say who it is.

    A tracklet is of the player with whom most of its boxes of labelled frames agree.
    """
    seen = split_game(clip.game, clip.seen)
    evidence = weigh(clip.game, seen)
    count = len(evidence.tracklets)
    nobody = Decisions.nobody(count)
    rows = player_frames(seen.tracked_boxes, identity_rows(evidence, nobody), seen.court_views)
    matches = match_labels(rows, clip.labels)
    sides = _sides(clip.game)
    numbers = {p.player_id: p.number for team in clip.game.teams for p in team.players}
    found = []
    for row, tracklet in enumerate(evidence.tracklets.ids.tolist()):
        own = (matches.found.track_ids == tracklet) & (matches.true_of != UNMATCHED)
        ids = matches.true.player_ids[matches.true_of[own]]
        names, votes = np.unique(ids[ids != ""], return_counts=True)
        if not len(names) or not evidence.tracklets.are_players[row]:
            continue
        player = str(names[votes.argmax()])
        read = evidence.readings.rows == row
        home = float(evidence.tracklets.home_probs[row])
        found.append(
            SeenPerson(
                player,
                sides[player],
                NUMBER_INDEX[numbers[player]],
                float(evidence.tracklets.end_s[row] - evidence.tracklets.start_s[row]),
                float(evidence.tracklets.clarities[row]),
                home if sides[player] == 0 else 1 - home,
                evidence.readings.times_s[read] - evidence.tracklets.start_s[row],
                evidence.readings.probs[read],
                evidence.readings.of_torsos[read],
                evidence.looks.values[evidence.looks.rows == row],
            )
        )
    return found


def _sides(game: Game) -> dict[str, int]:
    """Player -> 0 home, 1 away."""
    return {p.player_id: side for side, team in enumerate(game.teams) for p in team.players}
