"""Play-by-play of ESPN's summary: `plays`, and the box score that names their athletes.

Who comes in at a substitution is the first of its two participants, who leaves the second; ids are
ESPN's own, so people are known by name and number. No sample of the feed is in our data: fields
are those that public readers of it use (hoopR; tests of several scrapers of college games).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playerid.game.play_by_play.called import (
    DEFENSIVE_THREE_SECONDS,
    TECHNICAL_FOUL,
    THREE_SECONDS,
    Called,
)
from playerid.game.play_by_play.feed import Content, choose, seconds_of, squeezed

KINDS = {
    "freethrow": "free throw", "rebound": "rebound", "turnover": "turnover", "foul": "foul",
    "substitution": "substitution", "timeout": "timeout", "jumpball": "jump ball",
    "endperiod": "period end", "endgame": "other", "violation": "violation",
    "ejection": "ejection",
}  # fmt: skip
"""What the text of a type holds, without blanks -> what it is; the first that fits."""


class Named(BaseModel):
    """An athlete or a team."""

    id: str
    name: str = Field(alias="displayName", default="")
    number: str | None = Field(alias="jersey", default=None)


class Participant(BaseModel):
    """Who takes part in a play."""

    athlete: Named


class Number(BaseModel):
    """A period."""

    number: int = Field(ge=1, le=20)


class Display(BaseModel):
    """A clock."""

    text: str = Field(alias="displayValue", pattern=r"^(\d{1,2}:\d{2}|\d{1,2}\.\d+)$")


class Kind(BaseModel):
    """What a play is."""

    text: str = ""


class SummaryPlay(BaseModel):
    """The fields that are read of a play; the others are ignored."""

    model_config = ConfigDict(frozen=True)

    kind: Kind = Field(alias="type")
    text: str = ""
    period: Number
    clock: Display
    team: Named | None = None
    participants: list[Participant] = []
    is_shot: bool = Field(alias="shootingPlay", default=False)
    is_scored: bool = Field(alias="scoringPlay", default=False)
    worth: int = Field(alias="scoreValue", default=0)
    home_score: int | None = Field(alias="homeScore", default=None)
    away_score: int | None = Field(alias="awayScore", default=None)

    def called(self, known: dict[str, Named], sides: dict[str, str]) -> Called:
        """As an event of our own.

        Args:
            known: id of an athlete -> as the box score has them.
            sides: id of a team -> "home" or "away".
        """
        what = squeezed(self.kind.text)
        kind = next((kind for key, kind in KINDS.items() if key in what), "other")
        if self.is_shot and kind != "free throw":
            kind = "made shot" if self.is_scored else "missed shot"
        people = [known.get(p.athlete.id, p.athlete) for p in self.participants]
        comes_in = people[0] if kind == "substitution" and people else None
        acts = people[1:2] if kind == "substitution" else people[:1]
        who = acts[0] if acts else None
        team = self.team.id if self.team else ""
        points = self.worth if kind == "made shot" else int(self.is_scored)
        return Called(
            kind=kind,
            detail=_detail(kind, squeezed(self.kind.text, self.text)),
            period=self.period.number,
            game_clock_s=_seconds(self.clock.text),
            team=choose([team]),
            player_id=who.id if who else None,
            in_player_id=comes_in.id if comes_in else None,
            points=points if kind in {"made shot", "free throw"} else None,
            home_score=self.home_score,
            away_score=self.away_score,
            description=self.text or None,
            name=who.name if who else None,
            in_name=comes_in.name if comes_in else None,
            number=who.number if who else None,
            in_number=comes_in.number if comes_in else None,
            side=sides.get(team),
        )


def _seconds(clock: str) -> float:
    return seconds_of(clock) if ":" in clock else float(clock)


def _detail(kind: str, words: str) -> str | None:
    if kind == "foul" and "3sec" in words:
        return DEFENSIVE_THREE_SECONDS
    if kind == "foul" and "technical" in words:
        return TECHNICAL_FOUL
    return THREE_SECONDS if kind == "turnover" and "3sec" in words else None


PLAYS = TypeAdapter(list[SummaryPlay])


@dataclass(frozen=True, slots=True)
class EspnFeed:
    """The feed, as its JSON."""

    name: str = "ESPN (summary)"

    def recognises(self, content: Content) -> bool:
        """By `plays` with a type, a period and a clock."""
        match content:
            case {"plays": [{"type": {}, "period": {"number": _}, "clock": {}}, *_]}:
                return True
        return False

    def read(self, content: Content) -> list[Called]:
        """An event a play."""
        match content:
            case {"plays": [*plays]}:
                known = {athlete.id: athlete for athlete in _athletes(content)}
                sides = dict(_sides(content))
                return [play.called(known, sides) for play in PLAYS.validate_python(plays)]
        return []


def _athletes(content: Content) -> Iterator[Named]:
    match content:
        case {"boxscore": {"players": [*teams]}}:
            for team in teams:
                match team:
                    case {"statistics": [{"athletes": [*rows]}, *_]}:
                        yield from (Participant.model_validate(row).athlete for row in rows)


def _sides(content: Content) -> Iterator[tuple[str, str]]:
    match content:
        case {"header": {"competitions": [{"competitors": [*teams]}, *_]}}:
            for team in teams:
                match team:
                    case {"id": str(number), "homeAway": str(side)}:
                        yield number, side
