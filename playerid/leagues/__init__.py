"""The sports and their leagues: a folder a sport, with one TOML file per league.

A folder holds `sport.toml`, what the sport is to the pipeline, and the marks of its court; what
differs between sports is said there, and nowhere else.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Generic, TypeVar

from playerid.errors import GameError
from playerid.leagues.basketball.court_marks import BasketballCourt
from playerid.leagues.marks import Court
from playerid.leagues.soccer.pitch import Pitch

METRES_PER_UNIT = {"m": 1.0, "ft": 0.3048}
_COURTS: Mapping[str, type[BasketballCourt] | type[Pitch]] = {
    "basketball": BasketballCourt,
    "soccer": Pitch,
}
_SPORT_FILE = "sport.toml"
FIRST_SPORT = "basketball"
"""What weights and packs are for that name no sport: they are from before there were others."""
PLAYER = "player"

CourtT_co = TypeVar("CourtT_co", bound=Court, covariant=True)


@dataclass(frozen=True, slots=True)
class Clock:
    """Periods of a game, seconds.

    Attributes:
        shot_clock_s: of a new possession; infinite where nothing limits it.
        counts_up: whether it shows the time played, through the whole game, not what is left.
    """

    periods: int
    period_s: int
    overtime_s: int
    shot_clock_s: float = math.inf
    counts_up: bool = False


@dataclass(frozen=True, slots=True)
class Sport:
    """What a sport is to the pipeline.

    Attributes:
        name: of its folder.
        target: what is aimed at, for people: "basket".
        pack: the small models that come with the package.
        on_court: players of a team on the court.
        roster: most players of a team in one game; None where nobody limits them.
        may_return: whether who was substituted may come on again.
        zeros: whether "0" and "00" are jersey numbers.
        roles: class of the detector -> role in the tables.
        speeds: of its players, by name, metres a second: `fastest`, and what the sport calls fast.
        things: classes of the detector that are no people.
        formations: name -> what its places are called; none where the sport has none.
        places: of formations, name -> depth from the last line, 0, to the first, 1, and across,
            from 1 at the left to -1.
        period_names: of periods in exchanged files; none where the format has none for the sport.
    """

    name: str
    target: str
    pack: str
    on_court: int
    roster: int | None
    may_return: bool
    zeros: bool
    roles: Mapping[str, str]
    speeds: Mapping[str, float]
    things: tuple[str, ...]
    formations: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[float, float]]
    period_names: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Classes that are all players and differ in what they do; none where players are one."""
        kinds = tuple(name for name in self.roles if name.partition("-")[0] == PLAYER)
        return kinds if len(kinds) > 1 else ()

    @property
    def classes(self) -> tuple[str, ...]:
        """What a detector tells apart at a glance: people, all players as one, and things."""
        people = dict.fromkeys(PLAYER if name in self.kinds else name for name in self.roles)
        return (*people, *self.things)


@dataclass(frozen=True, slots=True)
class League(Generic[CourtT_co]):
    """One league's court, clock and rules.

    Attributes:
        rules: what the statistics need of the rule book, by name.
    """

    name: str
    sport: Sport
    court: CourtT_co
    clock: Clock
    rules: Mapping[str, float | bool]


def sport_names() -> list[str]:
    """Names of the sports that have a folder, sorted."""
    return sorted(file.parent.name for file in leagues_folder().glob(f"*/{_SPORT_FILE}"))


def league_names(sport: str = "*") -> list[str]:
    """Names of the leagues that have a file, of all sports or of one, sorted."""
    files = leagues_folder().glob(f"{sport}/*.toml")
    return sorted(file.stem for file in files if file.name != _SPORT_FILE)


def leagues_folder() -> Path:
    """Where the folders of the sports are."""
    return Path(str(resources.files("playerid"))) / "leagues"


@cache
def load_sport(name: str) -> Sport:
    """Read `leagues/<name>/sport.toml`.

    Raises:
        GameError: There is no such sport.
    """
    if name not in sport_names():
        raise GameError(f"unknown sport {name!r}: expected one of {', '.join(sport_names())}")
    raw = tomllib.loads((leagues_folder() / name / _SPORT_FILE).read_text("utf-8"))
    teams = {"roster": None, **raw["teams"]}
    return Sport(
        name,
        raw["target"],
        raw["pack"],
        roles=raw["roles"],
        speeds=raw["speeds"],
        things=tuple(raw["things"]),
        formations={name: tuple(of) for name, of in raw.get("formations", {}).items()},
        places={name: (depth, across) for name, (depth, across) in raw.get("places", {}).items()},
        period_names=tuple(raw.get("period_names", ())),
        **teams,
    )


@cache
def person_roles() -> Mapping[str, str]:
    """Class of a detector's people -> role in the tables, of every sport."""
    return {label: role for s in sport_names() for label, role in load_sport(s).roles.items()}


@cache
def load_league(name: str) -> League[Court]:
    """Read `leagues/<sport>/<name>.toml` and convert its lengths to metres.

    Raises:
        GameError: There is no such league.
    """
    if name not in league_names():
        raise GameError(f"unknown league {name!r}: expected one of {', '.join(league_names())}")
    file = next(leagues_folder().glob(f"*/{name}.toml"))
    raw = tomllib.loads(file.read_text("utf-8"))
    sport, metres = file.parent.name, METRES_PER_UNIT[raw["unit"]]
    court = _COURTS[sport](**{key: value * metres for key, value in raw["court"].items()})
    return League(name, load_sport(sport), court, Clock(**raw["clock"]), raw["rules"])


@cache
def load_basketball(name: str) -> "BasketballLeague":
    """A league of basketball, whose court has the lengths of one.

    Raises:
        GameError: There is no such league, or it plays another sport.
    """
    league = load_league(name)
    if not isinstance(league.court, BasketballCourt):
        raise GameError(f"{name!r} is a league of {league.sport.name}, not of basketball")
    return League(league.name, league.sport, league.court, league.clock, league.rules)


BasketballLeague = League[BasketballCourt]
