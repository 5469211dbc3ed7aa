"""Staged stays in the lane: three-second violations and near misses."""

import numpy as np
from numpy.typing import NDArray

from playerid.arena.lanes import lane_depth
from playerid.arena.play import Plant, Play, Script
from playerid.arena.scoreboard import STEP_S

Floats = NDArray[np.float64]

# A player whom others keep out of the lane for so long gives up, seconds.
MOST_S = 15.0
# Longest stays a near miss may show, walking in and out of an enlarged lane included, seconds.
NEAR_MISS_S = (2.0, 2.3)
CLEAR_S = (3.9, 5.2)


def stage_stay(play: Play, kind: str, grade: str) -> Script:
    """Let one player stay in the lane; everybody else keeps clear of it meanwhile.

    Args:
        play: state of the game; the ball is in the frontcourt.
        kind: "offensive" or "defensive".
        grade: "clear" or "near-miss".
    """
    slot = cast_stay(play, kind)
    start_s = play.time_s
    play.exempt.add(slot)
    play.busy.add(slot)
    spot = play.at(float(play.rng.uniform(2.3, 3.8)), float(play.rng.uniform(-0.7, 0.7)))
    if grade == "clear":
        yield from stay(play, slot, spot, float(play.rng.uniform(*CLEAR_S)), margin_m=-0.3)
    else:
        stays = 1 if play.rng.random() < 0.5 else 2
        for _ in range(stays):
            yield from stay(play, slot, spot, float(play.rng.uniform(*NEAR_MISS_S)), margin_m=0.3)
            yield from play.wait(0.5)
    play.exempt.discard(slot)
    play.busy.discard(slot)
    play.planting = False
    play.plants.append(Plant(slot, int(play.people[slot]), kind, grade, start_s, play.time_s))


def cast_stay(play: Play, kind: str) -> int:
    """Choose who stays: an attacker without the ball, or the defender of a far man."""
    men = [s for s in play.attackers if s != play.holder and s not in play.busy]
    men = men or [s for s in play.attackers if s != play.holder]
    if kind == "offensive":
        return play.choose(men)
    far = [play.gap(slot, play.hoop) for slot in men]
    man = men[int(np.argmax(far))]
    return next(slot for slot in play.defenders if play.match[slot] == man)


def find_empty_spot(play: Play) -> Floats:
    """The place well inside the lane that is farthest from every attacker (2,)."""
    half = play.court.lane_width / 2 - 0.9
    spots = [
        play.at(depth, y) for depth in (1.4, 2.4, 3.4, 4.4) for y in np.linspace(-half, half, 5)
    ]
    return max(spots, key=lambda spot: min(play.gap(man, spot) for man in play.attackers))


def stay(play: Play, slot: int, spot: Floats, lasts_s: float, *, margin_m: float) -> Script:
    """Walk to `spot`, remain in the lane (enlarged by `margin_m`) for `lasts_s`, walk out.

    A defender keeps away from attackers, so that he guards nobody.
    """
    crowd_m = 2.3 if slot in play.defenders else 0.0
    inside_s, half = 0.0, play.court.lane_width / 2
    out = play.place(slot).copy()
    out[1] = np.copysign(half + 1.3, out[1])
    if lane_depth(out, play.court, play.attacks_right) > -1.0 or abs(out[0] - spot[0]) > 3:
        out = np.array([spot[0], out[1]])
    until = play.time_s + MOST_S
    while play.time_s < until:
        depth = float(lane_depth(play.place(slot), play.court, play.attacks_right))
        inside_s += STEP_S * (depth > -margin_m)
        leave_s = (max(depth, 0.0) + max(margin_m, 0)) / 3.4 + 0.45
        if inside_s + leave_s * (margin_m > 0) >= lasts_s:
            break
        if crowd_m > 0 and min(play.gap(man, spot) for man in play.attackers) < crowd_m:
            spot = find_empty_spot(play)
        play.go(slot, spot, 4.5 if depth < -margin_m else 2.4)
        yield
    until = play.time_s + 3.0
    while play.time_s < until:
        play.go(slot, out, 5.2)
        if lane_depth(play.place(slot), play.court, play.attacks_right) < -0.65:
            break
        yield
