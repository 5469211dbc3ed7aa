"""People and matches of small made-up games."""

import numpy as np

from playerid.evaluate.people import PersonRows, match_people


def people(*rows):
    """Rows of (frame, track, role, player, left edge px, court x m, court y m), boxes 40 x 100."""
    rows = sorted(rows, key=lambda row: row[0])
    frames, tracks, roles, players, left, x, y = zip(*rows, strict=True) if rows else [[]] * 7
    left = np.array(left, float)
    size = len(rows)
    return PersonRows(
        frames=np.array(frames, np.int64),
        boxes_px=np.column_stack([left, np.zeros(size), left + 40, np.full(size, 100.0)]),
        track_ids=np.array(tracks, np.int64),
        roles=np.array(roles, np.str_),
        team_ids=np.full(size, ""),
        player_ids=np.array(players, np.str_),
        numbers=np.full(size, ""),
        court_m=np.column_stack([np.array(x, float), np.array(y, float)]),
        probs=np.full(size, 0.95),
    )


def matched(found, true):
    """Matches in all frames of the truth."""
    return match_people(people(*found), people(*true), np.unique([row[0] for row in true]))
