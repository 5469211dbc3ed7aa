"""A simulated game: every decision drawn from a seed."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from playerid.arena.cast import draw_cast
from playerid.arena.dead_ball import stop_play, throw_in_after_basket
from playerid.arena.defence import defend, keep_lane_clear, place_referees
from playerid.arena.game_motion import ArenaGame, GameMotion
from playerid.arena.offence import keep_homes, move_off_ball, take_formation
from playerid.arena.play import SLOTS, Play, Script
from playerid.arena.possession import bring_up, finish, play_half_court
from playerid.arena.scoreboard import STEP_S, tip_off
from playerid.arena.world import ACTIONS
from playerid.leagues import load_basketball

Floats = NDArray[np.float64]


def play_game(
    seed: int, league: str = "nba", duration_s: float = 30.0, *, from_tip_off: bool = False
) -> ArenaGame:
    """Simulate a game; the same arguments give the same game.

    Args:
        seed: draws the cast and every decision.
        league: name of a league file.
        duration_s: length of the action.
        from_tip_off: begin where a game begins, and not somewhere in it.

    Raises:
        GameError: There is no such league.
    """
    rules = load_basketball(league)
    play = Play(rules, np.random.default_rng([seed, 2]))
    play.over_s = duration_s
    if from_tip_off:
        play.board = tip_off(rules)
    script = run_game(play)
    call_line_ups(play)
    line_up_start(play)
    play.routines.append(move_off_ball(play))
    rows = [sample(play)]
    while play.time_s < duration_s + STEP_S:
        advance(play, script)
        rows.append(sample(play))
    return ArenaGame(rules, draw_cast(seed), collect(rows), tuple(play.plants), tuple(play.calls))


def run_game(play: Play) -> Script:
    """Decide what happens, possession after possession; never ends."""
    plans = draw_plans(play)
    while True:
        yield from bring_up(play)
        team = play.team
        yield from play_half_court(play, next(plans), float(play.rng.uniform(0.3, 6.5)))
        if play.team != team:
            continue
        if play.rng.random() < 0.12:
            yield from stop_play(play)
            play.routines.append(move_off_ball(play))
        else:
            yield from finish(play)
        while play.team == team and play.offence == team:
            yield from play_half_court(play, None, float(play.rng.uniform(0.5, 5.0)))
            if play.team == team:
                yield from finish(play)
        if play.offence < 0:
            yield from throw_in_after_basket(play)
        if play.board.clock_s <= 0.5:
            start_period(play)


def draw_plans(play: Play) -> Iterator[tuple[str, str] | None]:
    """Which stay to stage in each possession: a clear one in the first, then in turn, in most."""
    kinds = ["offensive"]
    if play.league.rules["defensive_three_seconds"]:
        kinds.append("defensive")
    yield str(play.rng.choice(kinds)), "clear"
    for grade in itertools.cycle(("near-miss", "clear")):
        while play.rng.random() < 0.35:
            yield None
        yield str(play.rng.choice(kinds)), grade


def start_period(play: Play) -> None:
    """Reset the clock for the next period; teams change baskets at half-time."""
    clock = play.league.clock
    play.board.period += 1
    play.board.clock_s = float(
        clock.period_s if play.board.period <= clock.periods else clock.overtime_s
    )
    play.board.shot_clock_s = float(clock.shot_clock_s)
    call_line_ups(play)


def call_line_ups(play: Play) -> None:
    """Call the begin of the period, and whom each team has brought in for it."""
    clock, period = play.league.clock, play.board.period
    full_s = float(clock.period_s if period <= clock.periods else clock.overtime_s)
    begun_s = play.time_s - (full_s - play.board.clock_s)
    play.call("period begin", -1)
    for slot in range(10):
        play.call("substitution", -1, comes_in=int(play.people[slot]))
    play.calls[-11:] = [
        replace(call, time_s=begun_s, clock_s=full_s, scores=None) for call in play.calls[-11:]
    ]


def line_up_start(play: Play) -> None:
    """Begin with the guard in the backcourt and everybody on his way."""
    take_formation(play)
    guard = play.attackers[0]
    start = float(play.rng.uniform(14, 21))
    for slot in play.attackers:
        on_way = 0.6 * play.homes[slot] + 0.4 * play.at(start, float(play.rng.uniform(-5, 5)))
        play.bodies.positions_m[slot] = on_way
    play.bodies.positions_m[guard] = play.at(start + 1.5, float(play.rng.uniform(-3, 3)))
    for slot in play.defenders:
        man = play.homes[play.match[slot]]
        play.bodies.positions_m[slot] = 0.55 * man + 0.45 * play.hoop + play.rng.normal(0, 0.4, 2)
    play.give(guard)
    place_referees(play)
    play.bodies.positions_m[10:] = play.bodies.targets_m[10:]
    play.bodies.targets_m[:10] = play.bodies.positions_m[:10]
    play.bodies.chests[:] = [play.side, 0.0]
    play.ball.position_m = play.hand(guard)
    play.board.shot_clock_s -= 2.0


def advance(play: Play, script: Script) -> None:
    """One step: scripts decide, rules correct, bodies and ball move."""
    next(script)
    for routine in list(play.routines):
        if next(routine, "done") == "done" and routine in play.routines:
            play.routines.remove(routine)
    if play.defends:
        defend(play)
        keep_homes(play)
    place_referees(play)
    keep_lane_clear(play)
    play.step()


@dataclass(frozen=True, slots=True)
class Sample:
    """What is true at one step: of each person, of the ball, of the game."""

    people: NDArray[np.int32]
    positions_m: Floats
    chests: Floats
    actions: list[int]
    lift_m: list[float]
    ball_m: Floats
    control: tuple[int, bool, int, bool]
    clock: tuple[int, float, float, bool]
    scores: tuple[int, int]


def sample(play: Play) -> Sample:
    """Write down what is true now."""
    board = play.board
    runs = board.running and board.clock_s > 0
    return Sample(
        play.people,
        play.bodies.positions_m.copy(),
        play.bodies.chests,
        [ACTIONS.index(find_action(play, slot)) for slot in range(SLOTS)],
        [play.lift(slot) for slot in range(SLOTS)],
        play.ball.position_m.copy(),
        (play.holder, play.time_s < play.ring_until_s, play.offence, play.attacks_right),
        (board.period, board.clock_s, board.shot_clock_s, runs),
        (board.scores[0], board.scores[1]),
    )


def find_action(play: Play, slot: int) -> str:
    """What a person is seen doing."""
    if slot in play.acts:
        return play.acts[slot][0]
    if slot == play.holder:
        return "dribble" if play.dribbles else "hold"
    guards = play.defends and play.offence == play.team and slot in play.defenders
    if guards and play.in_frontcourt:
        near = play.gap(slot, play.place(play.match[slot])) < 2.2
        slow = float(np.hypot(*play.bodies.velocities_mps[slot])) < 3.2
        if near and slow:
            return "defend"
    return "run"


def collect(samples: list[Sample]) -> GameMotion:
    """Stack the samples; positions lose their jitter, velocities are theirs."""
    people = np.stack([row.people for row in samples])
    positions = gaussian_filter1d(np.stack([row.positions_m for row in samples]), 1.5, axis=0)
    control = [np.array(column) for column in zip(*(row.control for row in samples), strict=True)]
    clock = [np.array(column) for column in zip(*(row.clock for row in samples), strict=True)]
    return GameMotion(
        step_s=STEP_S,
        people=people,
        positions_m=positions,
        velocities_mps=np.gradient(positions, STEP_S, axis=0),
        chests=np.stack([row.chests for row in samples]),
        actions=np.array([row.actions for row in samples], np.int8),
        lift_m=np.array([row.lift_m for row in samples]),
        ball_m=np.stack([row.ball_m for row in samples]),
        holder=control[0].astype(np.int8),
        ball_in_basket=control[1],
        offence=control[2].astype(np.int8),
        attacks_right=control[3],
        period=clock[0].astype(np.int8),
        game_clock_s=clock[1],
        shot_clock_s=clock[2],
        clock_running=clock[3],
        scores=np.array([row.scores for row in samples], np.int16),
    )
