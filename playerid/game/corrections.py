"""Corrections by hand: who a person is, whatever the models say; one file per game.

A correction is tied to the picture, not to a tracklet: tracklets are counted anew by every run.
It names a stretch of time and holds sightings: boxes of the person within it, twice a second. It
applies to whatever tracklets lie on those boxes; see `playerid.identify.corrected`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.conditional import read_version, swap
from playerid.errors import ArchiveError, GameError
from playerid.frames.boxes import iou
from playerid.game.roster import Game, describe_mistakes

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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    player_id: str | None = None
    team_id: str | None = None
    is_nobody: bool = False
    start_s: Seconds
    end_s: Seconds
    sightings: Annotated[tuple[Sighting, ...], Field(min_length=1)]

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
    content = CorrectionFile(corrections=tuple(items)).model_dump(exclude_defaults=True)
    text = json.dumps(content, indent=1) + "\n"
    if not swap(archive, path, text.encode(), replaced.version):
        raise ArchiveError(f"{path}: somebody else changed it just now; try again")


def find_problems(items: Sequence[Correction], game: Game) -> list[str]:
    """What is wrong with corrections, each with its field; empty if nothing is."""
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
    for (first, one), (second, other) in combinations(enumerate(items), 2):
        place = f"corrections.{second}: from {other.start_s:g} to {other.end_s:g} s"
        if one.start_s >= other.end_s or other.start_s >= one.end_s:
            continue
        if one.player_id is not None and one.player_id == other.player_id:
            problems.append(f"{place}, player {one.player_id!r} is in corrections.{first}, too")
        elif _same_person(one, other):
            problems.append(f"{place}, corrections.{first} is about the same person")
    return problems


def _same_person(one: Correction, other: Correction) -> bool:
    """Whether two corrections share a box."""
    for sighting in one.sightings:
        boxes = [s.box_px for s in other.sightings if abs(s.time_s - sighting.time_s) < 0.01]
        if boxes and iou(np.array([sighting.box_px]), np.array(boxes)).max() > 0.95:
            return True
    return False
