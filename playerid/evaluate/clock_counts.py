"""The game clock that was read against the true one."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.evaluate.ratios import ratio


@dataclass(frozen=True, slots=True)
class ClockCounts:
    """Frames of one or more games, of the true main view, whose true clock is known.

    Attributes:
        frames: how many.
        read: of those, with a game clock.
        right: of those, within a second of the truth.
        state_known: frames that say whether the clock runs.
        state_right: of those, truly.
    """

    frames: int = 0
    read: int = 0
    right: int = 0
    state_known: int = 0
    state_right: int = 0

    def scores(self) -> dict[str, float]:
        """Shares; NaN where there is nothing to score."""
        return {
            "clock_read": ratio(self.read, self.frames),
            "clock_right": ratio(self.right, self.read),
            "clock_state_known": ratio(self.state_known, self.frames),
            "clock_state_right": ratio(self.state_right, self.state_known),
        }


def count_clocks(
    clock_frames: pa.Table, truth_frames: pa.Table, frames: NDArray[np.int64]
) -> ClockCounts:
    """Compare the clocks of the frames to score.

    Args:
        clock_frames: rows of `clock_frames` of the game.
        truth_frames: rows of the truth's `frames`; nothing counts if it has no clock.
        frames: to score.
    """
    columns = ("frame_index", "game_clock_s", "clock_running")
    if not set(columns) <= set(truth_frames.column_names):
        return ClockCounts()
    true = {row["frame_index"]: row for row in truth_frames.select(columns).to_pylist()}
    found = {row["frame_index"]: row for row in clock_frames.select(columns).to_pylist()}
    pairs = [(found.get(frame), true[frame]) for frame in frames.tolist() if frame in true]
    read = [(f, t) for f, t in pairs if f and f["game_clock_s"] is not None]
    told = [(f, t) for f, t in pairs if f and f["clock_running"] is not None]
    return ClockCounts(
        len(pairs),
        len(read),
        sum(abs(f["game_clock_s"] - t["game_clock_s"]) <= 1 for f, t in read),
        len(told),
        sum(f["clock_running"] == t["clock_running"] for f, t in told),
    )
