"""The ball: in hands, dribbled, in the air, through the ring, on the floor."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRAVITY_MPS2 = 9.81
RADIUS_M = 0.12


class Ball:
    """Where the ball is; scripts say what it does, `step` carries it out.

    Attributes:
        position_m: (3,), z up.
        velocity_mps: (3,), used while it is free.
        in_flight: it flies towards `_goal` and has not arrived.
    """

    def __init__(self, position_m: Floats) -> None:
        self.position_m = position_m.astype(np.float64).copy()
        self.velocity_mps = np.zeros(3)
        self.in_flight = False
        self._start = self.position_m.copy()
        self._goal: Callable[[], Floats] = lambda: self.position_m
        self._elapsed_s = 0.0
        self._flight_s = 1.0
        self._bounces = False

    def throw(self, goal: Callable[[], Floats], flight_s: float, *, bounces: bool = False) -> None:
        """Fly to `goal`, a place that may move, and arrive after `flight_s`."""
        self._start = self.position_m.copy()
        self._goal, self._flight_s, self._bounces = goal, flight_s, bounces
        self._elapsed_s, self.in_flight = 0.0, True

    def free(self, velocity_mps: Floats) -> None:
        """Let gravity and the floor have it."""
        self.in_flight = False
        self.velocity_mps = velocity_mps.astype(np.float64).copy()

    def hold(self, position_m: Floats) -> None:
        """Be in somebody's hands; hands that are not quite there yet draw it in."""
        self.in_flight = False
        gap = position_m - self.position_m
        reach = float(np.sqrt((gap**2).sum()))
        self.position_m = self.position_m + gap * min(1.0, 0.5 / max(reach, 1e-6))
        self.velocity_mps = np.zeros(3)

    def step(self, step_s: float) -> None:
        """Advance a ball that nobody holds."""
        if self.in_flight:
            self._fly(step_s)
            return
        self.velocity_mps[2] -= GRAVITY_MPS2 * step_s
        self.position_m = self.position_m + self.velocity_mps * step_s
        if self.position_m[2] < RADIUS_M:
            self.position_m[2] = 2 * RADIUS_M - self.position_m[2]
            self.velocity_mps *= (0.8, 0.8, -0.7)

    def _fly(self, step_s: float) -> None:
        self._elapsed_s += step_s
        share = min(1.0, self._elapsed_s / self._flight_s)
        goal = self._goal()
        position = self._start + (goal - self._start) * share
        if self._bounces:
            down = max(0.0, 1 - abs(share - 0.6) / (0.6 if share < 0.6 else 0.4))
            position[2] += (RADIUS_M - position[2]) * down
        else:
            position[2] += GRAVITY_MPS2 * self._flight_s**2 / 2 * share * (1 - share)
        self.position_m = position
        if share >= 1:
            self.in_flight = False
