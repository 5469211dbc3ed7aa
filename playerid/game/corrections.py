"""Corrections by hand: who a person is, whatever the models say; one file per game.

A correction is tied to the picture, not to a tracklet: tracklets are counted anew by every run.
It names a stretch of time and holds sightings: boxes of the person within it, twice a second. It
applies to whatever tracklets lie on those boxes; see `playerid.identify.corrected`.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.conditional import read_version, swap
from playerid.errors import ArchiveError, GameError
from playerid.frames.boxes import iou
from playerid.game.mistakes import describe_mistakes
from playerid.game.roster import Game, Text

Seconds = Annotated[float, Field(ge=0, strict=False)]
Pixels = Annotated[float, Field(strict=False)]


class Sighting(BaseModel):
    """Where the person was seen.

    Attributes:
        time_s: time of the frame in the video, seconds.
        box_px: (x_min, y_min, x_max, y_max), pixels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_s: Seconds
    box_px: tuple[Pixels, Pixels, Pixels, Pixels]

    @model_validator(mode="after")
    def _check(self) -> Self:
        x_min, y_min, x_max, y_max = self.box_px
        if x_max <= x_min or y_max <= y_min:
            raise ValueError(f"box_px {list(self.box_px)} is inside out")
        return self


class Correction(BaseModel):
    """One statement about the person of the sightings; exactly one of the first three.

    Attributes:
        player_id: he is this player.
        team_id: he plays for this team.
        is_nobody: he is no player of either team.
        start_s: begin in video time, seconds.
        end_s: end in video time, seconds; this frame included.
        sightings: where he is in that time.
        said_by: who says so; None where nobody was asked.
        said_at: when, UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    player_id: Text | None = None
    team_id: Text | None = None
    is_nobody: bool = False
    start_s: Seconds
    end_s: Seconds
    sightings: Annotated[tuple[Sighting, ...], Field(min_length=1)]
    said_by: Annotated[str | None, Field(max_length=200)] = None
    said_at: dt.datetime | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        said = [self.player_id is not None, self.team_id is not None, self.is_nobody]
        if sum(said) != 1:
            raise ValueError("expected one of player_id, team_id and is_nobody")
        if self.end_s < self.start_s:
            raise ValueError(f"end_s {self.end_s} is before start_s {self.start_s}")
        return self


class CorrectionFile(BaseModel):
    """All corrections of a game, in the order in which they were made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Corrections:
    """The corrections of a game as they stand in the archive.

    Attributes:
        items: the corrections.
        sha256: of the file; None where there is none.
        version: tells the object from every other; None where there is none.
    """

    items: tuple[Correction, ...] = ()
    sha256: str | None = None
    version: str | None = None


def read_corrections(archive: Archive, game: Game) -> Corrections:
    """Read and check the corrections of a game; none where there is no file.

    Raises:
        GameError: The file is not JSON, names somebody who does not play, puts a player in two
            places or one person under two names; the message names the file and the field.
    """
    path = layout.corrections_file(game.game_id)
    text, version = read_version(archive, path)
    if text is None:
        return Corrections()
    try:
        items = CorrectionFile.model_validate_json(text).corrections
    except ValidationError as error:
        raise GameError(describe_mistakes(path, error)) from error
    if problems := find_problems(items, game):
        raise GameError(f"{path}: " + "\n  ".join(problems))
    return Corrections(items, hashlib.sha256(text).hexdigest(), version)


def write_corrections(
    archive: Archive, game: Game, items: Sequence[Correction], replaced: Corrections
) -> None:
    """Replace the corrections of a game.

    Raises:
        GameError: They contradict the game or each other.
        ArchiveError: Somebody else changed them since `replaced` was read.
    """
    path = layout.corrections_file(game.game_id)
    if problems := find_problems(items, game):
        raise GameError(f"{path}: " + "\n  ".join(problems))
    file = CorrectionFile(corrections=tuple(items))
    content = file.model_dump(mode="json", exclude_defaults=True)
    text = json.dumps(content, indent=1) + "\n"
    if not swap(archive, path, text.encode(), replaced.version):
        raise ArchiveError(f"{path}: somebody else changed it just now; try again")


def find_problems(items: Sequence[Correction], game: Game, *, most: int = 20) -> list[str]:
    """What is wrong with corrections, each with its field; empty if nothing is.

    Of contradictions, only the first `most` are told.
    """
    players = {p.player_id for team in game.teams for p in team.players if p.active}
    teams = {team.team_id for team in game.teams}
    problems = []
    for index, item in enumerate(items):
        if item.player_id is not None and item.player_id not in players:
            problems.append(
                f"corrections.{index}.player_id: no active player {item.player_id!r} in the game"
            )
        if item.team_id is not None and item.team_id not in teams:
            problems.append(
                f"corrections.{index}.team_id: {item.team_id!r} does not play; expected one of"
                f" {', '.join(sorted(teams))}"
            )
    return [*problems, *islice(_contradictions(items), most)]


def _contradictions(items: Sequence[Correction]) -> Iterator[str]:
    """Pairs of corrections that cannot both hold: of one player, or of one person."""
    shared = _sharing_a_box(items)
    by_start = sorted(range(len(items)), key=lambda index: items[index].start_s)
    open_by_player: dict[str, int] = {}
    same_player = set[tuple[int, int]]()
    for index in by_start:
        player = items[index].player_id
        if player is None:
            continue
        before = open_by_player.get(player)
        if before is not None and items[index].start_s < items[before].end_s:
            same_player.add((min(before, index), max(before, index)))
        if before is None or items[index].end_s > items[before].end_s:
            open_by_player[player] = index
    for first, second in sorted(same_player | shared):
        one, other = items[first], items[second]
        place = f"corrections.{second}: from {other.start_s:g} to {other.end_s:g} s"
        if one.start_s >= other.end_s or other.start_s >= one.end_s:
            continue
        if (first, second) in same_player:
            yield f"{place}, player {one.player_id!r} is in corrections.{first}, too"
        else:
            yield f"{place}, corrections.{first} is about the same person"


def _sharing_a_box(items: Sequence[Correction]) -> set[tuple[int, int]]:
    """Pairs of corrections with the same box at the same time; each sighting's first three."""
    seen = [(s.time_s, index, s.box_px) for index, item in enumerate(items) for s in item.sightings]
    seen.sort()
    times_s, owners = np.array([s[0] for s in seen]), np.array([s[1] for s in seen])
    boxes = np.array([s[2] for s in seen], np.float64).reshape(-1, 4)
    stops = np.searchsorted(times_s, times_s + 0.01, "left")
    pairs = set[tuple[int, int]]()
    for row, stop in enumerate(stops.tolist()):
        others = np.flatnonzero(owners[row + 1 : stop] != owners[row]) + row + 1
        if not len(others):
            continue
        same = others[iou(boxes[row : row + 1], boxes[others])[0] > 0.95]
        for other in owners[same[:3]].tolist():
            pairs.add((min(int(owners[row]), other), max(int(owners[row]), other)))
    return pairs
