"""Tracking scores by the maintained implementation of `trackers`: HOTA, AssA, IDF1, GS-HOTA."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from trackers.eval import compute_hota_metrics, compute_identity_metrics

from playerid.evaluate.people import Matches


def score_tracking(games: Sequence[Matches]) -> dict[str, float]:
    """HOTA, AssA, DetA and IDF1 of tracklets within segments, all games together.

    References:
        Luiten et al., HOTA, IJCV 2021; Ristani et al., Performance Measures, 2016.
    """
    true_ids, found_ids, overlaps = _frames(games, [m.found.track_ids for m in games])
    if not sum(map(len, true_ids)):
        return dict.fromkeys(("hota", "assa", "deta", "idf1"), float("nan"))
    hota = compute_hota_metrics(true_ids, found_ids, overlaps)
    identity = compute_identity_metrics(true_ids, found_ids, overlaps)
    return {
        "hota": float(hota["HOTA"]),
        "assa": float(hota["AssA"]),
        "deta": float(hota["DetA"]),
        "idf1": float(identity["IDF1"]),
    }


def score_game_state(games: Sequence[Matches], *, tolerance_m: float = 5.0) -> float:
    """GS-HOTA: tracking on the court, with the player as attribute.

    Two people are similar by their distance, and not at all unless role and player agree; an
    unnamed player agrees with nobody.

    Args:
        games: of each game, its matches.
        tolerance_m: distance at which the similarity has fallen to 0.05.

    References:
        Somers et al., SoccerNet Game State Reconstruction, CVPRW 2024.
    """
    true_ids, found_ids, _ = _frames(games, [m.found.track_ids for m in games])
    if not sum(map(len, true_ids)):
        return float("nan")
    similarities = [
        _similarities(matches, pair.true, pair.found, tolerance_m)
        for matches in games
        for pair in matches.pairs
    ]
    return float(compute_hota_metrics(true_ids, found_ids, similarities)["HOTA"])


def _similarities(
    matches: Matches, true: NDArray[np.int64], found: NDArray[np.int64], tolerance_m: float
) -> NDArray[np.float64]:
    there, here = matches.true, matches.found
    steps = there.court_m[true][:, None] - here.court_m[found][None, :]
    squares = (steps**2).sum(axis=2)
    alike = there.roles[true][:, None] == here.roles[found][None, :]
    players = there.are_players[true]
    alike &= (there.player_ids[true][:, None] == here.player_ids[found][None, :]) | ~players[
        :, None
    ]
    similarity = np.exp(math.log(0.05) * squares / tolerance_m**2)
    return np.where(alike & np.isfinite(squares), similarity, 0.0)


def _frames(
    games: Sequence[Matches], ids_of_games: Sequence[NDArray[np.int64]]
) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]], list[NDArray[np.float64]]]:
    """Ids and overlaps of every frame; ids of different games are different and without gaps."""
    true_ids, found_ids, overlaps = [], [], []
    true_offset = found_offset = 0
    for matches, ids in zip(games, ids_of_games, strict=True):
        true_dense = np.unique(matches.true.track_ids, return_inverse=True)[1].reshape(-1)
        found_dense = np.unique(ids, return_inverse=True)[1].reshape(-1)
        for pair in matches.pairs:
            true_ids.append(true_dense[pair.true] + true_offset)
            found_ids.append(found_dense[pair.found] + found_offset)
            overlaps.append(pair.iou)
        true_offset += int(true_dense.max(initial=-1)) + 1
        found_offset += int(found_dense.max(initial=-1)) + 1
    return true_ids, found_ids, overlaps
