"""Job: spot events of a game in where its people and its ball are."""

from dataclasses import dataclass, fields
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

HOME, AWAY, NOBODY = 0, 1, -1


@runtime_checkable
class GoalCourt(Protocol):
    """A court with goals on its end lines, metres."""

    length: float
    width: float
    goal_width: float
    goal_area_length: float
    goal_area_width: float


@dataclass(frozen=True, slots=True)
class SampledGame:
    """A game as T samples of its main view, in order; samples may be missing between two.

    Attributes:
        times_s: (T,) presentation times, seconds, increasing.
        periods: (T,) from 1; 0 unknown.
        home_signs: (T,) end that the home team attacks: 1 for x > 0, -1, or 0 unknown.
        ball_m: (T, 2) the ball on the court, metres; NaN unknown.
        seen_at: (N,) sample in which somebody was placed, in order.
        seen: (N,) who it was, index of a person.
        places_m: (N, 2) where, court coordinates, metres.
        player_ids: (P,) who the persons are; "" for somebody without a name.
        sides: (P,) HOME, AWAY or NOBODY.
        court: where it is played.
    """

    times_s: NDArray[np.float64]
    periods: NDArray[np.int64]
    home_signs: NDArray[np.int64]
    ball_m: NDArray[np.float64]
    seen_at: NDArray[np.int64]
    seen: NDArray[np.int64]
    places_m: NDArray[np.float64]
    player_ids: NDArray[np.str_]
    sides: NDArray[np.int64]
    court: GoalCourt

    def __post_init__(self) -> None:
        count = len(self.times_s)
        assert self.periods.shape == self.home_signs.shape == (count,)
        assert self.ball_m.shape == (count, 2)
        assert self.seen.shape == self.seen_at.shape == self.places_m.shape[:1]
        assert self.sides.shape == self.player_ids.shape

    def players_at(self, sample: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Sides (M,) and places (M, 2) of those of either team who are placed in a sample."""
        start, end = np.searchsorted(self.seen_at, [sample, sample + 1])
        sides = self.sides[self.seen[start:end]]
        teamed = sides != NOBODY
        return sides[teamed], self.places_m[start:end][teamed]


@dataclass(frozen=True, slots=True)
class Spots:
    """N events, in order of time.

    Attributes:
        times_s: (N,) when, seconds.
        kinds: (N,) as `tables.CALLED_EVENTS` names them.
        sides: (N,) whose: HOME, AWAY or NOBODY.
        probs: (N,) probability.
        places_m: (N, 2) where on the court, metres; NaN unknown.
        player_ids: (N,) who; at a substitution, who leaves; "" unknown.
        in_player_ids: (N,) who comes in, at a substitution; else "".
    """

    times_s: NDArray[np.float64]
    kinds: NDArray[np.str_]
    sides: NDArray[np.int64]
    probs: NDArray[np.float64]
    places_m: NDArray[np.float64]
    player_ids: NDArray[np.str_]
    in_player_ids: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.times_s)

    def take(self, rows: NDArray[np.integer]) -> "Spots":
        """Some of them, in the given order."""
        return Spots(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Spot:
    """One event; see `Spots`."""

    time_s: float
    kind: str
    side: int
    prob: float
    place_m: tuple[float, float] = (float("nan"), float("nan"))
    player_id: str = ""
    in_player_id: str = ""


class Spotter(Protocol):
    """Finds events; a learned model stands behind it as well as rules do."""

    @property
    def name(self) -> str:
        """Of the model, as it is published with what it found."""

    def spot(self, game: SampledGame) -> Spots:
        """Find the events of a game."""


def gather(spots: list[Spot]) -> Spots:
    """Events as arrays, in order of time."""
    ordered = sorted(spots, key=lambda spot: spot.time_s)
    return Spots(
        np.array([spot.time_s for spot in ordered], np.float64),
        np.array([spot.kind for spot in ordered], np.str_),
        np.array([spot.side for spot in ordered], np.int64),
        np.array([spot.prob for spot in ordered], np.float64),
        np.array([spot.place_m for spot in ordered], np.float64).reshape(-1, 2),
        np.array([spot.player_id for spot in ordered], np.str_),
        np.array([spot.in_player_id for spot in ordered], np.str_),
    )
