"""Play-by-play of stats.nba.com (playbyplayv2): one row per event, from CSV or JSON.

Codes of EVENTMSGTYPE and EVENTMSGACTIONTYPE: as used by nba_api; of the three seconds, counted in
632 games of 2015-16 (5 with 8: 241 turnovers; 6 with 17: 393 technical fouls).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playerid.game.play_by_play.called import (
    DEFENSIVE_THREE_SECONDS,
    TECHNICAL_FOUL,
    THREE_SECONDS,
    Called,
)
from playerid.game.play_by_play.feed import Code, Content, Id, Text, first_row, seconds_of

KINDS = {
    1: "made shot", 2: "missed shot", 3: "free throw", 4: "rebound", 5: "turnover", 6: "foul",
    7: "violation", 8: "substitution", 9: "timeout", 10: "jump ball", 11: "ejection",
    12: "period begin", 13: "period end",
}  # fmt: skip
DETAILS = {(5, 8): THREE_SECONDS, (6, 17): DEFENSIVE_THREE_SECONDS}
DETAILS |= {(6, action): TECHNICAL_FOUL for action in (11, 12, 13, 18, 19, 25, 30)}
PLAYERS, TEAMS = {4, 5}, {2, 3}
"""Values of PERSON1TYPE: of the home team, of the visitors. Others are coaches and officials."""


class StatsEvent(BaseModel):
    """The columns that are read of a row; the others are ignored."""

    model_config = ConfigDict(frozen=True)

    kind: int = Field(alias="EVENTMSGTYPE")
    action: int = Field(alias="EVENTMSGACTIONTYPE")
    period: int = Field(alias="PERIOD", ge=1, le=20)
    clock: str = Field(alias="PCTIMESTRING", pattern=r"^\d{1,2}:\d{2}$")
    home: Text = Field(alias="HOMEDESCRIPTION", default=None)
    neutral: Text = Field(alias="NEUTRALDESCRIPTION", default=None)
    away: Text = Field(alias="VISITORDESCRIPTION", default=None)
    score: Text = Field(alias="SCORE", default=None, pattern=r"^\d+ - \d+$")
    person_kind: Code = Field(alias="PERSON1TYPE", default=None)
    person: Id = Field(alias="PLAYER1_ID", default=None)
    team: Id = Field(alias="PLAYER1_TEAM_ID", default=None)
    team_name: Text = Field(alias="PLAYER1_TEAM_ABBREVIATION", default=None)
    name: Text = Field(alias="PLAYER1_NAME", default=None)
    other: Id = Field(alias="PLAYER2_ID", default=None)
    other_name: Text = Field(alias="PLAYER2_NAME", default=None)

    def called(self) -> Called:
        """As an event of our own."""
        said = " ".join(text for text in (self.home, self.neutral, self.away) if text)
        is_player = self.person_kind in PLAYERS
        team = self.person if self.person_kind in TEAMS else self.team
        away, home = map(int, self.score.split(" - ")) if self.score else (None, None)
        kind = KINDS.get(self.kind, "other")
        return Called(
            kind=kind,
            detail=DETAILS.get((self.kind, self.action)),
            period=self.period,
            game_clock_s=seconds_of(self.clock),
            team=tuple(name for name in (team, self.team_name) if name),
            player_id=self.person if is_player else None,
            in_player_id=self.other if kind == "substitution" else None,
            points=_points(kind, said),
            home_score=home,
            away_score=away,
            description=said or None,
            name=self.name if is_player else None,
            in_name=self.other_name if kind == "substitution" else None,
        )


def _points(kind: str, said: str) -> int | None:
    if kind == "made shot":
        return 3 if re.search(r"\b3PT\b", said) else 2
    if kind == "free throw":
        return 0 if "MISS" in said else 1
    return None


EVENTS = TypeAdapter(list[StatsEvent])


@dataclass(frozen=True, slots=True)
class StatsFeed:
    """The feed, as CSV or as the site's JSON of headers and rows."""

    name: str = "stats.nba.com (playbyplayv2)"

    def recognises(self, content: Content) -> bool:
        """By the column EVENTMSGTYPE."""
        return "EVENTMSGTYPE" in first_row(_rows(content))

    def read(self, content: Content) -> list[Called]:
        """An event a row."""
        return [event.called() for event in EVENTS.validate_python(_rows(content))]


def _rows(content: Content) -> list[object]:
    match content:
        case {"resultSets": [{"headers": [*names], "rowSet": [*values]}, *_]}:
            return [_named(names, row) for row in values]
        case [*rows]:
            return rows
    return []


def _named(names: Sequence[object], row: object) -> object:
    return dict(zip(names, row, strict=False)) if isinstance(row, list) else row
