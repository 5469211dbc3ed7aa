"""Pages of tables, views, macros, checks, worked questions, and what is trusted, as HTML."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa

from playerid.archive.archive import Archive
from playerid.docs.answer_plots import answer, draw_answer
from playerid.docs.questions import questions
from playerid.docs.reading import draw_coordinates, draw_joins, in_order_of_need
from playerid.docs.readme import first_sentence
from playerid.queries import checks, macros, views
from playerid.report.templates import environment
from playerid.tables import PUBLIC_TABLES
from playerid.warehouse.ask import open_warehouse
from playerid.warehouse.column_types import column_types
from playerid.warehouse.warehouse import disconnect

UNITS = {
    "_px": "pixels", "_m": "metres", "_s": "seconds", "_mps": "metres a second",
    "_prob": "probability, 0 to 1", "_share": "share, 0 to 1", "_score": "uncalibrated score",
    "_deg": "degrees", "_coverage": "share, 0 to 1",
}  # fmt: skip
PAGES = (
    "index", "reading", "questions", "views", "tables", "macros", "checks", "security",
)  # fmt: skip


def write_site(folder: Path, archive: Archive | None) -> list[Path]:
    """Write one HTML file for each of `PAGES`.

    Args:
        folder: where to; made if it is not there.
        archive: answers the worked questions; None leaves them unanswered.

    Raises:
        ArchiveError: Nothing is published in the archive.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents: dict[str, Any] = {
        "pages": PAGES,
        "tables": _tables(),
        "views": _views(),
        "macros": macros(),
        "checks": checks(),
        "questions": _answers(archive),
        "coordinates": draw_coordinates(),
        "joins": draw_joins(),
        "security": security(),
        "faults": faults(),
    }
    contents["names"] = list(_names(contents))
    written = []
    for page in PAGES:
        html = environment().get_template(f"{page}.html.j2").render(contents, page=page)
        (folder / f"{page}.html").write_text(html, "utf-8")
        written.append(folder / f"{page}.html")
    return written


def security() -> list[dict[str, Any]]:
    """What is trusted, what is not, and the tests of it, part by part."""
    return _of_security("parts")


def faults() -> list[dict[str, Any]]:
    """What was wrong in the first version, by harm, and the tests that fail on it."""
    return _of_security("faults")


def _of_security(name: str) -> list[dict[str, Any]]:
    text = (resources.files("playerid.docs") / "security.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)[name]
    return found


def unit_of(column: str) -> str:
    """Unit of a column, by the end of its name; "" if it has none."""
    return next((unit for suffix, unit in UNITS.items() if column.endswith(suffix)), "")


def _tables() -> list[dict[str, Any]]:
    return [
        {
            "name": table.name,
            "about": table.about,
            "key": table.key,
            "columns": [
                {
                    "name": field.name,
                    "type": str(field.type),
                    "unit": unit_of(field.name),
                    "meaning": field.metadata[b"meaning"].decode(),
                    "nullable": field.nullable,
                }
                for field in table.schema
            ],
        }
        for table in PUBLIC_TABLES
    ]


def _views() -> list[dict[str, Any]]:
    types = column_types()
    return [
        {
            "name": view.name,
            "layer": view.layer,
            "sport": view.sport,
            "about": view.about,
            "query": view.query,
            "columns": [
                {
                    "name": name,
                    "type": types[view.name][name].lower(),
                    "unit": unit_of(name),
                    "meaning": text,
                    "nullable": False,  # the meaning says it
                }
                for name, text in view.columns
            ],
        }
        for view in in_order_of_need(views())
    ]


def _names(contents: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """What can be searched for: a name, what is said of it, and where it stands."""
    for page in ("views", "tables"):
        for item in contents[page]:
            place = {"page": page, "anchor": item["name"]}
            yield place | {"name": item["name"], "text": first_sentence(item["about"])}
            for column in item["columns"]:
                name = f"{item['name']}.{column['name']}"
                yield place | {"name": name, "text": column["meaning"]}
    for page in ("macros", "checks"):
        for item in contents[page]:
            place = {"page": page, "anchor": item.name.partition("(")[0]}
            yield place | {"name": item.name, "text": first_sentence(item.about)}
    for item in contents["questions"]:
        question = item["question"]
        place = {"page": "questions", "anchor": question.name}
        yield place | {"name": question.title, "text": first_sentence(question.about)}


def _answers(archive: Archive | None) -> list[dict[str, Any]]:
    if archive is None:
        return [{"question": question, "rows": [], "svg": ""} for question in questions()]
    connection = open_warehouse(archive)
    try:
        found = [(question, answer(question, connection)) for question in questions()]
    finally:
        disconnect(connection)
    return [{"question": q, "rows": _shown(rows), "svg": draw_answer(q, rows)} for q, rows in found]


def _shown(rows: pa.Table, most: int = 10) -> list[list[str]]:
    return [
        [f"{value:.2f}" if isinstance(value, float) else str(value) for value in row.values()]
        for row in rows.slice(0, most).to_pylist()
    ]
