"""Who of a team is on the court while a tracklet lasts: from all the other tracklets."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from playerid.identify.evidence import Evidence, Tracklets
from playerid.identify.lineups import Substitutions, all_lineups, lineup_priors

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Presence:
    """What tells who of a team's K players is on the court, over S segments.

    Attributes:
        players: (N, K) weight of each tracklet being each player, given that he is there.
        others: (N,) weight of it being anybody else.
        groups: rows of the tracklets of each segment, segments in order of time.
        together: of each group (n, n), which of its tracklets are there at the same time.
        spans_s: (S, 2) begin and end of each segment, seconds.
        known: (S, K) 1 for who is known to be there, 0 for who is known not to; NaN where the
            line-up is not known.
        size: players of a team on the court.
    """

    players: Floats
    others: Floats
    groups: list[NDArray[np.int64]]
    together: list[NDArray[np.bool_]]
    spans_s: Floats
    known: Floats
    size: int


def segment_spans(tracklets: Tracklets, groups: list[NDArray[np.int64]]) -> Floats:
    """(S, 2) begin of the first and end of the last tracklet of each segment, seconds."""
    spans = [[tracklets.start_s[rows].min(), tracklets.end_s[rows].max()] for rows in groups]
    return np.array(spans, np.float64).reshape(-1, 2)


def uninformed(players: Floats, size: int) -> Floats:
    """(N, K) the same chance for every player."""
    return np.full_like(players, min(size / max(players.shape[1], 1), 1.0))


def presence(
    seen: Presence,
    substitutions: Substitutions,
    *,
    known_wrong: float = 0.01,
    most_lineups: int = 20_000,
) -> Floats:
    """Probability that each player is on the court, for each tracklet.

    Those of other segments tell through the chain of line-ups, those of the same segment
    directly, as if they were independent. The tracklet in question is left out, and so is who is
    there at the same time: that he is a player says that this one is not, which the joint decision
    weighs. If he were heard here, too, everybody beside a player who was read would be thought to
    be that player, and would take his name from him.

    Args:
        seen: what tells.
        substitutions: how line-ups change.
        known_wrong: chance that a line-up of the game file has one player wrong.
        most_lineups: where a team can form more, each player is there or not by himself.

    Returns:
        (N, K).
    """
    squad = seen.players.shape[1]
    if math.comb(squad, min(seen.size, squad)) > most_lineups:
        return _presence_apart(seen, known_wrong)
    lineups = all_lineups(squad, seen.size)
    logs = seen.players @ lineups.members.T  # changed in place: 50 MB and more in a whole game
    logs += seen.others[:, None]
    logs += 1e-300
    np.log(logs, out=logs)
    logs -= logs.max(axis=1, keepdims=True)
    told = _told_by_file(seen.known, lineups.members, known_wrong)
    totals = np.stack([logs[rows].sum(axis=0) for rows in seen.groups]) + told
    starts_s, ends_s = seen.spans_s.T
    priors = lineup_priors(lineups, totals, starts_s, ends_s, substitutions)
    on_court = np.empty_like(seen.players)
    for rows, beside, total, prior in zip(seen.groups, seen.together, totals, priors, strict=True):
        without = np.log(prior + 1e-12) + total - beside.astype(np.float64) @ logs[rows]
        posterior = np.exp(without - without.max(axis=1, keepdims=True))
        posterior /= posterior.sum(axis=1, keepdims=True)
        on_court[rows] = posterior @ lineups.members
    return on_court


def _presence_apart(seen: Presence, known_wrong: float) -> Floats:
    """Like `presence`, each player by himself, and as if nobody were substituted.

    Eleven of 26 form 7.7 million line-ups. What ties them, that just eleven are there, then only
    sets the prior; few of so many are substituted.
    """
    before = np.clip(uninformed(seen.players, seen.size), 0.01, 0.99)
    expected = seen.players * before
    others = seen.others[:, None] + expected.sum(axis=1, keepdims=True) - expected
    told = np.log1p(seen.players / np.maximum(others, 1e-300))
    prior = np.log(before / (1 - before))
    by_file = np.log(known_wrong) * (1 - 2 * np.nan_to_num(seen.known, nan=0.5))
    on_court = np.empty_like(seen.players)
    for rows, beside, known in zip(seen.groups, seen.together, by_file, strict=True):
        heard = told.sum(axis=0) - beside.astype(np.float64) @ told[rows]
        on_court[rows] = expit(prior[rows] + heard + known)
    return on_court


def _told_by_file(known: Floats, members: Floats, wrong: float) -> Floats:
    """(S, L) log likelihood of what the game file says; 0 where it says nothing."""
    says = np.isfinite(known).all(axis=1)
    told = np.zeros((len(known), len(members)))
    missing = known[says].sum(axis=1)[:, None] - known[says] @ members.T
    told[says] = missing * np.log(wrong)
    return told


def known_lineups(
    evidence: Evidence, side: int, spans_s: Floats, *, soft_s: float = 15.0
) -> Floats:
    """(S, K) who is on the court by the game file; NaN near a substitution and where it is silent.

    Args:
        evidence: with the game.
        side: 0 home, 1 away.
        spans_s: (S, 2) segments, seconds.
        soft_s: play-by-play is late or early by this much; near its edges a line-up says nothing.
    """
    own = evidence.candidates.player_ids[evidence.candidates.sides == side]
    team_id = evidence.game.teams[side].team_id
    known = np.full((len(spans_s), len(own)), np.nan)
    lineups = [lineup for lineup in evidence.game.lineups if lineup.team_id == team_id]
    edges = [edge for lineup in lineups for edge in (lineup.start_s, lineup.end_s)]
    for index, (start_s, end_s) in enumerate(spans_s.tolist()):
        near_edge = any(start_s - soft_s < edge < end_s + soft_s for edge in edges if edge > 0)
        for lineup in lineups:
            if lineup.start_s <= start_s and end_s <= lineup.end_s and not near_edge:
                known[index] = np.isin(own, lineup.player_ids)
    return known
