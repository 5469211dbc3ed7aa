"""Plays a match: what every player, the ball and the referees do, step by step."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playerid.arena.cast import Cast
from playerid.arena.game_motion import GameMotion
from playerid.arena.soccer.ball_play import NOBODY, BallPlay, MatchEvent
from playerid.arena.soccer.formations import FORMATIONS
from playerid.arena.soccer.runners import (
    KEEPERS,
    REFEREES,
    SIDE,
    STEP_S,
    Runners,
    TeamShape,
    watch_play,
)
from playerid.arena.soccer.teamsheets import draw_teamsheets, starters
from playerid.arena.world import ACTIONS, World
from playerid.errors import GameError
from playerid.leagues import League, load_league
from playerid.leagues.soccer.pitch import Pitch

Floats = NDArray[np.float64]
RUN, GUARD, HOLD = (ACTIONS.index(name) for name in ("run", "defend", "hold"))


@dataclass(frozen=True, slots=True)
class Match:
    """A match whose every instant is known.

    Attributes:
        league: whose pitch and rules.
        cast: who plays.
        motion: samples of both halves, one after the other.
        half_s: length of each half as it is played here; the clock starts each at nothing.
        formations: of home and away, in every period.
        events: what happened to the ball.
    """

    league: League[Pitch]
    cast: Cast
    motion: GameMotion
    half_s: float
    formations: tuple[tuple[str, str], ...]
    events: tuple[MatchEvent, ...]

    @property
    def duration_s(self) -> float:
        """Length of the motion, seconds."""
        return len(self.formations) * self.half_s

    def world_at(self, game_s: float) -> World:
        """State of the match at a time within [0, duration_s); later times show the end."""
        return self.motion.world_at(game_s)


def play_match(seed: int, league: str = "ifab", half_s: float = 40.0, halves: int = 2) -> Match:
    """Play the beginnings of the halves of a match; the same arguments give the same match.

    Args:
        seed: draws everything.
        league: name of a league file.
        half_s: length of each half, a multiple of the step of 0.1 s.
        halves: how many; teams change ends between them.

    Raises:
        GameError: There is no such league, or it plays no soccer.
    """
    facts = load_league(league)
    if not isinstance(facts.court, Pitch):
        raise GameError(f"{league!r} is a league of {facts.sport.name}, not of soccer")
    of_pitches = League(facts.name, facts.sport, facts.court, facts.clock, facts.rules)
    cast = draw_teamsheets(seed, facts.sport)
    rng = np.random.default_rng([seed, 2])
    names = [str(rng.choice(FORMATIONS)) for _ in (0, 1)]
    formations, parts, events, scores = [], [], [], (0, 0)
    for half in range(halves):
        if half and rng.random() < 0.3:
            names[int(rng.integers(2))] = str(rng.choice(FORMATIONS))
        formations.append((names[0], names[1]))
        recorder = _Recorder(of_pitches, cast, half, round(half_s / STEP_S))
        part, happened, scores = recorder.play(rng, (names[0], names[1]), scores)
        parts.append(part)
        events += happened
    return Match(of_pitches, cast, _joined(parts), half_s, tuple(formations), tuple(events))


class _Recorder:
    """Plays one half and notes every step."""

    def __init__(self, league: League[Pitch], cast: Cast, half: int, steps: int) -> None:
        self._pitch, self._clock, self._half, self._steps = (
            league.court, league.clock, half, steps,
        )  # fmt: skip
        home, away = starters(cast, league.sport.on_court)
        referees = [i for i, person in enumerate(cast.people) if person.team < 0]
        self._people = np.array([*home, *away, *referees], np.int32)

    def play(
        self, rng: np.random.Generator, formations: tuple[str, str], scores: tuple[int, int]
    ) -> tuple[GameMotion, list[MatchEvent], tuple[int, int]]:
        """Play the half; home attacks the right goal in odd periods."""
        pitch, first = self._pitch, 1.0 if self._half % 2 == 0 else -1.0
        shapes = (TeamShape.named(formations[0], first), TeamShape.named(formations[1], -first))
        start = np.vstack([shape.before_kick_off(pitch) for shape in shapes])
        middle = watch_play(pitch, start, np.zeros(3), first)
        places = np.vstack([start, middle]) + rng.normal(0, 0.8, (25, 2))
        runners = Runners(places, np.zeros((25, 2)), np.zeros((25, 2)))
        play = BallPlay(pitch, rng, shapes, self._half + 1, scores=list(scores))
        kicks_off = self._half % 2
        play.stop("kick-off", np.zeros(2), kicks_off, 1.0, runners)
        assert play.restart is not None
        runners.positions_m[play.restart.taker] = [-0.4 * shapes[kicks_off].direction, 0.0]
        rows = []
        offset_s = self._half * self._steps * STEP_S
        for step in range(self._steps):
            play.step(step * STEP_S, runners)
            targets, speeds = aim_runners(play, runners)
            runners.stray(rng)
            runners.run(targets, speeds)
            rows.append(self._note(step, play, runners))
        happened = [MatchEvent(e.kind, e.time_s + offset_s, e.period, e.slot) for e in play.events]
        return _stacked(rows, self._people), happened, (play.scores[0], play.scores[1])

    def _note(self, step: int, play: BallPlay, runners: Runners) -> dict[str, object]:
        """One sample of `GameMotion`, by field."""
        gap = play.ball_m[:2] - runners.positions_m
        speed = np.linalg.norm(runners.velocities_mps, axis=1, keepdims=True)
        towards = gap / np.maximum(np.linalg.norm(gap, axis=1, keepdims=True), 0.3)
        ahead = runners.velocities_mps / np.maximum(speed, 0.3)
        share = np.clip((speed - 0.8) / 2.0, 0.05, 1)
        actions = np.full(25, RUN, np.int8)
        for team, keeper in enumerate(KEEPERS):
            actions[keeper] = GUARD if np.hypot(*gap[keeper]) < 28 and play.team != team else RUN
        restart = play.restart
        if restart is not None and restart.kind == "throw-in" and play.ball_m[2] > 1:
            actions[restart.taker] = HOLD
        attacks = play.shapes[play.team].direction > 0
        return {
            "positions_m": runners.positions_m,
            "velocities_mps": runners.velocities_mps,
            "chests": share * ahead + (1 - share) * towards,
            "actions": actions,
            "lift_m": np.zeros(25),
            "ball_m": play.ball_m,
            "holder": play.holder,
            "ball_in_basket": False,
            "offence": play.team,
            "attacks_right": attacks,
            "period": self._half + 1,
            "game_clock_s": max(self._clock.period_s - step * STEP_S, 0.0),
            "shot_clock_s": 0.0,
            "clock_running": True,
            "scores": (play.scores[0], play.scores[1]),
        }


def aim_runners(play: BallPlay, runners: Runners) -> tuple[Floats, Floats]:
    """Where everybody wants to be, (25, 2), and how fast he runs there at most, (25,)."""
    pitch, ball = play.pitch, play.ball_m
    speeds = np.full(25, 5.2)
    parts = []
    for team, shape in enumerate(play.shapes):
        has_ball = play.team == team
        kind = play.restart.kind if play.restart else ""
        if kind == "kick-off":
            parts.append(shape.before_kick_off(pitch))
        elif kind == "corner":
            parts.append(shape.for_corner(pitch, ball, has_ball))
        else:
            parts.append(shape.targets(pitch, ball, has_ball))
    direction = play.shapes[play.team].direction
    parts.append(watch_play(pitch, runners.positions_m, ball, direction))
    targets = np.vstack(parts) + runners.wander_m
    targets[list(KEEPERS)] -= 0.8 * runners.wander_m[list(KEEPERS)]
    targets[list(REFEREES[1:]), 1] -= 0.95 * runners.wander_m[list(REFEREES[1:]), 1]
    if play.restart is not None:
        targets[play.restart.taker] = play.restart.place_m
        speeds[play.restart.taker] = 6.5
        return targets, speeds
    _chase(play, runners, targets, speeds)
    if play.holder != NOBODY and play.holder not in KEEPERS:
        goal = np.array([direction * pitch.length / 2, 0.0])
        way = goal - runners.positions_m[play.holder]
        targets[play.holder] = runners.positions_m[play.holder] + 8 * way / np.hypot(*way)
        speeds[play.holder] = 4.6
    return targets, speeds


def _chase(play: BallPlay, runners: Runners, targets: Floats, speeds: Floats) -> None:
    """Send those to the ball who should get it or win it back."""
    place = play.ball_m[:2]
    if play.flight is not None:
        place = play.flight.end_m[:2]
        if play.flight.meant_for != NOBODY:
            targets[play.flight.meant_for] = place
            speeds[play.flight.meant_for] = 7.5
    chasers = [1 - play.team] if play.holder != NOBODY or play.flight else [0, 1]
    for team in chasers:
        men = np.arange(team * SIDE + 1, (team + 1) * SIDE)
        order = np.linalg.norm(runners.positions_m[men] - place, axis=1).argsort()
        targets[men[order[0]]] = place
        speeds[men[order[0]]] = 7.0
        goal = np.array([-play.shapes[team].direction * play.pitch.length / 2, 0.0])
        if play.holder != NOBODY:
            targets[men[order[1]]] = place + 6 * (goal - place) / max(np.hypot(*(goal - place)), 1)


def _stacked(rows: list[dict[str, object]], people: NDArray[np.int32]) -> GameMotion:
    kinds = {
        "actions": np.int8, "holder": np.int8, "ball_in_basket": np.bool_, "offence": np.int8,
        "attacks_right": np.bool_, "period": np.int8, "clock_running": np.bool_,
        "scores": np.int16,
    }  # fmt: skip
    fields: dict[str, Any] = {
        name: np.array([row[name] for row in rows], kinds.get(name, np.float64)) for name in rows[0]
    }
    return GameMotion(step_s=STEP_S, people=np.tile(people, (len(rows), 1)), **fields)


def _joined(parts: list[GameMotion]) -> GameMotion:
    names = [name for name in GameMotion.__dataclass_fields__ if name != "step_s"]
    fields = {name: np.concatenate([getattr(p, name) for p in parts]) for name in names}
    return GameMotion(step_s=STEP_S, **fields)
