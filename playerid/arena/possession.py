"""A possession from the first touch to the last: bring up, half court, shot attempt, rebound."""

import numpy as np
from numpy.typing import NDArray

from playerid.arena.lanes import lane_depth
from playerid.arena.offence import find_spot, screen_on_ball, swing, take_formation
from playerid.arena.play import Play, Script
from playerid.arena.scoreboard import STEP_S
from playerid.arena.staging import stage_stay

Floats = NDArray[np.float64]


def bring_up(play: Play) -> Script:
    """Take the ball from the backcourt to the frontcourt while everybody runs to his place."""
    take_formation(play)
    guard = play.attackers[0]
    if play.holder != guard and play.rng.random() < 0.75 and play.gap(play.holder, play.hoop) > 16:
        yield from play.wait(float(play.rng.uniform(0.2, 0.9)))
        yield from play.pass_to(guard)
    holder = play.holder
    hurries = play.rng.random() < 0.25
    speed = float(play.rng.uniform(5.2, 7.0) if hurries else play.rng.uniform(2.8, 4.2))
    depth, _ = find_spot(play.court, "top", 1)
    yield from play.dribble_to(holder, play.at(depth + 0.3, 0.0), speed, 9.0)
    play.homes[holder] = play.at(depth, float(play.rng.normal(0, 1)))


def play_half_court(play: Play, plan: tuple[str, str] | None, lasts_s: float) -> Script:
    """Pass, screen and move for a while; stage what is planned; end with the ball in hand."""
    team = play.team
    if plan is not None and play.in_frontcourt:
        play.calm = True
        until = play.time_s + 1.6
        while play.time_s < until or not is_set_up(play):
            yield from swing(play)
            if play.board.shot_clock_s < 12:
                break
        if (
            play.board.shot_clock_s >= 12
            and play.board.clock_s > 12
            and play.over_s > play.time_s + 9
        ):
            play.planting = True
            play.routines.append(stage_stay(play, *plan))
        while play.planting:
            yield from swing(play)
        play.calm = False
    until = play.time_s + lasts_s
    while (
        play.team == team
        and play.time_s < until
        and play.board.shot_clock_s > 5
        and play.board.clock_s > 2.5
    ):
        if play.rng.random() < 0.62:
            yield from swing(play)
        else:
            yield from screen_on_ball(play)


def is_set_up(play: Play) -> bool:
    """Whether all ten are in the half that is attacked and no attacker is in the lane."""
    bodies = play.bodies.positions_m[:10]
    depth = lane_depth(bodies[list(play.attackers)], play.court, play.attacks_right)
    return bool((play.side * bodies[:, 0] > 0.3).all() and (depth < -0.4).all())


def finish(play: Play) -> Script:
    """End the possession with a shot attempt: driving, pulling up, or after a pass."""
    holder = play.holder
    draw = play.rng.random()
    if draw < 0.45:
        yield from drive(play, holder)
        return
    if draw < 0.75:
        mates = [s for s in play.attackers if s != holder and s not in play.busy]
        open_m = [open_space(play, slot) for slot in mates]
        if mates:
            holder = mates[int(np.argmax(open_m))]
            yield from play.pass_to(holder)
    else:
        aside = play.place(holder) + 0.4 * (play.hoop - play.place(holder)) * play.rng.random()
        if lane_depth(aside, play.court, play.attacks_right) < -0.3:
            yield from play.dribble_to(holder, aside, 5.0, 1.2)
    yield from shoot(play, holder, "jump-shot")


def open_space(play: Play, slot: int) -> float:
    """Distance from a slot to the nearest defender, metres."""
    return min(play.gap(other, play.place(slot)) for other in play.defenders)


def drive(play: Play, slot: int) -> Script:
    """Dribble to the basket: lay it up, stop for a short shot, or pass out to a shooter."""
    turn = 1.0 if play.rng.random() < 0.5 else -1.0
    waypoint = play.at(4.8, 1.7 * turn)
    play.calm, kicks, inside_s = True, play.rng.random() < 0.35, 0.0
    play.dribbles, play.driver = True, slot
    until = play.time_s + 3.2
    while play.time_s < until:
        target = waypoint if play.gap(slot, play.hoop) > 5.0 else play.at(1.9, 0.5 * turn)
        play.go(slot, target, 6.3)
        depth = lane_depth(play.place(slot), play.court, play.attacks_right)
        inside_s += STEP_S * float(depth > -0.4)
        if depth > 0 and play.helper < 0:
            play.helper = nearest_helper(play, slot)
        if play.gap(slot, play.hoop) < 1.7 or inside_s > 1.3:
            break
        if kicks and play.gap(slot, play.hoop) < 3.8:
            break
        yield
    play.calm, play.helper, play.driver = False, -1, -1
    mates = [s for s in play.attackers if s != slot and s not in play.busy]
    if kicks and mates:
        shooter = mates[int(np.argmax([open_space(play, mate) for mate in mates]))]
        play.homes[slot] = play.at(*find_spot(play.court, "dunker", int(turn)))
        yield from play.pass_to(shooter)
        yield from shoot(play, shooter, "jump-shot")
        return
    near = play.gap(slot, play.hoop) < 2.3
    yield from shoot(play, slot, "layup-dunk" if near else "jump-shot")


def nearest_helper(play: Play, slot: int) -> int:
    """The defender nearest to the basket who does not guard `slot`."""
    others = [s for s in play.defenders if play.match[s] != slot and s not in play.exempt]
    return min(others, key=lambda other: play.gap(other, play.hoop))


def shoot(play: Play, slot: int, action: str) -> Script:
    """Shoot; then the ball is in, or rebounds into somebody's hands."""
    play.dribbles, play.calm = False, True
    if action == "layup-dunk":
        play.go(slot, play.hoop - 0.5 * (play.hoop - play.place(slot)), 4.0)
        play.act(slot, action, 1.0)
        play.jump(slot, 0.1, 0.72, 0.62)
        contest(play, slot, 0.2)
        yield from play.wait(0.44)
    else:
        play.go(slot, play.place(slot).copy(), 2.0)
        play.act(slot, action, 1.2)
        play.jump(slot, 0.34, 0.6, 0.42)
        contest(play, slot, 0.45)
        yield from play.wait(0.64)
    reach = play.gap(slot, play.hoop)
    made = play.rng.random() < (0.62 if reach < 2 else 0.48 - 0.016 * reach)
    points = 3 if is_three(play, play.place(slot)) else 2
    yield from throw_at_ring(play, made, 0.32 + 0.105 * reach, slot)
    if made:
        score(play, points)
        play.call("made shot", slot, points=points)
    else:
        play.call("missed shot", slot, points=points)
        yield from rebound(play, slot)
    play.calm = False


def throw_at_ring(play: Play, made: bool, flight_s: float, shooter: int) -> Script:
    """Let the ball fly to the ring; nobody has control meanwhile."""
    off = play.rng.uniform(0, 2 * np.pi)
    miss = 0.0 if made else 0.24
    goal = np.array(
        [*(play.hoop + miss * np.array([np.cos(off), np.sin(off)])), play.court.rim_height + 0.06]
    )
    play.holder = play.offence = -1
    play.ball.throw(lambda: goal, flight_s)
    play.defends = False
    crash(play, shooter)
    while play.ball.in_flight:
        yield
    if made:
        play.ring_until_s = play.time_s + 0.3
        play.ball.free(np.array([*play.rng.normal(0, 0.25, 2), -2.0]))
        yield from play.wait(0.45)


def contest(play: Play, shooter: int, delay_s: float) -> None:
    """Let the nearest defender try to block, if he is near enough."""
    guard = min(play.defenders, key=lambda slot: play.gap(slot, play.place(shooter)))
    if play.gap(guard, play.place(shooter)) < 1.9 and play.rng.random() < 0.65:
        play.act(guard, "shot-block", delay_s + 0.7)
        play.jump(guard, delay_s - 0.1, 0.62, 0.45)
        play.go(guard, play.place(shooter) + 0.7 * unit(play.hoop - play.place(shooter)), 4.0)


def unit(vector: Floats) -> Floats:
    """Direction of a vector (2,)."""
    return vector / max(1e-6, float(np.hypot(*vector)))


def is_three(play: Play, point_m: Floats) -> bool:
    """Whether a shot attempt from here is worth three."""
    straight = play.court.length / 2 - play.side * point_m[0] < play.court.three_point_straight
    if straight:
        return bool(abs(point_m[1]) > play.court.three_point_corner)
    return bool(np.hypot(*(point_m - play.hoop)) > play.court.three_point_radius)


def crash(play: Play, shooter: int) -> None:
    """Send everybody where he goes while the ball is in the air."""
    play.busy.clear()
    for order, slot in enumerate(play.attackers):
        if order < 2 and slot != shooter:
            play.go(slot, play.at(play.court.length / 2 + 1.0, play.rng.uniform(-3, 3)), 4.0)
        elif play.rng.random() < 0.6:
            play.go(slot, play.hoop + play.rng.normal(0, 1.6, 2) - [1.2 * play.side, 0], 4.5)
    for slot in play.defenders:
        man = play.place(play.match[slot])
        gap = float(np.hypot(*(man - play.hoop)))
        play.go(slot, play.hoop + (man - play.hoop) * min(0.75, 2.2 / max(gap, 0.5)), 4.5)
        play.bodies.looks_m[slot] = play.hoop


def rebound(play: Play, shooter: int) -> Script:
    """Let somebody get the ball off the ring."""
    angle = np.arctan2(0, -play.side) + play.rng.normal(0, 0.9)
    reach = play.rng.uniform(1.0, 3.0)
    landing = play.hoop + reach * np.array([np.cos(angle), np.sin(angle)])
    slots = [slot for slot in range(10) if slot != shooter]
    weights = [
        (2.2 if slot in play.defenders else 1.0) * np.exp(-(play.gap(slot, landing) ** 2) / 4)
        + 1e-6
        for slot in slots
    ]
    winner = play.choose(slots, weights)
    play.go(winner, landing, 6.5)
    flight = max(0.7, play.gap(winner, landing) / 5.0)
    play.jump(winner, flight - 0.35, 0.6, 0.4)
    play.ball.throw(lambda: play.hand(winner) + np.array([0, 0, 0.5]), flight)
    while play.ball.in_flight:
        yield
    play.defends, play.calm = True, False
    play.call("rebound", winner)
    if winner in play.defenders:
        play.turn_over(winner)
        return
    play.give(winner)
    play.board.shot_clock_s = min(14.0, float(play.league.clock.shot_clock_s))
    play.lane.inside_s[:] = 0
    if play.gap(winner, play.hoop) < 2.2 and play.rng.random() < 0.5:
        yield from play.wait(0.35)
        yield from shoot(play, winner, "layup-dunk")
        return
    for slot in play.attackers:
        tidy = play.homes.get(slot, play.place(slot))
        play.homes[slot] = tidy
    far = max((s for s in play.attackers if s != winner), key=lambda s: play.gap(s, play.hoop))
    yield from play.wait(0.4)
    yield from play.pass_to(far)


def score(play: Play, points: int) -> None:
    """Count a made basket; the ball is the other team's to bring in."""
    play.board.scores[play.team] += points
    play.team = 1 - play.team
    play.offence, play.defends = -1, True
    play.board.shot_clock_s = float(play.league.clock.shot_clock_s)
