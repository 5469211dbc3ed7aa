"""GS-HOTA as the SoccerNet game state challenge counts it: `sn-trackeval` gives the same number.

It differs from `tracking.score_game_state` in who agrees with whom. Here the role must be equal,
of those who play also the end that their team defends, and of players, but not of goalkeepers, the
number, where none is equal to none. There a player agrees by who he is, and nobody who is unnamed
agrees with anybody. Here every frame that is labelled counts, there those that were sampled.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from trackers.eval import compute_hota_metrics

from playerid.evaluate.people import PersonRows, true_people
from playerid.exchange.game_state import SIDES
from playerid.exchange.game_state_predictions import StateRows, state_rows
from playerid.game.truth import GameTruth
from playerid.tables import PLAYING_ROLES

MIDDLE = 1


@dataclass(frozen=True, slots=True)
class StatePair:
    """The state of one game, as it is and as it was found.

    Attributes:
        true: who is where; None where nobody knows which end a team defends.
        found: who was found.
        frames: frames that count, sorted.
    """

    true: StateRows | None
    found: StateRows
    frames: NDArray[np.int64]


def pair_states(states: pa.Table, truth: GameTruth) -> StatePair:
    """The state of a game, as it is and as it was found, in the frames of the true main view.

    Args:
        states: rows of `playerid.exchange.game_state_predictions.STATES`.
        truth: the known answers.
    """
    shown = truth.frames.filter(pc.equal(truth.frames["view"], "main")).sort_by("frame_index")
    frames = shown["frame_index"].to_numpy().astype(np.int64)
    steps, spans = np.diff(frames), np.diff(shown["time_s"].to_numpy())
    rate = float(np.median(steps / spans)) if len(frames) > 1 else 1.0
    people = true_people(truth.people, frames)
    return StatePair(
        true_state(people, segments_of(people, shown)), state_rows(states, rate), frames
    )


def true_state(people: PersonRows, segments: NDArray[np.int64]) -> StateRows | None:
    """True people as a state.

    Args:
        people: who was there.
        segments: (N,) segment of each.

    Returns:
        None if a team's end is not known: neither is it named by its end, nor has it a goalkeeper
        in each segment.
    """
    sides = _true_sides(people, segments)
    if sides is None:
        return None
    order = np.lexsort((people.frames, people.track_ids))
    places = np.repeat(people.court_m[:, None], 3, axis=1)
    rows = StateRows(
        people.frames, people.track_ids, people.roles, sides, people.numbers,
        people.boxes_px, places, np.ones(len(people)),
    )  # fmt: skip
    return rows.take(order)


def _true_sides(people: PersonRows, segments: NDArray[np.int64]) -> NDArray[np.str_] | None:
    plays = people.are_players & (people.team_ids != "")
    if set(people.team_ids[plays].tolist()) <= set(SIDES):
        return people.team_ids
    sides = np.full(len(people), "", "<U5")
    keeps = plays & (people.roles == "goalkeeper") & np.isfinite(people.court_m[:, 0])
    for segment in np.unique(segments):
        here = segments == segment
        teams = np.unique(people.team_ids[here & plays]).tolist()
        means = {
            team: people.court_m[own, 0].mean()
            for team in teams
            if (own := here & keeps & (people.team_ids == team)).any()
        }
        if not means:
            return None
        left = min(means, key=lambda team: means[team])
        if len(means) == 1 and means[left] > 0:
            left = next((team for team in teams if team != left), "")
        sides[here & plays] = np.where(people.team_ids[here & plays] == left, *SIDES)
    return sides


def score_official(games: Sequence[StatePair], *, tolerance_m: float = 5.0) -> float:
    """GS-HOTA of games together; NaN if the ends of one's teams are not known, or nobody is there.

    Args:
        games: their states.
        tolerance_m: distance at which the similarity has fallen to 0.05.

    References:
        Somers et al., SoccerNet Game State Reconstruction, CVPRW 2024; Luiten et al., HOTA,
        IJCV 2021.
    """
    true_ids: list[NDArray[np.int64]] = []
    found_ids: list[NDArray[np.int64]] = []
    similarities: list[NDArray[np.float64]] = []
    true_offset = found_offset = 0
    for game in games:
        if game.true is None:
            return float("nan")
        true, found = _placed(game.true), _placed(game.found)
        true_dense = np.unique(true.track_ids, return_inverse=True)[1].reshape(-1)
        found_dense = np.unique(found.track_ids, return_inverse=True)[1].reshape(-1)
        for here, there in zip(
            _rows_of_frames(true, game.frames), _rows_of_frames(found, game.frames), strict=True
        ):
            true_ids.append(true_dense[here] + true_offset)
            found_ids.append(found_dense[there] + found_offset)
            similarities.append(_similarity(true.take(here), found.take(there), tolerance_m))
        true_offset += int(true_dense.max(initial=-1)) + 1
        found_offset += int(found_dense.max(initial=-1)) + 1
    if not sum(map(len, true_ids)):
        return float("nan")
    return float(compute_hota_metrics(true_ids, found_ids, similarities)["HOTA"])


def segments_of(people: PersonRows, frames: pa.Table) -> NDArray[np.int64]:
    """(N,) segment of each person, by the truth's `frames`."""
    known = frames["frame_index"].to_numpy()
    order = np.argsort(known)
    rows = order[np.searchsorted(known[order], people.frames)]
    return np.asarray(frames["segment_index"].to_numpy()[rows], np.int64)


def _placed(rows: StateRows) -> StateRows:
    return rows.take(np.flatnonzero(np.isfinite(rows.edges_m[:, MIDDLE]).all(axis=1)))


def _rows_of_frames(rows: StateRows, frames: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    order = np.argsort(rows.frames, kind="stable")
    starts = np.searchsorted(rows.frames[order], frames)
    ends = np.searchsorted(rows.frames[order], frames, side="right")
    return [order[start:end] for start, end in zip(starts, ends, strict=True)]


def _similarity(true: StateRows, found: StateRows, tolerance_m: float) -> NDArray[np.float64]:
    """(T, F) of the people of a frame; 0 where anything that is compared differs."""
    steps = true.edges_m[:, None, MIDDLE] - found.edges_m[None, :, MIDDLE]
    alike = true.roles[:, None] == found.roles[None, :]
    plays = np.isin(true.roles, PLAYING_ROLES)[:, None]
    alike &= (true.sides[:, None] == found.sides[None, :]) | ~plays
    is_player = (true.roles == "player")[:, None]
    alike &= (true.numbers[:, None] == found.numbers[None, :]) | ~is_player
    similarity = np.exp(math.log(0.05) * (steps**2).sum(axis=2) / tolerance_m**2)
    return np.asarray(np.where(alike, similarity, 0.0))
