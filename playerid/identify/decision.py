"""Who is it: readings, teams, line-ups and places weighed together, with a probability."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.identify.appearance import Appearance, appearance_logs
from playerid.identify.clarity import ghost_probs
from playerid.identify.evidence import Evidence, Hands
from playerid.identify.joint import pair_factors, segment_marginals
from playerid.identify.keepers import fit_roles
from playerid.identify.likelihood import Channel, number_likelihoods
from playerid.identify.lineups import Substitutions
from playerid.identify.movement import Movement
from playerid.identify.presence import (
    Presence,
    known_lineups,
    presence,
    segment_spans,
    uninformed,
)
from playerid.identify.rows import (
    NOT_NAMED,
    Decisions,
    identity_rows,
    keep_on_court,
    keep_one_place,
)
from playerid.identify.support import read_amounts, support
from playerid.tables import NUMBERS


@dataclass(frozen=True, slots=True)
class Belief:
    """What the resolver assumes about games and models.

    Attributes:
        channel: what readings show.
        substitutions: how line-ups change.
        motion: how players move between tracklets.
        appearance: how far looks are believed.
        read_ghost: no more of the tracklets on which a number is read play for neither team,
            however faint they are.
        off_court_ghost: share of the tracklets that begin and end off the court that are such:
            benches, photographers, front rows.
        off_court_m: so far beyond the lines is off the court.
        team_weight: exponent of the odds of a vote on a team; below 1 because the crops of a
            tracklet, and the tracklets of a look, err together.
        max_team_prob: no vote on a team is believed beyond this.
        wrong_role: chance that a player looks like a goalkeeper to the detector, or the reverse;
            asked only of teams whose roster says who keeps the goal.
        ceiling: no identity is believed beyond this. That a tracklet holds boxes of somebody
            else is not in it: `following_probs` says where.
        unread: no identity of a tracklet is believed beyond this on which his number was not
            read.
        use_lineups: False leaves out what other segments say about who is on the court.
        use_known: False leaves out the line-ups that the game file knows.
        use_exclusion: False decides each tracklet alone.
    """

    channel: Channel = field(default_factory=Channel)
    substitutions: Substitutions = field(default_factory=Substitutions)
    motion: Movement = field(default_factory=Movement)
    appearance: Appearance = field(default_factory=Appearance)
    read_ghost: float = 0.05
    off_court_ghost: float = 0.9
    off_court_m: float = 1.0
    max_team_prob: float = 0.995
    team_weight: float = 1.0
    wrong_role: float = 0.02
    ceiling: float = 0.997
    unread: float = 0.985
    use_lineups: bool = True
    use_known: bool = True
    use_exclusion: bool = True


@dataclass(frozen=True, slots=True)
class Weights:
    """Evidence of each of N tracklets alone.

    Attributes:
        players: (N, P) weight of being each candidate, given that he is on the court.
        nobody: (N,) weight of being none of them.
    """

    players: NDArray[np.float64]
    nobody: NDArray[np.float64]


def identify_by_evidence(
    evidence: Evidence, *, threshold: float = 0.9, belief: Belief | None = None
) -> pa.Table:
    """Name each tracklet whose likeliest player is likely enough.

    Readings are weighed as bursts with their ways to go wrong; the roster and the team vote say
    whose number it can be; the line-up is inferred over the whole game; within a segment nobody
    is in two places and of a team no more are seen at once than play. What is below the threshold
    stays null, with the likeliest player's probability, the runner-up and theirs.

    Args:
        evidence: of the whole game.
        threshold: probability from which a tracklet is named. The default puts precision first.
        belief: assumptions; None for the shipped ones.

    Returns:
        Rows of `identities`, one per tracklet.

    References:
        Lu et al., Learning to Track and Identify Players from Broadcast Sports Videos, TPAMI
        2013: mutual exclusion and rosters. The rest is worked out from the generative model that
        the parts describe.
    """
    probs = player_probs(evidence, belief or Belief())
    return identity_rows(evidence, decide(evidence, probs, threshold))


def player_probs(evidence: Evidence, belief: Belief) -> NDArray[np.float64]:
    """Probability of each candidate for each tracklet: (N, P); rows sum to 1 or less."""
    weights = tracklet_weights(evidence, belief)
    probs = _joint_probs(evidence, belief, weights)
    for _ in range(belief.appearance.rounds):
        logs = appearance_logs(evidence, probs, belief.appearance)
        seen = Weights(weights.players * np.exp(logs), weights.nobody)
        probs = _joint_probs(evidence, belief, seen)
    return _limited(evidence, probs, belief)


def _joint_probs(evidence: Evidence, belief: Belief, weights: Weights) -> NDArray[np.float64]:
    """Probabilities (N, P) with line-ups and places taken into account."""
    groups = _by_segment(evidence)
    on_court = np.ones_like(weights.players)
    for side in (0, 1):
        own = evidence.candidates.sides == side
        if own.any() and groups:
            on_court[:, own] = _on_court(evidence, belief, weights, groups, side)
    players = weights.players * on_court
    if not belief.use_exclusion:
        total = players.sum(axis=1) + weights.nobody
        return np.asarray(players / np.maximum(total, 1e-300)[:, None])
    probs = np.zeros_like(players)
    tracklets = evidence.tracklets
    for rows in groups:
        factors = pair_factors(
            tracklets.together(rows),
            (tracklets.start_s[rows], tracklets.end_s[rows]),
            (tracklets.enter_m[rows], tracklets.leave_m[rows]),
            belief.motion,
        )
        probs[rows] = segment_marginals(players[rows], weights.nobody[rows], factors)
    return probs


def _limited(evidence: Evidence, probs: NDArray[np.float64], belief: Belief) -> NDArray[np.float64]:
    """Limit every probability to the ceiling, and to `unread` where no number was read.

    What was said by hand has no limit.
    """
    readings = evidence.readings
    read = np.zeros((len(probs), len(NUMBERS)), np.bool_)
    read[readings.rows, readings.numbers] = True
    limits = np.where(read[:, evidence.candidates.numbers], belief.ceiling, belief.unread)
    return np.where(evidence.hands.decided[:, None], evidence.hands.may_be, probs * limits)


def _by_segment(evidence: Evidence) -> list[NDArray[np.int64]]:
    """Rows of the tracklets of each segment, segments in order of time."""
    tracklets = evidence.tracklets
    order = np.lexsort((tracklets.start_s, tracklets.segments))
    first = np.unique(tracklets.segments[order], return_index=True)[1]
    groups = np.split(order, first[1:]) if len(order) else []
    return sorted(groups, key=lambda rows: float(tracklets.start_s[rows[0]]))


def _on_court(
    evidence: Evidence,
    belief: Belief,
    weights: Weights,
    groups: list[NDArray[np.int64]],
    side: int,
) -> NDArray[np.float64]:
    """(N, K) probability that each of a team's players is on the court, for each tracklet."""
    own = evidence.candidates.sides == side
    size = evidence.on_court
    rivals = weights.players[:, ~own].mean(axis=1) * size if (~own).any() else 0.0
    others = weights.nobody + rivals
    spans = segment_spans(evidence.tracklets, groups)
    known = (
        known_lineups(evidence, side, spans)
        if belief.use_known
        else np.full((len(groups), int(own.sum())), np.nan)
    )
    if not belief.use_lineups:
        return uninformed(weights.players[:, own], size)
    together = [evidence.tracklets.together(rows) for rows in groups]
    return presence(
        Presence(weights.players[:, own], others, groups, together, spans, known, size),
        belief.substitutions,
    )


def tracklet_weights(evidence: Evidence, belief: Belief) -> Weights:
    """Weigh readings, team and length of each tracklet, each on its own."""
    tracklets, candidates = evidence.tracklets, evidence.candidates
    logs = number_likelihoods(evidence.readings, len(tracklets), candidates.numbers, belief.channel)
    relevant = np.concatenate([[0], candidates.numbers])
    top = logs[:, relevant].max(axis=1, keepdims=True, initial=-np.inf)
    likelihoods = np.exp(logs - top)
    is_read = read_amounts(evidence) >= 1
    ghost = ghost_probs(tracklets.clarities)
    ghost = np.where(is_read, np.minimum(ghost, belief.read_ghost), ghost)
    off_court = _are_off_court(evidence, belief.off_court_m)
    ghost = np.where(off_court, np.maximum(ghost, belief.off_court_ghost), ghost)
    ghost = np.where(tracklets.are_players, ghost, 1.0)
    limit = belief.max_team_prob
    odds = np.clip(tracklets.home_probs, 1e-6, 1 - 1e-6)
    odds = (odds / (1 - odds)) ** belief.team_weight
    home = np.clip(odds / (1 + odds), 1 - limit, limit)
    teams = np.column_stack([home, 1 - home])[:, candidates.sides]
    players = likelihoods[:, candidates.numbers] * teams * fit_roles(evidence, belief.wrong_role)
    players *= (1 - ghost)[:, None] / evidence.on_court
    return _told_by_hand(evidence.hands, Weights(players, likelihoods[:, 0] * ghost))


def _told_by_hand(hands: Hands, weights: Weights) -> Weights:
    """What was said by hand is certain, and outweighs every reading."""
    decided = hands.decided[:, None]
    players = np.where(decided, 1.0, weights.players) * hands.may_be
    nobody = np.where(hands.decided, ~hands.may_be.any(axis=1), weights.nobody)
    return Weights(players, nobody)


def _are_off_court(evidence: Evidence, margin_m: float) -> NDArray[np.bool_]:
    """(N,) whether a tracklet begins and ends beyond the lines; False where that is not known."""
    court = evidence.league.court
    limits_m = np.array([court.length, court.width]) / 2 + margin_m
    beyond = [
        (np.abs(points_m) > limits_m).any(axis=1)
        for points_m in (evidence.tracklets.enter_m, evidence.tracklets.leave_m)
    ]
    return np.asarray(beyond[0] & beyond[1])


def decide(
    evidence: Evidence,
    probs: NDArray[np.float64],
    threshold: float,
    *,
    kept: int = 5,
    least_support: float = 0.5,
) -> Decisions:
    """Name what is likely enough, and say how it came about.

    Args:
        evidence: of the whole game.
        probs: (N, P) from `player_probs`.
        threshold: probability from which a tracklet is named.
        kept: so many of the likeliest players are kept of each tracklet.
        least_support: share of what is read on a tracklet that has to show the number of its name.
            Readers err on shirts that they do not know in ways that no rate foresees; that they
            contradict themselves is seen on every shirt.
    """
    likeliest = np.argsort(-probs, axis=1, kind="stable")[:, :kept].astype(np.int64)
    ordered = np.take_along_axis(probs, likeliest, axis=1)
    likely = (ordered[:, 0] >= threshold) & evidence.tracklets.are_players
    likely &= support(evidence, likeliest[:, 0]) >= least_support
    likely |= evidence.hands.decided & (ordered[:, 0] > 0)
    named = np.where(likely, likeliest[:, 0], NOT_NAMED)
    for keep in (keep_one_place, keep_on_court):
        named = keep(evidence, named, ordered[:, 0])
    some = ordered >= 5e-4
    return Decisions(
        named,
        np.where(some, likeliest, NOT_NAMED),
        np.where(some, ordered, np.nan),
        _sources(evidence, named),
    )


def _sources(evidence: Evidence, named: NDArray[np.int64]) -> NDArray[np.str_]:
    """Read where a reading supports the name; linked where the same player was read beside it.

    By hand where somebody said who it is, or that it is nobody.
    """
    tracklets, readings = evidence.tracklets, evidence.readings
    numbers = np.where(named == NOT_NAMED, -1, evidence.candidates.numbers[named])
    supporting = readings.numbers == numbers[readings.rows]
    read = np.zeros(len(tracklets), np.bool_)
    read[readings.rows[supporting]] = True
    beside = set(zip(tracklets.segments[read].tolist(), named[read].tolist(), strict=True))
    sources = np.full(len(tracklets), "", dtype="<U10")
    for row in np.flatnonzero(named != NOT_NAMED):
        link = (int(tracklets.segments[row]), int(named[row])) in beside
        sources[row] = "read" if read[row] else "linked" if link else "eliminated"
    sources[evidence.hands.decided] = "by hand"
    return sources
