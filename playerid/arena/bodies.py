"""Bodies on the floor: they steer towards targets, within human limits, and keep apart."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Bodies:
    """Positions, velocities and chests of everybody on the floor, one simulation step at a time.

    Attributes:
        positions_m: (P, 2).
        velocities_mps: (P, 2).
        targets_m: (P, 2) where each one wants to be.
        speeds_mps: (P,) the speed each one is willing to run at.
        chests: (P, 2) unit vectors.
        looks_m: (P, 2) points that each one turns to.
        yields: (P,) how readily each one gives way to others, 1 by default.
        hastes: (P,) from 0, easy, to 1, as hard as he can.
    """

    def __init__(self, positions_m: Floats, rng: np.random.Generator) -> None:
        count = len(positions_m)
        self.positions_m = positions_m.astype(np.float64).copy()
        self.velocities_mps = np.zeros((count, 2))
        self.targets_m = self.positions_m.copy()
        self.speeds_mps = np.full(count, 3.0)
        self.chests = np.tile([1.0, 0.0], (count, 1))
        self.looks_m = np.zeros((count, 2))
        self.yields = np.ones(count)
        self.hastes = np.zeros(count)
        self.sway_m = np.zeros((count, 2))
        self.rng = rng

    def step(self, step_s: float, *, sway_m: float = 0.3) -> None:
        """Advance by `step_s`; nobody stands still: targets sway by about `sway_m`."""
        count = len(self.positions_m)
        fade = step_s / 1.8
        self.sway_m += -self.sway_m * fade
        self.sway_m += self.rng.normal(0, sway_m * np.sqrt(2 * fade), (count, 2))
        eager = (1.3 + 1.1 * self.hastes)[:, None]
        wanted = eager * (self.targets_m + self.sway_m - self.positions_m)
        wanted *= np.minimum(1, self.speeds_mps / np.maximum(norm(wanted), 1e-6))[:, None]
        wanted += self._push_apart() * self.yields[:, None]
        change = (wanted - self.velocities_mps) / (0.42 - 0.17 * self.hastes)[:, None]
        most = 3.4 + 1.9 * self.hastes
        change *= np.minimum(1, most / np.maximum(norm(change), 1e-6))[:, None]
        self.velocities_mps += change * step_s
        self.positions_m += self.velocities_mps * step_s
        self._separate(0.56)
        self._turn(step_s)

    def _push_apart(self, reach_m: float = 0.95) -> Floats:
        """Velocity (P, 2) by which neighbours avoid each other, passing on one side."""
        apart = self.positions_m[:, None] - self.positions_m[None]
        distance = np.sqrt((apart**2).sum(-1)) + np.eye(len(apart)) * 1e3
        strength = np.maximum(0, reach_m - distance) * 3.5 / distance
        push = (apart * strength[..., None]).sum(1)
        return np.asarray(push + 0.6 * np.stack([-push[:, 1], push[:, 0]], -1))

    def _separate(self, least_m: float) -> None:
        """Move apart those who stand inside each other."""
        for _ in range(2):
            apart = self.positions_m[:, None] - self.positions_m[None]
            distance = np.sqrt((apart**2).sum(-1)) + np.eye(len(apart)) * 1e3
            if distance.min() >= least_m:
                return
            overlap = np.maximum(0, least_m - distance) / np.maximum(distance, 0.05)
            self.positions_m += 0.5 * (apart * overlap[..., None]).sum(1)

    def _turn(self, step_s: float) -> None:
        """Turn chests: along the way when running, to what is looked at otherwise."""
        speed = norm(self.velocities_mps)
        running = np.clip((speed - 2.0) / 2.0, 0, 1)[:, None]
        along = self.velocities_mps / np.maximum(speed, 0.3)[:, None]
        look = self.looks_m - self.positions_m
        look /= np.maximum(norm(look), 0.3)[:, None]
        chests = self.chests + (running * along + (1 - running) * look - self.chests) * min(
            1, step_s / 0.22
        )
        self.chests = chests / np.maximum(norm(chests), 1e-3)[:, None]


def norm(vectors: Floats) -> Floats:
    """Lengths (P,) of (P, 2) vectors."""
    return np.asarray(np.sqrt((vectors**2).sum(-1)))
