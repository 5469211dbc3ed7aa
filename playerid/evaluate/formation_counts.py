"""The formations of teams against those that they played."""

from dataclasses import dataclass

import pyarrow as pa

from playerid.evaluate.ratios import ratio


@dataclass(frozen=True, slots=True)
class FormationCounts:
    """Teams in periods, with and without the ball, whose true formation is known.

    Attributes:
        played: how many; twice the teams of each period.
        told: of those, with a formation.
        right: of those, the true one.
    """

    played: int = 0
    told: int = 0
    right: int = 0

    def scores(self) -> dict[str, float]:
        """Shares; NaN where there is nothing to score."""
        return {
            "formations_told": ratio(self.told, self.played),
            "formations_right": ratio(self.right, self.told),
        }


def count_formations(team_shapes: pa.Table, formations: pa.Table | None) -> FormationCounts:
    """Compare the formations of a game.

    Args:
        team_shapes: rows of `team_shapes` of the game.
        formations: rows of the truth's `formations`; None where nobody knows.
    """
    if formations is None:
        return FormationCounts()
    true = {(row["team_id"], row["period"]): row["formation"] for row in formations.to_pylist()}
    told = [
        (row["formation"], true[row["team_id"], row["period"]])
        for row in team_shapes.to_pylist()
        if row["formation"] is not None and (row["team_id"], row["period"]) in true
    ]
    return FormationCounts(2 * len(true), len(told), sum(found == real for found, real in told))
