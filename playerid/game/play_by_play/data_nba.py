"""Play-by-play of data.nba.com until 2022: `g.pd`, periods of `pla`, plays.

The codes are those of stats.nba.com; who comes in at a substitution is `epid`.
"""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playerid.game.play_by_play.called import Called
from playerid.game.play_by_play.feed import Code, Content, Id, choose, seconds_of
from playerid.game.play_by_play.stats import DETAILS, KINDS


class DataNbaPlay(BaseModel):
    """The fields that are read of a play; the others are ignored."""

    model_config = ConfigDict(frozen=True)

    kind: int = Field(alias="etype")
    action: int = Field(alias="mtype")
    clock: str = Field(alias="cl", pattern=r"^\d{1,2}:\d{2}(\.\d+)?$")
    worth: int = Field(alias="opt1", default=0)
    team: Id = Field(alias="tid", default=None)
    person: Id = Field(alias="pid", default=None)
    other: Id = Field(alias="epid", default=None)
    home_score: Code = Field(alias="hs", default=None)
    away_score: Code = Field(alias="vs", default=None)
    description: str | None = Field(alias="de", default=None)

    def called(self, period: int) -> Called:
        """As an event of our own; officials and teams have no `pid`."""
        kind = KINDS.get(self.kind, "other")
        missed = "missed" in (self.description or "").lower()
        points = {"made shot": self.worth, "free throw": int(not missed)}.get(kind)
        return Called(
            kind=kind,
            detail=DETAILS.get((self.kind, self.action)),
            period=period,
            game_clock_s=seconds_of(self.clock),
            team=choose([self.team]),
            player_id=self.person,
            in_player_id=self.other if kind == "substitution" else None,
            points=points,
            home_score=self.home_score,
            away_score=self.away_score,
            description=self.description,
        )


class DataNbaPeriod(BaseModel):
    """A period and its plays."""

    number: int = Field(alias="p", ge=1, le=20)
    plays: list[DataNbaPlay] = Field(alias="pla")


PERIODS = TypeAdapter(list[DataNbaPeriod])


@dataclass(frozen=True, slots=True)
class DataNbaFeed:
    """The feed, as its JSON."""

    name: str = "data.nba.com (full_pbp)"

    def recognises(self, content: Content) -> bool:
        """By `g.pd`."""
        match content:
            case {"g": {"pd": [*_]}}:
                return True
        return False

    def read(self, content: Content) -> list[Called]:
        """An event a play."""
        match content:
            case {"g": {"pd": [*periods]}}:
                return [
                    play.called(period.number)
                    for period in PERIODS.validate_python(periods)
                    for play in period.plays
                ]
        return []
