"""What a game would take, by the measured speed of models and how often a game asks them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from playerid.errors import ArchiveError
from playerid.models.speeds import Speed, SpeedTable
from playerid.operate.prices import Prices

CALLS_PER_S = {
    "detector": 10.0,
    "tracker": 10.0,
    "court": 10.0,
    "team_embedder": 10.7,
    "number_reader": 33.2,
    "torso_reader": 24.2,
    "text_reader": 25.0,
}
"""Frames or crops that one second of play gives each job, at 10 frames a second: counted on a
rendered game of 10 s at level "broadcast", which has 11.2 people in a frame. Of the text reader it
is the most: places of the score bug that look as before are not read again."""
PEOPLE = 11.2
PLAY_S = 48 * 60.0


@dataclass(frozen=True, slots=True)
class Share:
    """What one job takes of a game.

    Attributes:
        job: of the pack.
        calls: frames or crops.
        per_second: how many of them.
        seconds: `calls` by `per_second`.
    """

    job: str
    calls: float
    per_second: float

    @property
    def seconds(self) -> float:
        """Time of all calls."""
        return self.calls / self.per_second


def estimate_game(table: SpeedTable, play_s: float = PLAY_S, side_px: int = 0) -> list[Share]:
    """Time of each job for so many seconds of play, one after the other.

    Args:
        table: what was measured.
        play_s: seconds of the main view.
        side_px: of the tracker's input, where several were measured; 0 takes the smallest.
    """
    jobs = dict.fromkeys(speed.job for speed in table.speeds)
    return [
        Share(job, CALLS_PER_S[job] * play_s, _per_second(job, table.speeds, side_px))
        for job in jobs
        if job in CALLS_PER_S
    ]


def _per_second(job: str, speeds: Sequence[Speed], side_px: int) -> float:
    """Of a tracker that at `PEOPLE` in a frame, between the numbers that were measured."""
    of_job = [speed for speed in speeds if speed.job == job]
    sides_px = {speed.side_px for speed in of_job}
    side_px = (side_px or min(sides_px)) if any(sides_px) else 0
    chosen = sorted((s for s in of_job if s.side_px == side_px), key=lambda speed: speed.people)
    if not chosen:
        raise ArchiveError(f"the {job} was not measured with an input of {side_px} pixels")
    times_s = [1 / speed.per_second for speed in chosen]
    return float(1 / np.interp(PEOPLE, [speed.people for speed in chosen], times_s))


def price_of(table: SpeedTable, shares: Sequence[Share], prices: Prices) -> float:
    """Price of the machine for all jobs, one after the other."""
    seconds = sum(share.seconds for share in shares)
    return prices.of(seconds, seconds if table.has_gpu else 0.0)


def as_measured(table: SpeedTable, shares: Sequence[Share]) -> Mapping[str, float | None]:
    """The estimate in the place of a measured game, for `plan_games`; bytes are not known."""
    seconds = sum(share.seconds for share in shares)
    return {
        "duration_s": PLAY_S,
        "wall_s": seconds,
        "cpu_s": 0.0 if table.has_gpu else seconds,
        "gpu_s": seconds if table.has_gpu else 0.0,
        "bytes_read": 0.0,
        "bytes_written": 0.0,
    }
