"""How long each player stays in the lane, computed from true positions: the judge of the arena."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.arena.game_motion import ArenaGame, GameMotion
from playerid.arena.lanes import find_guards, lane_depth
from playerid.leagues.basketball.court_marks import BasketballCourt

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stay:
    """One uninterrupted count of the three-second rule.

    Attributes:
        slot: position in `World.people`.
        person: index into the cast.
        kind: "offensive" or "defensive".
        start_s: game time at which the count began.
        end_s: game time at which it ended.
    """

    slot: int
    person: int
    kind: str
    start_s: float
    end_s: float

    @property
    def lasts_s(self) -> float:
        """Length of the count, seconds."""
        return self.end_s - self.start_s


def count_stays(
    game: ArenaGame, *, enlarge_m: float = 0.0, reach_m: float = 1.2, bridge_s: float = 0.2
) -> list[Stay]:
    """Every count of the three-second rules in a game, in order of start.

    A count runs while the team has control in the frontcourt, the clock runs and the player is in
    the lane; for a defender, while he guards nobody as well. It goes on over interruptions shorter
    than `bridge_s`, and never over a change of control.

    Args:
        game: the game.
        enlarge_m: the lane is taken to be larger by this much; negative: smaller.
        reach_m: distance at which a defender still guards.
        bridge_s: a player who is out for less has not left.

    References:
        NBA rule book, offensive and defensive three seconds; FIBA rules, article 26.
    """
    motion = game.motion
    stays = []
    for team in (0, 1):
        live = find_control(motion, team)
        counts = count_samples(motion, game.league.court, team, (enlarge_m, reach_m))
        for slot in range(10):
            defensive = slot // 5 != team
            if defensive and not game.league.rules["defensive_three_seconds"]:
                continue
            counted = counts[:, slot] & live
            for start, end in find_runs(counted, live, round(bridge_s / motion.step_s)):
                stays.append(
                    Stay(
                        slot=slot,
                        person=int(motion.people[start, slot]),
                        kind="defensive" if defensive else "offensive",
                        start_s=start * motion.step_s,
                        end_s=end * motion.step_s,
                    )
                )
    return sorted(stays, key=lambda stay: stay.start_s)


def find_control(motion: GameMotion, team: int) -> Flags:
    """(T,) whether `team` controls the ball in its frontcourt while the clock runs."""
    side = np.where(motion.attacks_right, 1.0, -1.0)
    front = side * motion.ball_m[:, 0] > 0
    return np.asarray((motion.offence == team) & motion.clock_running & front, np.bool_)


def count_samples(
    motion: GameMotion, court: BasketballCourt, team: int, tolerance: tuple[float, float]
) -> Flags:
    """(T, 10) whether the rule counts, `team` attacking; control and clock not considered.

    Args:
        motion: the samples.
        court: lengths of the court.
        team: who attacks.
        tolerance: metres by which the lane is enlarged, reach of a guarding defender.
    """
    enlarge_m, reach_m = tolerance
    players = motion.positions_m[:, :10]
    inside: Flags = lane_depth(players, court, motion.attacks_right[:, None]) > -enlarge_m
    side = np.where(motion.attacks_right, 1.0, -1.0)
    hoop = np.stack([side * court.basket_x, np.zeros(len(motion))], -1)
    attackers, defenders = slice(5 * team, 5 * team + 5), slice(5 - 5 * team, 10 - 5 * team)
    guards = np.zeros_like(inside)
    guards[:, defenders] = find_guards(
        players[:, attackers], players[:, defenders], hoop, reach_m=reach_m
    )
    counted: Flags = inside & ~guards
    return counted


def find_runs(counted: Flags, live: Flags, bridge: int) -> list[tuple[int, int]]:
    """Half-open runs of true samples; gaps shorter than `bridge` do not end one while live."""
    edges = np.flatnonzero(np.diff(np.r_[False, counted, False].astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if runs and start - runs[-1][1] < bridge and live[runs[-1][1] : start].all():
            runs[-1] = (runs[-1][0], int(end))
        else:
            runs.append((int(start), int(end)))
    return runs


@dataclass(frozen=True, slots=True)
class LaneEvent:
    """A stay in the lane that a statistic of three-second violations must find, or must not.

    Attributes:
        person: index into the cast.
        kind: "offensive" or "defensive".
        grade: "clear": 3.5 s even if the lane were 0.3 m smaller; "near-miss": under 3 s even if
            it were 0.3 m larger; "possible": between, so either answer is right.
        start_s: game time at which the longest count began.
        end_s: game time at which it ended.
        staged: whether the stay was planted.
    """

    person: int
    kind: str
    grade: str
    start_s: float
    end_s: float
    staged: bool


def list_lane_events(game: ArenaGame, *, tolerance_m: float = 0.3) -> list[LaneEvent]:
    """Every staged stay, and every other stay that might be called, judged by true positions.

    Args:
        game: the game.
        tolerance_m: how wrong a measured position may be, and a guard's distance.
    """
    exact = count_stays(game)
    small = count_stays(game, enlarge_m=-tolerance_m, reach_m=1.2 + tolerance_m / 2)
    large = count_stays(game, enlarge_m=tolerance_m, reach_m=1.2 - tolerance_m / 2)
    ranges = [(p.slot, p.kind, p.start_s, p.end_s, True) for p in game.plants]
    for stay in large:
        staged = any(
            stay.slot == slot and stay.kind == kind and stay.start_s < end and stay.end_s > start
            for slot, kind, start, end, _ in ranges
        )
        if stay.lasts_s >= game.league.rules["lane_limit_s"] and not staged:
            ranges.append((stay.slot, stay.kind, stay.start_s, stay.end_s, False))
    events = []
    for slot, kind, start_s, end_s, staged in ranges:
        longest = [
            find_longest(stays, slot, kind, (start_s, end_s)) for stays in (exact, small, large)
        ]
        shown, least, most = longest
        person = int(game.motion.people[round(start_s / game.motion.step_s), slot])
        grade = grade_stay(least, most, game.league.rules["lane_limit_s"])
        span = (shown.start_s, shown.end_s) if shown else (start_s, end_s)
        events.append(LaneEvent(person, kind, grade, *span, staged))
    return sorted(events, key=lambda event: event.start_s)


def grade_stay(least: Stay | None, most: Stay | None, limit_s: float) -> str:
    """How sure a call is, from its shortest and its longest possible count."""
    if least is not None and least.lasts_s >= limit_s + 0.5:
        return "clear"
    return "near-miss" if most is None or most.lasts_s < limit_s else "possible"


def find_longest(
    stays: list[Stay], slot: int, kind: str, span_s: tuple[float, float]
) -> Stay | None:
    """The longest count of a slot that overlaps a range of times; None if there is none."""
    mine = [
        stay
        for stay in stays
        if (stay.slot, stay.kind) == (slot, kind)
        and stay.start_s < span_s[1]
        and stay.end_s > span_s[0]
    ]
    return max(mine, key=lambda stay: stay.lasts_s, default=None)
