"""The motion of a game, sampled once, then read at any time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.arena.calls import Call
from playerid.arena.cast import Cast
from playerid.arena.play import Plant
from playerid.arena.world import ACTIONS, World
from playerid.leagues import BasketballLeague

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GameMotion:
    """T samples of a game, evenly spaced; P people on the floor, ten players first.

    Attributes:
        step_s: time between samples.
        people: (T, P) int32, indices into the cast.
        positions_m: (T, P, 2).
        velocities_mps: (T, P, 2).
        chests: (T, P, 2) directions of the chest.
        actions: (T, P) int8, indices into `ACTIONS`.
        lift_m: (T, P).
        ball_m: (T, 3).
        holder: (T,) int8.
        ball_in_basket: (T,) bool.
        offence: (T,) int8.
        attacks_right: (T,) bool.
        period: (T,) int8.
        game_clock_s: (T,).
        shot_clock_s: (T,).
        clock_running: (T,) bool.
        scores: (T, 2) int16.
    """

    step_s: float
    people: NDArray[np.int32]
    positions_m: Floats
    velocities_mps: Floats
    chests: Floats
    actions: NDArray[np.int8]
    lift_m: Floats
    ball_m: Floats
    holder: NDArray[np.int8]
    ball_in_basket: NDArray[np.bool_]
    offence: NDArray[np.int8]
    attacks_right: NDArray[np.bool_]
    period: NDArray[np.int8]
    game_clock_s: Floats
    shot_clock_s: Floats
    clock_running: NDArray[np.bool_]
    scores: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.people)

    def world_at(self, game_s: float) -> World:
        """State of the game at a time from the first sample on; later times show the last."""
        sample = float(np.clip(game_s / self.step_s, 0, len(self) - 1))
        low = min(int(sample), len(self) - 2)
        share = sample - low
        near = low + (share >= 0.5)

        def blend(array: Floats) -> Floats:
            return np.asarray(array[low] * (1 - share) + array[low + 1] * share)

        chests = blend(self.chests)
        swapped = self.people[low] != self.people[low + 1]
        positions = np.where(swapped[:, None], self.positions_m[near], blend(self.positions_m))
        return World(
            game_s=game_s,
            people=self.people[near],
            positions_m=positions,
            velocities_mps=blend(self.velocities_mps),
            facing_rad=np.arctan2(chests[:, 1], chests[:, 0]),
            actions=np.array(ACTIONS)[self.actions[near]],
            lift_m=blend(self.lift_m),
            ball_m=blend(self.ball_m),
            holder=int(self.holder[near]),
            ball_in_basket=bool(self.ball_in_basket[near]),
            offence=int(self.offence[near]),
            attacks_right=bool(self.attacks_right[near]),
            period=int(self.period[near]),
            game_clock_s=float(self.game_clock_s[near]),
            shot_clock_s=float(self.shot_clock_s[near]),
            clock_running=bool(self.clock_running[near]),
            scores=(int(self.scores[near, 0]), int(self.scores[near, 1])),
        )


@dataclass(frozen=True, slots=True)
class ArenaGame:
    """A game whose every instant is known.

    Attributes:
        league: whose court and rules.
        cast: who plays.
        motion: the samples.
        plants: stays in the lane that were staged, in order.
        calls: the play-by-play; nothing of recorded motion.
    """

    league: BasketballLeague
    cast: Cast
    motion: GameMotion
    plants: tuple[Plant, ...]
    calls: tuple[Call, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length of the motion, seconds."""
        return (len(self.motion) - 1) * self.motion.step_s

    def world_at(self, game_s: float) -> World:
        """State of the game at a time within [0, duration_s]; later times show the end."""
        return self.motion.world_at(game_s)
