"""The templates of all pages, with their colours and the way they write times."""

from collections.abc import Mapping
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from playerid.report import plots
from playerid.warehouse.plain_text import visible


class KeysOnly(Environment):
    """`row.clear` is what the row has under "clear", though dictionaries have such a method."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The value of a key of a mapping, and an attribute of anything else."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def environment() -> Environment:
    """Templates of `playerid.report` and `playerid.docs`; text is escaped, a gap is an error."""
    loader = ChoiceLoader([PackageLoader(f"playerid.{name}", "") for name in ("report", "docs")])
    made = KeysOnly(
        loader=loader, autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_shown,
    )  # fmt: skip
    made.filters["minutes"] = plots.minutes
    made.globals["colours"] = {
        "home": plots.HOME_COLOUR, "away": plots.AWAY_COLOUR, "other": plots.OTHER_COLOUR,
        "main": plots.MAIN_COLOUR, "warning": plots.WARNING_COLOUR,
    }  # fmt: skip
    return made


def _shown(value: Any) -> Any:
    """Text of others without what turns the direction of the text beside it."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
