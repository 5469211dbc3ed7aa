"""The queries of `sql/`: what each is about, the order in which they build on each other."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb

from playerid.errors import TableError
from playerid.kept import keep
from playerid.tables import MATERIALISED

LAYERS = ("base", "stats", "agreement")
SPORT = re.compile(r"^Sport: (\w+)\n?", re.MULTILINE)
MACRO = re.compile(r"create or replace macro (\w+\(.*?\)) as (.*);")


@dataclass(frozen=True, slots=True)
class View:
    """One file of `sql/`: a question, and what its header says about it.

    Attributes:
        name: of the view and of the file.
        layer: folder: base, stats or checks.
        sport: the one that has it, by its line "Sport:" or by what it reads; "" if all have it.
        about: what one row is.
        columns: name and meaning of every column, in order.
        query: the file, header included.
    """

    name: str
    layer: str
    sport: str
    about: str
    columns: tuple[tuple[str, str], ...]
    query: str


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro of `sql/macros.sql`.

    Attributes:
        name: with its arguments.
        value: what it stands for; of a macro of rows it begins with "table".
        about: the comment above it.
    """

    name: str
    value: str
    about: str

    @property
    def kind(self) -> str:
        """What SQL calls it: macro, or macro table if it stands for rows."""
        return "macro table" if self.value.startswith("table ") else "macro"


@cache
def views() -> tuple[View, ...]:
    """The views of `sql/`, in the order in which they can be created."""
    found = {view.name: view for layer in LAYERS for view in _read_layer(layer)}
    reads = _views_read(found)
    order = tuple(TopologicalSorter(reads).static_order())
    for name in order:
        sports = {found[each].sport for each in (name, *reads[name])} - {""}
        if len(sports) > 1:
            raise TableError(f"view {name!r} reads what only {' or '.join(sorted(sports))} has")
        found[name] = replace(found[name], sport="".join(sports))
    return tuple(found[name] for name in order)


def _views_read(found: Mapping[str, View]) -> dict[str, list[str]]:
    """Sorted, so that the views come in the same order in every process."""
    queries = [view.query for view in found.values()]

    def make(path: Path) -> None:
        path.write_text(json.dumps([sorted(sources) for sources in sets_read(queries)]))

    made_of = [duckdb.__version__.encode(), *(query.encode() for query in queries)]
    sources = dict(
        zip(found, json.loads(keep("reads.json", made_of, make).read_text()), strict=True)
    )
    return {name: [s for s in sources[name] if s in found and s != name] for name in found}


def sets_read(queries: Sequence[str]) -> list[set[str]]:
    """The tables and views that each query reads, its own steps left out, as DuckDB parses it.

    Raises:
        TableError: One is not a query.
    """
    return [_sets_named(tree) for tree in parse(queries)]


def parse(queries: Sequence[str]) -> list[Any]:
    """DuckDB's tree of each query, as JSON.

    Raises:
        TableError: One is not a query.
    """
    with duckdb.connect() as connection:
        parsed = connection.execute("select json_serialize_sql(unnest(?))", [queries]).fetchall()
    trees = [json.loads(text) for (text,) in parsed]
    for tree, query in zip(trees, queries, strict=True):
        if tree["error"]:
            raise TableError(f"{tree['error_message']}, in: {query.strip()[:200]}")
    return trees


def _sets_named(tree: Any) -> set[str]:
    """Tables of a parsed query, and what macros of rows are given as text, without its steps."""
    named, steps = set(), set()
    for node in _nodes(tree):
        if node.get("type") == "BASE_TABLE":
            named.add(node["table_name"])
        elif node.get("type") == "TABLE_FUNCTION":
            values = [a["expression"].get("literal") for a in node["function"]["arguments"]]
            named |= {value["text"] for value in values if value}
        steps |= {step["key"] for step in node.get("cte_map", {"map": []})["map"]}
    return named - steps


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    for branch in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(branch, dict | list):
            yield from _nodes(branch)


@cache
def checks() -> tuple[View, ...]:
    """The queries of `sql/checks`: each returns the rows that should not exist."""
    return _read_layer("checks")


def stored_name(view: str) -> str:
    """Name under which the catalog keeps the rows of a materialised view: of its queries, too."""
    return f"{view}-{materialised_digest()[:8]}"


@cache
def materialised_digest() -> str:
    """SHA-256 of every query behind the rows that are stored with a game."""
    found = {view.name: view for view in views()}
    read, behind = _views_read(found), set(MATERIALISED)
    while added := {source for name in behind for source in read[name]} - behind:
        behind |= added
    queries = [found[name].query for name in sorted(behind)]
    text = "\n".join([macros_script(), *queries])
    return hashlib.sha256(text.encode()).hexdigest()


def macros_script() -> str:
    """The file of the macros."""
    return (sql_folder() / "macros.sql").read_text("utf-8")


@cache
def macros() -> tuple[Macro, ...]:
    """The macros of `sql/macros.sql`, each with the comment above it."""
    return parse_macros(macros_script())


def parse_macros(script: str) -> tuple[Macro, ...]:
    """The macros of a script; a comment holds for all below it, up to the next or a blank line."""
    found: list[Macro] = []
    about: list[str] = []
    code: list[str] = []
    was_code = False
    for line in script.splitlines():
        is_comment = line.startswith("--")
        if not line.strip() or (is_comment and was_code):
            about = []
        if is_comment:
            about.append(line.removeprefix("--").strip())
        elif line.strip():
            code.append(line.strip())
        if code and line.endswith(";"):
            named = MACRO.fullmatch(" ".join(code))
            if named:
                found.append(Macro(named[1], named[2], " ".join(about)))
            code = []
        was_code = not is_comment
    return tuple(found)


def sql_folder() -> Path:
    """Where the queries are: beside the package in a checkout, inside it when installed."""
    package = Path(str(resources.files("playerid")))
    beside = package.parent / "sql"
    return beside if (beside / "macros.sql").is_file() else package / "sql"


def parse_header(query: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Read the comment at the head of a query: what it is about, and its columns.

    A column is a line `-- name  meaning`; lines that are indented further continue it.

    Returns:
        The text before the columns, paragraphs as lines; the name and meaning of each column.
    """
    about: list[str] = []
    columns: list[tuple[str, str]] = []
    for line in query.splitlines():
        if not line.startswith("--"):
            break
        text = line.removeprefix("--")
        named = re.fullmatch(r" (\w+) {2,}(\S.*)", text)
        if named:
            columns.append((named[1], named[2]))
        elif columns and text.strip():
            name, meaning = columns[-1]
            columns[-1] = (name, f"{meaning} {text.strip()}")
        elif not columns:
            about.append(text.strip())
    return "\n".join(" ".join(p.split()) for p in "\n".join(about).split("\n\n")), tuple(columns)


def _read_layer(layer: str) -> tuple[View, ...]:
    found = []
    for file in sorted((sql_folder() / layer).glob("*.sql")):
        query = file.read_text("utf-8")
        about, columns = parse_header(query)
        sport = SPORT.search(about)
        about = SPORT.sub("", about).strip()
        found.append(View(file.stem, layer, sport[1] if sport else "", about, columns, query))
    return tuple(found)
