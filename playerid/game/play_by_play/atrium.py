"""Play-by-play of Atrium Sports, as the Turkish league serves it: `pbp`, periods of events.

An event has no code: what it is stands in `desc`, in the language of the league; that of the
Turkish league is known. Players have a shirt number (`bib`), a name and an id of their own; who
goes out and who comes in are two events. Overtimes are the periods 11, 12, ...
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playerid.game.play_by_play.called import TECHNICAL_FOUL, THREE_SECONDS, Called
from playerid.game.play_by_play.feed import Content, choose, seconds_of
from playerid.game.play_by_play.who_plays import plain

SHOT = re.compile(r"([23]) sayi\b")
FREE_THROW, TECHNICAL, TURNOVER, COMES_IN = (
    "serbest atis",
    "teknik faul",
    "top kaybi",
    "oyuna giren",
)
KINDS = {
    FREE_THROW: "free throw", "hucum ribaundu": "rebound", "savunma ribaundu": "rebound",
    TURNOVER: "turnover", "kisisel faul": "foul", "hucum faul": "foul", TECHNICAL: "foul",
    "mola": "timeout", "televizyon molasi": "timeout", "hava atisi": "jump ball",
    "oyundan cikan": "substitution", COMES_IN: "substitution",
}  # fmt: skip
"""How a description begins, without accents and case -> what it is."""
REGULAR_PERIODS = 10


class Event(BaseModel):
    """The fields that are read of an event; the others are ignored."""

    model_config = ConfigDict(frozen=True)

    what: str = Field(alias="desc")
    clock: str = Field(pattern=r"^PT(\d+M)?(\d+(\.\d+)?S)?$")
    team: str | None = Field(alias="entityId", default=None)
    person: str | None = Field(alias="personId", default=None)
    name: str | None = None
    number: str | None = Field(alias="bib", default=None)
    success: bool | None = None
    scores: dict[str, int] = {}

    def called(self, period: int, sides: Mapping[str, tuple[str, str]], overtime: int) -> Called:
        """As an event of our own.

        Args:
            period: as the feed counts.
            sides: team -> its name, and "home" or "away".
            overtime: number of the first overtime.
        """
        team_name, side = sides.get(self.team or "", ("", ""))
        scores = {sides[team][1]: points for team, points in self.scores.items() if team in sides}
        if period > REGULAR_PERIODS:
            period = overtime + period - REGULAR_PERIODS - 1
        event = Called(
            kind=self._kind(),
            detail=self._detail(),
            period=period,
            game_clock_s=seconds_of(self.clock),
            team=choose([self.team, team_name]),
            player_id=self.person,
            points=self._points(),
            home_score=scores.get("home"),
            away_score=scores.get("away"),
            description=self.what,
            name=self.name,
            number=self.number,
            side=side or None,
        )
        if not plain(self.what).startswith(COMES_IN):
            return event
        return replace(
            event, player_id=None, name=None, number=None, in_player_id=self.person,
            in_name=self.name, in_number=self.number,
        )  # fmt: skip

    def _kind(self) -> str:
        what = plain(self.what)
        if SHOT.match(what):
            return "made shot" if self.success else "missed shot"
        return next((kind for begin, kind in KINDS.items() if what.startswith(begin)), "other")

    def _points(self) -> int | None:
        what = plain(self.what)
        if shot := SHOT.match(what):
            return int(shot[1]) if self.success else None
        return int(bool(self.success)) if what.startswith(FREE_THROW) else None

    def _detail(self) -> str | None:
        what = plain(self.what)
        if what.startswith(TECHNICAL):
            return TECHNICAL_FOUL
        return THREE_SECONDS if what.startswith(TURNOVER) and "3 saniye" in what else None


class Competitor(BaseModel):
    """One of the two teams."""

    team: str = Field(alias="entityId")
    name: str
    is_home: bool = Field(alias="isHome")


class Fixture(BaseModel):
    """Which game it is."""

    competitors: list[Competitor]


class AtriumPeriod(BaseModel):
    """Events of a period."""

    events: list[Event] = []


class AtriumGame(BaseModel):
    """The parts of the file that are read."""

    fixture: Fixture
    periods: dict[int, AtriumPeriod] = Field(alias="pbp")


GAME = TypeAdapter(AtriumGame)


@dataclass(frozen=True, slots=True)
class AtriumFeed:
    """The feed, as its JSON."""

    name: str = "Atrium Sports (Turkish league)"

    def recognises(self, content: Content) -> bool:
        """By `fixture` and `pbp`."""
        match content:
            case {"fixture": {}, "pbp": {}}:
                return True
        return False

    def read(self, content: Content) -> list[Called]:
        """An event an event."""
        game = GAME.validate_python(content)
        sides = {
            side.team: (side.name, "home" if side.is_home else "away")
            for side in game.fixture.competitors
        }
        overtime = 1 + max((n for n in game.periods if n <= REGULAR_PERIODS), default=0)
        return [
            event.called(number, sides, overtime)
            for number, period in sorted(game.periods.items())
            for event in period.events
        ]
