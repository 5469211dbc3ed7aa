"""How 22 players and three referees run: towards where their formation wants them, or the ball."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.arena.soccer.formations import place_lines
from playerid.leagues.soccer.pitch import Pitch

Floats = NDArray[np.float64]
STEP_S = 0.1
SIDE = 11
"""Players of a team; the first is the goalkeeper."""
KEEPERS = (0, SIDE)
REFEREES = (22, 23, 24)


@dataclass(slots=True)
class Runners:
    """Everybody on the pitch: 22 players, home first, and referee and two assistants.

    Attributes:
        positions_m: (25, 2).
        velocities_mps: (25, 2).
        wander_m: (25, 2) how far everybody strays from his place just now.
    """

    positions_m: Floats
    velocities_mps: Floats
    wander_m: Floats

    def stray(self, rng: np.random.Generator, spread_m: float = 2.2, lasts_s: float = 5.0) -> None:
        """Let everybody stray a little further: a random walk that comes back."""
        keep = 1 - STEP_S / lasts_s
        push = spread_m * np.sqrt(1 - keep**2)
        self.wander_m = keep * self.wander_m + rng.normal(0, push, self.wander_m.shape)

    def run(self, targets_m: Floats, speeds_mps: Floats, most_mps2: float = 5.5) -> None:
        """Take a step towards targets, none faster than he wants or than legs accelerate.

        Args:
            targets_m: (25, 2).
            speeds_mps: (25,) of each, at most.
            most_mps2: acceleration.
        """
        gap = targets_m - self.positions_m
        away = np.linalg.norm(gap, axis=1, keepdims=True)
        wanted = gap / np.maximum(away, 1e-6) * np.minimum(speeds_mps[:, None], 0.9 * away)
        change = wanted - self.velocities_mps
        size = np.linalg.norm(change, axis=1, keepdims=True)
        change *= np.minimum(1.0, most_mps2 * STEP_S / np.maximum(size, 1e-9))
        self.velocities_mps = self.velocities_mps + change
        self.positions_m = self.positions_m + self.velocities_mps * STEP_S
        self._part()

    def _part(self, least_m: float = 0.7) -> None:
        """Push apart who stand in each other."""
        gap = self.positions_m[:, None] - self.positions_m[None]
        away = np.linalg.norm(gap, axis=2) + np.eye(len(gap)) * 1e3
        push = np.maximum(least_m - away, 0)[..., None] * gap / np.maximum(away, 0.05)[..., None]
        self.positions_m = self.positions_m + 0.3 * push.sum(axis=1)


@dataclass(frozen=True, slots=True)
class TeamShape:
    """One team's formation, and the end that it attacks.

    Attributes:
        formation: its name.
        places: (10, 2) of `place_lines`.
        direction: 1 attacks the right goal, -1 the left.
    """

    formation: str
    places: Floats
    direction: float

    @classmethod
    def named(cls, formation: str, direction: float) -> "TeamShape":
        """The shape of a formation by its name."""
        return cls(formation, place_lines(formation), direction)

    def targets(self, pitch: Pitch, ball_m: Floats, has_ball: bool) -> Floats:
        """Where goalkeeper and outfield players want to be in open play, (11, 2).

        The lines follow the ball up and down the pitch and to its side; with the ball the team is
        longer and wider.
        """
        half_x, half_y = pitch.length / 2, pitch.width / 2
        ball = self.direction * ball_m[:2]
        back = np.clip(0.55 * ball[0] - (15 if has_ball else 23), -half_x + 9, 14)
        long = np.clip(36.0 if has_ball else 29.0, 0, half_x - 7 - back)
        wide = 26.0 if has_ball else 19.0
        middle = np.clip(0.42 * ball[1], -half_y * 0.4, half_y * 0.4)
        places = np.column_stack(
            [back + long * self.places[:, 0], middle + wide * self.places[:, 1]]
        )
        places[:, 1] = np.clip(places[:, 1], -half_y + 1, half_y - 1)
        return self._with_keeper(pitch, ball, places)

    def before_kick_off(self, pitch: Pitch) -> Floats:
        """Where they stand before a kick-off, all in their own half, (11, 2)."""
        back = -pitch.length / 2 + 18
        places = np.column_stack(
            [back + (-back - 1.5) * np.minimum(self.places[:, 0], 1), 27.0 * self.places[:, 1]]
        )
        return self._with_keeper(pitch, np.zeros(2), places)

    def for_corner(self, pitch: Pitch, ball_m: Floats, has_ball: bool) -> Floats:
        """Where they stand before a corner kick: most before the goal, (11, 2)."""
        goal = np.sign(ball_m[0]) * self.direction * pitch.length / 2
        spots = np.array(
            [
                [6, -5],
                [5, 0],
                [6, 4],
                [9, -3],
                [10, 2],
                [11, 6],
                [17, 0],
                [20, 9],
                [30, -8],
                [36, 4],
            ]
        )
        inward = -np.sign(goal)
        places = np.column_stack(
            [goal + inward * (spots[:, 0] + (1.2 if has_ball else 0)), spots[:, 1]]
        )
        return self._with_keeper(pitch, self.direction * ball_m[:2], places)

    def _with_keeper(self, pitch: Pitch, ball: Floats, places: Floats) -> Floats:
        """Places in court coordinates, the goalkeeper's first; he stays between ball and goal."""
        away = ball[0] + pitch.length / 2
        out = np.clip(0.14 * away, 1.0, 15.0)
        share = out / max(float(np.hypot(away, ball[1])), 1.0)
        keeper = [-pitch.length / 2 + out, np.clip(ball[1] * share, -4.5, 4.5)]
        return np.asarray(self.direction * np.vstack([keeper, places]))


def watch_play(pitch: Pitch, positions_m: Floats, ball_m: Floats, direction: float) -> Floats:
    """Where the referee and his assistants want to be, (3, 2).

    The referee keeps behind the ball and to its left; each assistant follows the last defender of
    one half along his touchline.
    """
    referee = ball_m[:2] + direction * np.array([-9.0, 8.0])
    referee = np.clip(referee, [-pitch.length / 2 + 8, -25], [pitch.length / 2 - 8, 25])
    targets = [referee]
    edge = pitch.width / 2 + 0.7
    xs = np.sort(positions_m[:22, 0])
    for side, y in ((-1.0, edge), (1.0, -edge)):
        last = xs[1] if side < 0 else xs[-2]
        line = min(last, ball_m[0]) if side < 0 else max(last, ball_m[0])
        x = np.clip(side * line, 0, pitch.length / 2) * side
        targets.append(np.array([x, y]))
    return np.stack(targets)
