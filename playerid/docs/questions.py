"""The worked questions of `sql/questions`: their text, their answers, their plots."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import duckdb
import numpy as np
import pyarrow as pa

from playerid.errors import TableError
from playerid.leagues import load_league
from playerid.queries import parse_header, sql_folder
from playerid.report import plots


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


def answer(question: Question, connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The rows of a question."""
    return connection.sql(question.query).to_arrow_table()


def draw_answer(question: Question, rows: pa.Table, *, most_bars: int = 20) -> str:
    """The plot of an answer as one SVG element; "" if there are no rows.

    Args:
        question: the question.
        rows: its answer.
        most_bars: later rows have no bar.
    """
    kind, first, second = question.plot
    if not rows.num_rows:
        return ""
    meanings: Mapping[str, str] = dict(question.columns)
    if kind == "court":
        names = {first: "cell_x_m", second: "cell_y_m"}
        cells = rows.select([first, second, "seen_s"]).rename_columns(
            [names.get(name, name) for name in (first, second, "seen_s")]
        )
        return plots.heat_map(cells, load_league("nba").court, question.title, width_in=5.0)
    if kind == "points":
        known = rows.select([first, second]).drop_null()
        x, y = (np.asarray(known[name].to_numpy(), np.float64) for name in (first, second))
        return plots.points(x, y, (meanings[first], meanings[second]), question.title)
    shown = rows.slice(0, most_bars)
    labels = [str(label) for label in shown[first].to_pylist()]
    lengths = [value or 0.0 for value in shown[second].to_pylist()]  # a bar that is not there
    return plots.bars(labels, lengths, meanings[second], question.title)
