"""The parts of the README that follow from the code."""

from playerid.queries import views
from playerid.tables import PUBLIC_TABLES

BEGIN, END = "<!-- tables: made by `make tables` -->", "<!-- end of tables -->"


def tables_markdown() -> str:
    """The public tables and the views over them, as Markdown."""
    lines = ["| table | one row per | key |", "|---|---|---|"]
    lines += [f"| `{t.name}` | {t.about} | {', '.join(t.key)} |" for t in PUBLIC_TABLES]
    lines += ["", "| view | what it says |", "|---|---|"]
    lines += [f"| `{view.name}` | {first_sentence(view.about)} |" for view in views()]
    return "\n".join(lines)


def first_sentence(text: str) -> str:
    """What a text says first."""
    return text.split(". ", maxsplit=1)[0].split("\n", maxsplit=1)[0].rstrip(".") + "."


def with_tables(readme: str) -> str:
    """A README with its tables as the code declares them."""
    before, rest = readme.split(BEGIN)
    return f"{before}{BEGIN}\n{tables_markdown()}\n{END}{rest.split(END)[1]}"
