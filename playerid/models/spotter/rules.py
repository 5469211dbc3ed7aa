"""Events that positions and the ball tell, by the Laws of the game and without a learned model.

Each rule has a probability that says how much of it was seen, not how often it was right: there are
no labels here to calibrate it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.models.spotter import AWAY, HOME, NOBODY, GoalCourt, SampledGame, Spot, Spots, gather
from playerid.models.spotter.ball_path import BallPath, Exit, ball_path, exits
from playerid.models.spotter.shot_rules import spot_shots
from playerid.models.spotter.substitution_rules import spot_substitutions


@dataclass(frozen=True, slots=True)
class RuleSpotter:
    """Kick-offs, goals, corners, goal kicks, throw-ins, shots and substitutions.

    Attributes:
        name: as it is published.
        near_m: how near the place of a restart the ball must lie; places of a ball err by a metre.
        still_mps: slower than this the ball lies, before a restart.
        longest_s: a restart comes so soon after the ball left the court.
    """

    name: str = "rules"
    near_m: float = 2.5
    still_mps: float = 1.5
    longest_s: float = 90.0

    def spot(self, game: SampledGame) -> Spots:
        """Find the events of a game."""
        path = ball_path(game)
        kick_offs = self._kick_offs(game, path)
        spots = [*kick_offs, *spot_shots(game, path), *spot_substitutions(game)]
        for left in exits(path, game.court):
            spots += self._out(game, path, left, kick_offs)
        return gather(spots)

    def _kick_offs(self, game: SampledGame, path: BallPath) -> list[Spot]:
        """The ball lies on the centre mark, and then moves; the surer, the more stand at home."""
        lies = (np.linalg.norm(path.places_m, axis=1) <= self.near_m) & (
            path.drifts_mps <= self.still_mps
        )
        found: list[Spot] = []
        for start, end in _runs(lies):
            if path.times_s[end - 1] - path.times_s[start] < 0.15:
                continue
            kicked = path.leaves(end - 1)
            sample = int(path.samples[kicked])
            share = _at_home(game, sample)
            prob = 0.5 if np.isnan(share) else 0.95 if share >= 0.9 else 0.0
            if prob:
                side = _nearest_side(game, sample, path.places_m[end - 1])
                time_s = float(path.times_s[kicked])
                found.append(Spot(time_s, "kick-off", side, prob, (0.0, 0.0)))
        return found

    def _out(
        self, game: SampledGame, path: BallPath, left: Exit, kick_offs: list[Spot]
    ) -> list[Spot]:
        """The ball leaves the court; what follows says how the game goes on."""
        spots = [Spot(left.time_s, "ball out of play", NOBODY, 0.9, left.place_m)]
        after = [spot for spot in kick_offs if 0 < spot.time_s - left.time_s <= 2 * self.longest_s]
        if left.over_end and abs(left.place_m[1]) <= game.court.goal_width / 2:
            scorer = _attacker(game, path.samples[left.index], left.place_m[0])
            prob = 0.9 if after and after[0].side in {1 - scorer, NOBODY} else 0.4
            return [*spots, Spot(left.time_s, "goal", scorer, prob, left.place_m)]
        if left.back >= len(path.times_s):
            return spots
        is_late = path.times_s[left.back] - left.time_s > self.longest_s
        if is_late or len(set(game.periods[path.samples[[left.index, left.back]]].tolist())) > 1:
            return spots
        restart = self._restart(game, path, left)
        return [*spots, restart] if restart else spots

    def _restart(self, game: SampledGame, path: BallPath, left: Exit) -> Spot | None:
        """Throw-in, corner or goal kick, by where the ball left and where it is played from."""
        start = self._start(game, path, left)
        if not _goes_on(game, path, start):
            return None
        time_s, place_m = float(path.times_s[start]), path.places_m[start]
        sample = int(path.samples[start])
        x, y = place_m.tolist()
        if not left.over_end:
            near = abs(abs(y) - game.court.width / 2) <= self.near_m
            prob = 0.9 if near and abs(x - left.place_m[0]) <= 15.0 else 0.5
            return Spot(time_s, "throw-in", _nearest_side(game, sample, place_m), prob, (x, y))
        end = np.sign(left.place_m[0])
        defender = _other(_attacker(game, path.samples[left.index], left.place_m[0]))
        if _to_corner(game.court, place_m, end) <= self.near_m + 1.0:
            return Spot(time_s, "corner", _other(defender), 0.9, (x, y))
        deep = game.court.length / 2 - end * x
        wide = game.court.goal_area_width / 2 + self.near_m
        if deep <= game.court.goal_area_length + self.near_m and abs(y) <= wide:
            return Spot(time_s, "clearance", defender, 0.8, (x, y))
        return None

    def _start(self, game: SampledGame, path: BallPath, left: Exit) -> int:
        """Of the path, the last sample before the ball is played on: it lies, or is first seen."""
        periods = game.periods[path.samples]
        same = np.flatnonzero(periods == periods[left.back])
        until = int(np.searchsorted(path.times_s, path.times_s[left.back] + 15.0))
        until = min(until, int(same[-1]) + 1)
        lies = path.drifts_mps[left.back : until] <= self.still_mps
        if not lies[:3].any():
            return left.back
        first = int(np.argmax(lies))
        moved = np.flatnonzero(~lies[first:])
        last = first + (int(moved[0]) if len(moved) else len(lies) - first) - 1
        return path.leaves(left.back + last)


def _goes_on(game: SampledGame, path: BallPath, index: int) -> bool:
    """Whether the ball is seen again soon after, in the same period: a restart was taken."""
    if index + 1 >= len(path.times_s):
        return False
    now, then = path.samples[index], path.samples[index + 1]
    soon = path.times_s[index + 1] - path.times_s[index] <= 2.0
    return bool(soon and game.periods[now] == game.periods[then])


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open ranges in which it is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _at_home(game: SampledGame, sample: int) -> float:
    """Share of the players who stand in their own half; NaN if few are placed or ends unknown."""
    sign, (sides, places_m) = game.home_signs[sample], game.players_at(sample)
    if sign == 0 or len(sides) < 6:
        return float("nan")
    attacks = np.where(sides == HOME, sign, -sign)
    return float((attacks * places_m[:, 0] <= 2.0).mean())


def _nearest_side(game: SampledGame, sample: int, place_m: NDArray[np.float64]) -> int:
    """Team of the player nearest to a place; NOBODY if none is placed within 5 m."""
    sides, places_m = game.players_at(sample)
    away_m = np.linalg.norm(places_m - place_m, axis=1)
    if not len(away_m) or away_m.min() > 5.0:
        return NOBODY
    return int(sides[np.argmin(away_m)])


def _attacker(game: SampledGame, sample: np.int64, x_m: float) -> int:
    """Team that attacks the end at which something is."""
    sign = int(game.home_signs[sample])
    if sign == 0:
        return NOBODY
    return HOME if sign * x_m > 0 else AWAY


def _other(side: int) -> int:
    return NOBODY if side == NOBODY else 1 - side


def _to_corner(court: GoalCourt, place_m: NDArray[np.float64], end: float) -> float:
    """Distance from the nearer corner of an end, metres."""
    corner = np.array([end * court.length / 2, np.sign(place_m[1]) * court.width / 2])
    return float(np.linalg.norm(place_m - corner))
