"""The worked questions of `sql/questions`, as their files tell them."""

import re
from dataclasses import dataclass
from functools import cache

from playerid.errors import TableError
from playerid.queries import parse_header, sql_folder


@dataclass(frozen=True, slots=True)
class Question:
    """One file of `sql/questions`.

    Attributes:
        name: of the file.
        title: the question, in one sentence.
        about: what to know about the answer.
        columns: name and meaning of every column, in order.
        plot: kind of the plot, and its two columns: bars (text, number), points (number, number)
            or court (place along and across the court; the third is `seen_s`).
        query: the file, header included.
    """

    name: str
    title: str
    about: str
    columns: tuple[tuple[str, str], ...]
    plot: tuple[str, str, str]
    query: str


@cache
def questions() -> tuple[Question, ...]:
    """All of them, by name.

    Raises:
        TableError: A file has no line `-- Plot: kind, column, column`, or names another column.
    """
    return tuple(
        read_question(file.stem, file.read_text("utf-8"))
        for file in sorted((sql_folder() / "questions").glob("*.sql"))
    )


def read_question(name: str, query: str) -> Question:
    """Read a question from its header: title, what to know, `-- Plot: ...`, columns."""
    plot = re.search(r"^-- Plot: (bars|points|court), (\w+), (\w+)\n--\n", query, re.MULTILINE)
    if plot is None:
        raise TableError(f"questions/{name}.sql: expected a line '-- Plot: bars, column, column'")
    about, columns = parse_header(query.replace(plot[0], ""))
    if missing := {plot[2], plot[3]} - {column for column, _ in columns}:
        raise TableError(f"questions/{name}.sql: plots {sorted(missing)}, which it does not answer")
    title, _, rest = about.partition("\n")
    return Question(name, title, rest.strip(), columns, (plot[1], plot[2], plot[3]), query)
