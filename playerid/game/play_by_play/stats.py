"""Play-by-play of stats.nba.com (playbyplayv2): one row per event, from CSV or JSON.

Codes of EVENTMSGTYPE and EVENTMSGACTIONTYPE: as used by nba_api; of the three seconds, counted in
632 games of 2015-16 (5 with 8: 241 turnovers; 6 with 17: 393 technical fouls).
"""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from playerid.game.play_by_play.called import (
    DEFENSIVE_THREE_SECONDS,
    TECHNICAL_FOUL,
    THREE_SECONDS,
    Called,
)

KINDS = {
    1: "made shot", 2: "missed shot", 3: "free throw", 4: "rebound", 5: "turnover", 6: "foul",
    7: "violation", 8: "substitution", 9: "timeout", 10: "jump ball", 11: "ejection",
    12: "period begin", 13: "period end",
}  # fmt: skip
DETAILS = {(5, 8): THREE_SECONDS, (6, 17): DEFENSIVE_THREE_SECONDS}
DETAILS |= {(6, action): TECHNICAL_FOUL for action in (11, 12, 13, 18, 19, 25, 30)}
PLAYERS, TEAMS = {4, 5}, {2, 3}
"""Values of PERSON1TYPE: of the home team, of the visitors. Others are coaches and officials."""


def _or_none(value: object) -> object:
    return None if value == "" else value


def _as_id(value: object) -> object:
    """Ids as text; CSV files that went through a data frame hold 1610612738.0."""
    if value in ("", None, 0, "0"):
        return None
    return str(value).removesuffix(".0")


Id = Annotated[str | None, BeforeValidator(_as_id)]
Text = Annotated[str | None, BeforeValidator(_or_none)]
Code = Annotated[int | None, BeforeValidator(_or_none)]


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
    other: Id = Field(alias="PLAYER2_ID", default=None)

    def called(self) -> Called:
        """As an event of our own."""
        said = " ".join(text for text in (self.home, self.neutral, self.away) if text)
        is_player = self.person_kind in PLAYERS
        team = self.person if self.person_kind in TEAMS else self.team
        minutes, seconds = self.clock.split(":")
        away, home = map(int, self.score.split(" - ")) if self.score else (None, None)
        kind = KINDS.get(self.kind, "other")
        return Called(
            kind=kind,
            detail=DETAILS.get((self.kind, self.action)),
            period=self.period,
            game_clock_s=60.0 * int(minutes) + int(seconds),
            team=tuple(name for name in (team, self.team_name) if name),
            player_id=self.person if is_player else None,
            in_player_id=self.other if kind == "substitution" else None,
            points=_points(kind, said),
            home_score=home,
            away_score=away,
            description=said or None,
        )


def _points(kind: str, said: str) -> int | None:
    if kind == "made shot":
        return 3 if re.search(r"\b3PT\b", said) else 2
    if kind == "free throw":
        return 0 if "MISS" in said else 1
    return None
