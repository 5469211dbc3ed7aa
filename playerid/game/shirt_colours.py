"""What a team wears in a game, as its game file says it."""

import difflib
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")


def colour_hex(colour: str) -> str:
    """A colour as `#rrggbb`, from hex or from its word in CSS; "light blue" is "lightblue".

    Raises:
        ValueError: It is neither.
    """
    from matplotlib.colors import CSS4_COLORS, to_hex  # noqa: PLC0415, only games with kits pay

    spelled = re.sub(r"[\s_-]", "", colour.lower())
    if spelled in CSS4_COLORS or HEX.fullmatch(spelled):
        return str(to_hex(spelled))
    near = difflib.get_close_matches(spelled, CSS4_COLORS, 1)
    meant = f"; do you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f'expected a colour word such as "white" or "navy", or hex such as "#1d428a", got'
        f" {colour!r}{meant}"
    )


Colour = Annotated[str, AfterValidator(colour_hex)]


class Worn(BaseModel):
    """What a team wears in this game.

    Attributes:
        shirt: the colour that covers most of the shirt; kept as `#rrggbb`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    shirt: Colour
