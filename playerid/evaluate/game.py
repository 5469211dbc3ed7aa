"""Published tables of games against their known truth."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.court.geometry import to_court_below_horizon
from playerid.evaluate.basket_counts import BasketCounts, count_baskets
from playerid.evaluate.breakdowns import count_breakdowns
from playerid.evaluate.clock_counts import ClockCounts, count_clocks
from playerid.evaluate.event_counts import EventCounts, count_events
from playerid.evaluate.formation_counts import FormationCounts, count_formations
from playerid.evaluate.identity import (
    IdentityCounts,
    count_identities,
    foot_point_errors,
    named_outcomes,
    reliability,
)
from playerid.evaluate.minutes import minutes_errors
from playerid.evaluate.official_state import StatePair, score_official
from playerid.evaluate.people import (
    Matches,
    found_people,
    frames_to_score,
    match_people,
    true_people,
)
from playerid.evaluate.ratios import add_counts
from playerid.evaluate.switches import CAUSES, find_switches
from playerid.evaluate.tracking import score_game_state, score_tracking
from playerid.game.truth import GameTruth
from playerid.leagues.marks import Court

BY_MACHINE = ("identity_precision", "identity_coverage")
"""Scores that are also said of the names that were not made by hand."""


@dataclass(frozen=True, slots=True)
class GameEvaluation:
    """What was found in one game, matched with what is true; scores of several games are pooled.

    Attributes:
        matches: people in frames of the true main view.
        identities: counts of names, teams and numbers.
        by_machine: the same as if nobody had been named by hand.
        breakdowns: counts of names by circumstance, from `count_breakdowns`.
        switches: changes of person within an identity, from `find_switches`.
        events: counts of violations.
        baskets: counts of baskets.
        clocks: counts of game clocks.
        minutes_errors_s: (P,) errors of the players' time on the court, seconds.
        foot_errors_m: (K,) distances of matched players from their place, metres.
        court_errors_m: (K,) distances by which homographies misplace true foot points, metres.
        solved: share of the scored frames with a homography.
        main_found: share of the frames of the true main view that were taken for it.
        other_taken: share of the other frames that were taken for the main view.
        formations: counts of the teams' formations.
        state: who is where, as the official scorer compares it; None if nobody asked for it.
    """

    matches: Matches
    identities: IdentityCounts
    by_machine: IdentityCounts
    breakdowns: pa.Table
    switches: pa.Table
    events: EventCounts
    baskets: BasketCounts
    clocks: ClockCounts
    minutes_errors_s: NDArray[np.float64]
    foot_errors_m: NDArray[np.float64]
    court_errors_m: NDArray[np.float64]
    solved: float
    main_found: float
    other_taken: float
    formations: FormationCounts
    state: StatePair | None = None


def evaluate_game(
    published: Mapping[str, pa.Table], truth: GameTruth, court: Court
) -> GameEvaluation:
    """Compare a published game with its truth, in the frames of the true main view.

    Args:
        published: name -> rows, of the game, of the public tables `player_frames`, `identities`,
            `court_views`, `segments`, `ball_frames`, `team_shapes` and `clock_frames`, and of the
            views `three_second_violations` and `minutes`.
        truth: the known answers.
        court: lengths of the court.
    """
    views = published["court_views"]
    frames = frames_to_score(truth.frames, views["frame_index"].to_numpy())
    matches = match_people(
        found_people(published["player_frames"], frames),
        true_people(truth.people, frames),
        frames,
    )
    court_errors, solved = _court_errors(matches, views, truth.frames, frames)
    main_found, other_taken = _view_shares(published["segments"], truth.frames)
    return GameEvaluation(
        matches=matches,
        identities=count_identities(matches),
        by_machine=count_identities(without_hands(matches, published["identities"])),
        breakdowns=count_breakdowns(matches, court, published["clock_frames"]),
        switches=find_switches(matches, truth.frames, frames),
        events=count_events(published["three_second_violations"], truth),
        baskets=count_baskets(published["ball_frames"], truth),
        clocks=count_clocks(published["clock_frames"], truth.frames, frames),
        minutes_errors_s=minutes_errors(published["minutes"], truth),
        foot_errors_m=foot_point_errors(matches),
        court_errors_m=court_errors,
        solved=solved,
        main_found=main_found,
        other_taken=other_taken,
        formations=count_formations(published["team_shapes"], truth.formations),
    )


def summarise(games: Sequence[GameEvaluation]) -> dict[str, float]:
    """Scores of one or more games together; NaN where there is nothing to score."""
    matches = [game.matches for game in games]
    events = add_counts([game.events for game in games])
    causes = [cause for game in games for cause in game.switches["cause"].to_pylist()]
    named = add_counts([game.identities for game in games]).scores()
    by_machine = add_counts([game.by_machine for game in games]).scores()
    probs, right = name_outcomes(games)
    sure = probs >= 0.97
    return {
        **named,
        **{f"{name}_by_machine": by_machine[name] for name in BY_MACHINE},
        "identity_ece": reliability(probs, right).error,
        "identity_precision_sure": _mean(right[sure].astype(np.float64)),
        "switches": len(causes),
        **{f"switches_{cause}": causes.count(cause) for cause in CAUSES},
        "minutes_error_s": _mean(np.concatenate([game.minutes_errors_s for game in games])),
        "foot_point_error_m": _median([game.foot_errors_m for game in games]),
        "court_error_m": _median([game.court_errors_m for game in games]),
        "court_solved": _mean(np.array([game.solved for game in games])),
        "main_view_found": _mean(np.array([game.main_found for game in games])),
        "other_view_taken": _mean(np.array([game.other_taken for game in games])),
        **score_tracking(matches),
        "gs_hota_5m": score_game_state(matches, tolerance_m=5.0),
        "gs_hota_1m": score_game_state(matches, tolerance_m=1.0),
        "gs_hota_official": _official(games),
        "violations_planted": events.planted,
        "violations_detected": events.detected,
        "violations_found": events.found,
        "violations_reported": events.reported,
        "violations_false": events.false,
        **asdict(add_counts([game.baskets for game in games])),
        **add_counts([game.clocks for game in games]).scores(),
        **add_counts([game.formations for game in games]).scores(),
    }


def _official(games: Sequence[GameEvaluation]) -> float:
    states = [game.state for game in games if game.state is not None]
    return score_official(states) if len(states) == len(games) else float("nan")


def name_outcomes(
    games: Sequence[GameEvaluation],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Probability and outcome of every named row of the games."""
    outcomes = [named_outcomes(game.matches) for game in games]
    return np.concatenate([p for p, _ in outcomes]), np.concatenate([r for _, r in outcomes])


def without_hands(matches: Matches, identities: pa.Table) -> Matches:
    """The matches as if who was named by hand had no name.

    Args:
        matches: of a game.
        identities: rows of `identities` of the game.
    """
    by_hand = identities.filter(pc.equal(identities["source"], "by hand"))
    found = matches.found
    is_by_hand = np.isin(found.track_ids, by_hand["tracklet_id"].to_numpy())
    names = np.where(is_by_hand, "", found.player_ids)
    return replace(matches, found=replace(found, player_ids=names))


def _court_errors(
    matches: Matches, views: pa.Table, truth_frames: pa.Table, frames: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float]:
    """Errors at the feet of the true people, and the share of the frames that are solved."""
    found, true = _homographies(views), _homographies(truth_frames)
    errors = []
    for frame, pair in zip(frames.tolist(), matches.pairs, strict=True):
        if frame in found and frame in true and len(pair.true):
            boxes = matches.true.boxes_px[pair.true]
            feet = np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]])
            steps = to_court_below_horizon(feet, found[frame]) - to_court_below_horizon(
                feet, true[frame]
            )
            errors.append(np.linalg.norm(steps, axis=1))
    every = np.concatenate(errors) if errors else np.zeros(0)
    solved = sum(frame in found for frame in frames.tolist()) / max(len(frames), 1)
    return every[np.isfinite(every)], solved


def _homographies(rows: pa.Table) -> dict[int, NDArray[np.float64]]:
    """Frame -> (3, 3) homography, where there is one."""
    return {
        frame: np.array(values, np.float64).reshape(3, 3)
        for frame, values in zip(
            rows["frame_index"].to_pylist(), rows["image_to_court"].to_pylist(), strict=True
        )
        if values is not None
    }


def _view_shares(segments: pa.Table, truth_frames: pa.Table) -> tuple[float, float]:
    """Share of the true main view that is called main, and share of other views that is."""
    frames = truth_frames["frame_index"].to_numpy()
    is_main = np.array([view == "main" for view in truth_frames["view"].to_pylist()], np.bool_)
    taken = np.zeros(len(frames), np.bool_)
    for row in segments.to_pylist():
        if row["view"] == "main":
            taken |= (frames >= row["start_frame"]) & (frames < row["end_frame"])
    return _mean(taken[is_main].astype(np.float64)), _mean(taken[~is_main].astype(np.float64))


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _median(parts: Sequence[NDArray[np.float64]]) -> float:
    values = np.concatenate(parts) if parts else np.zeros(0)
    return float(np.median(values)) if len(values) else float("nan")
