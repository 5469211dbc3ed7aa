"""What defenders and referees do at every step, and what keeps ordinary play within the rule."""

import numpy as np
from numpy.typing import NDArray

from playerid.arena.bodies import norm
from playerid.arena.lanes import find_guards, lane_depth
from playerid.arena.play import REFEREE_SLOTS, Play
from playerid.arena.scoreboard import STEP_S

Floats = NDArray[np.float64]


def defend(play: Play) -> None:
    """Send each defender between his man and the basket, the nearer the ball the closer."""
    bodies = play.bodies
    slots = np.array(play.defenders)
    men = np.array([play.match[slot] for slot in slots])
    ball = play.ball.position_m[:2]
    early = not play.in_frontcourt
    man = bodies.targets_m[men] if early else bodies.positions_m[men]
    man = man + 0.25 * bodies.velocities_mps[men]
    to_hoop = play.hoop - man
    far = np.maximum(norm(to_hoop), 1e-3)
    from_ball = norm(bodies.positions_m[men] - ball)
    gap = np.clip(0.85 + 0.24 * (from_ball - 2), 0.85, 3.6)
    gap = np.where(men == play.holder, 0.95 if far.min() < 9 else 1.8, gap)
    posted = lane_depth(man, play.court, play.attacks_right) > -0.6
    gap = np.minimum(np.where(posted, 0.8, gap), 0.75 * far)
    spot = man + to_hoop / far[:, None] * gap[:, None]
    pull = np.where((men == play.holder) | posted, 0.0, np.clip(0.03 * from_ball, 0, 0.22))
    spot += (ball - spot) * pull[:, None] * (not early)
    for row, slot in enumerate(slots):
        if slot in play.exempt:
            continue
        if slot == play.helper:
            spot[row] = 0.5 * (ball + play.hoop)
        speed = 5.2 if men[row] == play.holder or slot == play.helper else 4.2
        play.go(int(slot), spot[row], 4.8 if early else speed)
        bodies.looks_m[slot] = 0.5 * (ball + bodies.positions_m[men[row]])


def keep_lane_clear(play: Play, *, margin_m: float = 0.45, most_s: float = 1.8) -> None:
    """Send out of the lane, in time, whoever would otherwise break a three-second rule.

    Args:
        play: state of the game; its targets are changed.
        margin_m: the lane is taken to be larger by this much.
        most_s: longest stay that is allowed, walking out included.
    """
    bodies, lane = play.bodies, play.lane
    depth = lane_depth(bodies.positions_m[:10], play.court, play.attacks_right)
    counts = play.board.running and play.offence >= 0 and play.in_frontcourt
    attackers, defenders = list(play.attackers), list(play.defenders)
    guards = np.zeros(10, bool)
    guards[defenders] = find_guards(
        bodies.positions_m[attackers], bodies.positions_m[defenders], play.hoop, reach_m=1.0
    )
    inside = depth > -margin_m
    counted = inside & counts
    free_defence = not play.league.rules["defensive_three_seconds"]
    lane.inside_s = np.where(counted & ~guards, lane.inside_s + STEP_S, lane.inside_s)
    lane.outside_s = np.where(counted & ~guards, 0, lane.outside_s + STEP_S)
    lane.inside_s[lane.outside_s > 0.3] = 0
    exit_s = (np.maximum(depth, 0) + margin_m) / 3.2 + 0.5
    lane.is_leaving |= lane.inside_s + exit_s > most_s
    lane.is_leaving &= lane.outside_s < lane.linger_s
    bodies.yields[:10] = np.where(lane.is_leaving, 0.25, 1.0)
    bodies.yields[list(play.exempt)] = 0.5
    bodies.hastes[:10] = lane.is_leaving
    hasty = {*play.exempt, play.driver, play.helper, *play.acts} - {-1}
    bodies.hastes[sorted(hasty)] = 1.0
    for slot in np.flatnonzero(lane.is_leaving | inside):
        action = play.acts.get(int(slot), ("run", 0.0))[0]
        exempt = slot in play.exempt or slot == play.driver or action not in ("run", "screen")
        if exempt or not counts or (free_defence and slot in defenders):
            continue
        if lane.is_leaving[slot]:
            play.go(int(slot), find_exit(play, int(slot)), 5.5)


def find_exit(play: Play, slot: int) -> Floats:
    """Nearest point (2,) outside the lane, over its free-throw line or a side."""
    position = play.place(slot)
    beyond = 0.95 + 2.0 * max(0.0, float(play.lane.inside_s[slot]) - 1.2)
    from_baseline = play.court.length / 2 - play.side * position[0]
    half = play.court.lane_width / 2
    if play.court.lane_length - from_baseline < half - abs(position[1]):
        return play.at(play.court.lane_length + beyond, play.side * position[1])
    towards = np.sign(position[1]) or 1.0
    return np.array([position[0], towards * (half + beyond)])


def place_referees(play: Play) -> None:
    """Lead on the baseline, trail behind the play, slot on the other sideline."""
    court, bodies = play.court, play.bodies
    first, slot, last = REFEREE_SLOTS
    lead, trail = (first, last) if play.attacks_right else (last, first)
    ball = play.ball.position_m[:2]
    near = np.clip(play.side * ball[1], -1, 1)
    trail_depth = np.clip(court.length / 2 - play.side * ball[0] + 3.5, 9.5, court.length - 2)
    play.go(lead, play.at(-0.7, 3.6 * near + 0.6), 5.5)
    play.go(trail, play.at(float(trail_depth), play.side * (1.0 - court.width / 2)), 4.5)
    play.go(slot, play.at(court.lane_length + 0.8, play.side * (court.width / 2 - 0.3)), 5.0)
    bodies.looks_m[list(REFEREE_SLOTS)] = ball
