"""What attackers do in the half court: spots, passes, screens, cuts, drives."""

import numpy as np
from numpy.typing import NDArray

from playerid.arena.lanes import lane_depth
from playerid.arena.play import Play, Script
from playerid.leagues.basketball.court_marks import BasketballCourt

Floats = NDArray[np.float64]

# Where the slots of a team (guard, guard, forward, forward, centre) stand: spot and side.
FORMATIONS = (
    (("top", 0), ("wing", 1), ("corner", -1), ("wing", -1), ("dunker", 1)),
    (("top", 0), ("corner", 1), ("corner", -1), ("elbow", 1), ("elbow", -1)),
    (("slot", 1), ("corner", 1), ("wing", -1), ("corner", -1), ("elbow", 1)),
    (("slot", -1), ("wing", 1), ("corner", 1), ("corner", -1), ("block", -1)),
    (("top", 0), ("wing", 1), ("corner", 1), ("slot", -1), ("corner", -1)),
)


def find_spot(court: BasketballCourt, name: str, side: int) -> tuple[float, float]:
    """Depth from the baseline and y of a named spot, as attacked, metres."""
    arc, basket, half = court.three_point_radius, court.basket_from_baseline, court.lane_width / 2
    places = {
        "top": (basket + arc + 1.0, 0.0),
        "slot": (basket + arc * 0.93 + 0.6, 2.9),
        "wing": (basket + (arc + 0.5) * 0.62, (arc + 0.5) * 0.785),
        "corner": (1.7, court.width / 2 - 0.55),
        "elbow": (court.lane_length + 0.9, half - 0.2),
        "dunker": (1.9, half + 1.1),
        "block": (3.0, half + 1.0),
    }
    depth, y = places[name]
    return depth, side * y


def take_formation(play: Play) -> None:
    """Draw a formation; homes of the attackers follow."""
    formation = FORMATIONS[play.rng.integers(len(FORMATIONS))]
    mirror = 1 if play.rng.random() < 0.5 else -1
    for slot, (name, side) in zip(play.attackers, formation, strict=True):
        depth, y = find_spot(play.court, name, side * mirror)
        play.homes[slot] = play.at(depth + play.rng.normal(0, 0.25), y)
    play.busy.clear()


def keep_homes(play: Play) -> None:
    """Send attackers who have nothing else to do to their homes."""
    ball = play.ball.position_m[:2]
    for slot in play.attackers:
        play.bodies.looks_m[slot] = play.hoop if slot == play.holder else ball
        if slot not in play.busy and slot != play.holder and slot in play.homes:
            play.go(slot, play.homes[slot], 5.0 if not play.in_frontcourt else 2.8)


def move_off_ball(play: Play) -> Script:
    """Run, beside the main script, what attackers without the ball do; never ends."""
    while True:
        yield from play.wait(float(play.rng.uniform(0.5, 1.6)))
        idle = [s for s in play.attackers if s != play.holder and s not in play.busy]
        set_up = play.offence == play.team and play.in_frontcourt and play.defends
        if play.calm or not set_up or len(idle) < 2:
            continue
        draw = play.rng.random()
        if draw < 0.24:
            play.routines.append(cut(play, play.choose(idle)))
        elif draw < 0.48:
            play.routines.append(screen_off_ball(play, *play.rng.permutation(idle)[:2].tolist()))
        elif draw < 0.8:
            one, two = nearest_pair(play, idle)
            play.homes[one], play.homes[two] = play.homes[two], play.homes[one]
        else:
            slot = play.choose(idle)
            play.homes[slot] = play.homes[slot] + play.rng.normal(0, 0.5, 2)
            tidy_home(play, slot)


def nearest_pair(play: Play, idle: list[int]) -> tuple[int, int]:
    """One idle attacker and the idle one nearest to his home."""
    one = play.choose(idle)
    others = [slot for slot in idle if slot != one]
    gaps = [float(np.hypot(*(play.homes[slot] - play.homes[one]))) for slot in others]
    return one, others[int(np.argmin(gaps))]


def tidy_home(play: Play, slot: int) -> None:
    """Keep a home on the court and clear of the lane."""
    court = play.court
    x_m, y_m = play.homes[slot]
    depth = float(np.clip(court.length / 2 - play.side * x_m, 1.2, court.length / 2 - 2))
    y_m = float(np.clip(y_m, 0.5 - court.width / 2, court.width / 2 - 0.5))
    if depth < court.lane_length + 0.8 and abs(y_m) < court.lane_width / 2 + 0.8:
        y_m = float(np.copysign(court.lane_width / 2 + 1.0, y_m))
    play.homes[slot] = play.at(depth, play.side * y_m)


def cut(play: Play, slot: int) -> Script:
    """Cut to the basket and out to the other side."""
    play.busy.add(slot)
    home = play.homes[slot]
    under = play.at(2.4, 0.5 * play.side * float(np.sign(home[1])))
    play.go(slot, under, 6.0)
    yield from play.walk_until(slot, under, 1.2, 2.2)
    far_side = -play.side * float(np.sign(home[1]) or 1.0)
    depth, y = find_spot(play.court, "corner" if play.rng.random() < 0.6 else "dunker", 1)
    play.homes[slot] = play.at(depth, y * far_side)
    play.go(slot, play.homes[slot], 5.0)
    yield from play.walk_until(slot, play.homes[slot], 1.0, 2.0)
    play.busy.discard(slot)


def screen_off_ball(play: Play, screener: int, shooter: int) -> Script:
    """One attacker stands in the way of another's defender, who runs round him."""
    if shooter not in play.attackers:  # the ball was lost before they began
        return
    play.busy |= {screener, shooter}
    guard = next(slot for slot in play.defenders if play.match[slot] == shooter)
    to_middle = play.at(play.court.lane_length + 2, 0) - play.place(guard)
    spot = play.place(guard) + 0.8 * to_middle / max(1.0, float(np.hypot(*to_middle)))
    if lane_depth(spot, play.court, play.attacks_right) > -0.7:
        spot = play.homes[screener]
    play.go(screener, spot, 4.5)
    yield from play.walk_until(screener, spot, 0.7, 1.8)
    play.act(screener, "screen", 1.1)
    home = play.homes[shooter]
    curl = spot + 1.3 * (spot - play.hoop) / max(1.0, float(np.hypot(*(spot - play.hoop))))
    play.go(shooter, curl, 5.5)
    yield from play.walk_until(shooter, curl, 1.0, 1.3)
    play.homes[shooter], play.homes[screener] = play.homes[screener], home
    play.busy -= {screener, shooter}


def swing(play: Play) -> Script:
    """Hold or dribble a little, then pass round the perimeter."""
    holder = play.holder
    if play.rng.random() < 0.5:
        away = play.place(holder) + play.rng.normal(0, 1.6, 2)
        depth = lane_depth(away, play.court, play.attacks_right)
        out = depth < -0.8 and abs(away[1]) < play.court.width / 2 - 0.6
        too_far = play.side * away[0] < 1.5 or abs(away[0]) > play.court.length / 2 - 0.8
        spot = play.place(holder).copy() if too_far or not out else away
        yield from play.dribble_to(holder, spot, 3.2, float(play.rng.uniform(0.6, 1.5)))
    else:
        play.dribbles = False
        play.go(holder, play.place(holder).copy(), 1.5)
        yield from play.wait(float(play.rng.uniform(0.4, 1.1)))
    mates = [s for s in play.attackers if s != holder and s not in play.busy | play.exempt]
    shut = {play.match[slot] for slot in play.exempt if slot in play.defenders}
    mates = [slot for slot in mates if slot not in shut]
    if not mates:
        return
    if not play.calm and play.rng.random() < 0.035:
        near = [play.gap(slot, play.place(holder)) for slot in play.defenders]
        yield from play.lose_pass(play.defenders[int(np.argsort(near)[1])])
        return
    gaps = np.array([play.gap(slot, play.place(holder)) for slot in mates])
    play.homes[holder] = play.place(holder).copy()
    tidy_home(play, holder)
    yield from play.pass_to(play.choose(mates, list(np.exp(-((gaps - 5.5) ** 2) / 12) + 1e-3)))


def screen_on_ball(play: Play) -> Script:
    """Pick and roll: a big man screens the holder's defender, the holder dribbles off him."""
    holder = play.holder
    bigs = [s for s in play.attackers[2:] if s != holder and s not in play.busy]
    if not bigs:
        return
    screener = bigs[-1]
    guard = next(slot for slot in play.defenders if play.match[slot] == holder)
    play.busy.add(screener)
    play.dribbles = True
    play.go(holder, play.place(holder).copy(), 1.0)
    turn = 1.0 if play.rng.random() < 0.5 else -1.0
    until = play.time_s + 2.4
    while play.time_s < until and play.gap(screener, play.place(guard)) > 1.15:
        play.go(screener, play.place(guard) + play.at(-9e9, 0) * 0 + [0.0, 0.8 * turn], 5.0)
        yield
    play.act(screener, "screen", 0.9)
    play.go(screener, play.place(screener).copy(), 1.0)
    yield from play.wait(0.3)
    past = play.place(screener) + np.array([play.side * 0.8, 1.6 * turn])
    yield from play.dribble_to(holder, past, 5.2, 1.3)
    if play.rng.random() < 0.25:
        other = next(slot for slot in play.defenders if play.match[slot] == screener)
        play.match[guard], play.match[other] = screener, holder
    play.routines.append(roll(play, screener))


def roll(play: Play, slot: int) -> Script:
    """Roll to the basket after a screen, then leave the lane."""
    under = play.at(2.2, 0.0)
    play.go(slot, under, 5.2)
    yield from play.walk_until(slot, under, 1.3, 1.6)
    depth, y = find_spot(play.court, "dunker", 1 if play.rng.random() < 0.5 else -1)
    play.homes[slot] = play.at(depth, y)
    play.busy.discard(slot)
