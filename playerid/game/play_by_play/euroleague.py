"""Play-by-play of the EuroLeague and the EuroCup: lists of plays for each quarter.

`FirstQuarter` ... `ForthQuarter` (as the feed writes it) and `ExtraTime`, which holds every
overtime; `TeamA` is at home. Ids are padded with blanks, and who goes out and who comes in are two
plays. No sample of the feed is in our data: fields and types of plays are those that three public
clients of live.euroleague.net document (euroleaguer, euroleague_api, EuroleagueStatistics).
"""

from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playerid.game.play_by_play.called import TECHNICAL_FOUL, Called
from playerid.game.play_by_play.feed import Code, Content, Id, Text, choose, seconds_of

QUARTERS = {"FirstQuarter": 1, "SecondQuarter": 2, "ThirdQuarter": 3, "ForthQuarter": 4,
            "ExtraTime": 5}  # fmt: skip
KINDS = {
    "2FGM": "made shot", "3FGM": "made shot", "2FGA": "missed shot", "3FGA": "missed shot",
    "2PM": "made shot", "3PM": "made shot", "2PA": "missed shot", "3PA": "missed shot",
    "FTM": "free throw", "FTA": "free throw", "D": "rebound", "O": "rebound", "TO": "turnover",
    "CM": "foul", "CMT": "foul", "CMU": "foul", "CMTI": "foul", "OF": "foul", "C": "foul",
    "IN": "substitution", "OUT": "substitution", "TOUT": "timeout", "TOUT_TV": "timeout",
    "JB": "jump ball", "BP": "period begin", "EP": "period end",
}  # fmt: skip
POINTS = {"2FGM": 2, "2PM": 2, "3FGM": 3, "3PM": 3, "FTM": 1, "FTA": 0}
QUARTER_S, OVERTIME_S = 600.0, 300.0


class EuroLeaguePlay(BaseModel):
    """The fields that are read of a play; the others are ignored."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    kind: str = Field(alias="PLAYTYPE")
    clock: Text = Field(alias="MARKERTIME", default=None, pattern=r"^(\d{1,2}:\d{2})?$")
    team: Id = Field(alias="CODETEAM", default=None)
    team_name: Text = Field(alias="TEAM", default=None)
    person: Id = Field(alias="PLAYER_ID", default=None)
    name: Text = Field(alias="PLAYER", default=None)
    number: Text = Field(alias="DORSAL", default=None)
    home_score: Code = Field(alias="POINTS_A", default=None)
    away_score: Code = Field(alias="POINTS_B", default=None)
    description: Text = Field(alias="PLAYINFO", default=None)

    def called(self, period: int, clock_s: float) -> Called:
        """As an event of our own, at a clock that may be that of its neighbour."""
        is_player = self.person is not None and self.kind != "C"
        event = Called(
            kind=KINDS.get(self.kind, "other"),
            detail=TECHNICAL_FOUL if self.kind in {"CMT", "C"} else None,
            period=period,
            game_clock_s=clock_s,
            team=choose([self.team, self.team_name]),
            player_id=self.person if is_player else None,
            points=POINTS.get(self.kind),
            home_score=self.home_score,
            away_score=self.away_score,
            description=self.description,
            name=_in_order(self.name) if is_player else None,
            number=self.number if is_player else None,
        )
        if self.kind != "IN":
            return event
        return replace(
            event, player_id=None, name=None, number=None, in_player_id=event.player_id,
            in_name=event.name, in_number=event.number,
        )  # fmt: skip


def _in_order(name: str | None) -> str | None:
    """SURNAME, GIVEN NAME as people say it."""
    return " ".join(reversed((name or "").split(", "))) or None


PLAYS = TypeAdapter(list[EuroLeaguePlay])


@dataclass(frozen=True, slots=True)
class EuroLeagueFeed:
    """The feed, as its JSON."""

    name: str = "live.euroleague.net (PlayByPlay)"

    def recognises(self, content: Content) -> bool:
        """By FirstQuarter and CodeTeamA."""
        match content:
            case {"FirstQuarter": [*_], "CodeTeamA": str()}:
                return True
        return False

    def read(self, content: Content) -> list[Called]:
        """An event a play; begin and end of a period, which have no clock, by their place."""
        if not isinstance(content, dict):
            return []
        events = []
        for quarter, number in QUARTERS.items():
            period = number
            full_s = last_s = QUARTER_S if number < QUARTERS["ExtraTime"] else OVERTIME_S
            for play in PLAYS.validate_python(content.get(quarter) or []):
                last_s = full_s if play.kind == "BP" else last_s
                last_s = 0.0 if play.kind == "EP" else last_s
                last_s = seconds_of(play.clock) if play.clock else last_s
                events.append(play.called(period, last_s))
                period += play.kind == "EP" and quarter == "ExtraTime"
        return events
