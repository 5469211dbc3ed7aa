"""Who is seen and does not play: bench, coaches, stewards, the front row, camera crews, nobody."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.leagues.marks import Court
from playerid.teams.team_crops import roles_of


@dataclass(frozen=True, slots=True)
class Bystanding:
    """What tells a bystander from a player, and from a referee.

    The limits were chosen on three real clips (SAS at OKC, NYK at BOS, MIA at GSW). How sure the
    detector is counts against how sure it is of this game's players, because scores differ from
    model to model.

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
        row_m: so near stand neighbours in a row at a side line.
        row_inside_m: so far inside a side line a row may seem to stand, beside the court's error.
        coach_share: a "player" whom the detector calls a referee in this share of his boxes, ...
        coach_inside_m: ... who stands nearer than this to a side line, or beyond it, ...
        coach_mps: ... and moves less than this, for as long as a play takes, is a coach.
        faint: below this share the detector saw somebody half hidden, or nobody.
        brief_s: faint tracklets that are shorter are left out; a player before a dark crowd is
            faint for longer.
        still_mps: so are those that move less: signs, and drawings on the floor.
    """

    beside_m: float = 0.5
    behind_m: float = 1.0
    longest_s: float = 5.0
    doubtful: float = 0.9
    no_referee: float = 0.7
    fastest_mps: float = 2.0
    run_out_m: float = 0.5
    fewest_frames: int = 5
    row_m: float = 2.0
    row_inside_m: float = 0.1
    coach_share: float = 0.15
    coach_inside_m: float = 1.25
    coach_mps: float = 1.0
    faint: float = 0.6
    brief_s: float = 3.0
    still_mps: float = 0.5


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
    detector is not sure of him; or he stays at a side line and looks like a referee now and then,
    as coaches do. Where the court is unknown in half of a tracklet, nothing is said.

    Args:
        boxes: (N) rows of `tracked_boxes`.
        places_m: (N, 2) where they stand on the court; NaN if not known.
        court: of the league.
        court_error_m: usual error of the court's solution.
        limits: None for the shipped ones.
    """
    limits = limits or Bystanding()
    return frozenset(
        tracklet
        for tracklet, stay in _stays(boxes, places_m)
        if _stands_by(stay, court, court_error_m, limits)
    )


def find_doubtful(
    boxes: pa.Table,
    places_m: NDArray[np.float64],
    court: Court,
    court_error_m: float,
    limits: Bystanding | None = None,
) -> frozenset[int]:
    """Find the tracklets of people who do not play, unless a number says who they are.

    The detector saw them faintly, and briefly or standing still: signs, drawings on the floor,
    second boxes on somebody, and some people half hidden; but referees do stand still. Or
    "players" stand in a row at a side line, beside two bystanders who are seen with them.

    Args:
        boxes: (N) rows of `tracked_boxes`.
        places_m: (N, 2) where they stand on the court; NaN if not known.
        court: of the league.
        court_error_m: usual error of the court's solution.
        limits: None for the shipped ones.
    """
    limits = limits or Bystanding()
    stays = dict(_stays(boxes, places_m))
    faint = {t for t, stay in stays.items() if _is_faint(stay, limits)}
    line_m = court.width / 2 - court_error_m - limits.row_inside_m
    at_line = {
        t: stay
        for t, stay in stays.items()
        if stay.role == "player" and abs(stay.place_m[1]) > line_m
    }
    bystanders = {
        t for t, stay in at_line.items() if _stands_by(stay, court, court_error_m, limits)
    }
    return frozenset(faint | _in_a_row(at_line, bystanders, limits))


@dataclass(frozen=True, slots=True)
class _Stay:
    """One tracklet.

    Attributes:
        places_m: (n, 2) in order of time; NaN if not known.
        times_s: (n,).
        look: median score of the detector, as a share of a player's usual score.
        referee_share: of its boxes, those that the detector calls a referee.
        role: player or referee, as the detector has it.
    """

    places_m: NDArray[np.float64]
    times_s: NDArray[np.float64]
    look: float
    referee_share: float
    role: str

    @property
    def lasts_s(self) -> float:
        return float(self.times_s[-1] - self.times_s[0])

    @property
    def are_known(self) -> NDArray[np.bool_]:
        """(n,) whether the place is."""
        return np.asarray(np.isfinite(self.places_m).all(axis=1))

    @property
    def place_m(self) -> NDArray[np.float64]:
        """(2,) median of the known places; NaN without."""
        known = self.places_m[self.are_known]
        return np.median(known, axis=0) if len(known) else np.full(2, np.nan)

    def meets(self, other: "_Stay") -> bool:
        """Whether both are seen at a time."""
        return bool(self.times_s[0] <= other.times_s[-1] and other.times_s[0] <= self.times_s[-1])


def _stays(boxes: pa.Table, places_m: NDArray[np.float64]) -> Iterator[tuple[int, _Stay]]:
    """Each tracklet and its stay."""
    roles = roles_of(boxes)
    scores, labels = boxes["detection_score"].to_numpy(), np.asarray(boxes["label"])
    ids, times_s = boxes["tracklet_id"].to_numpy(), boxes["time_s"].to_numpy()
    of_players = (labels != "") & (labels != "referee")
    usual = float(np.median(scores[of_players])) if of_players.any() else 1.0
    order = np.lexsort((times_s, ids))
    values, starts = np.unique(ids[order], return_index=True)
    groups = np.split(order, starts[1:]) if len(order) else []
    for tracklet, rows in zip(values.tolist(), groups, strict=True):
        detected = rows[labels[rows] != ""]
        look = float(np.median(scores[detected])) / usual if len(detected) else 0.0
        share = float((labels[rows] == "referee").mean())
        yield tracklet, _Stay(places_m[rows], times_s[rows], look, share, roles[tracklet])


def _stands_by(stay: _Stay, court: Court, court_error_m: float, limits: Bystanding) -> bool:
    known = stay.are_known
    if known.sum() < limits.fewest_frames or known.mean() < 0.5:
        return False
    beyond = np.abs(stay.places_m[known]) - np.array([court.length, court.width]) / 2
    outside = (beyond > [limits.behind_m, limits.beside_m]).any(axis=1).mean() > 0.5
    if stay.role == "referee":
        return bool(outside and stay.look < limits.no_referee)
    if (outside and stay.lasts_s > limits.longest_s) or _coaches(stay, court, limits):
        return True
    at_line = np.median((beyond - [limits.run_out_m, 0]).max(axis=1)) > -court_error_m
    is_slow = not _median_speed_mps(stay) > limits.fastest_mps
    return bool(at_line and is_slow and stay.look < limits.doubtful)


def _is_faint(stay: _Stay, limits: Bystanding) -> bool:
    if stay.look >= limits.faint or stay.lasts_s < limits.brief_s:
        return stay.look < limits.faint
    return stay.role == "player" and _median_speed_mps(stay) < limits.still_mps


def _coaches(stay: _Stay, court: Court, limits: Bystanding) -> bool:
    return bool(
        stay.referee_share >= limits.coach_share
        and stay.lasts_s >= limits.longest_s
        and abs(stay.place_m[1]) > court.width / 2 - limits.coach_inside_m
        and _median_speed_mps(stay) < limits.coach_mps
    )


def _in_a_row(at_line: Mapping[int, _Stay], found: set[int], limits: Bystanding) -> set[int]:
    """Who stands at a side line beside two of those found, seen with him."""
    mates = set()
    for tracklet, stay in at_line.items():
        beside = [
            other
            for other in found - {tracklet}
            if at_line[other].meets(stay)
            and np.linalg.norm(at_line[other].place_m - stay.place_m) < limits.row_m
        ]
        if len(beside) >= 2:
            mates.add(tracklet)
    return mates


def _median_speed_mps(stay: _Stay, over_s: float = 1.0) -> float:
    """Median distance between places a second apart; NaN for a shorter tracklet."""
    later = np.searchsorted(stay.times_s, stay.times_s + over_s - 1e-3)
    both = later < len(later)
    steps = stay.places_m[later[both]] - stay.places_m[both]
    took_s = stay.times_s[later[both]] - stay.times_s[both]
    speeds = np.linalg.norm(steps, axis=1) / took_s
    speeds = speeds[np.isfinite(speeds)]
    return float(np.median(speeds)) if len(speeds) else np.nan
