"""The ball of a match: carried, passed, shot, out of play and brought back."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playerid.arena.soccer.runners import KEEPERS, SIDE, STEP_S, Runners, TeamShape
from playerid.leagues.soccer.pitch import Pitch

Floats = NDArray[np.float64]
RADIUS_M = 0.11
NOBODY = -1


@dataclass(frozen=True, slots=True)
class MatchEvent:
    """Something that happened to the ball.

    Attributes:
        kind: kick-off, throw-in, goal kick, corner, shot or goal.
        time_s: seconds since the start of the motion.
        period: from 1.
        slot: who did it, place in `World.people`.
    """

    kind: str
    time_s: float
    period: int
    slot: int


@dataclass(frozen=True, slots=True)
class Flight:
    """A ball on its way.

    Attributes:
        start_m: (3,) where from.
        end_m: (3,) where to.
        start_s: when.
        lasts_s: how long.
        rise_m: how high above a straight line it flies.
        meant_for: slot of who should get it; `NOBODY` for shots and balls out of play.
        then: what it becomes: "" play goes on; or the restart, or "goal".
    """

    start_m: Floats
    end_m: Floats
    start_s: float
    lasts_s: float
    rise_m: float
    meant_for: int
    then: str = ""

    def at(self, time_s: float) -> Floats:
        """Where the ball is, (3,)."""
        share = min((time_s - self.start_s) / self.lasts_s, 1.0)
        # A ball on the ground slows down.
        way = share * (1.25 - 0.25 * share) if self.rise_m < 0.5 else share
        place = self.start_m + way * (self.end_m - self.start_m)
        place[2] += 4 * self.rise_m * share * (1 - share)
        return np.asarray(place)


@dataclass(slots=True)
class Restart:
    """Play that is about to begin again: what, where, by whom, and from when on."""

    kind: str
    place_m: Floats
    team: int
    taker: int
    from_s: float


@dataclass(slots=True)
class BallPlay:
    """The state of the ball, and who has it.

    Attributes:
        pitch: where.
        rng: draws everything.
        shapes: of home and away.
        period: from 1.
        ball_m: (3,).
        holder: slot; `NOBODY` while it flies or lies.
        team: who has control.
        flight: while it flies.
        restart: while it is dead.
        keep_until_s: when the holder wants to play it on.
        events: what happened.
        scores: home, away.
    """

    pitch: Pitch
    rng: np.random.Generator
    shapes: tuple[TeamShape, TeamShape]
    period: int
    ball_m: Floats = field(default_factory=lambda: np.array([0.0, 0.0, RADIUS_M]))
    holder: int = NOBODY
    team: int = 0
    flight: Flight | None = None
    restart: Restart | None = None
    keep_until_s: float = 0.0
    events: list[MatchEvent] = field(default_factory=list)
    scores: list[int] = field(default_factory=lambda: [0, 0])

    def step(self, time_s: float, runners: Runners) -> None:
        """Move the ball by a step."""
        if self.restart is not None:
            self._wait(time_s, runners, self.restart)
        elif self.flight is not None:
            self.ball_m = self.flight.at(time_s)
            if time_s >= self.flight.start_s + self.flight.lasts_s:
                self._arrive(time_s, runners, self.flight)
        elif self.holder == NOBODY:
            self._collect(time_s, runners)
        else:
            self._carry(time_s, runners)

    def stop(self, kind: str, place_m: Floats, team: int, from_s: float, runners: Runners) -> None:
        """Let play begin again later."""
        self.flight, self.holder, self.team = None, NOBODY, team
        men = np.arange(team * SIDE + 1, team * SIDE + SIDE)
        if kind == "kick-off":
            taker = int(men[-1])
        elif kind == "goal kick":
            taker = KEEPERS[team]
        else:
            gaps = np.linalg.norm(runners.positions_m[men] - place_m, axis=1)
            taker = int(men[gaps.argmin()])
        self.restart = Restart(kind, place_m, team, taker, from_s)

    def _wait(self, time_s: float, runners: Runners, restart: Restart) -> None:
        gap = float(np.linalg.norm(runners.positions_m[restart.taker] - restart.place_m))
        in_hands = restart.kind == "throw-in" and gap < 1.0
        if gap < 1.0 or time_s > restart.from_s - 1.5:
            self.ball_m = np.array([*restart.place_m, 1.75 if in_hands else RADIUS_M])
        if time_s >= restart.from_s and gap < 1.5:
            self.restart, self.holder = None, restart.taker
            self._note(restart.kind, time_s, restart.taker)
            self._pass(time_s, runners, high=restart.kind in {"corner", "goal kick"})

    def _collect(self, time_s: float, runners: Runners) -> None:
        gaps = np.linalg.norm(runners.positions_m[:22] - self.ball_m[:2], axis=1)
        nearest = int(gaps.argmin())
        if gaps[nearest] < 1.1:
            self.holder, self.team = nearest, nearest // SIDE
            self.keep_until_s = time_s + float(self.rng.uniform(0.5, 3.5))

    def _carry(self, time_s: float, runners: Runners) -> None:
        """Keep it at the feet; play it on when it is time, or somebody comes near."""
        place, velocity = runners.positions_m[self.holder], runners.velocities_mps[self.holder]
        speed = float(np.hypot(*velocity))
        forward = np.array([self.shapes[self.team].direction, 0.0])
        ahead = velocity / speed if speed > 0.5 else forward
        touch = 0.45 + (0.09 * speed) * (1 + math.sin(8 * time_s))
        self.ball_m = np.array([*(place + touch * ahead), RADIUS_M])
        other = (1 - self.team) * SIDE
        near = np.linalg.norm(runners.positions_m[other : other + SIDE] - place, axis=1).min()
        to_goal = self.pitch.length / 2 - forward[0] * place[0]
        if to_goal < 26 and abs(place[1]) < 18 and self.rng.random() < 0.45 * STEP_S:
            self._shoot(time_s, runners)
        elif time_s > self.keep_until_s or (near < 1.8 and self.rng.random() < 0.25):
            self._pass(time_s, runners)

    def _pass(self, time_s: float, runners: Runners, *, high: bool = False) -> None:
        """Play it to a team-mate: free ones, not far, rather forward; sometimes it goes out."""
        team, giver = self.holder // SIDE, self.holder
        direction, positions = self.shapes[team].direction, runners.positions_m
        men = np.array([i for i in range(team * SIDE, (team + 1) * SIDE) if i != giver])
        gap = positions[men] - positions[giver]
        away = np.linalg.norm(gap, axis=1)
        others = positions[(1 - team) * SIDE : (2 - team) * SIDE]
        free = np.linalg.norm(positions[men][:, None] - others[None], axis=2).min(axis=1)
        best = 32.0 if high else 15.0
        score = (
            -(((away - best) / 11) ** 2) + 0.035 * direction * gap[:, 0] + 0.2 * np.minimum(free, 5)
        )
        score[men % SIDE == 0] -= 1.5
        share = np.exp(score - score.max())
        receiver = int(self.rng.choice(men, p=share / share.sum()))
        speed = float(self.rng.uniform(10, 17))
        distance = max(float(np.linalg.norm(positions[receiver] - positions[giver])), 2.0)
        lasts = distance / speed + 0.2
        end = positions[receiver] + runners.velocities_mps[receiver] * lasts * 0.8
        end = end + self.rng.normal(0, 0.6 + 0.04 * distance, 2)
        then = ""
        if self.rng.random() < 0.1:
            then = "throw-in"
            end[1] = math.copysign(self.pitch.width / 2 + self.rng.uniform(0.5, 2.5), end[1])
            receiver = NOBODY
        rise = float(self.rng.uniform(2, 7)) if high or distance > 28 else 0.0
        self._kick(
            Flight(self.ball_m, np.array([*end, RADIUS_M]), time_s, lasts, rise, receiver, then)
        )

    def _shoot(self, time_s: float, runners: Runners) -> None:
        self._note("shot", time_s, self.holder)
        line = self.shapes[self.team].direction * self.pitch.length / 2
        y = float(self.rng.normal(0, 3.4))
        outcome = "goal kick"
        if abs(y) < self.pitch.goal_width / 2:
            outcome = str(self.rng.choice(["goal", "", "corner"], p=[0.3, 0.4, 0.3]))
        end = np.array([line, y, float(self.rng.uniform(RADIUS_M, 2.2))])
        if outcome in {"", "corner"}:
            keeper = KEEPERS[1 - self.team]
            end = np.array([*runners.positions_m[keeper], 0.6])
        else:
            end[0] += math.copysign(1.2, line)
        lasts = float(np.linalg.norm(end - self.ball_m)) / 21 + 0.1
        self._kick(Flight(self.ball_m, end, time_s, lasts, 0.3, NOBODY, outcome))

    def _kick(self, flight: Flight) -> None:
        self.holder, self.flight = NOBODY, flight

    def _arrive(self, time_s: float, runners: Runners, flight: Flight) -> None:
        """A ball lands: somebody has it, or it is out of play."""
        self.flight = None
        self.ball_m = np.array([*flight.end_m[:2], max(RADIUS_M, 0.0)])
        place, other = self.ball_m[:2], 1 - self.team
        half_x, half_y = self.pitch.length / 2, self.pitch.width / 2
        end = math.copysign(half_x, place[0])
        if flight.then == "throw-in":
            spot = np.array(
                [np.clip(place[0], -half_x + 2, half_x - 2), math.copysign(half_y, place[1])]
            )
            self.stop("throw-in", spot, other, time_s + self.rng.uniform(3, 5), runners)
        elif flight.then == "goal kick":
            spot = np.array([end - math.copysign(5.0, end), math.copysign(5.0, place[1])])
            self.stop("goal kick", spot, other, time_s + self.rng.uniform(5, 7), runners)
        elif flight.then == "corner":
            spot = np.array([end - math.copysign(0.4, end), math.copysign(half_y - 0.4, place[1])])
            self.stop("corner", spot, self.team, time_s + self.rng.uniform(6, 9), runners)
        elif flight.then == "goal":
            self.scores[self.team] += 1
            self._note("goal", time_s, self.events[-1].slot)
            self.stop("kick-off", np.zeros(2), other, time_s + 12.0, runners)
        else:
            self._collect(time_s, runners)

    def _note(self, kind: str, time_s: float, slot: int) -> None:
        self.events.append(MatchEvent(kind, time_s, self.period, slot))
