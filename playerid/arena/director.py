"""The director of a broadcast: which camera is on the air when."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from playerid.arena.game_motion import ArenaGame

# What fills the time between main-camera segments, and how often, by level.
OTHER_VIEWS = {
    "easy": {"close-up": 0.7, "crowd": 0.3},
    "broadcast": {"close-up": 0.45, "replay": 0.4, "crowd": 0.15},
    "hard": {"close-up": 0.4, "replay": 0.5, "crowd": 0.1},
}


@dataclass(frozen=True, slots=True)
class PlannedSegment:
    """One camera shot of a rendered broadcast.

    Attributes:
        index: within the broadcast, from 0.
        view: "main", "close-up", "replay" or "crowd".
        start_frame: first frame.
        end_frame: frame after the last.
        replay_from_s: for a replay, game time of its first frame; else -1.
        speed: game seconds per second of video: below 1 in a replay.
    """

    index: int
    view: str
    start_frame: int
    end_frame: int
    replay_from_s: float = -1.0
    speed: float = 1.0


def plan_segments(
    seed: int, level: str, game: ArenaGame, fps: Fraction, frame_count: int, calm: float = 1.0
) -> tuple[PlannedSegment, ...]:
    """Cut between the main camera and other views; the same arguments give the same cuts.

    Main segments last 6 to 20 s, `calm` times that. The director cuts away when the ball is dead,
    if he can, and stays with the play while a stay in the lane is staged, longer if need be.
    """
    rng = np.random.default_rng([seed, 5])
    over_s = float(frame_count / fps)
    cuts: list[tuple[float, str]] = [(0.0, "main")]
    time_s = 0.0
    while True:
        away = draw_away(rng, level)
        leave_s = choose_cut(rng, game, time_s, sum(length for _, length in away), calm)
        back_s = leave_s + sum(length for _, length in away)
        if back_s > over_s - 3.0:
            break
        for view, length in away:
            cuts.append((leave_s, view))
            leave_s += length
        cuts.append((back_s, "main"))
        time_s = back_s
    starts = [int(np.ceil(cut[0] * fps)) for cut in cuts] + [frame_count]
    segments = []
    for index, (cut_s, view) in enumerate(cuts):
        from_s, speed = -1.0, 1.0
        if view == "replay":
            speed = float(rng.choice([0.4, 0.5, 0.7]))
            lasts_s = float((starts[index + 1] - starts[index]) / fps)
            from_s = max(0.0, cut_s - lasts_s * speed - float(rng.uniform(0.3, 2.5)))
        segments.append(
            PlannedSegment(index, view, starts[index], starts[index + 1], from_s, speed)
        )
    return tuple(segments)


def draw_away(rng: np.random.Generator, level: str) -> list[tuple[str, float]]:
    """Views and lengths, seconds, of one stretch away from the main camera."""
    views = OTHER_VIEWS[level]
    count = 1 if rng.random() < 0.5 else 2
    drawn = rng.choice(list(views), count, p=list(views.values()))
    return [(str(view), float(rng.uniform(2.5, 5.0))) for view in drawn]


def choose_cut(
    rng: np.random.Generator, game: ArenaGame, start_s: float, away_s: float, calm: float = 1.0
) -> float:
    """When a main segment that began at `start_s` ends, given how long the director is away."""
    lengths = calm * np.arange(6.0, 20.5, 0.5)
    weights = np.exp(-(((lengths / calm - 8.0) / 4.0) ** 2))
    for index, length in enumerate(lengths):
        leave_s = start_s + float(length)
        if shows_stay(game, leave_s, leave_s + away_s):
            weights[index] = 0.0
        elif leave_s < game.duration_s and game.world_at(leave_s).offence < 0:
            weights[index] *= 6.0
    if weights.sum() > 1e-9:
        return start_s + float(rng.choice(lengths, p=weights / weights.sum()))
    leave_s = start_s + calm * 20.5
    while shows_stay(game, leave_s, leave_s + away_s):
        leave_s += 0.5
    return leave_s


def shows_stay(game: ArenaGame, from_s: float, to_s: float) -> bool:
    """Whether a staged stay in the lane is under way at some time of a range."""
    return any(p.start_s - 0.6 < to_s and p.end_s + 0.4 > from_s for p in game.plants)
