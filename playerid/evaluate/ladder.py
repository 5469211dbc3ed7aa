"""What each part of the resolver adds: the same evidence decided step by step, from the rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.evaluate.identity import (
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
from playerid.evaluate.ratios import add_counts
from playerid.game.roster import Game, Lineup, Team
from playerid.game.truth import GameTruth
from playerid.identify import Appearance, Belief, Evidence
from playerid.identify.decision import decide, player_probs
from playerid.identify.following import Course, following_probs
from playerid.identify.resolution import GameEvidence, split_game, weigh
from playerid.identify.rows import Decisions, identity_rows
from playerid.publish.assembly import player_frames
from playerid.tables import NUMBERS

ALONE = Belief(
    use_exclusion=False, use_lineups=False, use_known=False, appearance=Appearance(rounds=0)
)
EXCLUSIVE = replace(ALONE, use_exclusion=True, use_lineups=True)
BELIEFS = {
    "(d) burst model": ALONE,
    "(e) + mutual exclusion, five a team": EXCLUSIVE,
    "(f) + appearance": replace(EXCLUSIVE, appearance=Appearance()),
}


@dataclass(frozen=True, slots=True)
class LadderGame:
    """One game: its file, what the models saw, and the truth."""

    game: Game
    seen: GameEvidence
    truth: GameTruth


@dataclass(frozen=True, slots=True)
class Rung:
    """Scores of one way to decide, over all games.

    Attributes:
        name: what it adds to the one before.
        precision: share of the named player-frames that are right.
        coverage: named player-frames by true ones.
        calibration_error: of the probabilities of all likeliest players, named or not; NaN for
            rules, which have none. So are the next two.
        sure_precision: precision of the names with a probability of 0.97 or more.
        sure_coverage: their coverage.
    """

    name: str
    precision: float
    coverage: float
    calibration_error: float = float("nan")
    sure_precision: float = float("nan")
    sure_coverage: float = float("nan")


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A game ready to be decided: its evidence, people matched once, and times of frames."""

    game: LadderGame
    evidence: Evidence
    matches: Matches
    times_s: NDArray[np.float64]
    rows: NDArray[np.int64]

    def named(self, names: Sequence[str], probs: NDArray[np.float64] | None = None) -> Matches:
        """The matches, if each of the N tracklets has this name ("" for none)."""
        found = self.matches.found
        each = np.ones(len(names)) if probs is None else probs
        segments = self.evidence.tracklets.segments[self.rows]
        course = Course(found.track_ids, segments, found.frames, self.times_s, found.boxes_px)
        row_probs = each[self.rows] * following_probs(course)
        given = np.asarray(names, np.str_)[self.rows]
        return replace(self.matches, found=replace(found, player_ids=given, probs=row_probs))


def climb(games: Sequence[LadderGame], *, threshold: float = 0.9) -> list[Rung]:
    """Decide the same games in steps and score each step.

    Args:
        games: games that nothing was tuned on.
        threshold: from which probability the probabilistic steps name a player.

    Returns:
        (a) the reference rule, which names a player from the third equal reading on; (b) the
        same back-filled over the tracklet; (c) the number that most readings show which the
        team's roster knows; (d) readings weighed as bursts; (e) with mutual exclusion and five of
        a team; (f) with what players look like; (g) with the true line-ups, as play-by-play would
        give them.
    """
    weighed = [_weigh(game) for game in games]
    informed = [
        replace(w, evidence=replace(w.evidence, game=with_true_lineups(w.game.game, w.game.truth)))
        for w in weighed
    ]
    return [
        _follow_rule("(a) reference rule", weighed, lock_number, back_fill=False),
        _follow_rule("(b) + back-fill", weighed, lock_number),
        _follow_rule("(c) + roster", weighed, most_read),
        *(_climb(name, weighed, belief, threshold) for name, belief in BELIEFS.items()),
        _climb("(g) + known line-ups", informed, Belief(), threshold),
    ]


def lock_number(numbers: Sequence[str], _: Team, *, run: int = 3) -> tuple[str, int]:
    """The reference rule: the first number that is read `run` times in a row is locked.

    Readings that show nothing ("") do not break the row.

    Returns:
        The number and the index of the reading that locked it; "" and 0 if none did.

    References:
        roboflow/sports, `common/temporal.py`, ConsecutiveValueTracker.
    """
    streak, last = 0, ""
    for index, number in enumerate(numbers):
        if number:
            streak = streak + 1 if number == last else 1
            last = number
            if streak >= run:
                return number, index
    return "", 0


def most_read(numbers: Sequence[str], team: Team, *, fewest: int = 3) -> tuple[str, int]:
    """The number that most of the readings show which somebody of the team wears.

    Returns:
        The number, "" if fewer than `fewest` readings show it or another does as often; and 0.
    """
    worn = {player.number for player in team.players if player.active}
    legible = [number for number in numbers if number in worn]
    counts = sorted(((legible.count(n), n) for n in set(legible)), reverse=True)
    if not counts or counts[0][0] < fewest or (len(counts) > 1 and counts[1][0] == counts[0][0]):
        return "", 0
    return counts[0][1], 0


def with_true_lineups(game: Game, truth: GameTruth) -> Game:
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


def _weigh(game: LadderGame) -> _Weighed:
    seen = split_game(game.game, game.seen)
    evidence = weigh(game.game, seen)
    count = len(evidence.tracklets)
    nobody = Decisions.nobody(count)
    rows = player_frames(seen.tracked_boxes, identity_rows(evidence, nobody), seen.court_views)
    frames = frames_to_score(game.truth.frames, seen.court_views["frame_index"].to_numpy())
    matches = match_people(
        found_people(rows, frames), true_people(game.truth.people, frames), frames
    )
    times = dict(zip(rows["frame_index"].to_pylist(), rows["time_s"].to_pylist(), strict=True))
    times_s = np.array([times[frame] for frame in matches.found.frames.tolist()], np.float64)
    place = np.searchsorted(evidence.tracklets.ids, matches.found.track_ids).astype(np.int64)
    return _Weighed(game, evidence, matches, times_s, place)


def _follow_rule(
    name: str,
    games: Sequence[_Weighed],
    rule: Callable[[Sequence[str], Team], tuple[str, int]],
    *,
    back_fill: bool = True,
    min_team_prob: float = 0.7,
) -> Rung:
    """Name by a rule over the readings of each tracklet whose team is known."""
    counts = []
    for weighed in games:
        tracklets, readings = weighed.evidence.tracklets, weighed.evidence.readings
        names, since_s = [""] * len(tracklets), np.full(len(tracklets), -np.inf)
        starts = np.searchsorted(readings.rows, np.arange(len(tracklets) + 1))
        for row, home in enumerate(tracklets.home_probs.tolist()):
            if max(home, 1 - home) < min_team_prob or not tracklets.are_players[row]:
                continue
            team = weighed.game.game.teams[home < 0.5]
            mine = slice(starts[row], starts[row + 1])
            number, index = rule([NUMBERS[n] for n in readings.numbers[mine]], team)
            if player := weighed.game.game.find_player(team.team_id, number):
                names[row] = player.player_id
                since_s[row] = -np.inf if back_fill else readings.times_s[mine][index]
        matches = weighed.named(names)
        known = weighed.times_s >= since_s[weighed.rows]
        found = replace(matches.found, player_ids=np.where(known, matches.found.player_ids, ""))
        counts.append(count_identities(replace(matches, found=found)))
    scores = add_counts(counts).scores()
    return Rung(name, scores["identity_precision"], scores["identity_coverage"])


def _climb(name: str, games: Sequence[_Weighed], belief: Belief, threshold: float) -> Rung:
    counts, outcomes = [], []
    for weighed in games:
        evidence = weighed.evidence
        probs = player_probs(evidence, belief)
        for_names, for_probs = (decide(evidence, probs, at) for at in (threshold, 0.0))
        counts.append(count_identities(_named(weighed, for_names)))
        outcomes.append(named_outcomes(_named(weighed, for_probs)))
    every, right = (np.concatenate(parts) for parts in zip(*outcomes, strict=True))
    total, sure = add_counts(counts), every >= 0.97
    scores = total.scores()
    return Rung(
        name,
        scores["identity_precision"],
        scores["identity_coverage"],
        reliability(every, right).error,
        float(right[sure].mean()) if sure.any() else float("nan"),
        int(sure.sum()) / max(total.true, 1),
    )


def _named(weighed: _Weighed, decisions: Decisions) -> Matches:
    ids = np.append(weighed.evidence.candidates.player_ids, "")  # the last is NOT_NAMED
    return weighed.named(ids[decisions.players].tolist(), decisions.likeliest_probs[:, 0])
