"""Joint decision within a segment: one place per player, one player per place, five a team."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playerid.identify.motion import Motion, link_factor

Holder = tuple[int, int]
"""A player and the tracklet that was last theirs (both by position)."""

State = tuple[int, tuple[Holder, ...]]
"""Players seen so far in the segment, as bits, and who holds or recently held which tracklet."""

OTHER = -1


@dataclass(frozen=True, slots=True)
class SegmentEvidence:
    """The n tracklets of one segment for one team of K players, in order of their first frame.

    Attributes:
        first_frames: (n,) frame of the first box.
        last_frames: (n,) frame of the last box.
        start_s: (n,) seconds.
        end_s: (n,) seconds.
        enter_m: (n, 2) court position at the first box; NaN if not known.
        leave_m: (n, 2) court position at the last box; NaN if not known.
        players: (n, K) weight of each tracklet being each player, given that he plays.
        others: (n,) weight of it being anybody else: the other team, or nobody of the rosters.
    """

    first_frames: NDArray[np.int32]
    last_frames: NDArray[np.int32]
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    enter_m: NDArray[np.float64]
    leave_m: NDArray[np.float64]
    players: NDArray[np.float64]
    others: NDArray[np.float64]


@dataclass(slots=True)
class LineupPrior:
    """How likely a set of players is to be on the court together.

    Attributes:
        masks: (L,) int64, line-ups as bits.
        probs: (L,) their probabilities.
        extra: factor for each player beyond a full line-up: somebody was substituted in sight.
        known: sets already summed.
    """

    masks: NDArray[np.int64]
    probs: NDArray[np.float64]
    extra: float = 1e-3
    known: dict[int, float] = field(default_factory=dict)

    def of(self, players: int) -> float:
        """Probability that all `players` (bits) are on the court."""
        if players not in self.known:
            if players.bit_count() > 5:
                members = [1 << k for k in range(players.bit_length()) if players >> k & 1]
                prob = self.extra * max(self.of(players & ~member) for member in members)
            else:
                prob = float(self.probs[(self.masks & players) == players].sum())
            self.known[players] = max(prob, 1e-12)
        return self.known[players]


@dataclass(frozen=True, slots=True)
class _Step:
    """The transitions that one tracklet makes possible."""

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    choices: NDArray[np.int64]
    weights: NDArray[np.float64]
    states: int


def segment_marginals(
    segment: SegmentEvidence,
    prior: LineupPrior,
    motion: Motion,
    *,
    beam: int = 200,
    negligible: float = 1e-6,
) -> tuple[NDArray[np.float64], float]:
    """Probability of each player for each tracklet, all tracklets of the segment considered.

    A sum over all ways to give the tracklets to players, by dynamic programming over who holds
    what; exact as long as fewer than `beam` situations are open at once.

    Args:
        segment: the tracklets.
        prior: which players are on the court.
        motion: what links two tracklets of one player.
        beam: situations kept after each tracklet.
        negligible: situations this much less likely than the best are dropped.

    Returns:
        (n, K) probabilities, and an upper estimate of the probability that was dropped.
    """
    states: dict[State, float] = {(0, ()): 1.0}
    steps: list[_Step] = []
    forwards = [np.ones(1)]
    kept_prob = 1.0
    for index in range(len(segment.others)):
        step, weights, keys = _advance(segment, prior, motion, index, states)
        order = np.argsort(-weights)
        keep = order[:beam][weights[order[:beam]] >= negligible * weights[order[0]]]
        kept_prob *= float(weights[keep].sum() / weights.sum())
        steps.append(_prune(step, keep))
        forward = weights[keep] / weights[keep].sum()
        forwards.append(forward)
        states = {keys[k]: float(f) for k, f in zip(keep, forward, strict=True)}
    return _backward(segment, steps, forwards), 1 - kept_prob


def _advance(
    segment: SegmentEvidence,
    prior: LineupPrior,
    motion: Motion,
    index: int,
    states: dict[State, float],
) -> tuple[_Step, NDArray[np.float64], list[State]]:
    """Give one more tracklet to somebody, in every open situation."""
    numbering: dict[State, int] = {}
    sources, targets, choices, weights = [], [], [], []
    totals: list[float] = []
    for source, (state, probability) in enumerate(states.items()):
        for choice, target, weight in _options(segment, prior, motion, index, state):
            position = numbering.setdefault(target, len(numbering))
            if position == len(totals):
                totals.append(0.0)
            totals[position] += probability * weight
            sources.append(source)
            targets.append(position)
            choices.append(choice)
            weights.append(weight)
    step = _Step(
        np.array(sources), np.array(targets), np.array(choices), np.array(weights), len(totals)
    )
    return step, np.array(totals), list(numbering)


def _options(
    segment: SegmentEvidence, prior: LineupPrior, motion: Motion, index: int, state: State
) -> Iterator[tuple[int, State, float]]:
    """Who the tracklet may be: player (or `OTHER`), the situation after, the weight."""
    seen, holders = state
    earliest = segment.start_s[index] - motion.horizon_s
    recent = tuple(h for h in holders if segment.end_s[h[1]] >= earliest)
    last = dict(recent)
    yield OTHER, (seen, recent), float(segment.others[index])
    start = segment.first_frames[index]
    busy = {player for player, held in recent if segment.last_frames[held] >= start}
    if len(busy) >= 5:
        return
    before = prior.of(seen)
    weights = segment.players[index]
    for player in np.flatnonzero(weights > 1e-7 * (weights.max() + segment.others[index])):
        chosen = int(player)
        if chosen in busy:
            continue
        after = seen | 1 << chosen
        weight = float(weights[chosen]) * prior.of(after) / before
        if chosen in last:
            weight *= link_factor(
                motion,
                segment.start_s[index] - segment.end_s[last[chosen]],
                segment.enter_m[index] - segment.leave_m[last[chosen]],
            )
        others = tuple(holder for holder in recent if holder[0] != chosen)
        yield chosen, (after, tuple(sorted((*others, (chosen, index))))), weight


def _prune(step: _Step, keep: NDArray[np.int64]) -> _Step:
    """Keep the transitions that lead to kept situations, and renumber those."""
    position = np.full(step.states, -1)
    position[keep] = np.arange(len(keep))
    targets = position[step.targets]
    alive = targets >= 0
    return _Step(
        step.sources[alive], targets[alive], step.choices[alive], step.weights[alive], len(keep)
    )


def _backward(
    segment: SegmentEvidence, steps: list[_Step], forwards: list[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Marginals from the kept transitions, going back from the end of the segment."""
    marginals = np.zeros_like(segment.players)
    backward = np.ones(len(forwards[-1]))
    for index in range(len(steps) - 1, -1, -1):
        step = steps[index]
        flow = step.weights * backward[step.targets]
        joint = flow * forwards[index][step.sources]
        named = step.choices != OTHER
        np.add.at(marginals[index], step.choices[named], joint[named])
        marginals[index] /= joint.sum()
        sums = np.zeros(len(forwards[index]))
        np.add.at(sums, step.sources, flow)
        backward = sums / max(sums.max(), 1e-300)
    return marginals
