"""What the texts of a score bug mean."""

import re
from dataclasses import dataclass

LINE = re.compile(
    r"""
    (?:(?: (?P<nth>[1-4IL])(?:ST|ND|RD|TH) | Q(?P<quarter>[1-4]) | (?P<over>\d?)OT(?P<time>\d?) )
       \s* (?:QTR|QUARTER|HALF|PERIOD)? )?
    \s*
    (?: (?P<minutes>\d{1,2}) [:;.] (?P<seconds>[0-5]\d) (?P<tenths>\.\d)? (?!\d)
      | :? (?P<last>\d{1,2}\.\d) )?
    \s*
    (?: :? (?P<shot>\d{1,2}) )?
    """,
    re.VERBOSE,
)


SCORE = re.compile(r"(?P<name>[A-Z][A-Z .'&-]+)?(?P<score>\d{1,3})")


@dataclass(frozen=True, slots=True)
class BugText:
    """What one text of a score bug may say; None where it does not say it.

    Attributes:
        period: from 1; overtimes follow the periods of the league.
        clock_s: a clock of minutes and seconds, or seconds and tenths, seconds.
        clock_step_s: its resolution, seconds.
        seconds: one or two digits that may be a shot clock, seconds.
        score: a whole number that may be a score.
        name: what stands before that number.
    """

    period: int | None = None
    clock_s: float | None = None
    clock_step_s: float = 1.0
    seconds: float | None = None
    score: int | None = None
    name: str = ""

    @property
    def kind(self) -> str:
        """Which of them it says, to tell places of the picture apart; "" if none."""
        if self.score is not None:
            return "named number" if self.name else "number"
        parts = {"period": self.period, "clock": self.clock_s, "seconds": self.seconds}
        return " ".join(name for name, value in parts.items() if value is not None)

    def value(self, field: str) -> float | None:
        """The value for "clock", "period", "shot_clock" or a score.

        A shot clock may show tenths as a game clock does.
        """
        if field == "clock":
            return self.clock_s
        if field == "period":
            return self.period
        if field == "shot_clock":
            return self.clock_s if self.seconds is None else self.seconds
        return self.score


def parse_text(text: str, periods: int) -> BugText:
    """What a text says, whatever the bug's style.

    Args:
        text: "2nd Qtr", "4:13", "1ST 11:19 :05", "09.2", "OT", "107", ...
        periods: of the league, without overtimes.
    """
    line = text.upper().strip()
    number, found = SCORE.fullmatch(line), LINE.fullmatch(line)
    score = int(number["score"]) if number else None
    if found is None:
        return BugText(score=score, name=((number and number["name"]) or "").strip())
    shot, clock = found["shot"], _clock(found)
    return BugText(
        period=_period(found, periods),
        clock_s=clock,
        clock_step_s=0.1 if found["tenths"] or found["last"] else 1.0,
        seconds=None if shot is None else float(shot),
        score=score,
    )


def _clock(found: re.Match[str]) -> float | None:
    if found["minutes"] is not None:
        whole = int(found["minutes"]) * 60 + int(found["seconds"])
        return whole + float(found["tenths"] or 0)
    return None if found["last"] is None else float(found["last"])


def _period(found: re.Match[str], periods: int) -> int | None:
    if ordinal := found["nth"] or found["quarter"]:
        period = 1 if ordinal in "IL" else int(ordinal)
        return period if period <= periods else None
    if found["over"] is None:
        return None
    return periods + int(found["over"] or found["time"] or 1)
