"""Court, clock and roster rules, one TOML file per league."""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from playerid.errors import GameError

METRES_PER_UNIT = {"m": 1.0, "ft": 0.3048}


@dataclass(frozen=True, slots=True)
class Court:
    """Lengths of the court, metres, as the rule book measures them (outer edges of lines).

    Derived lengths are computed, never stored.
    """

    length: float
    width: float
    basket_from_baseline: float
    backboard_from_baseline: float
    lane_length: float
    lane_width: float
    three_point_radius: float
    three_point_corner: float
    restricted_radius: float
    circle_radius: float
    throw_line_from_baseline: float
    line_width: float
    rim_height: float
    rim_radius: float
    lane_behind_baseline: float

    @property
    def three_point_straight(self) -> float:
        """Length of the straight part of the three-point line, from the baseline, metres."""
        rise = math.sqrt(self.three_point_radius**2 - self.three_point_corner**2)
        return self.basket_from_baseline + rise

    @property
    def basket_x(self) -> float:
        """Distance of either basket's centre from the centre of the court, metres."""
        return self.length / 2 - self.basket_from_baseline


@dataclass(frozen=True, slots=True)
class Clock:
    """Periods of a game, seconds."""

    periods: int
    period_s: int
    overtime_s: int
    shot_clock_s: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What the statistics need of the rule book."""

    defensive_three_seconds: bool
    lane_limit_s: float


@dataclass(frozen=True, slots=True)
class League:
    """One league's court, clock and rules."""

    name: str
    court: Court
    clock: Clock
    rules: Rules


def league_names() -> list[str]:
    """Names of the leagues that have a file, sorted."""
    return sorted(file.stem for file in leagues_folder().glob("*.toml"))


def leagues_folder() -> Path:
    """Where the files of the leagues are."""
    return Path(str(resources.files("playerid"))) / "leagues"


@cache
def load_league(name: str) -> League:
    """Read `leagues/<name>.toml` and convert its lengths to metres.

    Raises:
        GameError: There is no such league.
    """
    if name not in league_names():
        raise GameError(f"unknown league {name!r}: expected one of {', '.join(league_names())}")
    text = (leagues_folder() / f"{name}.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    metres = METRES_PER_UNIT[raw["unit"]]
    court = Court(**{key: value * metres for key, value in raw["court"].items()})
    return League(name, court, Clock(**raw["clock"]), Rules(**raw["rules"]))
