"""Labels of the SoccerNet action spotting challenges: `Labels-v2.json`, and `Labels-ball.json`.

Each annotation has a label, the half, and how far into it: `gameTime` "1 - 00:31", `position` in
milliseconds. `team` is home, away or "not applicable"; ball labels say left or right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from playerid.game.play_by_play.called import Called
from playerid.game.play_by_play.feed import Content
from playerid.leagues import load_league

ACTIONS: Mapping[str, str] = {
    "Penalty": "penalty", "Kick-off": "kick-off", "Goal": "goal", "Substitution": "substitution",
    "Offside": "offside", "Shots on target": "shot on target",
    "Shots off target": "shot off target", "Clearance": "clearance",
    "Ball out of play": "ball out of play", "Throw-in": "throw-in", "Foul": "foul",
    "Indirect free-kick": "indirect free kick", "Direct free-kick": "direct free kick",
    "Corner": "corner", "Yellow card": "yellow card", "Red card": "red card",
    "Yellow->red card": "second yellow card",
}  # fmt: skip
"""The 17 classes of actions -> kinds of `called_events`. A clearance is a goal kick."""
BALL_ACTIONS: Mapping[str, str] = {
    "PASS": "pass", "DRIVE": "drive", "HEADER": "header", "HIGH PASS": "high pass",
    "OUT": "ball out of play", "CROSS": "cross", "THROW IN": "throw-in", "SHOT": "shot",
    "BALL PLAYER BLOCK": "block", "PLAYER SUCCESSFUL TACKLE": "tackle",
    "FREE KICK": "free kick", "GOAL": "goal",
}  # fmt: skip
"""The 12 classes of ball actions."""
KINDS = {**ACTIONS, **BALL_ACTIONS}
SIDES = ("home", "away")
LEAGUE = "ifab"


def _label(value: object) -> object:
    return str(value).strip()


class SpottingLabel(BaseModel):
    """The fields that are read of an annotation; the others are ignored."""

    model_config = ConfigDict(frozen=True)

    game_time: str = Field(alias="gameTime", pattern=r"^[1-5] - \d{1,3}:\d{2}$")
    label: Annotated[str, BeforeValidator(_label)]
    position_ms: int | None = Field(alias="position", default=None)
    team: str = ""
    visibility: str = ""

    def called(self, periods_s: list[float]) -> Called:
        """As an event of our own.

        Args:
            periods_s: length of each period, seconds; the last holds for those after it.
        """
        period, _, clock = self.game_time.partition(" - ")
        minutes, _, seconds = clock.partition(":")
        played_s = 60.0 * int(minutes) + int(seconds)
        if self.position_ms is not None and abs(self.position_ms / 1000 - played_s) < 1.0:
            played_s = self.position_ms / 1000
        length_s = periods_s[min(int(period), len(periods_s)) - 1]
        hidden = f" ({self.visibility})" if self.visibility not in {"", "visible"} else ""
        return Called(
            kind=KINDS.get(self.label, "other"),
            detail=None,
            period=int(period),
            game_clock_s=length_s - played_s,
            team=(self.team,) if self.team in {"left", "right"} else (),
            description=f"{self.label}{hidden}",
            side=self.team if self.team in SIDES else None,
        )


ANNOTATIONS = TypeAdapter(list[SpottingLabel])


@dataclass(frozen=True, slots=True)
class SpottingFeed:
    """The feed, as its JSON."""

    name: str = "SoccerNet action spotting (Labels-v2.json)"

    def recognises(self, content: Content) -> bool:
        """By `annotations` with a `gameTime` and a `label`."""
        match content:
            case {"annotations": [{"gameTime": _, "label": _}, *_]}:
                return True
        return False

    def read(self, content: Content) -> list[Called]:
        """An event an annotation."""
        clock = load_league(LEAGUE).clock
        periods_s = [float(clock.period_s)] * clock.periods + [float(clock.overtime_s)]
        match content:
            case {"annotations": [*annotations]}:
                read = ANNOTATIONS.validate_python(annotations)
                return [annotation.called(periods_s) for annotation in read]
        return []
