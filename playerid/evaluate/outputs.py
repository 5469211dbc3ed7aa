"""An evaluation as files: Parquet of its numbers, and plots as SVG."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from playerid.evaluate.breakdowns import add_breakdowns
from playerid.evaluate.game import GameEvaluation, name_outcomes, summarise
from playerid.evaluate.identity import Reliability, reliability
from playerid.report.plots import HOME_COLOUR, OTHER_COLOUR, STYLE


def write_evaluation(games: Mapping[str, GameEvaluation], folder: Path) -> list[Path]:
    """Write the evaluation of at least one game; files of these names are replaced.

    Args:
        games: game -> what was found in it, matched with what is true.
        folder: made if it is not there.

    Returns:
        scores.parquet: a row per game, a column per score, null where there is nothing to score.
        breakdowns.parquet: columns breakdown, value, player_frames, precision, coverage.
        reliability.parquet: bins of the named rows: confidence (their mean probability),
        right_share, count.
        precision_coverage.parquet: what remains if least_prob is demanded of a name: coverage,
        precision.
        switches.parquet: a row per switch, with its cause.
        reliability.svg, precision_coverage.svg: the plots of these.
    """
    folder.mkdir(parents=True, exist_ok=True)
    every = list(games.values())
    probs, right = name_outcomes(every)
    bins = reliability(probs, right)
    curve = precision_by_coverage(probs, right, sum(game.identities.true for game in every))
    written = {
        "scores": _scores(games),
        "breakdowns": add_breakdowns([game.breakdowns for game in every]),
        "reliability": pa.table(
            {"confidence": bins.probs, "right_share": bins.accuracies, "count": bins.counts}
        ),
        "precision_coverage": curve,
        "switches": _switches(games),
    }
    for name, table in written.items():
        pq.write_table(table, folder / f"{name}.parquet")
    figures = {"reliability": _draw_reliability(bins), "precision_coverage": _draw_curve(curve)}
    for name, figure in figures.items():
        with mpl.rc_context(STYLE):
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    return [folder / f"{name}.parquet" for name in written] + [
        folder / f"{name}.svg" for name in figures
    ]


def precision_by_coverage(
    probs: NDArray[np.floating], right: NDArray[np.bool_], player_frames: int
) -> pa.Table:
    """What would be named, and how much of it rightly, if more were demanded of a name.

    Args:
        probs: (N,) probability of each named row.
        right: (N,) whether the name is right.
        player_frames: true ones.

    Returns:
        A row per probability that occurs, highest first: least_prob, coverage, precision.
    """
    order = np.argsort(-probs, kind="stable")
    last = np.append(np.diff(probs[order]) != 0, True)[: len(order)]
    named, hits = np.arange(1, len(order) + 1)[last], np.cumsum(right[order])[last]
    columns = {
        "least_prob": np.asarray(probs[order][last], np.float64),
        "coverage": named / max(player_frames, 1),
        "precision": hits / named,
    }
    return pa.table(columns)


def _scores(games: Mapping[str, GameEvaluation]) -> pa.Table:
    every = {game_id: summarise([game]) for game_id, game in games.items()}
    names = list(next(iter(every.values())))
    columns = {
        name: pa.array([scores[name] for scores in every.values()], pa.float64(), from_pandas=True)
        for name in names
    }
    return pa.table({"game_id": list(every), **columns})


def _switches(games: Mapping[str, GameEvaluation]) -> pa.Table:
    return pa.concat_tables(
        game.switches.add_column(
            0, "game_id", pa.array([game_id] * len(game.switches), pa.string())
        )
        for game_id, game in games.items()
    )


def _draw_reliability(bins: Reliability) -> Figure:
    figure, axes = _axes("probability of the name", "share that is right")
    axes.plot([0, 1], [0, 1], color=OTHER_COLOUR, linewidth=1, label="as said")
    sizes = 20 + 180 * bins.counts / max(int(bins.counts.max(initial=1)), 1)
    axes.scatter(bins.probs, bins.accuracies, sizes, color=HOME_COLOUR, label="found; area: rows")
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
    axes.legend(frameon=False)
    return figure


def _draw_curve(curve: pa.Table) -> Figure:
    figure, axes = _axes("coverage: named player-frames by true ones", "precision of the names")
    axes.plot(curve["coverage"].to_numpy(), curve["precision"].to_numpy(), color=HOME_COLOUR)
    axes.set(xlim=(0, 1.02))
    return figure


def _axes(x: str, y: str) -> tuple[Figure, Axes]:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5.2, 3.8), layout="constrained")
        axes = figure.subplots()
        axes.set(xlabel=x, ylabel=y)
        return figure, axes
