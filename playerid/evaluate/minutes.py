"""Time on the court that the tables say, against the truth."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.game.truth import GameTruth


def minutes_errors(minutes: pa.Table, truth: GameTruth) -> NDArray[np.float64]:
    """Absolute errors of the time on the court during the main view.

    Args:
        minutes: rows of the view `minutes` of the game.
        truth: its known answers.

    Returns:
        (P,) seconds, one for each player who is on the court in a true main view; a player whom
        the view does not have was seen for 0 s.
    """
    shown = truth.people.filter(
        pc.and_(pc.equal(truth.people["view"], "main"), pc.equal(truth.people["role"], "player"))
    )
    if not len(shown):
        return np.zeros(0)
    frame_s = float(np.median(np.diff(np.sort(truth.frames["time_s"].to_numpy()))))
    players, frames = np.unique(shown["person_id"].to_numpy(zero_copy_only=False),
                                return_counts=True)  # fmt: skip
    told = dict(
        zip(minutes["player_id"].to_pylist(), minutes["main_view_s"].to_pylist(), strict=True)
    )
    found_s = np.array([told.get(player, 0.0) for player in players.tolist()])
    return np.asarray(np.abs(found_s - frames * frame_s))
