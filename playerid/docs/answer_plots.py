"""Answers of the worked questions, and their plots."""

from collections.abc import Mapping

import duckdb
import numpy as np
import pyarrow as pa

from playerid.docs.questions import Question
from playerid.leagues import load_league
from playerid.report import plots


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
