"""The known answers of a game, where there are any: written by the arena, read by the scorers."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import LabelsError

TRUTH_COLUMNS = {
    "people": {
        "frame_index", "segment_index", "view", "person_id", "role", "team_id", "jersey_number",
        "x_min_px", "y_min_px", "x_max_px", "y_max_px", "visible", "court_x_m", "court_y_m",
    },
    "objects": {"frame_index", "label", "x_min_px", "y_min_px", "x_max_px", "y_max_px"},
    "frames": {"frame_index", "time_s", "segment_index", "view", "image_to_court"},
    "events": {"person_id", "kind", "grade", "start_s", "end_s", "staged", "in_main_view"},
}  # fmt: skip
"""Table -> the columns that scores read. What they mean: `playerid.arena.truth_tables`."""
WHERE_KNOWN = {"formations": {"period", "team_id", "formation"}}
"""The same of tables that only some games have."""


@dataclass(frozen=True, slots=True)
class GameTruth:
    """Known answers of one game.

    Attributes:
        people: person on the floor per frame, seen or not.
        objects: ball, rim or number seen in a frame.
        frames: frame, with its view and homography.
        events: stay in the lane that is a violation, or nearly.
        formations: team per period, with the formation it plays; None where none is known.
    """

    people: pa.Table
    objects: pa.Table
    frames: pa.Table
    events: pa.Table
    formations: pa.Table | None = None


def has_truth(archive: Archive, game_id: str) -> bool:
    """Whether the answers of a game are known."""
    return archive.exists(layout.truth_table(game_id, "frames"))


def read_truth(archive: Archive, game_id: str) -> GameTruth:
    """Read the known answers of a game.

    Raises:
        ArchiveError: There are none.
        LabelsError: A file is not Parquet, or lacks a column.
    """
    tables = {}
    for name, columns in (TRUTH_COLUMNS | WHERE_KNOWN).items():
        path = layout.truth_table(game_id, name)
        if name in WHERE_KNOWN and not archive.exists(path):
            continue
        try:
            table = pq.read_table(pa.BufferReader(archive.read(path)))
        except pa.ArrowInvalid as error:
            raise LabelsError(f"{path}: expected Parquet: {error}") from error
        if missing := columns - set(table.column_names):
            raise LabelsError(f"{path} lacks the columns {', '.join(sorted(missing))}")
        tables[name] = table
    return GameTruth(**tables)
