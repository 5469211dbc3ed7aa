"""Who is seen and does not play: bench, coaches, stewards, the front row, camera crews."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.leagues import Court
from playerid.teams.team_crops import roles_of


@dataclass(frozen=True, slots=True)
class Bystanding:
    """What tells a bystander from a player, and from a referee.

    The limits were chosen on two real clips such that no labelled player and no labelled referee
    of them is lost. How sure the detector is counts against how sure it is of this game's players,
    because scores differ from model to model.

    Attributes:
        beside_m: who stands more than this beyond a side line is clearly outside; who plays is
            there to inbound only.
        behind_m: the same of a base line, where players stop after a run.
        longest_s: nobody who plays stands clearly outside for longer; five seconds is what the
            rules give to inbound.
        doubtful: a person is doubtful whose score is below this share of a player's usual score.
        no_referee: a referee is doubtful below this share; they, too, stand outside.
        fastest_mps: a bystander moves less than this in the median.
        run_out_m: so far behind the base line a player who cuts under the basket counts as inside.
        fewest_frames: nothing is said of a person who has fewer places on the court.
    """

    beside_m: float = 0.5
    behind_m: float = 1.0
    longest_s: float = 5.0
    doubtful: float = 0.9
    no_referee: float = 0.7
    fastest_mps: float = 2.0
    run_out_m: float = 0.5
    fewest_frames: int = 5


def find_bystanders(
    boxes: pa.Table,
    places_m: NDArray[np.float64],
    court: Court,
    court_error_m: float,
    limits: Bystanding | None = None,
) -> frozenset[int]:
    """Find the tracklets of people who do not play, by where they stand, how they move and look.

    A bystander stands clearly outside the lines most of the time, for longer than a player ever
    does; or he stands at or beyond a line, as nearly as the court is known, hardly moves, and the
    detector is not sure of him. Where the court is unknown in half of a tracklet, nothing is said.

    Args:
        boxes: (N) rows of `tracked_boxes`.
        places_m: (N, 2) where they stand on the court; NaN if not known.
        court: of the league.
        court_error_m: usual error of the court's solution.
        limits: None for the shipped ones.
    """
    limits = limits or Bystanding()
    roles = roles_of(boxes)
    scores, times_s = boxes["detection_score"].to_numpy(), boxes["time_s"].to_numpy()
    labels = np.asarray(boxes["label"])
    of_players = (labels != "") & (labels != "referee")
    usual = float(np.median(scores[of_players])) if of_players.any() else 1.0
    found = set()
    for tracklet, rows in _rows_of_tracklets(boxes).items():
        detected = rows[labels[rows] != ""]
        look = float(np.median(scores[detected])) / usual if len(detected) else 0.0
        stay = _Stay(places_m[rows], times_s[rows], look, roles[tracklet])
        if _stands_by(stay, court, court_error_m, limits):
            found.add(tracklet)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Stay:
    """One tracklet.

    Attributes:
        places_m: (n, 2) in order of time; NaN if not known.
        times_s: (n,).
        look: median score of the detector, as a share of a player's usual score.
        role: player or referee, as the detector has it.
    """

    places_m: NDArray[np.float64]
    times_s: NDArray[np.float64]
    look: float
    role: str


def _rows_of_tracklets(boxes: pa.Table) -> dict[int, NDArray[np.intp]]:
    """Tracklet -> its rows in order of time."""
    ids, times_s = boxes["tracklet_id"].to_numpy(), boxes["time_s"].to_numpy()
    order = np.lexsort((times_s, ids))
    values, starts = np.unique(ids[order], return_index=True)
    groups = np.split(order, starts[1:]) if len(order) else []
    return dict(zip(values.tolist(), groups, strict=True))


def _stands_by(stay: _Stay, court: Court, court_error_m: float, limits: Bystanding) -> bool:
    known = np.isfinite(stay.places_m).all(axis=1)
    if known.sum() < limits.fewest_frames or known.mean() < 0.5:
        return False
    beyond = np.abs(stay.places_m[known]) - np.array([court.length, court.width]) / 2
    outside = (beyond > [limits.behind_m, limits.beside_m]).any(axis=1).mean() > 0.5
    if stay.role == "referee":
        return bool(outside and stay.look < limits.no_referee)
    if outside and stay.times_s[-1] - stay.times_s[0] > limits.longest_s:
        return True
    at_line = np.median((beyond - [limits.run_out_m, 0]).max(axis=1)) > -court_error_m
    is_slow = not _median_speed_mps(stay) > limits.fastest_mps
    return bool(at_line and is_slow and stay.look < limits.doubtful)


def _median_speed_mps(stay: _Stay, over_s: float = 1.0) -> float:
    """Median distance between places a second apart; NaN for a shorter tracklet."""
    later = np.searchsorted(stay.times_s, stay.times_s + over_s - 1e-3)
    both = later < len(later)
    steps = stay.places_m[later[both]] - stay.places_m[both]
    took_s = stay.times_s[later[both]] - stay.times_s[both]
    speeds = np.linalg.norm(steps, axis=1) / took_s
    speeds = speeds[np.isfinite(speeds)]
    return float(np.median(speeds)) if len(speeds) else np.nan
