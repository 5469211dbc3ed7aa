"""What happens while the ball is not in play: throw-ins, fouls, free throws, substitutions."""

import numpy as np
from numpy.typing import NDArray

from playerid.arena.offence import keep_homes, take_formation
from playerid.arena.play import REFEREE_SLOTS, Play, Script
from playerid.arena.possession import rebound, score, throw_at_ring

Floats = NDArray[np.float64]


def throw_in_after_basket(play: Play) -> Script:
    """Bring the ball in from behind the baseline where it went through."""
    own_hoop = -play.hoop
    take_formation(play)
    big = min(play.attackers[2:], key=lambda slot: play.gap(slot, own_hoop))
    until = play.time_s + 4.0
    while play.time_s < until and (
        play.gap(big, play.ball.position_m) > 0.9 or play.ball.position_m[2] > 1.8
    ):
        play.busy.add(big)
        play.go(big, play.ball.position_m[:2], 4.0)
        yield
    play.holder, play.dribbles = big, False
    play.offence = play.team
    outside = play.at(play.court.length + 0.75, float(play.rng.uniform(1.5, 3.5)))
    yield from throw_in(play, big, outside, play.at(play.court.length - 3.5, -1.0))


def throw_in(play: Play, thrower: int, outside: Floats, receiver_m: Floats) -> Script:
    """Bring the ball in: the thrower walks out with it and passes to the guard."""
    guard = play.attackers[0] if thrower != play.attackers[0] else play.attackers[1]
    play.busy |= {thrower, guard}
    play.go(thrower, outside, 3.6)
    play.go(guard, receiver_m, 4.2)
    yield from play.walk_until(thrower, outside, 0.6, 3.5)
    yield from play.walk_until(guard, receiver_m, 2.0, 2.0)
    play.bodies.looks_m[thrower] = play.place(guard)
    yield from play.wait(0.4)
    yield from play.pass_to(guard)
    play.board.running = True
    play.busy -= {thrower, guard}


def stop_play(play: Play) -> Script:
    """Blow the whistle: the clock stops, players stroll, some are substituted, play restarts."""
    fouled = play.holder if play.holder >= 0 else play.attackers[0]
    play.board.running, play.defends = False, False
    play.call("foul", play.match[fouled])
    play.offence, play.helper, play.calm = -1, -1, False
    play.routines.clear()
    play.busy.clear()
    play.exempt.clear()
    play.planting = False
    official = min(REFEREE_SLOTS, key=lambda slot: play.gap(slot, play.ball.position_m))
    play.holder = -1
    play.ball.throw(lambda: play.hand(official), 1.1)
    for slot in range(10):
        stroll = play.place(slot) + play.rng.normal(0, 1.8, 2)
        limit = np.array([play.court.length / 2 - 0.5, play.court.width / 2 - 0.5])
        play.go(slot, np.clip(stroll, -limit, limit), float(play.rng.uniform(1.0, 1.9)))
        play.bodies.looks_m[slot] = play.place(official)
    for team in (0, 1):
        if play.rng.random() < 0.55:
            play.routines.append(substitute(play, 5 * team + int(play.rng.integers(5))))
    yield from hold_ball(play, official, float(play.rng.uniform(2.5, 5.0)))
    if play.rng.random() < 0.4:
        yield from shoot_free_throws(play, fouled, official)
    else:
        yield from restart(play, official)


def hold_ball(play: Play, official: int, lasts_s: float) -> Script:
    """Let a referee hold the ball."""
    until = play.time_s + lasts_s
    while play.time_s < until or play.ball.in_flight:
        if not play.ball.in_flight:
            play.ball.hold(play.hand(official))
        yield


def substitute(play: Play, slot: int) -> Script:
    """Walk off at the scorer's table, far sideline; another walks on from there."""
    team = slot // 5
    table = np.array([play.rng.uniform(-2.5, 2.5), play.court.width / 2 + 0.9])
    play.busy.add(slot)
    play.exempt.add(slot)
    until = play.time_s + 7
    while play.time_s < until and play.gap(slot, table) > 0.8:
        play.go(slot, table, 3.6)
        yield
    choice = int(play.rng.integers(len(play.bench[team])))
    out = int(play.people[slot])
    play.call("substitution", slot, comes_in=play.bench[team][choice])
    play.people = play.people.copy()
    play.people[slot] = play.bench[team][choice]
    play.bench[team][choice] = out
    play.go(slot, np.array([table[0], play.court.width / 4]), 3.0)
    yield from play.wait(1.0)
    play.busy.discard(slot)
    play.exempt.discard(slot)


def restart(play: Play, official: int) -> Script:
    """Throw in from the sideline in the frontcourt once everybody is there."""
    take_formation(play)
    play.busy |= play.exempt
    thrower = next(slot for slot in play.attackers[1:] if slot not in play.exempt)
    near = 1.0 if play.rng.random() < 0.5 else -1.0
    outside = play.at(8.5, near * (play.court.width / 2 + 0.45))
    play.busy.add(thrower)
    play.defends = True
    play.go(thrower, outside, 3.0)
    until = play.time_s + 7.0
    while play.time_s < until and (play.gap(thrower, outside) > 0.8 or play.exempt):
        keep_homes(play)
        play.ball.hold(play.hand(official))
        yield
    play.ball.throw(lambda: play.hand(thrower), 0.8)
    while play.ball.in_flight:
        yield
    play.give(thrower)
    play.board.shot_clock_s = max(play.board.shot_clock_s, 14.0)
    yield from throw_in(play, thrower, outside, play.at(9.0, near * 3.5))


def shoot_free_throws(play: Play, shooter: int, official: int) -> Script:
    """Two free throws; the last one is live when it misses."""
    for attempt in (1, 2):
        until = play.time_s + (6.5 if attempt == 1 else 2.0)
        while play.time_s < until:
            line_up(play, shooter)
            play.ball.hold(play.hand(official))
            yield
        play.ball.throw(lambda: play.hand(shooter), 0.7)
        while play.ball.in_flight:
            yield
        play.give(shooter)
        yield from play.wait(float(play.rng.uniform(1.2, 2.2)))
        play.act(shooter, "jump-shot", 1.1)
        play.jump(shooter, 0.3, 0.4, 0.12)
        yield from play.wait(0.55)
        made = bool(play.rng.random() < 0.76)
        play.board.scores[play.team] += int(made)
        yield from throw_at_ring(play, made, 0.9, shooter)
        play.call("free throw", shooter, points=int(made))
        if attempt == 1:
            play.ball.throw(lambda: play.hand(official), 1.2)
            while play.ball.in_flight:
                yield
    if made:
        score(play, 0)
        return
    play.board.running = True
    yield from rebound(play, shooter)


def line_up(play: Play, shooter: int) -> None:
    """Places for a free throw: along the lane, at the line, behind the arc."""
    court = play.court
    edge = court.lane_width / 2 + 0.55
    play.go(shooter, play.at(court.lane_length + 0.25, 0.0), 2.6)
    attackers = [slot for slot in play.attackers if slot != shooter]
    places = [(3.5, edge), (3.5, -edge), (10.5, 2.5), (11.0, -2.5)]
    guards = [(2.4, edge), (2.4, -edge), (4.7, edge), (10.5, 4.5), (11.5, -4.5)]
    for slot, place in zip(attackers[::-1], places, strict=True):
        if slot not in play.exempt:
            play.go(slot, play.at(*place), 2.6)
    for slot, place in zip(list(play.defenders)[::-1], guards, strict=True):
        if slot not in play.exempt:
            play.go(slot, play.at(*place), 2.6)
    play.bodies.looks_m[:10] = play.hoop
