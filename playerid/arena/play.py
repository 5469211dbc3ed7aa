"""The state of a simulated game between two steps, and the verbs that scripts are written in."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.arena.ball import Ball
from playerid.arena.bodies import Bodies
from playerid.arena.calls import Call
from playerid.arena.scoreboard import STEP_S, draw_scoreboard
from playerid.arena.world import ACTIONS
from playerid.leagues import BasketballLeague

Floats = NDArray[np.float64]
Script = Generator[None, None, None]

SLOTS = 13
REFEREE_SLOTS = (10, 11, 12)


@dataclass(frozen=True, slots=True)
class Plant:
    """A stay in the lane that was staged.

    Attributes:
        slot: who stays.
        person: index into the cast.
        kind: "offensive" or "defensive".
        grade: "clear" or "near-miss".
        start_s: when he set out for the lane.
        end_s: when he was out again.
    """

    slot: int
    person: int
    kind: str
    grade: str
    start_s: float
    end_s: float


@dataclass(slots=True)
class LaneWatch:
    """How long each of the ten players has been in the lane, and who must leave it.

    Attributes:
        inside_s: (10,) seconds of the stay so far; 0 outside.
        outside_s: (10,) seconds since the player was last in the lane.
        is_leaving: (10,) whether the player is on the way out.
        linger_s: (10,) seconds that a player who left keeps away.
    """

    inside_s: Floats
    outside_s: Floats
    is_leaving: NDArray[np.bool_]
    linger_s: Floats


class Play:
    """Everything that changes from step to step.

    Slots 0 to 4 are home, 5 to 9 away, 10 to 12 referees; a slot of -1 is nobody. Scripts are
    generators: each `yield` is one step.

    Attributes:
        league: whose rules are played by.
        court: that of the league.
        rng: draws every decision.
        time_s: seconds since the start.
        over_s: when the game ends, seconds since the start.
        board: the scoreboard.

        bodies: where the 13 people on the floor are, and where they go.
        people: (13,) int32, whom of the cast each slot shows.
        bench: of each team, indices into the cast of those who sit.
        acts: slot -> the action it shows and until when, seconds since the start.
        jumps: slot -> when it leaves the floor, seconds since the start; seconds in the air;
            greatest height of the feet, metres.

        team: who attacks, or will once it has the ball; 0 is home, 1 away.
        home_right: whether home attacks the basket at x > 0.
        ball: the ball.
        holder: slot that holds the ball.
        dribbles: whether the holder dribbles.
        offence: team in control of the ball; -1 while nobody is.
        ring_until_s: until when the ball is in the basket, seconds since the start.

        homes: slot of an attacker -> its place (2,) in the formation, metres.
        busy: slots that a routine moves, and not the formation.
        calm: whether attackers without the ball stay where they are.
        driver: slot that drives to the basket.

        defends: whether the defenders guard.
        match: slot -> slot that it guards, or that guards it.
        helper: slot of the defender who leaves his man to stop a drive.
        exempt: slots that neither guard nor are kept out of the lane.

        lane: who has been in the lane how long.
        planting: whether a stay in the lane is being staged.
        plants: stays that were staged, in order.
        routines: scripts that run beside the main one.
        calls: what the scorer's table called, in order.
    """

    def __init__(self, league: BasketballLeague, rng: np.random.Generator) -> None:
        self.league, self.court, self.rng = league, league.court, rng
        self.time_s, self.over_s = 0.0, np.inf
        self.bodies = Bodies(np.zeros((SLOTS, 2)), rng)
        self.people = np.r_[0:5, 13:18, 26:29].astype(np.int32)
        self.bench = [list(range(5, 13)), list(range(18, 26))]
        self.acts: dict[int, tuple[str, float]] = {}
        self.jumps: dict[int, tuple[float, float, float]] = {}
        self.team = int(rng.integers(2))
        self.home_right = bool(rng.random() < 0.5)
        self.ball = Ball(np.array([0.0, 0.0, 1.0]))
        self.holder, self.dribbles = -1, False
        self.offence = self.team
        self.ring_until_s = -1.0
        self.board = draw_scoreboard(league, rng)
        self.homes: dict[int, Floats] = {}
        self.busy: set[int] = set()
        self.calm = False
        self.driver = -1
        self.defends = True
        self.match = {slot: (slot + 5) % 10 for slot in range(10)}
        self.helper = -1
        self.exempt: set[int] = set()
        self.lane = LaneWatch(
            np.zeros(10), np.ones(10), np.zeros(10, bool), rng.uniform(0.4, 1.2, 10)
        )
        self.planting = False
        self.plants: list[Plant] = []
        self.routines: list[Script] = []
        self.calls: list[Call] = []

    @property
    def attacks_right(self) -> bool:
        """Whether `team` attacks the basket at x > 0."""
        return (self.team == 0) == self.home_right

    @property
    def side(self) -> float:
        """Sign of x of the attacked basket."""
        return 1.0 if self.attacks_right else -1.0

    @property
    def attackers(self) -> range:
        """Slots of the attacking team."""
        return range(5 * self.team, 5 * self.team + 5)

    @property
    def defenders(self) -> range:
        """Slots of the other team."""
        return range(5 - 5 * self.team, 10 - 5 * self.team)

    @property
    def hoop(self) -> Floats:
        """(2,) the attacked basket."""
        return np.array([self.side * self.court.basket_x, 0.0])

    @property
    def in_frontcourt(self) -> bool:
        """Whether the ball is on the attacked half."""
        return bool(self.side * self.ball.position_m[0] > 0)

    def at(self, depth_m: float, y_m: float) -> Floats:
        """Court point (2,) by its distance from the attacked baseline and its y as attacked."""
        return np.array([self.side * (self.court.length / 2 - depth_m), self.side * y_m])

    def place(self, slot: int) -> Floats:
        """Where a slot's body is (2,)."""
        return np.asarray(self.bodies.positions_m[slot])

    def go(self, slot: int, point_m: Floats, speed_mps: float = 4.0) -> None:
        """Send a body somewhere."""
        self.bodies.targets_m[slot] = point_m
        self.bodies.speeds_mps[slot] = speed_mps

    def gap(self, slot: int, point_m: Floats) -> float:
        """Distance of a body from a point, metres."""
        return float(np.hypot(*(self.bodies.positions_m[slot] - point_m[:2])))

    def hand(self, slot: int) -> Floats:
        """(3,) where a slot holds the ball."""
        chest = self.bodies.chests[slot]
        flat = self.bodies.positions_m[slot] + 0.34 * chest
        return np.array([flat[0], flat[1], self.hand_height(slot)])

    def hand_height(self, slot: int) -> float:
        """Height of the hands: up for a shot attempt."""
        if slot in self.jumps and self.acts.get(slot, ("", 0))[0] != "run":
            start, lasts, _ = self.jumps[slot]
            return 1.2 + 1.1 * float(np.clip((self.time_s - start) / lasts + 0.6, 0, 1))
        return 1.15 + self.lift(slot)

    def lift(self, slot: int) -> float:
        """Height of the feet above the floor."""
        if slot not in self.jumps:
            return 0.0
        start, lasts, height = self.jumps[slot]
        share = (self.time_s - start) / lasts
        return 4 * height * share * (1 - share) if 0 < share < 1 else 0.0

    def act(self, slot: int, action: str, lasts_s: float) -> None:
        """Show an action for a while."""
        assert action in ACTIONS, action
        self.acts[slot] = (action, self.time_s + lasts_s)

    def jump(self, slot: int, delay_s: float, lasts_s: float, height_m: float) -> None:
        """Leave the floor."""
        self.jumps[slot] = (self.time_s + delay_s, lasts_s, height_m)

    def give(self, slot: int) -> None:
        """Put the ball into a player's hands: his team has control."""
        self.holder, self.dribbles = slot, False
        self.offence = slot // 5

    def turn_over(self, slot: int) -> None:
        """The other team wins the ball in play."""
        self.team = slot // 5
        self.give(slot)
        self.board.shot_clock_s = float(self.league.clock.shot_clock_s)
        self.acts.clear()

    def call(self, kind: str, slot: int, *, comes_in: int = -1, points: int = 0) -> None:
        """Call what a slot, -1 for nobody, did just now; whom it brings in is of the cast."""
        person = int(self.people[slot]) if slot >= 0 else -1
        board, scores = self.board, (self.board.scores[0], self.board.scores[1])
        self.calls.append(
            Call(kind, self.time_s, board.period, board.clock_s, scores, person, comes_in, points)
        )

    def wait(self, lasts_s: float) -> Script:
        """Let time pass."""
        until = self.time_s + lasts_s
        while self.time_s < until:
            yield

    def walk_until(self, slot: int, point_m: Floats, near_m: float, most_s: float) -> Script:
        """Wait until a body is near a point, or too long."""
        until = self.time_s + most_s
        while self.gap(slot, point_m) > near_m and self.time_s < until:
            yield

    def pass_to(self, slot: int, *, speed_mps: float = 10.5) -> Script:
        """Pass from the holder to a teammate; the script goes on when he has it."""
        gap = self.gap(slot, self.ball.position_m)
        bounces = gap < 6 and self.rng.random() < 0.25
        self.holder = -1
        self.bodies.looks_m[slot] = self.ball.position_m[:2]
        self.ball.throw(lambda: self.hand(slot), max(0.28, gap / speed_mps), bounces=bounces)
        while self.ball.in_flight:
            yield
        self.give(slot)

    def lose_pass(self, slot: int) -> Script:
        """Pass, and let a defender catch it: the other team has the ball."""
        passer, self.holder = self.holder, -1
        gap = self.gap(slot, self.ball.position_m)
        self.go(slot, 0.5 * (self.place(slot) + self.ball.position_m[:2]), 6.0)
        self.ball.throw(lambda: self.hand(slot), max(0.28, gap / 10.0))
        while self.ball.in_flight:
            yield
        self.call("turnover", passer)
        self.turn_over(slot)

    def choose(self, slots: list[int], weights: list[float] | None = None) -> int:
        """Draw one slot."""
        share = None if weights is None else np.array(weights) / np.sum(weights)
        return int(self.rng.choice(slots, p=share))

    def dribble_to(self, slot: int, point_m: Floats, speed_mps: float, most_s: float) -> Script:
        """Dribble somewhere."""
        self.dribbles = True
        self.go(slot, point_m, speed_mps)
        yield from self.walk_until(slot, point_m, 0.9, most_s)

    def step(self) -> None:
        """Carry out one step of bodies, ball and clock."""
        self.bodies.step(STEP_S)
        self.time_s += STEP_S
        if self.holder >= 0:
            self.ball.hold(self._dribbled() if self.dribbles else self.hand(self.holder))
        else:
            self.ball.step(STEP_S)
        self.board.tick(self.offence >= 0)
        self.acts = {slot: act for slot, act in self.acts.items() if act[1] > self.time_s}
        self.jumps = {
            slot: jump for slot, jump in self.jumps.items() if jump[0] + jump[1] > self.time_s
        }

    def _dribbled(self) -> Floats:
        chest = self.bodies.chests[self.holder]
        beside = 0.42 * chest + 0.3 * np.array([chest[1], -chest[0]])
        flat = self.bodies.positions_m[self.holder] + beside
        height = 0.13 + 0.85 * abs(np.cos(np.pi * self.time_s / 0.56))
        return np.array([flat[0], flat[1], height])
