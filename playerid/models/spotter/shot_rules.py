"""Shots: the ball flies at a goal, fast and from near enough."""

import numpy as np

from playerid.models.spotter import AWAY, HOME, NOBODY, SampledGame, Spot
from playerid.models.spotter.ball_path import BallPath


def spot_shots(
    game: SampledGame,
    path: BallPath,
    *,
    fast_mps: float = 14.0,
    farthest_m: float = 35.0,
    beside_m: float = 5.0,
    apart_s: float = 2.0,
) -> list[Spot]:
    """Moments in which the ball begins to fly at a goal.

    Args:
        game: the game.
        path: of its ball.
        fast_mps: slower balls are passes; shots of professionals leave the foot at 20 to 30 m/s,
            and a ball in the air seems farther and faster than it is.
        farthest_m: shots come from within it.
        beside_m: how far beside the posts a flight may point and still be meant for the goal.
        apart_s: what follows sooner is the same shot.

    Returns:
        "shot on target" or "shot off target", of the team that attacks that goal. How high the
        ball flies is not known, so that many of those on target went over the bar.
    """
    found: list[Spot] = []
    half_goal = game.court.goal_width / 2
    speeds = path.speeds_mps
    for index in np.flatnonzero(speeds >= fast_mps).tolist():
        (x, y), (along, across) = path.places_m[index], path.velocities_mps[index]
        to_go = game.court.length / 2 - np.sign(along) * x
        if abs(along) < abs(across) / 4 or not 0 < np.hypot(to_go, y) <= farthest_m:
            continue
        crosses_y = abs(y + across * to_go / abs(along)) if along else np.inf
        time_s = float(path.times_s[index])
        if crosses_y > half_goal + beside_m or (found and time_s - found[-1].time_s < apart_s):
            continue
        kind = "shot on target" if crosses_y <= half_goal else "shot off target"
        sign = int(game.home_signs[path.samples[index]])
        side = NOBODY if sign == 0 else HOME if sign * along > 0 else AWAY
        prob = 0.5 + 0.3 * min((speeds[index] - fast_mps) / fast_mps, 1.0)
        found.append(Spot(time_s, kind, side, float(prob), (float(x), float(y))))
    return found
