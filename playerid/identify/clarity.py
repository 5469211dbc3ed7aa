"""How clearly are people seen? The detector's score tells players from what only looks like one."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import expit


def clarities_of(tracked_boxes: pa.Table, ids: NDArray[np.integer]) -> NDArray[np.float64]:
    """How clearly each tracklet is seen, as a share of how clearly the game's players are.

    Scores differ from model to model and from hall to hall; shares do not.

    Args:
        tracked_boxes: rows of `tracked_boxes`, of the whole game.
        ids: (N,) tracklets.

    Returns:
        (N,) median detection score by that of the boxes of players; 0 for what was never detected.
    """
    detected = tracked_boxes.filter(pc.not_equal(tracked_boxes["label"], ""))
    players = detected.filter(pc.not_equal(detected["label"], "referee"))
    usual = float(np.median(players["detection_score"].to_numpy())) if len(players) else 1.0
    owners, scores = detected["tracklet_id"].to_numpy(), detected["detection_score"].to_numpy()
    order = np.lexsort((scores, owners))
    starts = np.searchsorted(owners[order], ids, "left")
    counts = np.searchsorted(owners[order], ids, "right") - starts
    middles = np.where(counts > 0, starts + counts // 2, len(order))
    return np.asarray(np.append(scores[order], 0.0)[middles] / max(usual, 1e-9), np.float64)


def ghost_probs(
    clarities: NDArray[np.float64],
    *,
    unseen: float = 5.5,
    per_clarity: float = -9.9,
    least: float = 0.003,
) -> NDArray[np.float64]:
    """Probability that a tracklet called a player plays for neither team.

    A coach, a spectator, a person tracked twice, a shadow. Logistic in the clarity, fitted on the
    tracklets of two labelled clips and of a rendered game. Its mean log loss is 0.16 there, and
    0.16, 0.17 and 0.83 on three other clips, against 0.42, 0.50, 0.41 and 0.76 with one share for
    all: teams that warm up beside the line are seen as clearly as players.

    Args:
        clarities: (N,) from `clarities_of`.
        unseen: log odds at clarity 0.
        per_clarity: their change with it.
        least: no tracklet is a player more surely.
    """
    return np.asarray(np.maximum(expit(unseen + per_clarity * clarities), least))
