"""People that were found and people that were there, frame by frame, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from playerid.frames.boxes import BOX, iou
from playerid.tables import PLAYING_ROLES

UNMATCHED = -1


@dataclass(frozen=True, slots=True)
class PersonRows:
    """N rows of people, in order of frame.

    Attributes:
        frames: (N,) int64, frame.
        boxes_px: (N, 4) float64; NaN for a person who is not seen.
        track_ids: (N,) int64, who belongs together within a segment.
        roles: (N,) str, as in the tables.
        team_ids: (N,) str, "" if unknown.
        player_ids: (N,) str, "" if unknown or a referee.
        numbers: (N,) str, "" if unknown.
        court_m: (N, 2) float64, court position; NaN if unknown.
        probs: (N,) float64, probability of the likeliest player; NaN if there is none.
    """

    frames: NDArray[np.int64]
    boxes_px: NDArray[np.float64]
    track_ids: NDArray[np.int64]
    roles: NDArray[np.str_]
    team_ids: NDArray[np.str_]
    player_ids: NDArray[np.str_]
    numbers: NDArray[np.str_]
    court_m: NDArray[np.float64]
    probs: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def are_players(self) -> NDArray[np.bool_]:
        """(N,) whose role is one of those who play."""
        return np.isin(self.roles, PLAYING_ROLES)

    def take(self, rows: NDArray[np.integer]) -> "PersonRows":
        """Some rows, in the given order."""
        return PersonRows(*(getattr(self, field.name)[rows] for field in fields(self)))


def found_people(player_frames: pa.Table, frames: NDArray[np.integer]) -> PersonRows:
    """Rows of `player_frames` in the given frames."""
    rows = _in_frames(player_frames, frames)
    return PersonRows(
        frames=rows["frame_index"].to_numpy().astype(np.int64),
        boxes_px=_boxes(rows),
        track_ids=rows["tracklet_id"].to_numpy().astype(np.int64),
        roles=_texts(rows, "role"),
        team_ids=_texts(rows, "team_id"),
        player_ids=_texts(rows, "player_id"),
        numbers=_texts(rows, "jersey_number"),
        court_m=_floats(rows, "court_x_m", "court_y_m"),
        probs=_floats(rows, "identity_prob")[:, 0],
    )


def true_people(
    people: pa.Table, frames: NDArray[np.integer], min_visible: float = 0.1
) -> PersonRows:
    """Rows of the truth's `people` in the given frames, of whom enough is seen.

    Args:
        people: rows of the truth.
        frames: frames to keep.
        min_visible: share of a person's pixels; of whom less is seen nobody can say who it is.
    """
    rows = _in_frames(people, frames)
    seen = rows["visible"].to_numpy() >= min_visible
    rows = rows.filter(pa.array(seen & np.isfinite(_boxes(rows)).all(axis=1)))
    roles = _texts(rows, "role")
    persons = _texts(rows, "person_id")
    segments = rows["segment_index"].to_numpy().astype(np.int64)
    tracks = np.unique(np.char.add(np.char.add(segments.astype(str), "/"), persons),
                       return_inverse=True)[1]  # fmt: skip
    return PersonRows(
        frames=rows["frame_index"].to_numpy().astype(np.int64),
        boxes_px=_boxes(rows),
        track_ids=tracks.astype(np.int64),
        roles=roles,
        team_ids=_texts(rows, "team_id"),
        player_ids=np.where(np.isin(roles, PLAYING_ROLES), persons, ""),
        numbers=_texts(rows, "jersey_number"),
        court_m=_floats(rows, "court_x_m", "court_y_m"),
        probs=np.ones(len(rows)),
    )


@dataclass(frozen=True, slots=True)
class FramePair:
    """One frame: rows found, rows true, and how much they overlap.

    Attributes:
        found: (F,) int64, rows of the found people.
        true: (T,) int64, rows of the true people.
        iou: (T, F) overlap of their boxes.
    """

    found: NDArray[np.int64]
    true: NDArray[np.int64]
    iou: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matches:
    """Found and true people of a game, matched one to one in each frame.

    Attributes:
        found: all found people.
        true: all true people.
        true_of: (F,) int64, row of the true person of each found one, `UNMATCHED` if none.
        pairs: the frames in order, with those where nobody was found or nobody is.
    """

    found: PersonRows
    true: PersonRows
    true_of: NDArray[np.int64]
    pairs: Sequence[FramePair]


def match_people(
    found: PersonRows, true: PersonRows, frames: NDArray[np.integer], *, min_iou: float = 0.5
) -> Matches:
    """Match the boxes of each frame so that the sum of overlaps is largest.

    Args:
        found: people that were found.
        true: people that were there.
        frames: the frames that count, sorted.
        min_iou: pairs that overlap less are no match.
    """
    true_of = np.full(len(found), UNMATCHED, np.int64)
    pairs = []
    for frame in frames:
        found_rows = _rows_of(found.frames, frame)
        true_rows = _rows_of(true.frames, frame)
        overlaps = iou(true.boxes_px[true_rows], found.boxes_px[found_rows])
        pairs.append(FramePair(found_rows, true_rows, overlaps))
        first, second = linear_sum_assignment(-np.where(overlaps >= min_iou, overlaps, 0.0))
        good = overlaps[first, second] >= min_iou
        true_of[found_rows[second[good]]] = true_rows[first[good]]
    return Matches(found, true, true_of, pairs)


def frames_to_score(truth_frames: pa.Table, sampled: NDArray[np.integer]) -> NDArray[np.int64]:
    """Frames of the true main view at which people are compared, sorted.

    Those that were sampled; and, where the main view was not looked at, frames at the same
    spacing, so that what was missed counts against the coverage.

    Args:
        truth_frames: rows of the truth's `frames`.
        sampled: frames that the models looked at.
    """
    main = np.array([view == "main" for view in truth_frames["view"].to_pylist()], np.bool_)
    frames = truth_frames["frame_index"].to_numpy()[main]
    return np.array(list(pair_frames(frames, sampled)), np.int64)


def pair_frames(
    frames: NDArray[np.integer], sampled: NDArray[np.integer], max_away: int = 0
) -> dict[int, int]:
    """Frames whose answer is known, each with the frame to compare it with.

    Args:
        frames: whose answer is known.
        sampled: that the models looked at.
        max_away: a sampled frame is compared with the nearest known one, up to this many away.

    Returns:
        Known frame -> sampled frame, in order. Known frames between sampled ones are left out;
        where no frame was sampled they are kept at the same spacing, each for itself.
    """
    looked = np.unique(np.asarray(sampled, np.int64))
    gaps = np.diff(looked)  # 1 and 2 in turn where 10 of 15 frames a second were sampled
    spacing = max(int(np.quantile(gaps, 0.9)), 1) if len(gaps) else 3
    known = np.unique(np.asarray(frames, np.int64))
    nearest = _nearest(looked, known) if len(looked) else known + spacing
    taken: dict[int, int] = {}
    alone, last = [], -spacing
    for frame, near in zip(known.tolist(), nearest.tolist(), strict=True):
        away = abs(near - frame)
        if away <= max_away:
            if near not in taken or away < abs(near - taken[near]):
                taken[near] = frame
        elif away >= spacing and frame - last >= spacing:
            alone.append(frame)
            last = frame
    pairs = {frame: near for near, frame in taken.items()} | {frame: frame for frame in alone}
    return dict(sorted(pairs.items()))


def _nearest(looked: NDArray[np.int64], frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each frame the nearest that was looked at, the earlier of two."""
    after = np.searchsorted(looked, frames).clip(0, len(looked) - 1)
    before = (after - 1).clip(0)
    is_before = abs(looked[before] - frames) <= abs(looked[after] - frames)
    return np.asarray(np.where(is_before, looked[before], looked[after]))


def _rows_of(sorted_frames: NDArray[np.int64], frame: int) -> NDArray[np.int64]:
    start, stop = np.searchsorted(sorted_frames, [frame, frame + 1])
    return np.arange(start, stop)


def _in_frames(rows: pa.Table, frames: NDArray[np.integer]) -> pa.Table:
    kept = np.isin(rows["frame_index"].to_numpy(), frames)
    return rows.filter(pa.array(kept)).sort_by("frame_index")


def _boxes(rows: pa.Table) -> NDArray[np.float64]:
    return _floats(rows, *BOX)


def _floats(rows: pa.Table, *names: str) -> NDArray[np.float64]:
    """(N, K) columns; NaN where null."""
    columns = [rows[name].cast(pa.float64()).fill_null(float("nan")).to_numpy() for name in names]
    return np.column_stack(columns).reshape(len(rows), len(names))


def _texts(rows: pa.Table, name: str) -> NDArray[np.str_]:
    """A text column; "" where null."""
    return np.array([value or "" for value in rows[name].to_pylist()], np.str_)
