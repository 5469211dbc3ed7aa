"""Play-by-play of stats.nba.com since 2025 (playbyplayv3): `game.actions`, or a CSV of them.

One person an action. Who comes in at a substitution is a surname in the description, "SUB: Nance
Jr. FOR Johnson"; scores are empty where they did not change; at a time-out or a rebound of a team
`personId` is the team. As in nba_api's documentation of the feed.
"""

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playerid.game.play_by_play.called import (
    DEFENSIVE_THREE_SECONDS,
    TECHNICAL_FOUL,
    THREE_SECONDS,
    Called,
)
from playerid.game.play_by_play.feed import (
    Code,
    Content,
    Id,
    Text,
    choose,
    first_row,
    seconds_of,
    squeezed,
)

KINDS = {
    "made shot": "made shot", "missed shot": "missed shot", "heave": "missed shot",
    "free throw": "free throw", "rebound": "rebound", "turnover": "turnover", "foul": "foul",
    "violation": "violation", "substitution": "substitution", "timeout": "timeout",
    "jump ball": "jump ball", "ejection": "ejection",
}  # fmt: skip
OFFICIALS = {"instant replay", "period"}
FIRST_TEAM = 1_610_000_000  # ids of teams are above it, those of people below


class Action(BaseModel):
    """The fields that are read of an action; the others are ignored."""

    model_config = ConfigDict(frozen=True)

    action: Text = Field(alias="actionType", default=None)
    sub_type: Text = Field(alias="subType", default=None)
    clock: str = Field(pattern=r"^PT\d+M\d+(\.\d+)?S$")
    period: int = Field(ge=1, le=20)
    team: Id = Field(alias="teamId", default=None)
    team_name: Text = Field(alias="teamTricode", default=None)
    person: Id = Field(alias="personId", default=None)
    name: Text = Field(alias="playerName", default=None)
    worth: Code = Field(alias="shotValue", default=None)
    home_score: Code = Field(alias="scoreHome", default=None)
    away_score: Code = Field(alias="scoreAway", default=None)
    description: Text = None

    def called(self) -> Called:
        """As an event of our own."""
        action = (self.action or "").lower()
        is_team = self.person is not None and self.person.isdigit()
        is_team = is_team and int(self.person or 0) >= FIRST_TEAM
        is_player = not is_team and action not in OFFICIALS
        said = self.description or ""
        comes_in = re.search(r"SUB: (.+?) FOR ", said)
        return Called(
            kind=self._kind(action),
            detail=self._detail(action, said),
            period=self.period,
            game_clock_s=seconds_of(self.clock),
            team=choose([self.team, self.team_name, self.person if is_team else None]),
            player_id=self.person if is_player else None,
            points=self._points(action, said),
            home_score=self.home_score,
            away_score=self.away_score,
            description=self.description,
            name=self.name if is_player else None,
            in_name=comes_in[1] if comes_in and action == "substitution" else None,
        )

    def _kind(self, action: str) -> str:
        if action == "period":
            return "period begin" if self.sub_type == "start" else "period end"
        return KINDS.get(action, "other")

    def _points(self, action: str, said: str) -> int | None:
        if action == "made shot":
            return self.worth
        return int("MISS" not in said) if action == "free throw" else None

    def _detail(self, action: str, said: str) -> str | None:
        words = squeezed(self.sub_type, said)
        if action == "foul" and re.search(r"def(ens(e|ive))?3sec", words):
            return DEFENSIVE_THREE_SECONDS
        if action == "foul" and "technical" in squeezed(self.sub_type):
            return TECHNICAL_FOUL
        return THREE_SECONDS if action == "turnover" and "3second" in words else None


ACTIONS = TypeAdapter(list[Action])


@dataclass(frozen=True, slots=True)
class StatsV3Feed:
    """The feed, as its JSON or as a table of its actions."""

    name: str = "stats.nba.com (playbyplayv3)"

    def recognises(self, content: Content) -> bool:
        """By the fields shotValue and personId of an action, which the live feed lacks."""
        return {"shotValue", "actionType", "personId"} <= first_row(_actions(content)).keys()

    def read(self, content: Content) -> list[Called]:
        """An event an action."""
        return [action.called() for action in ACTIONS.validate_python(_actions(content))]


def _actions(content: Content) -> Content:
    match content:
        case {"game": {"actions": [*actions]}}:
            return actions
    return content
