"""Play-by-play of FIBA LiveStats (Genius Sports), `data.json`: `pbp`, a list of actions.

The newest stands first; `actionNumber` counts. Teams are 1, at home, and 2; a player has a shirt
number and a name, and no id beyond the game. `clock` is minutes, seconds and hundredths. Overtimes
are periods of their own, from 1. Seen in games of the Australian league of 2021-22 (pynbl).
"""

from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playerid.game.play_by_play.called import TECHNICAL_FOUL, THREE_SECONDS, Called
from playerid.game.play_by_play.feed import Content, Text, choose, squeezed

SIDES = {1: "home", 2: "away"}
SHOTS = {"2pt": 2, "3pt": 3}
KINDS = {
    "freethrow": "free throw", "rebound": "rebound", "turnover": "turnover", "foul": "foul",
    "substitution": "substitution", "timeout": "timeout", "jumpball": "jump ball",
}  # fmt: skip
REGULAR_PERIODS = 4


class LiveStatsAction(BaseModel):
    """The fields that are read of an action; the others are ignored."""

    model_config = ConfigDict(frozen=True)

    action: str = Field(alias="actionType")
    sub_type: str = Field(alias="subType", default="")
    clock: str = Field(pattern=r"^\d{1,2}:\d{2}(:\d{1,2})?$")
    period: int = Field(ge=1, le=20)
    period_kind: str = Field(alias="periodType", default="REGULAR")
    index: int = Field(alias="actionNumber")
    team: int = Field(alias="tno", default=0)
    number: Text = Field(alias="shirtNumber", default=None)
    first_name: Text = Field(alias="firstName", default=None)
    family_name: Text = Field(alias="familyName", default=None)
    success: int = 1
    home_score: int | None = Field(alias="s1", default=None)
    away_score: int | None = Field(alias="s2", default=None)

    def called(self) -> Called:
        """As an event of our own."""
        minutes, seconds, *hundredths = map(int, self.clock.split(":"))
        late = REGULAR_PERIODS if self.period_kind == "OVERTIME" else 0
        event = Called(
            kind=self._kind(),
            detail=self._detail(),
            period=self.period + late,
            game_clock_s=60 * minutes + seconds + sum(hundredths) / 100,
            points=self._points(),
            home_score=self.home_score,
            away_score=self.away_score,
            description=" ".join(choose([self.action, self.sub_type])),
            name=" ".join(choose([self.first_name, self.family_name])) or None,
            number=self.number,
            side=SIDES.get(self.team),
        )
        if (self.action, self.sub_type) != ("substitution", "in"):
            return event
        return replace(event, name=None, number=None, in_name=event.name, in_number=event.number)

    def _kind(self) -> str:
        if self.action in SHOTS:
            return "made shot" if self.success else "missed shot"
        if self.action == "period":
            return "period begin" if self.sub_type == "start" else "period end"
        return KINDS.get(self.action, "other")

    def _points(self) -> int | None:
        if self.action == "freethrow":
            return int(self.success > 0)
        return SHOTS.get(self.action) if self.success else None

    def _detail(self) -> str | None:
        words = squeezed(self.sub_type)
        if self.action == "foul" and "technical" in words:
            return TECHNICAL_FOUL
        return THREE_SECONDS if self.action == "turnover" and "3sec" in words else None


ACTIONS = TypeAdapter(list[LiveStatsAction])


@dataclass(frozen=True, slots=True)
class FibaFeed:
    """The feed, as its JSON."""

    name: str = "FIBA LiveStats (data.json)"

    def recognises(self, content: Content) -> bool:
        """By `pbp`, a list, and `tm`, the two teams."""
        match content:
            case {"pbp": [*_], "tm": {"1": {}, "2": {}}}:
                return True
        return False

    def read(self, content: Content) -> list[Called]:
        """An event an action, in the order in which they were counted."""
        match content:
            case {"pbp": [*actions]}:
                read = ACTIONS.validate_python(actions)
                return [a.called() for a in sorted(read, key=lambda action: action.index)]
        return []
