"""Is everybody who is named the one he is said to be, and is everybody named?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.evaluate.people import UNMATCHED, Matches
from playerid.evaluate.ratios import ratio


@dataclass(frozen=True, slots=True)
class IdentityCounts:
    """Player-frames of one or more games, counted. Sums of counts are counts.

    Attributes:
        named: rows with a player.
        right: of which the player is the one who is there.
        true: player-frames in which a player is there to be named.
        teamed: rows of true players with a team.
        team_right: of which the team is right.
        numbered: rows of true players with a number.
        number_right: of which the number is right.
        matched: rows matched with a true player.
        found_players: rows with the role of a player.
        switches: changes of name between consecutive named frames of a person in a segment.
        swaps: changes of person between consecutive matched frames of a tracklet.
    """

    named: int
    right: int
    true: int
    teamed: int
    team_right: int
    numbered: int
    number_right: int
    matched: int
    found_players: int
    switches: int
    swaps: int

    def scores(self) -> dict[str, float]:
        """Ratios of the counts; NaN where there is nothing to divide by."""
        return {
            "identity_precision": ratio(self.right, self.named),
            "identity_coverage": ratio(self.named, self.true),
            "identity_recall": ratio(self.right, self.true),
            "team_accuracy": ratio(self.team_right, self.teamed),
            "team_coverage": ratio(self.teamed, self.true),
            "number_accuracy": ratio(self.number_right, self.numbered),
            "number_coverage": ratio(self.numbered, self.true),
            "player_recall": ratio(self.matched, self.true),
            "player_precision": ratio(self.matched, self.found_players),
            "name_switches": self.switches,
            "tracklet_swaps": self.swaps,
        }


def count_identities(matches: Matches) -> IdentityCounts:
    """Count names, teams and numbers, per row of a person in a frame.

    A name on somebody whom no true person matches is wrong.
    """
    found, true, true_of = matches.found, matches.true, matches.true_of
    is_player = found.are_players
    matched = true_of != UNMATCHED
    target = np.where(matched, true_of, 0)
    if not len(true):
        target_ids = target_teams = target_numbers = np.full(len(found), "")
        of_player = matched
    else:
        of_player = matched & true.are_players[target]
        target_ids = true.player_ids[target]
        target_teams, target_numbers = true.team_ids[target], true.numbers[target]
    named = found.player_ids != ""
    teamed = of_player & (found.team_ids != "")
    numbered = of_player & (found.numbers != "")
    return IdentityCounts(
        named=int(named.sum()),
        right=int((named & of_player & (found.player_ids == target_ids)).sum()),
        true=int(true.are_players.sum()),
        teamed=int(teamed.sum()),
        team_right=int((teamed & (found.team_ids == target_teams)).sum()),
        numbered=int(numbered.sum()),
        number_right=int((numbered & (found.numbers == target_numbers)).sum()),
        matched=int((of_player & is_player).sum()),
        found_players=int(is_player.sum()),
        switches=_changes(
            true.track_ids[target[of_player & named]], found.player_ids[of_player & named]
        )
        if len(true)
        else 0,
        swaps=_changes(found.track_ids[matched], target[matched], true.track_ids)
        if len(true)
        else 0,
    )


def _changes(
    groups: NDArray[np.int64],
    values: NDArray[np.str_] | NDArray[np.int64],
    lookup: NDArray[np.int64] | None = None,
) -> int:
    """How often consecutive values of a group differ; rows are in order of time."""
    told = values if lookup is None else lookup[values.astype(np.int64)]
    order = np.argsort(groups, kind="stable")
    same_group = groups[order][1:] == groups[order][:-1]
    return int((same_group & (told[order][1:] != told[order][:-1])).sum())


def foot_point_errors(matches: Matches) -> NDArray[np.float64]:
    """Distances of matched players from their true court position, metres."""
    found, true, true_of = matches.found, matches.true, matches.true_of
    rows = np.flatnonzero(true_of != UNMATCHED)
    if not len(rows):
        return np.zeros(0)
    rows = rows[true.are_players[true_of[rows]]]
    errors = np.linalg.norm(found.court_m[rows] - true.court_m[true_of[rows]], axis=1)
    return np.asarray(errors[np.isfinite(errors)])


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often names of a probability are right.

    Attributes:
        probs: (K,) mean probability of each bin that holds rows.
        accuracies: (K,) share that is right.
        counts: (K,) rows.
    """

    probs: NDArray[np.float64]
    accuracies: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def error(self) -> float:
        """Expected calibration error: mean distance of probability and accuracy over the rows."""
        if not len(self.counts):
            return float("nan")
        return float(np.average(np.abs(self.probs - self.accuracies), weights=self.counts))


def reliability(
    probs: NDArray[np.floating], right: NDArray[np.bool_], bins: int = 20
) -> Reliability:
    """Compare probabilities with outcomes, in bins of equal width.

    Args:
        probs: (N,) probability of each answer, in [0, 1].
        right: (N,) whether it was right.
        bins: number of bins.

    References:
        Guo et al., On Calibration of Modern Neural Networks, 2017, section 2.
    """
    index = np.clip(np.ceil(np.asarray(probs, np.float64) * bins).astype(int) - 1, 0, bins - 1)
    counts = np.bincount(index, minlength=bins)
    used = counts > 0
    sums = np.bincount(index, probs, minlength=bins)
    hits = np.bincount(index, right.astype(np.float64), minlength=bins)
    return Reliability(
        sums[used] / counts[used], hits[used] / counts[used], counts[used].astype(np.int64)
    )


def named_outcomes(matches: Matches) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Probability and outcome of every row with a player."""
    found, true, true_of = matches.found, matches.true, matches.true_of
    rows = np.flatnonzero((found.player_ids != "") & np.isfinite(found.probs))
    right = np.zeros(len(rows), np.bool_)
    hit = true_of[rows] != UNMATCHED
    right[hit] = true.player_ids[true_of[rows[hit]]] == found.player_ids[rows[hit]]
    return found.probs[rows], right
