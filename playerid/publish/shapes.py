"""Formations: mean places of a team, put on the templates of its sport -> the one that fits.

The template is stretched to the team in both directions, players and places are paired so that the
sum of their distances is smallest, and the template with the smallest is the formation.

References:
    Bekkers, EFPI: Elastic Formation and Position Identification using Template Matching and Linear
    Assignment, 2025.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from playerid.leagues import Sport
from playerid.tables import TEAM_SHAPES

PHASE = ("game_id", "team_id", "period", "in_possession")
PLACES = f"""
from phase_places order by {", ".join(PHASE)}, seen_s desc, person
"""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a template fits.

    Attributes:
        formation: its name.
        fit_m: mean distance of the players from their places, metres.
        players: (P,) of the template's places, index of the player there, -1 for nobody.
    """

    formation: str
    fit_m: float
    players: tuple[int, ...]


def fit_formations(means_m: NDArray[np.float64], sport: Sport) -> list[Fit]:
    """Fit every template of a sport, the best first.

    Args:
        means_m: (M, 2) mean places of M outfield players, attacking x > 0, metres; at most as
            many as a template has places.
        sport: whose templates.
    """
    fits = []
    for name, roles in sport.formations.items():
        template = np.array([sport.places[role] for role in roles])
        places_m = _stretched(template, means_m)
        away_m = np.linalg.norm(places_m[:, None] - means_m[None, :], axis=2)
        rows, columns = linear_sum_assignment(away_m)
        players = np.full(len(roles), -1)
        players[rows] = columns
        fits.append(Fit(name, float(away_m[rows, columns].mean()), tuple(players.tolist())))
    return sorted(fits, key=lambda fit: fit.fit_m)


def _stretched(template: NDArray[np.float64], means_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """The template between the outermost players in either direction."""
    low, high = means_m.min(axis=0), means_m.max(axis=0)
    least, most = template.min(axis=0), template.max(axis=0)
    return np.asarray(low + (template - least) / (most - least) * (high - low))


def team_shapes(connection: duckdb.DuckDBPyConnection, sport: Sport, missing: int = 1) -> pa.Table:
    """Rows of `team_shapes` of a game.

    Args:
        connection: the game.
        sport: what it plays; without templates it has no rows.
        missing: so many fewer players than the places of a template still show a formation.
    """
    if not sport.formations:
        return TEAM_SHAPES.schema.empty_table()
    size = max(map(len, sport.formations.values()))
    phases: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in connection.sql(PLACES).to_arrow_table().to_pylist():
        phases.setdefault(tuple(row[name] for name in PHASE), []).append(row)
    rows = [
        dict(zip(PHASE, phase, strict=True))
        | {"players": min(len(people), size), "observed_s": people[0]["observed_s"]}
        | _shape(people[:size], sport, size - missing)
        for phase, people in phases.items()
    ]
    return pa.Table.from_pylist(rows, TEAM_SHAPES.schema)


def _shape(people: Sequence[Mapping[str, Any]], sport: Sport, fewest: int) -> dict[str, Any]:
    """Columns of the formation of those who were seen most."""
    if len(people) < fewest:
        return {}
    means_m = np.array([[row["mean_x_m"], row["mean_y_m"]] for row in people], np.float64)
    best, second, *_ = fit_formations(means_m, sport)
    return {
        "formation": best.formation, "fit_m": best.fit_m,
        "runner_up": second.formation, "runner_up_fit_m": second.fit_m,
        "player_ids": [
            (people[index]["player_id"] or "") if index >= 0 else "" for index in best.players
        ],
        "roles": list(sport.formations[best.formation]),
    }  # fmt: skip
