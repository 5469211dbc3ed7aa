"""Decisions to rows of `identities`."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.identify.evidence import Evidence
from playerid.numbers.validation import Validation, validate_readings
from playerid.tables import IDENTITIES, NUMBERS

NOT_NAMED = -1
TEAM_COLUMNS = ("team_id", "team_prob", "team_cluster")


@dataclass(frozen=True, slots=True)
class Decisions:
    """Who each of N tracklets is.

    Attributes:
        players: (N,) int, index into the candidates, `NOT_NAMED` if undecided.
        likeliest: (N, K) int, the likeliest players, surest first; `NOT_NAMED` where there are
            fewer.
        likeliest_probs: (N, K) their probabilities; NaN where there are fewer.
        sources: (N,) str: read, linked, eliminated; "" where there is no name.
    """

    players: NDArray[np.int64]
    likeliest: NDArray[np.int64]
    likeliest_probs: NDArray[np.float64]
    sources: NDArray[np.str_]

    @classmethod
    def nobody(cls, count: int) -> "Decisions":
        """Nothing decided about any of `count` tracklets."""
        return cls(
            np.full(count, NOT_NAMED),
            np.full((count, 1), NOT_NAMED),
            np.full((count, 1), np.nan),
            np.full(count, ""),
        )


def keep_one_place(
    evidence: Evidence, players: NDArray[np.int64], strengths: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Take the name from every tracklet that shares frames with a stronger one of that player."""
    kept = np.full_like(players, NOT_NAMED)
    rows_of: dict[int, set[int]] = {}
    for row in np.lexsort((evidence.tracklets.ids, -strengths)):
        player = int(players[row])
        if player == NOT_NAMED:
            continue
        others = rows_of.setdefault(player, set())
        if not others & evidence.tracklets.beside(row):
            others.add(int(row))
            kept[row] = player
    return kept


def keep_on_court(
    evidence: Evidence, players: NDArray[np.int64], strengths: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Take the name from every tracklet that shares frames with a whole stronger team of its own.

    Each may share frames with another of them at another time: that it does so with as many as a
    team has on the court is taken for one too many at once.
    """
    kept = np.full_like(players, NOT_NAMED)
    for row in np.lexsort((evidence.tracklets.ids, -strengths)):
        player = int(players[row])
        if player == NOT_NAMED:
            continue
        side = evidence.candidates.sides[player]
        beside = {int(kept[other]) for other in evidence.tracklets.beside(row)}
        mates = [p for p in beside - {NOT_NAMED, player} if evidence.candidates.sides[p] == side]
        if len(mates) < evidence.on_court:
            kept[row] = player
    return kept


def validate_all(evidence: Evidence) -> list[Validation]:
    """What the readings of each tracklet establish by the rule, in the order of the rows."""
    readings = evidence.readings
    count = len(evidence.tracklets)
    starts = np.searchsorted(readings.rows, np.arange(count), "left")
    stops = np.searchsorted(readings.rows, np.arange(count), "right")
    return [
        validate_readings(
            readings.times_s[start:stop].tolist(),
            [NUMBERS[number] for number in readings.numbers[start:stop]],
        )
        for start, stop in zip(starts, stops, strict=True)
    ]


def identity_rows(evidence: Evidence, decisions: Decisions) -> pa.Table:
    """Rows of `identities`, sorted by tracklet."""
    game, tracklets = evidence.game, evidence.tracklets
    validations = validate_all(evidence)
    rows = []
    for row in range(len(tracklets)):
        number, readings_for, readings_against = _number(
            evidence, row, int(decisions.players[row]), validations[row]
        )
        team_id, team_prob = _team(evidence, row, int(decisions.players[row]))
        rows.append(
            {
                "game_id": game.game_id,
                "tracklet_id": int(tracklets.ids[row]),
                "segment_index": int(tracklets.segments[row]),
                "start_s": float(tracklets.start_s[row]),
                "end_s": float(tracklets.end_s[row]),
                "role": str(tracklets.roles[row]),
                "team_id": team_id,
                "team_prob": team_prob,
                "team_cluster": str(tracklets.clusters[row]) or None,
                "jersey_number": number,
                "player_id": _player_id(evidence, int(decisions.players[row])),
                **_distribution(evidence, decisions.likeliest[row], decisions.likeliest_probs[row]),
                "readings_for": readings_for,
                "readings_against": readings_against,
                "source": str(decisions.sources[row]) or None,
            }
        )
    return pa.Table.from_pylist(rows, schema=IDENTITIES.schema)


def leave_out(identities: pa.Table, doubtful: Collection[int]) -> pa.Table:
    """Rows of `identities` in which the doubtful who have neither number nor name do not play.

    Args:
        identities: rows of `identities`.
        doubtful: tracklets.
    """
    told = (*TEAM_COLUMNS, "identity_prob", "runner_up_id", "runner_up_prob")
    nothing = dict.fromkeys((*told, "player_candidates", "player_candidate_probs"))
    rows = [
        row | nothing | {"role": "other"}
        if row["tracklet_id"] in doubtful
        and row["jersey_number"] is None
        and row["player_id"] is None
        else row
        for row in identities.to_pylist()
    ]
    return pa.Table.from_pylist(rows, schema=IDENTITIES.schema)


def _number(
    evidence: Evidence, row: int, player: int, validation: Validation
) -> tuple[str | None, int, int]:
    """Number of a tracklet and the readings for and against it."""
    if player == NOT_NAMED:
        number = None if evidence.hands.decided[row] else validation.number
        return number, validation.readings_for, validation.readings_against
    index = int(evidence.candidates.numbers[player])
    readings = evidence.readings
    start, stop = np.searchsorted(readings.rows, [row, row + 1], "left")
    seen = readings.numbers[start:stop]
    return NUMBERS[index], int((seen == index).sum()), int(((seen != index) & (seen != 0)).sum())


def _team(
    evidence: Evidence, row: int, player: int, min_prob: float = 0.7
) -> tuple[str | None, float | None]:
    """Team of a tracklet: its player's, or the vote where it is not nearly a tie."""
    if not evidence.tracklets.are_players[row]:
        return None, None
    home_prob = float(evidence.tracklets.home_probs[row])
    if player == NOT_NAMED:
        side = 0 if home_prob >= 0.5 else 1
        if max(home_prob, 1 - home_prob) < min_prob:
            return None, None
    else:
        side = int(evidence.candidates.sides[player])
    return evidence.game.teams[side].team_id, home_prob if side == 0 else 1 - home_prob


def _player_id(evidence: Evidence, player: int) -> str | None:
    return None if player == NOT_NAMED else str(evidence.candidates.player_ids[player])


def _distribution(
    evidence: Evidence, players: NDArray[np.int64], probs: NDArray[np.float64]
) -> dict[str, Any]:
    """Columns about the likeliest players."""
    kept = players != NOT_NAMED
    ids = [str(name) for name in evidence.candidates.player_ids[players[kept]]]
    values = [float(prob) for prob in probs[kept]]
    return {
        "identity_prob": values[0] if values else None,
        "runner_up_id": ids[1] if len(ids) > 1 else None,
        "runner_up_prob": values[1] if len(ids) > 1 else None,
        "player_candidates": ids or None,
        "player_candidate_probs": values or None,
    }
