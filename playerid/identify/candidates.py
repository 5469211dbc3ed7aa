"""Who may be seen in a game: the active players of both teams."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.game.roster import Game
from playerid.tables import NUMBERS

NUMBER_INDEX = {number: index for index, number in enumerate(NUMBERS)}


@dataclass(frozen=True, slots=True)
class Candidates:
    """The P active players of both teams.

    Attributes:
        player_ids: (P,) str.
        sides: (P,) int8, 0 home, 1 away.
        numbers: (P,) int32, index into `NUMBERS`.
        roles: (P,) str, by the roster: player or goalkeeper.
    """

    player_ids: NDArray[np.str_]
    sides: NDArray[np.int8]
    numbers: NDArray[np.int32]
    roles: NDArray[np.str_]


def gather_candidates(game: Game) -> Candidates:
    """The active players of both teams, home first, in the order of the game file."""
    active = [
        (player, side)
        for side, team in enumerate(game.teams)
        for player in team.players
        if player.active
    ]
    return Candidates(
        np.array([player.player_id for player, _ in active], np.str_),
        np.array([side for _, side in active], np.int8),
        np.array([NUMBER_INDEX[player.number] for player, _ in active], np.int32),
        np.array([player.role for player, _ in active], np.str_),
    )
