"""Where one published identity goes over to another true person, and why.

The rows of one name, or of one tracklet without a name, are followed through the game; each
change of the true person behind them is one switch, with the first cause that holds:

cut        the camera was cut between: two pieces were given one name
crossing   the boxes of the two overlap, just before or just after
occlusion  nobody was followed between, for a sampled frame or more
split      one tracklet ended, and the next, of somebody else, was given its name
jump       none of these: a tracklet went over to somebody apart
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.evaluate.people import UNMATCHED, Matches, PersonRows
from playerid.frames.boxes import iou

CAUSES = ("cut", "crossing", "occlusion", "split", "jump")
SCHEMA = pa.schema(
    [
        ("player_id", pa.string()),
        ("tracklet_id", pa.int64()),
        ("next_tracklet_id", pa.int64()),
        ("frame_index", pa.int64()),
        ("next_frame_index", pa.int64()),
        ("person_id", pa.string()),
        ("next_person_id", pa.string()),
        ("cause", pa.string()),
    ]
)


def find_switches(matches: Matches, truth_frames: pa.Table, frames: NDArray[np.int64]) -> pa.Table:
    """Find the changes of true person within each published identity.

    Boxes that match nobody are passed over; all referees are one person.

    Args:
        matches: of a game.
        truth_frames: rows of the truth's `frames`.
        frames: the frames that were compared, sorted.

    Returns:
        One row per switch, in the columns of `SCHEMA`: the published player (null if unnamed),
        and tracklet, frame and true person before and after. A referee is "referee".
    """
    found, true = matches.found, matches.true
    rows = np.flatnonzero(matches.true_of != UNMATCHED)
    if not len(rows):
        return SCHEMA.empty_table()
    persons = np.where(true.are_players, true.player_ids, "referee")
    tracklets = np.char.add("tracklet ", found.track_ids.astype(np.str_))
    keys = np.where(found.player_ids != "", found.player_ids, tracklets)
    rows = rows[np.argsort(keys[rows], kind="stable")]
    before, after = rows[:-1], rows[1:]
    told = persons[matches.true_of]
    changed = (keys[before] == keys[after]) & (told[before] != told[after])
    names = ("frame_index", "segment_index")
    segments = dict(zip(*(truth_frames[name].to_pylist() for name in names), strict=True))
    switches = []
    for first, second in zip(before[changed].tolist(), after[changed].tolist(), strict=True):
        ends = found.frames[[first, second]].tolist()
        steps = np.diff(np.searchsorted(frames, ends))[0]
        if segments[ends[0]] != segments[ends[1]]:
            cause = "cut"
        elif _overlap(true, persons, matches.true_of[[first, second]]):
            cause = "crossing"
        elif steps > 1:
            cause = "occlusion"
        else:
            cause = "split" if found.track_ids[first] != found.track_ids[second] else "jump"
        switches.append(
            {
                "player_id": str(found.player_ids[first]) or None,
                "tracklet_id": int(found.track_ids[first]),
                "next_tracklet_id": int(found.track_ids[second]),
                "frame_index": ends[0],
                "next_frame_index": ends[1],
                "person_id": str(told[first]),
                "next_person_id": str(told[second]),
                "cause": cause,
            }
        )
    return pa.Table.from_pylist(switches, schema=SCHEMA)


def _overlap(true: PersonRows, persons: NDArray[np.str_], ends: NDArray[np.int64]) -> bool:
    """Whether the true box of one overlaps one of the other, in the frame of either end."""
    for row, other in (ends, ends[::-1]):
        start, stop = np.searchsorted(true.frames, [true.frames[row], true.frames[row] + 1])
        others = np.arange(start, stop)[persons[start:stop] == persons[other]]
        if (iou(true.boxes_px[[row]], true.boxes_px[others]) > 0).any():
            return True
    return False
