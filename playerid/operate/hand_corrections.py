"""Say by hand who a tracklet of a published game is; list what was said; take it back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from getpass import getuser
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from playerid import tables
from playerid.archive import layout, store
from playerid.archive.archive import Archive
from playerid.archive.catalog import find_game
from playerid.archive.entry import Entry
from playerid.errors import GameError
from playerid.frames.boxes import boxes_of
from playerid.game.corrections import (
    Correction,
    Sighting,
    read_corrections,
    write_corrections,
)
from playerid.game.inputs import stored_game
from playerid.game.roster import LONGEST_TEXT, Game
from playerid.identify.corrected import NO_CORRECTION, corrections_of_boxes


@dataclass(frozen=True, slots=True)
class Standing:
    """A correction and what it is about in the published game.

    Attributes:
        correction: as it is kept.
        tracklet_ids: tracklets that lie on its sightings; none if nobody is tracked there.
        boxes: how many boxes of theirs it holds for.
    """

    correction: Correction
    tracklet_ids: tuple[int, ...]
    boxes: int


@dataclass(frozen=True, slots=True)
class GameBoxes:
    """A published game as corrections are made of it.

    Attributes:
        game: its file.
        boxes: its rows of `player_frames`.
        identities: its rows of `identities`.
    """

    game: Game
    boxes: pa.Table
    identities: pa.Table


def add_correction(
    archive: Archive,
    game_id: str,
    tracklet_id: int,
    who: str,
    span_s: tuple[float | None, float | None] = (None, None),
    said_by: str | None = None,
) -> Correction:
    """Say who the person of a published tracklet is; it holds from the next run of the game on.

    Who says the same again, as after a command that was killed, changes nothing.

    Args:
        archive: where the game is.
        game_id: a published game.
        tracklet_id: as `identities` and `player_frames` have it.
        who: a `player_id`; "home", "away" or a `team_id` for somebody of that team; "nobody" for
            no player of either.
        span_s: first and last time for which it holds, seconds of the video; None for that of
            the tracklet.
        said_by: who says so.

    Raises:
        ArchiveError: The game is not published, or somebody else changed its corrections.
        GameError: There is no such tracklet, player or team, or something else was said of it.
    """
    seen = read_boxes(archive, game_id)
    before = read_corrections(archive, seen.game)
    again = draft_correction(seen, (), tracklet_id, who, span_s)
    for item in before.items:
        if item.model_copy(update={"said_by": None, "said_at": None}) == again:
            return item
    made = draft_correction(seen, before.items, tracklet_id, who, span_s, said_by)
    write_corrections(archive, seen.game, [*before.items, made], before)
    return made


def draft_correction(
    seen: GameBoxes,
    before: Sequence[Correction],
    tracklet_id: int,
    who: str,
    span_s: tuple[float | None, float | None] = (None, None),
    said_by: str | None = None,
) -> Correction:
    """A correction as `add_correction` makes it, not yet kept.

    Raises:
        GameError: There is no such tracklet, or something else was said of it.
    """
    boxes = seen.boxes
    path, place = layout.corrections_file(seen.game.game_id), f"corrections.{len(before)}"
    start_s, end_s = (float("nan") if time_s is None else time_s for time_s in span_s)
    mine = pc.equal(boxes["tracklet_id"], tracklet_id)
    mine = pc.and_(mine, pc.invert(pc.less(boxes["time_s"], start_s)))
    mine = pc.and_(mine, pc.invert(pc.greater(boxes["time_s"], end_s)))
    claims = corrections_of_boxes(boxes, before)[mine.to_numpy()]
    if not len(claims):
        raise GameError(f"{path}: {place}: tracklet {tracklet_id} has no box in that time")
    if (claims != NO_CORRECTION).any():
        raise GameError(
            f"{path}: {place}: corrections.{claims.max()} is about tracklet {tracklet_id} at that"
            " time; remove it first"
        )
    sightings = _sightings(boxes.filter(mine))
    return Correction(
        **_statement(who, seen.game),
        start_s=sightings[0].time_s,
        end_s=sightings[-1].time_s,
        sightings=sightings,
        said_by=said_by,
        said_at=dt.datetime.now(dt.UTC).replace(microsecond=0) if said_by else None,
    )


def _statement(who: str, game: Game) -> dict[str, Any]:
    teams = {team.team_id: team.team_id for team in game.teams}
    teams |= {"home": game.home.team_id, "away": game.away.team_id}
    if who == "nobody":
        return {"is_nobody": True}
    if not 0 < len(who) <= LONGEST_TEXT:
        raise GameError(f"player_id: expected 1 to {LONGEST_TEXT} characters, got {len(who)}")
    return {"team_id": teams[who]} if who in teams else {"player_id": who}


def remove_correction(archive: Archive, game_id: str, index: int) -> Correction:
    """Take a correction back.

    Raises:
        GameError: There is no correction of that index.
    """
    game = stored_game(archive, game_id)
    before = read_corrections(archive, game)
    if not 0 <= index < len(before.items):
        path, count = layout.corrections_file(game_id), len(before.items)
        raise GameError(f"{path}: no corrections.{index}; it holds {count}")
    kept = [item for place, item in enumerate(before.items) if place != index]
    write_corrections(archive, game, kept, before)
    return before.items[index]


def list_corrections(archive: Archive, game_id: str) -> list[Standing]:
    """The corrections of a published game, and what each is about in it."""
    seen = read_boxes(archive, game_id)
    return standing_in(seen, read_corrections(archive, seen.game).items)


def standing_in(seen: GameBoxes, items: Sequence[Correction]) -> list[Standing]:
    """What each of some corrections is about in a published game."""
    claims, ids = corrections_of_boxes(seen.boxes, items), seen.boxes["tracklet_id"].to_numpy()
    return [
        Standing(item, tuple(np.unique(ids[claims == i]).tolist()), int((claims == i).sum()))
        for i, item in enumerate(items)
    ]


def read_boxes(archive: Archive, game_id: str, entry: Entry | None = None) -> GameBoxes:
    """A published game, as it is now or as an entry has it.

    Raises:
        ArchiveError: The game is not published, or has no game file.
    """
    entry = entry or find_game(archive, game_id)
    boxes, identities = (
        store.read(archive, table, entry.tables[table.name])
        for table in (tables.PLAYER_FRAMES, tables.IDENTITIES)
    )
    return GameBoxes(stored_game(archive, game_id), boxes, identities)


def this_user() -> str:
    """Name of whoever runs this process."""
    try:
        return getuser()
    except (KeyError, OSError):  # the system has no name for them, as in a container
        return "somebody"


def _sightings(boxes: pa.Table, *, every_s: float = 0.5) -> tuple[Sighting, ...]:
    """The first and the last box, and the first of every half second of the video."""
    boxes = boxes.sort_by("time_s")
    times_s, places_px = boxes["time_s"].to_numpy(), boxes_of(boxes)
    kept = np.diff(np.floor(times_s / every_s), prepend=-1) != 0
    kept[-1] = True
    return tuple(
        Sighting(time_s=round(float(times_s[row]), 4), box_px=tuple(places_px[row].tolist()))
        for row in np.flatnonzero(kept)
    )
