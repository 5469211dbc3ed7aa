"""What a shot attempt is worth from where and how open: fit, calibration, and the query.

`python -m playerid.evaluate.shot_fit FOLDER KEPT` fits it on recorded plays with their
play-by-play, whose tables are kept in the second folder, and writes `sql/base/shot_weights.sql`.
`playerid evaluate --recordings FOLDER` reports the calibration.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from playerid.evaluate.recorded_plays import open_plays
from playerid.queries import sql_folder
from playerid.warehouse.warehouse import disconnect

TERMS = {
    "distance_score": ("distance_m", "A metre of distance from the basket."),
    "near_score": ("near_share", "Nearness to the ring."),
    "three_score": ("is_three::int", "From beyond the three-point line."),
    "open_score": ("open_m", "A metre to the nearest opponent, up to 3."),
    "near_open_score": ("near_share * open_m", "The same, near the ring."),
}
"""Weight of each term -> the term in columns of `shot_contexts`, and what it stands for."""

# A call belongs to the release that is as much earlier than it as is usual in the archive.
LABELLED = f"""
with usual as (
    select season, lag_s from archive_clock_lags where event = 'shot attempt'
),
labelled as (
    select
        shot_contexts.*,
        arg_min(called_events.kind, abs(clock_pairs.lag_s - usual.lag_s)) over shot as kind,
        row_number() over shot as candidate
    from shot_contexts
    inner join games using (game_id)
    inner join usual using (season)
    inner join clock_pairs
        on shot_contexts.game_id = clock_pairs.game_id
        and shot_contexts.release_s = clock_pairs.seen_s
        and shot_contexts.team_id = clock_pairs.team_id
        and clock_pairs.event = 'shot attempt'
        and abs(clock_pairs.lag_s - usual.lag_s) <= lag_near_s()
    inner join called_events
        on clock_pairs.game_id = called_events.game_id
        and clock_pairs.event_index = called_events.event_index
    window shot as (
        partition by shot_contexts.game_id, shot_contexts.tracklet_id, shot_contexts.release_s
        order by abs(clock_pairs.lag_s - usual.lag_s)
    )
)
select
    game_id,
    {", ".join(f"({term})::double as {name}" for name, (term, _) in TERMS.items())},
    is_three,
    kind = 'made shot' as is_made
from labelled
where candidate = 1 and open_m is not null and distance_m is not null
order by game_id, tracklet_id, release_s
"""


@dataclass(frozen=True, slots=True)
class ShotFit:
    """A logistic regression, and what it says of games that it was not fitted on.

    Attributes:
        weights: term -> weight; `intercept_score` first.
        made: (N,) whether each shot fell.
        held_out: (N,) probability by a fit on other games.
        worth: (N,) 2 or 3 points.
        games: how many.
    """

    weights: dict[str, float]
    made: NDArray[np.float64]
    held_out: NDArray[np.float64]
    worth: NDArray[np.float64]
    games: int

    @property
    def brier(self) -> float:
        """Mean squared error of the held-out probabilities."""
        return float(np.mean((self.held_out - self.made) ** 2))

    @property
    def brier_of_mean(self) -> float:
        """That of saying the mean of all shots each time."""
        return float(np.var(self.made))

    def bands(self, count: int = 5) -> list[tuple[float, float, int]]:
        """Held-out probability and share made, by equal numbers of shots, and how many."""
        order = np.argsort(self.held_out, kind="stable")
        return [
            (float(self.held_out[band].mean()), float(self.made[band].mean()), len(band))
            for band in np.array_split(order, count)
        ]

    @property
    def calibration_error(self) -> float:
        """Mean distance of said and made over ten bands."""
        return float(np.mean([abs(said - made) for said, made, _ in self.bands(10)]))


def labelled_shots(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The shot attempts whose call is known: game_id, `TERMS`, is_three, is_made.

    Args:
        connection: recorded plays with their play-by-play.
    """
    return connection.sql(LABELLED).to_arrow_table()


def fit_shots(rows: pa.Table, *, folds: int = 5) -> ShotFit:
    """Fit on all shots; for the calibration games are held out whole.

    Args:
        rows: from `labelled_shots`.
        folds: parts of the games, each held out once.
    """
    terms = np.column_stack([rows[name].to_numpy() for name in TERMS])
    made = rows["is_made"].to_numpy(zero_copy_only=False).astype(np.float64)
    games = np.asarray(rows["game_id"].to_pylist())
    held_out = np.zeros(len(made))
    for fitted, left_out in GroupKFold(folds).split(terms, made, games):
        model = _regression(terms[fitted], made[fitted])
        held_out[left_out] = model.predict_proba(terms[left_out])[:, 1]
    model = _regression(terms, made)
    weights = [float(model.intercept_[0]), *model.coef_[0].tolist()]
    worth = np.where(rows["is_three"].to_numpy(zero_copy_only=False), 3.0, 2.0)
    return ShotFit(
        dict(zip(["intercept_score", *TERMS], weights, strict=True)), made, held_out, worth,
        len(set(games.tolist())),
    )  # fmt: skip


def _regression(terms: NDArray[np.float64], made: NDArray[np.float64]) -> LogisticRegression:
    """Nearly without a prior: there are hundreds of shots for each weight."""
    return LogisticRegression(C=100.0, max_iter=2000).fit(terms, made)


def weights_query(fit: ShotFit) -> str:
    """The view of the weights, with what they were fitted on and how well they are calibrated."""
    said = "; ".join(f"{100 * said:.0f} and {100 * made:.0f}" for said, made, _ in fit.bands())
    about = (
        f"Fitted on {len(fit.made)} shot attempts of {fit.games} games of 2015-16 whose call is"
        " known, by `python -m playerid.evaluate.shot_fit`. Said and made on games held out, by"
        f" fifths of the shots, per cent: {said}. Brier score {fit.brier:.3f}, against"
        f" {fit.brier_of_mean:.3f} of the mean alone."
    )
    meanings = {"intercept_score": "Of every shot."} | {n: text for n, (_, text) in TERMS.items()}
    width = max(map(len, meanings)) + 2
    lines = [
        "-- Weights of shot_values: log-odds that a shot attempt falls, one row.",
        "--",
        *_wrapped(about),
        "--",
        *(f"-- {name.ljust(width)}{text}" for name, text in meanings.items()),
        "",
        "select",
        ",\n".join(f"    {value:.4f} as {name}" for name, value in fit.weights.items()),
    ]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int = 97) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [f"-- {line}" for line in lines]


def main(arguments: Sequence[str]) -> None:
    """Fit on the recorded plays of a folder, and write the weights."""
    folder, kept = map(Path, arguments)
    connection = open_plays(folder, kept)
    query = weights_query(fit_shots(labelled_shots(connection)))
    disconnect(connection)
    (sql_folder() / "base" / "shot_weights.sql").write_text(query, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
