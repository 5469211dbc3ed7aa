"""Play-by-play of the NBA's live feed: `playbyplay_<game>.json`, a list of actions."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playerid.game.play_by_play.called import (
    DEFENSIVE_THREE_SECONDS,
    TECHNICAL_FOUL,
    THREE_SECONDS,
    Called,
)
from playerid.game.play_by_play.feed import Code, Content, choose, seconds_of, squeezed

KINDS = {
    "freethrow": "free throw", "rebound": "rebound", "turnover": "turnover", "foul": "foul",
    "violation": "violation", "substitution": "substitution", "timeout": "timeout",
    "jumpball": "jump ball", "ejection": "ejection",
}  # fmt: skip
SHOTS = {"2pt": 2, "3pt": 3}


class LiveAction(BaseModel):
    """The fields that are read of an action; the others are ignored."""

    model_config = ConfigDict(frozen=True)

    action: str = Field(alias="actionType")
    sub_type: str = Field(alias="subType", default="")
    descriptor: str = ""
    clock: str = Field(pattern=r"^PT\d+M\d+(\.\d+)?S$")
    period: int = Field(ge=1, le=20)
    team: int | None = Field(alias="teamId", default=None)
    team_name: str | None = Field(alias="teamTricode", default=None)
    person: int | None = Field(alias="personId", default=None)
    result: str | None = Field(alias="shotResult", default=None)
    home_score: Code = Field(alias="scoreHome", default=None)
    away_score: Code = Field(alias="scoreAway", default=None)
    name: str | None = Field(alias="playerName", default=None)
    description: str | None = None

    def called(self) -> Called:
        """As an event of our own; a substitution is two actions here, one out and one in."""
        is_made = self.result == "Made"
        person = str(self.person) if self.person else None
        comes_in = self.action == "substitution" and self.sub_type == "in"
        worth = SHOTS.get(self.action, 1 if self.action == "freethrow" else None)
        return Called(
            kind=self._kind(is_made=is_made),
            detail=self._detail(),
            period=self.period,
            game_clock_s=seconds_of(self.clock),
            team=choose([self.team, self.team_name]),
            player_id=None if comes_in else person,
            in_player_id=person if comes_in else None,
            points=worth * is_made if worth and (is_made or self.action == "freethrow") else None,
            home_score=self.home_score,
            away_score=self.away_score,
            description=self.description,
            name=None if comes_in else self.name,
            in_name=self.name if comes_in else None,
        )

    def _kind(self, *, is_made: bool) -> str:
        if self.action in SHOTS:
            return "made shot" if is_made else "missed shot"
        if self.action == "period":
            return "period begin" if self.sub_type == "start" else "period end"
        return KINDS.get(self.action, "other")

    def _detail(self) -> str | None:
        words = squeezed(self.sub_type, self.descriptor)
        if "defensive3second" in words:
            return DEFENSIVE_THREE_SECONDS
        if self.action == "foul" and self.sub_type == "technical":
            return TECHNICAL_FOUL
        return THREE_SECONDS if self.action == "turnover" and "3second" in words else None


ACTIONS = TypeAdapter(list[LiveAction])


@dataclass(frozen=True, slots=True)
class LiveFeed:
    """The feed, as its JSON."""

    name: str = "the NBA's live feed (cdn.nba.com)"

    def recognises(self, content: Content) -> bool:
        """By `game.actions`, which playbyplayv3 has, too: ask that first."""
        match content:
            case {"game": {"actions": [*_]}}:
                return True
        return False

    def read(self, content: Content) -> list[Called]:
        """An event an action."""
        match content:
            case {"game": {"actions": [*actions]}}:
                return [action.called() for action in ACTIONS.validate_python(actions)]
        return []
