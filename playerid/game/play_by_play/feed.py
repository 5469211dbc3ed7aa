"""What a reader of a feed is, and what readers have in common."""

import re
from collections.abc import Sequence
from typing import Annotated, Protocol

from pydantic import BeforeValidator

from playerid.game.play_by_play.called import Called

Content = object
"""A file that was parsed: any JSON, or the rows of a CSV as a list of dictionaries of text."""


class Feed(Protocol):
    """One format of play-by-play."""

    @property
    def name(self) -> str:
        """As people call it, for messages."""

    def recognises(self, content: Content) -> bool:
        """Whether a file is of this format, by what is in it."""

    def read(self, content: Content) -> list[Called]:
        """Its events, in the order of the file.

        Raises:
            ValidationError: A field has a mistake.
        """


def _or_none(value: object) -> object:
    return None if value == "" else value


def _as_id(value: object) -> object:
    """Ids as text; CSV files that went through a data frame hold 1610612738.0."""
    if value in ("", None, 0, "0"):
        return None
    return str(value).strip().removesuffix(".0")


Id = Annotated[str | None, BeforeValidator(_as_id)]
Text = Annotated[str | None, BeforeValidator(_or_none)]
Code = Annotated[int | None, BeforeValidator(_or_none)]


def first_row(content: Content) -> dict[str, object]:
    """The first of a list of rows; nothing if it is none."""
    match content:
        case [{**row}, *_]:
            return {str(key): value for key, value in row.items()}
    return {}


def seconds_of(clock: str) -> float:
    """Seconds of "11:47", "00:03.2" or "PT11M47.00S"."""
    parts = [float(part) for part in re.findall(r"\d+(?:\.\d+)?", clock)]
    if clock.startswith("PT") and "M" not in clock:
        return parts[0]
    if clock.startswith("PT") and "S" not in clock:
        return 60 * parts[0]
    minutes, seconds = parts
    return 60 * minutes + seconds


def squeezed(*texts: str | None) -> str:
    """Letters and figures of texts, in lower case: "3-Second Violation" is "3secondviolation"."""
    return re.sub(r"[^a-z0-9]", "", "".join(text or "" for text in texts).lower())


def choose(values: Sequence[str | int | None]) -> tuple[str, ...]:
    """Those that say something, as text."""
    return tuple(str(value) for value in values if value)
