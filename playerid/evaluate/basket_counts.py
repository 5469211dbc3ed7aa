"""Baskets that were seen against those that fell."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.game.truth import GameTruth

APART_S = 2.0
"""Frames in a basket that are less apart are of one."""


@dataclass(frozen=True, slots=True)
class BasketCounts:
    """Baskets of one or more games.

    Attributes:
        baskets_fallen: that the true main view shows.
        baskets_found: of those, how many were reported.
        baskets_false: reported ones of the true main view that did not fall.
    """

    baskets_fallen: int
    baskets_found: int
    baskets_false: int


def count_baskets(
    ball_frames: pa.Table, truth: GameTruth, *, tolerance_s: float = 1.0
) -> BasketCounts:
    """Match reported baskets with true ones.

    Args:
        ball_frames: rows of `ball_frames` of the game.
        truth: the known answers.
        tolerance_s: largest difference of their begins.
    """
    shown = truth.frames.filter(pc.equal(truth.frames["view"], "main"))
    in_ring = truth.objects.filter(pc.equal(truth.objects["label"], "ball-in-basket"))
    true_frames = shown.filter(pc.is_in(shown["frame_index"], in_ring["frame_index"]))
    fallen = _begins(true_frames)
    said = ball_frames.filter(ball_frames["in_basket"])
    said = said.filter(pc.is_in(said["frame_index"], shown["frame_index"]))
    reported = _begins(said)
    match = np.abs(fallen[:, None] - reported) <= tolerance_s
    return BasketCounts(len(fallen), int(match.any(1).sum()), int((~match.any(0)).sum()))


def _begins(frames: pa.Table) -> NDArray[np.float64]:
    """When each basket begins, of the frames in which a ball is in one."""
    times_s = np.sort(frames["time_s"].to_numpy())
    return times_s[np.diff(times_s, prepend=-np.inf) >= APART_S]
