"""The templates of all pages, with their colours and the way they write times."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from playerid.report import plots


def environment() -> Environment:
    """Templates of `playerid.report` and `playerid.docs`; text is escaped, a gap is an error."""
    loader = ChoiceLoader([PackageLoader(f"playerid.{name}", "") for name in ("report", "docs")])
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["minutes"] = plots.minutes
    made.globals["colours"] = {
        "home": plots.HOME_COLOUR, "away": plots.AWAY_COLOUR, "other": plots.OTHER_COLOUR,
        "main": plots.MAIN_COLOUR, "warning": plots.WARNING_COLOUR,
    }  # fmt: skip
    return made
