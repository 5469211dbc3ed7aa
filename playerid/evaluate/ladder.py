"""What each part of the resolver adds: the same evidence decided step by step, from the rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from playerid.assemble import player_frames
from playerid.evaluate.identity import (
    IdentityCounts,
    add_counts,
    count_identities,
    named_outcomes,
    reliability,
)
from playerid.evaluate.people import (
    Matches,
    found_people,
    frames_to_score,
    match_people,
    true_people,
)
from playerid.identify import Appearance, Belief, Evidence, identify_by_evidence, identify_by_rule
from playerid.identify.rows import validate_all
from playerid.resolve import GameEvidence, split_game, weigh
from playerid.roster import Game, Lineup
from playerid.truth import Truth

Method = Callable[[Evidence, float], pa.Table]
"""Decides at a threshold; the rules know no threshold."""

ALONE = Belief(
    use_exclusion=False, use_lineups=False, use_known=False, appearance=Appearance(rounds=0)
)
EXCLUSIVE = replace(ALONE, use_exclusion=True)
INFERRED = replace(EXCLUSIVE, use_lineups=True)
RULES: Mapping[str, Method] = {
    "back-filled rule": lambda evidence, _: identify_by_rule(evidence, one_place=False),
    "rule with one place": lambda evidence, _: identify_by_rule(evidence),
}
BELIEFS = {
    "burst model": ALONE,
    "+ mutual exclusion": EXCLUSIVE,
    "+ inferred line-ups": INFERRED,
    "+ appearance": replace(INFERRED, appearance=Appearance()),
}


@dataclass(frozen=True, slots=True)
class LadderGame:
    """One game: its file, what the models saw, and the truth."""

    game: Game
    seen: GameEvidence
    truth: Truth


@dataclass(frozen=True, slots=True)
class Rung:
    """Scores of one way to decide, over all games.

    Attributes:
        name: what it adds to the one before.
        precision: share of the named player-frames that are right.
        coverage: named player-frames by true ones.
        calibration_error: of the probabilities of all likeliest players, named or not; NaN for
            rules, whose probabilities are no such.
    """

    name: str
    precision: float
    coverage: float
    calibration_error: float


def climb(games: Sequence[LadderGame], *, threshold: float = 0.9) -> list[Rung]:
    """Decide the same games in steps and score each step.

    Args:
        games: games that nothing was tuned on.
        threshold: from which probability the probabilistic steps name a player.

    Returns:
        The reference rule; the same back-filled over the tracklet; with nobody in two places;
        readings weighed as bursts; with mutual exclusion; with inferred line-ups; with what
        players look like; and with the true line-ups, as play-by-play would give them.
    """
    prepared = [replace(game, seen=split_game(game.game, game.seen)) for game in games]
    weighed = [weigh(game.game, game.seen) for game in prepared]
    rungs = [_climb_reference(prepared, weighed)]
    for name, method in RULES.items():
        counts = [
            count_identities(_match(game, method(evidence, threshold)))
            for game, evidence in zip(prepared, weighed, strict=True)
        ]
        rungs.append(_rung(name, counts))
    rungs += [
        _climb(name, prepared, weighed, belief, threshold) for name, belief in BELIEFS.items()
    ]
    informed = [
        replace(evidence, game=with_true_lineups(game.game, game.truth))
        for game, evidence in zip(prepared, weighed, strict=True)
    ]
    return [*rungs, _climb("+ known line-ups", prepared, informed, Belief(), threshold)]


def with_true_lineups(game: Game, truth: Truth) -> Game:
    """The game file as if its line-ups were known: who is on the court, stretch by stretch."""
    times = dict(
        zip(
            truth.frames["frame_index"].to_pylist(), truth.frames["time_s"].to_pylist(), strict=True
        )
    )
    main = truth.people.filter(
        pc.and_(pc.equal(truth.people["view"], "main"), pc.equal(truth.people["role"], "player"))
    )
    there = main.group_by(["team_id", "frame_index"]).aggregate([("person_id", "list")])
    lineups: list[Lineup] = []
    for team in game.teams:
        rows = there.filter(pc.equal(there["team_id"], team.team_id)).sort_by("frame_index")
        start_s, five = 0.0, None
        for frame, people in zip(
            rows["frame_index"].to_pylist(), rows["person_id_list"].to_pylist(), strict=True
        ):
            if five is not None and set(people) != set(five):
                lineups.append(_lineup(team.team_id, start_s, times[frame], five))
                start_s = times[frame]
            five = people
        if five is not None:  # the end of a clip is no substitution
            lineups.append(_lineup(team.team_id, start_s, max(times.values()) + 60.0, five))
    return game.model_copy(update={"lineups": lineups})


def _lineup(team_id: str, start_s: float, end_s: float, people: Sequence[str]) -> Lineup:
    return Lineup(team_id=team_id, start_s=start_s, end_s=end_s, player_ids=sorted(people))


def _climb_reference(games: Sequence[LadderGame], weighed: Sequence[Evidence]) -> Rung:
    """Names from the reading on that validates them, never before."""
    counts = []
    for game, evidence in zip(games, weighed, strict=True):
        identities = identify_by_rule(evidence, one_place=False)
        since_s = dict(
            zip(
                evidence.tracklets.ids.tolist(),
                (validation.since_s for validation in validate_all(evidence)),
                strict=True,
            )
        )
        rows = player_frames(game.seen.tracked_boxes, identities, game.seen.court_views)
        known = np.array(
            [
                time_s >= since_s[tracklet]
                for time_s, tracklet in zip(
                    rows["time_s"].to_pylist(), rows["tracklet_id"].to_pylist(), strict=True
                )
            ],
            np.bool_,
        )
        names = pc.if_else(pa.array(known), rows["player_id"], pa.scalar(None, pa.string()))
        place = rows.schema.get_field_index("player_id")
        rows = rows.set_column(place, rows.schema.field(place), names)
        counts.append(count_identities(_match_rows(game, rows)))
    return _rung("reference rule", counts)


def _climb(
    name: str,
    games: Sequence[LadderGame],
    weighed: Sequence[Evidence],
    belief: Belief,
    threshold: float,
) -> Rung:
    counts, outcomes = [], []
    for game, evidence in zip(games, weighed, strict=True):
        decided = identify_by_evidence(evidence, threshold=threshold, belief=belief)
        counts.append(count_identities(_match(game, decided)))
        every = identify_by_evidence(evidence, threshold=0.0, belief=belief)
        outcomes.append(named_outcomes(_match(game, every)))
    probs, right = (np.concatenate(parts) for parts in zip(*outcomes, strict=True))
    return _rung(name, counts, reliability(probs, right).error)


def _match(game: LadderGame, identities: pa.Table) -> Matches:
    seen = game.seen
    return _match_rows(game, player_frames(seen.tracked_boxes, identities, seen.court_views))


def _match_rows(game: LadderGame, rows: pa.Table) -> Matches:
    sampled = game.seen.court_views["frame_index"].to_numpy()
    frames = frames_to_score(game.truth.frames, sampled)
    return match_people(found_people(rows, frames), true_people(game.truth.people, frames), frames)


def _rung(name: str, counts: Sequence[IdentityCounts], error: float = float("nan")) -> Rung:
    scores = add_counts(counts).scores()
    return Rung(name, scores["identity_precision"], scores["identity_coverage"], error)
