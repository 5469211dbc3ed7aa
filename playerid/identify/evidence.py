"""What is known of the tracklets of a game before anybody is named, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array

from playerid.game.roster import Game
from playerid.identify.candidates import NUMBER_INDEX, Candidates, gather_candidates
from playerid.identify.clarity import clarities_of
from playerid.identify.shared_frames import count_shared
from playerid.leagues import League, load_league
from playerid.leagues.marks import Court
from playerid.tables import NUMBERS, PLAYING_ROLES

SIDES = ("home", "away")

POSITIONS = pa.schema(
    [
        pa.field("tracklet_id", pa.int32(), nullable=False),
        pa.field("frame_index", pa.int32(), nullable=False),
        pa.field("court_x_m", pa.float32()),
        pa.field("court_y_m", pa.float32()),
    ]
)
"""Rows of court positions; null where the court is not solved."""


@dataclass(frozen=True, slots=True)
class Tracklets:
    """N tracklets, sorted by id.

    Attributes:
        ids: (N,) int32.
        segments: (N,) int32.
        shared: (N, N) in how many frames both are seen; its diagonal is how many each has.
        start_s: (N,) time of the first box, seconds.
        end_s: (N,) time of the last box, seconds.
        roles: (N,) str: as in the tables.
        clarities: (N,) median score of the detector on it, as a share of that of the game's
            players; 0 if it was never detected. Models differ in their scores, shares do not.
        home_probs: (N,) probability of the home team; 0.5 if undecided.
        clusters: (N,) str: a, b, or "" if undecided.
        enter_m, leave_m: (N, 2) court position at the first and last box; NaN if not known.
    """

    ids: NDArray[np.int32]
    segments: NDArray[np.int32]
    shared: csr_array
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    roles: NDArray[np.str_]
    clarities: NDArray[np.float64]
    home_probs: NDArray[np.float64]
    clusters: NDArray[np.str_]
    enter_m: NDArray[np.float64]
    leave_m: NDArray[np.float64]

    @property
    def are_players(self) -> NDArray[np.bool_]:
        """(N,) whose role is one of those who play."""
        return np.isin(self.roles, PLAYING_ROLES)

    def __len__(self) -> int:
        return len(self.ids)

    def together(self, rows: NDArray[np.integer]) -> NDArray[np.bool_]:
        """(n, n) which of these share frames; each does so with itself."""
        return np.asarray(self.shared[rows][:, rows].toarray() > 0)

    def beside(self, row: int) -> set[int]:
        """Rows of the tracklets that share frames with this one; its own is among them."""
        start, stop = self.shared.indptr[row : row + 2]
        return set(self.shared.indices[start:stop].tolist())


@dataclass(frozen=True, slots=True)
class ReadNumbers:
    """The R readings that have a wearer, sorted by (tracklet, time).

    Attributes:
        rows: (R,) int64, row of the wearer in `Tracklets`.
        times_s: (R,) seconds.
        numbers: (R,) int32, index into `NUMBERS` of the likeliest answer, 0 if not legible.
        probs: (R, 102) float32, the reader's distribution over `NUMBERS`.
        of_torsos: (R,) bool, whether an upper body was read; the others are number boxes.
    """

    rows: NDArray[np.int64]
    times_s: NDArray[np.float64]
    numbers: NDArray[np.int32]
    probs: NDArray[np.float32]
    of_torsos: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Looks:
    """What C crops of tracklets look like.

    Attributes:
        rows: (C,) int64, row of the tracklet in `Tracklets`.
        values: (C, D) float64, such that differences mean something.
    """

    rows: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hands:
    """What was said by hand about N tracklets.

    Attributes:
        may_be: (N, P) bool, which candidates each tracklet can be.
        decided: (N,) bool, whether it was said who it is, or that it is nobody.
    """

    may_be: NDArray[np.bool_]
    decided: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the decision who is who rests on."""

    game: Game
    candidates: Candidates
    tracklets: Tracklets
    readings: ReadNumbers
    looks: Looks
    hands: Hands

    @property
    def league(self) -> League[Court]:
        """Whose rules are played by."""
        return load_league(self.game.league)

    @property
    def on_court(self) -> int:
        """Players of a team on the court at a time."""
        return self.league.sport.on_court


def gather_evidence(
    game: Game,
    tracked_boxes: pa.Table,
    number_readings: pa.Table,
    teams: pa.Table,
    positions: pa.Table | None = None,
    team_crops: pa.Table | None = None,
) -> Evidence:
    """Bring the tables of a game into arrays.

    Args:
        game: the game with its rosters.
        tracked_boxes: rows of `tracked_boxes`.
        number_readings: rows of `number_readings`.
        teams: rows of `TEAM_VOTES`, one per tracklet that has a vote; a tracklet without a row is
            a player of an undecided team.
        positions: rows of `POSITIONS`; None where the court was not solved.
        team_crops: rows of `team_crops`, for what people look like; None without.
    """
    candidates = gather_candidates(game)
    tracklets = _gather_tracklets(game, tracked_boxes, teams, positions)
    count = len(tracklets)
    return Evidence(
        game,
        candidates,
        tracklets,
        gather_readings(number_readings, tracklets.ids),
        _gather_looks(team_crops, tracklets.ids),
        Hands(np.ones((count, len(candidates.sides)), np.bool_), np.zeros(count, np.bool_)),
    )


def _gather_tracklets(
    game: Game, tracked_boxes: pa.Table, teams: pa.Table, positions: pa.Table | None
) -> Tracklets:
    ends = [("time_s", end) for end in ("min", "max")]
    spans = (
        tracked_boxes.group_by("tracklet_id")
        .aggregate([("segment_index", "min"), *ends])
        .sort_by("tracklet_id")
    )
    ids = spans["tracklet_id"].to_numpy()
    votes = {row["tracklet_id"]: row for row in teams.to_pylist()}
    of_ids = [votes.get(tracklet_id) for tracklet_id in ids.tolist()]
    enter_m, leave_m = _end_positions(ids, positions)
    return Tracklets(
        ids=ids.astype(np.int32),
        segments=spans["segment_index_min"].to_numpy().astype(np.int32),
        shared=count_shared(
            np.searchsorted(ids, tracked_boxes["tracklet_id"].to_numpy()),
            tracked_boxes["frame_index"].to_numpy(),
            len(ids),
        ),
        start_s=spans["time_s_min"].to_numpy().astype(np.float64),
        end_s=spans["time_s_max"].to_numpy().astype(np.float64),
        roles=np.array([v["role"] if v else "player" for v in of_ids], np.str_),
        clarities=clarities_of(tracked_boxes, ids),
        home_probs=_home_probs(game, ids, votes),
        clusters=np.array([v["team_cluster"] or "" if v else "" for v in of_ids], np.str_),
        enter_m=enter_m,
        leave_m=leave_m,
    )


def _home_probs(
    game: Game, ids: NDArray[np.int32], votes: Mapping[int, dict[str, Any]]
) -> NDArray[np.float64]:
    probs = np.full(len(ids), 0.5)
    for row, tracklet_id in enumerate(ids.tolist()):
        vote = votes.get(tracklet_id)
        if vote and vote["team_id"] is not None and vote["team_prob"] is not None:
            prob = vote["team_prob"]
            probs[row] = prob if vote["team_id"] == game.home.team_id else 1 - prob
    return probs


def _end_positions(
    ids: NDArray[np.int32], positions: pa.Table | None, ends: int = 3
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median of the first and of the last `ends` known positions of each tracklet."""
    enter_m, leave_m = np.full((len(ids), 2), np.nan), np.full((len(ids), 2), np.nan)
    if positions is None or not len(positions) or not len(ids):
        return enter_m, leave_m
    known = positions.filter(pc.is_valid(positions["court_x_m"])).sort_by(
        [("tracklet_id", "ascending"), ("frame_index", "ascending")]
    )
    owners = known["tracklet_id"].to_numpy()
    points = np.column_stack([known["court_x_m"].to_numpy(), known["court_y_m"].to_numpy()])
    starts = np.searchsorted(owners, ids, "left")
    stops = np.searchsorted(owners, ids, "right")
    for row, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        if stop > start:
            enter_m[row] = np.median(points[start : min(start + ends, stop)], axis=0)
            leave_m[row] = np.median(points[max(stop - ends, start) : stop], axis=0)
    return enter_m, leave_m


def _gather_looks(team_crops: pa.Table | None, ids: NDArray[np.int32]) -> Looks:
    if team_crops is None or not pc.any(pc.is_valid(team_crops["look"])).as_py():
        return Looks(np.zeros(0, np.int64), np.zeros((0, 0)))
    taken = team_crops.filter(
        pc.and_(
            pc.is_valid(team_crops["look"]),
            pc.is_in(team_crops["tracklet_id"], value_set=pa.array(ids, pa.int32())),
        )
    )
    return Looks(
        np.searchsorted(ids, taken["tracklet_id"].to_numpy()).astype(np.int64),
        np.array(taken["look"].to_pylist(), np.float64).reshape(len(taken), -1),
    )


def gather_readings(
    number_readings: pa.Table, ids: NDArray[np.int32], *, least_legible: float = 0.3
) -> ReadNumbers:
    """Readings whose wearer is one of `ids` (sorted), in order of wearer and time.

    Upper bodies that are less likely legible are left out: they would join all looks into one.
    """
    of_box = pc.equal(number_readings["source"], "box")
    is_told = pc.or_(of_box, pc.greater_equal(number_readings["legible_prob"], least_legible))
    is_worn = pc.is_in(number_readings["tracklet_id"], value_set=pa.array(ids, pa.int32()))
    worn = number_readings.filter(pc.and_(is_told, is_worn)).sort_by(
        [("tracklet_id", "ascending"), ("time_s", "ascending")]
    )
    return ReadNumbers(
        rows=np.searchsorted(ids, worn["tracklet_id"].to_numpy()).astype(np.int64),
        times_s=worn["time_s"].to_numpy().astype(np.float64),
        numbers=np.array([NUMBER_INDEX[n or ""] for n in worn["jersey_number"].to_pylist()], "i4"),
        probs=_distributions(worn),
        of_torsos=np.array([source == "torso" for source in worn["source"].to_pylist()], np.bool_),
    )


def _distributions(readings: pa.Table) -> NDArray[np.float32]:
    """The reader's answers as (R, 102); what the named candidates leave goes to all others."""
    probs = np.zeros((len(readings), len(NUMBERS)), np.float32)
    candidates = readings["candidates"].combine_chunks()
    answers = np.array([NUMBER_INDEX[a] for a in candidates.flatten().to_pylist()], np.int64)
    rows = candidates.value_parent_indices().to_numpy(zero_copy_only=False)
    probs[rows, answers] = readings["candidate_probs"].combine_chunks().flatten().to_numpy()
    left = np.clip(1 - probs.sum(axis=1), 0, 1)
    others = probs == 0
    np.add(probs, (left / np.maximum(others.sum(axis=1), 1))[:, None], out=probs, where=others)
    return np.asarray(probs / np.maximum(probs.sum(axis=1, keepdims=True), 1e-9), np.float32)
