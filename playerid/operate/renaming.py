"""What another decision of a game would change in its published names, row by row."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.errors import ArchiveError
from playerid.frames.boxes import BOX


@dataclass(frozen=True, slots=True)
class NameChanges:
    """Rows of `player_frames` whose name or team another decision changes.

    Attributes:
        rows: all rows of the game.
        gained: rows without a name that get one.
        lost: rows with a name that lose it.
        renamed: rows with a name that get another one.
        other_team: rows whose team changes.
        players: player -> rows before, rows after; only who has more or fewer.
        stretches: tracklet, name before, name after, rows, first and last time of each change,
            the largest first.
    """

    rows: int
    gained: int
    lost: int
    renamed: int
    other_team: int
    players: dict[str, tuple[int, int]]
    stretches: list[dict[str, Any]]


def find_changes(
    published: pa.Table, boxes: pa.Table, identities: pa.Table, *, most: int = 100
) -> NameChanges:
    """Compare published rows with a decision about the same boxes.

    Args:
        published: rows of `player_frames`.
        boxes: rows of `atom_boxes` of the decision.
        identities: its rows of `identities`.
        most: stretches that are told.

    Raises:
        ArchiveError: The decision is about other boxes.
    """
    order, other_order = _in_order(published), _in_order(boxes)
    if not np.array_equal(_keys(published)[order], _keys(boxes)[other_order]):
        raise ArchiveError("the published game and its working tables differ; process it again")
    row_of = {t: row for row, t in enumerate(identities["tracklet_id"].to_pylist())}
    places = np.array([row_of[t] for t in boxes["tracklet_id"].to_pylist()], np.int64)[other_order]
    before, teams_before = (_texts(published[n])[order] for n in ("player_id", "team_id"))
    after, teams_after = (_texts(identities[n])[places] for n in ("player_id", "team_id"))
    changed = before != after
    counts, counts_after = Counter(before.tolist()), Counter(after.tolist())
    names = sorted((set(counts) | set(counts_after)) - {""})
    return NameChanges(
        len(before),
        int((changed & (before == "")).sum()),
        int((changed & (after == "")).sum()),
        int((changed & (before != "") & (after != "")).sum()),
        int((teams_before != teams_after).sum()),
        {n: (counts[n], counts_after[n]) for n in names if counts[n] != counts_after[n]},
        _stretches(published.take(pa.array(order)), before, after)[:most],
    )


def _stretches(
    rows: pa.Table, before: NDArray[np.str_], after: NDArray[np.str_]
) -> list[dict[str, Any]]:
    times_s, ids = rows["time_s"].to_numpy(), rows["tracklet_id"].to_numpy()
    found: dict[tuple[int, str, str], list[float]] = {}
    for row in np.flatnonzero(before != after).tolist():
        key = int(ids[row]), str(before[row]), str(after[row])
        found.setdefault(key, []).append(float(times_s[row]))
    stretches = [
        {
            "tracklet_id": tracklet_id,
            "before": was or None,
            "after": becomes or None,
            "rows": len(seen_s),
            "start_s": min(seen_s),
            "end_s": max(seen_s),
        }
        for (tracklet_id, was, becomes), seen_s in found.items()
    ]
    return sorted(stretches, key=lambda each: (-each["rows"], each["tracklet_id"]))


def _keys(rows: pa.Table) -> NDArray[np.float64]:
    """(N, 5) frame and box of each row: what tells it from all others of a game."""
    return np.column_stack([rows[n].to_numpy().astype(np.float64) for n in ("frame_index", *BOX)])


def _in_order(rows: pa.Table) -> NDArray[np.int64]:
    return np.lexsort(_keys(rows).T[::-1])


def _texts(column: pa.ChunkedArray) -> NDArray[np.str_]:
    return np.array([value or "" for value in column.to_pylist()], np.str_)
