"""Goalkeepers: which team one keeps for, and who of the roster he can be."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.identify.evidence import Evidence
from playerid.leagues.marks import Court
from playerid.tables import TEAM_VOTES


def name_keepers_teams(
    votes: pa.Table,
    boxes: pa.Table,
    places_m: NDArray[np.float64],
    court: Court,
    *,
    fewest: int = 4,
    most_prob: float = 0.97,
) -> pa.Table:
    """Give goalkeepers, whose shirts are neither team's, the team that defends their goal.

    Of two teams the one that defends a goal stands, on average, nearer to it; each frame in which
    enough of both are placed has a vote.

    Args:
        votes: rows of `TEAM_VOTES`.
        boxes: rows of `tracked_boxes`.
        places_m: (N, 2) where their people stand; NaN if not known.
        court: of the league.
        fewest: players of each team that have to be placed in a frame.
        most_prob: frames of a game err together, so that no number of them is believed beyond it.

    Returns:
        The votes, with the team and its probability for every goalkeeper who has a place.
    """
    rows = votes.to_pylist()
    if not any(row["role"] == "goalkeeper" for row in rows):
        return votes
    left = _left_teams(rows, boxes, places_m, fewest)
    teams = sorted({row["team_id"] for row in rows if row["team_id"] is not None})
    ids, segments = boxes["tracklet_id"].to_numpy(), boxes["segment_index"].to_numpy()
    for row in rows:
        own = ids == row["tracklet_id"]
        x = np.nanmedian(places_m[own, 0]) if np.isfinite(places_m[own, 0]).any() else 0.0
        counts = left.get(int(segments[own][0])) if own.any() else None
        if row["role"] != "goalkeeper" or abs(x) < court.length / 4 or not counts:
            continue
        shares = {team: (counts.get(team, 0) + 1) / (sum(counts.values()) + 2) for team in teams}
        if x > 0:
            shares = {team: 1 - share for team, share in shares.items()}
        row["team_id"] = max(shares, key=lambda team: shares[team])
        row["team_prob"] = min(shares[row["team_id"]], most_prob)
    return pa.Table.from_pylist(rows, TEAM_VOTES)


def _left_teams(
    rows: list[Mapping[str, Any]], boxes: pa.Table, places_m: NDArray[np.float64], fewest: int
) -> dict[int, dict[str, int]]:
    """Segment -> team -> frames in which it stands farther to the left than the other."""
    team_of = {r["tracklet_id"]: r["team_id"] for r in rows if r["role"] == "player"}
    frames: dict[tuple[int, int], dict[str, list[float]]] = {}
    for tracklet, segment, frame, x in zip(
        boxes["tracklet_id"].to_pylist(),
        boxes["segment_index"].to_pylist(),
        boxes["frame_index"].to_pylist(),
        places_m[:, 0].tolist(),
        strict=True,
    ):
        if (team := team_of.get(tracklet)) is not None and np.isfinite(x):
            frames.setdefault((segment, frame), {}).setdefault(team, []).append(x)
    counts: dict[int, dict[str, int]] = {}
    for (segment, _), teams in frames.items():
        if len(teams) == 2 and min(map(len, teams.values())) >= fewest:
            first = min(teams, key=lambda team: float(np.mean(teams[team])))
            of_segment = counts.setdefault(segment, {})
            of_segment[first] = of_segment.get(first, 0) + 1
    return counts


def fit_roles(evidence: Evidence, wrong: float) -> NDArray[np.float64]:
    """(N, P) how well what each tracklet looks like fits the role of each candidate.

    Args:
        evidence: of the game.
        wrong: chance that somebody looks like the other role. It is asked only of teams whose
            roster says who keeps the goal.
    """
    roles, sides = evidence.candidates.roles, evidence.candidates.sides
    told = np.isin(sides, sides[roles != "player"])
    alike = evidence.tracklets.roles[:, None] == roles
    return np.where(told & ~alike, wrong, 1.0)
