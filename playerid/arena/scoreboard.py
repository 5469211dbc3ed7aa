"""The scoreboard of a simulated game."""

from dataclasses import dataclass

import numpy as np

from playerid.leagues import BasketballLeague

STEP_S = 0.04
"""Time between two steps of a simulated game."""


@dataclass(slots=True)
class Scoreboard:
    """What the scoreboard shows.

    Attributes:
        period: from 1.
        clock_s: seconds left in the period.
        shot_clock_s: seconds left to shoot.
        running: whether the game clock runs.
        scores: home, away.
    """

    period: int
    clock_s: float
    shot_clock_s: float
    running: bool
    scores: list[int]

    def tick(self, in_control: bool) -> None:
        """Count one step down."""
        if self.running:
            self.clock_s = max(0.0, self.clock_s - STEP_S)
            if in_control:
                self.shot_clock_s = max(0.0, self.shot_clock_s - STEP_S)


def draw_scoreboard(league: BasketballLeague, rng: np.random.Generator) -> Scoreboard:
    """Somewhere in a game, with scores as they are by then."""
    clock = league.clock
    period = int(rng.integers(1, clock.periods + 1))
    clock_s = float(rng.uniform(0.1, 0.95) * clock.period_s)
    base = 26 * (period - clock_s / clock.period_s)
    scores = [max(0, int(base + rng.integers(-4, 5))) for _ in range(2)]
    return Scoreboard(period, clock_s, float(clock.shot_clock_s), True, scores)


def tip_off(league: BasketballLeague) -> Scoreboard:
    """The beginning of a game."""
    clock = league.clock
    return Scoreboard(1, float(clock.period_s), float(clock.shot_clock_s), True, [0, 0])
