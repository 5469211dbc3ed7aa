"""Identity precision and coverage by circumstance: zone, depth, overlap, game clock.

zone     lane, inside arc (of the three-point line, without the lane), outside arc; backcourt is
         the half on which fewer of the true players are
depth    near, middle or far third of the court's width; the main camera stands at the near side
overlap  largest IoU with the box of somebody else: none, up to 0.3, above 0.3
clock    running or standing, as `clock_frames` says; unknown where it does not

A true player-frame counts where its true box and place are; a name on somebody who matches
nobody counts where it was found.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.evaluate.people import UNMATCHED, Matches, PersonRows
from playerid.frames.boxes import largest_overlaps
from playerid.leagues.marks import Court

VALUES = {
    "zone": ("lane", "inside arc", "outside arc", "backcourt", "unknown"),
    "depth": ("near", "middle", "far", "unknown"),
    "overlap": ("none", "up to 0.3", "above 0.3"),
    "clock": ("running", "standing", "unknown"),
}


SCHEMA = pa.schema(
    [
        ("breakdown", pa.string()),
        ("value", pa.string()),
        ("player_frames", pa.int64()),
        ("precision", pa.float64()),
        ("coverage", pa.float64()),
    ]
)


def count_breakdowns(matches: Matches, court: Court, clock_frames: pa.Table) -> pa.Table:
    """Count names by circumstance.

    Args:
        matches: of a game.
        court: lengths of its court.
        clock_frames: rows of `clock_frames` of the game.

    Returns:
        Columns breakdown, value, player_frames (true ones), named, right.
    """
    found, true = matches.found, matches.true
    frontcourts = _frontcourts(true)
    clocks = {
        frame: "unknown" if runs is None else "running" if runs else "standing"
        for frame, runs in zip(
            clock_frames["frame_index"].to_pylist(),
            clock_frames["clock_running"].to_pylist(),
            strict=True,
        )
    }
    of_true = _circumstances(true, court, frontcourts, clocks)
    of_found = _circumstances(found, court, frontcourts, clocks)
    matched = matches.true_of != UNMATCHED
    target = matches.true_of[matched]
    named = found.player_ids != ""
    right = named.copy()
    right[~matched] = False
    right[matched] &= found.player_ids[matched] == true.player_ids[target]
    rows = []
    for breakdown, values in VALUES.items():
        there, here = of_true[breakdown], of_found[breakdown].astype(object)
        here[matched] = there[target]
        rows += [
            {
                "breakdown": breakdown,
                "value": value,
                "player_frames": int((true.are_players & (there == value)).sum()),
                "named": int((named & (here == value)).sum()),
                "right": int((right & (here == value)).sum()),
            }
            for value in values
        ]
    return pa.Table.from_pylist(rows)


def add_breakdowns(games: Sequence[pa.Table]) -> pa.Table:
    """Precision and coverage of several games together, of what there is any of.

    Args:
        games: from `count_breakdowns`, at least one.

    Returns:
        Columns breakdown, value, player_frames, precision (null if nobody is named), coverage
        (null if nobody is there).
    """
    sums: dict[tuple[str, str], NDArray[np.int64]] = {
        (breakdown, value): np.zeros(3, np.int64)
        for breakdown, values in VALUES.items()
        for value in values
    }
    for row in pa.concat_tables(games).to_pylist():
        counts = (row["player_frames"], row["named"], row["right"])
        sums[row["breakdown"], row["value"]] += counts
    rows = [
        {
            "breakdown": breakdown,
            "value": value,
            "player_frames": there,
            "precision": right / named if named else None,
            "coverage": named / there if there else None,
        }
        for (breakdown, value), counts in sums.items()
        for there, named, right in [counts.tolist()]
        if there or named
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _circumstances(
    people: PersonRows, court: Court, frontcourts: Mapping[int, float], clocks: Mapping[int, str]
) -> dict[str, NDArray[np.str_]]:
    """Breakdown -> (N,) its value for each row."""
    frames = people.frames.tolist()
    overlaps = largest_overlaps(people.frames, people.boxes_px)
    third, y = court.width / 6, people.court_m[:, 1]
    side = np.array([frontcourts.get(frame, np.nan) for frame in frames])
    found = {
        "zone": _zones(people.court_m * np.column_stack([side, np.ones(len(side))]), court),
        "depth": np.select([y < -third, y <= third, y > third], ["near", "middle", "far"], ""),
        "overlap": np.select([overlaps == 0, overlaps <= 0.3], ["none", "up to 0.3"], "above 0.3"),
        "clock": np.array([clocks.get(frame, "unknown") for frame in frames], np.str_),
    }
    return {name: np.where(value == "", "unknown", value) for name, value in found.items()}


def _zones(place_m: NDArray[np.float64], court: Court) -> NDArray[np.str_]:
    """(N,) zones of (N, 2) places, turned so that the frontcourt is x > 0."""
    areas, names = court.areas_at(place_m), dict(court.zones)
    beyond = names.pop("court")
    inside = [areas[area] for area in names]
    unknown, behind = ~np.isfinite(place_m).all(axis=1), place_m[:, 0] < 0
    zones = np.select([unknown, behind, *inside], ["", "backcourt", *names.values()], beyond)
    return np.asarray(zones)


def _frontcourts(true: PersonRows) -> dict[int, float]:
    """Frame -> the half on which most of its players are, -1 left or 1 right."""
    is_player = true.are_players
    frames, starts = np.unique(true.frames[is_player], return_index=True)
    halves = np.split(true.court_m[is_player, 0], starts[1:]) if len(frames) else []
    return {
        frame: 1.0 if np.median(x) > 0 else -1.0
        for frame, x in zip(frames.tolist(), halves, strict=True)
    }
