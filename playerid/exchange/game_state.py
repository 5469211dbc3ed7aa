"""Labels of the SoccerNet game state challenge: who is where in each frame of a clip.

A sequence is a folder with `Labels-GameState.json` (version 1.3) and, where they were downloaded,
its pictures. Metres are from the centre of the pitch, y towards the near touchline; ours is turned.
Teams are named by the end they defend, "left" or "right", and only a number tells players apart:
number 10 of the left team is player "left-10" of ours.

References:
    Somers et al., SoccerNet Game State Reconstruction, CVPRW 2024, supplement.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from playerid.errors import TableError
from playerid.game.mistakes import describe_mistakes
from playerid.tables import NUMBERS, PLAYING_ROLES

logger = logging.getLogger(__name__)

LABELS = "Labels-GameState.json"
LEAGUE = "ifab"
SIDES = ("left", "right")

EDGES = ("left", "middle", "right")
"""Points of the lower edge of a box, which are given on the pitch."""

Place = NDArray[np.float64]


def _role(value: object) -> object:
    """Some are written "goalkeepers"."""
    return "goalkeeper" if str(value).startswith("goalkeeper") else value


def _none(value: object) -> object:
    return None if value in {"", "nan"} else value


class LabelledInfo(BaseModel):
    """What is said of a sequence; the other fields are ignored."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\z")
    version: str
    frame_rate: float = Field(gt=0)
    seq_length: int = Field(gt=0)
    im_dir: str = Field(default="img1", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\z")
    game_time_start: str = ""


class LabelledImage(BaseModel):
    """A frame, and what of it is labelled."""

    model_config = ConfigDict(frozen=True)

    image_id: str = Field(pattern=r"^\d{7,}$")
    file_name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\z")
    has_labeled_person: bool = True
    has_labeled_pitch: bool = True
    has_labeled_camera: bool = True

    @property
    def frame(self) -> int:
        """From 0; the last six digits of the id count from 1."""
        return int(self.image_id[-6:]) - 1

    @property
    def is_whole(self) -> bool:
        """Whether all of it is labelled: the official scorer leaves other frames out."""
        return self.has_labeled_person and self.has_labeled_pitch and self.has_labeled_camera


class Attributes(BaseModel):
    """Who somebody is."""

    model_config = ConfigDict(frozen=True)

    role: Annotated[
        Literal["player", "goalkeeper", "referee", "other", "ball"], BeforeValidator(_role)
    ]
    jersey: Annotated[str | None, BeforeValidator(_none)] = None
    team: Annotated[Literal["left", "right"] | None, BeforeValidator(_none)] = None


class LabelledObject(BaseModel):
    """A person or the ball in a frame."""

    model_config = ConfigDict(frozen=True)

    image_id: str
    track_id: int
    attributes: Attributes
    bbox_image: dict[str, float]
    bbox_pitch: dict[str, float] | None = None


ANNOTATIONS = TypeAdapter(list[LabelledObject])


@dataclass(frozen=True, slots=True)
class People:
    """N rows of people, or of the ball, in order of track and frame.

    Attributes:
        frames: (N,) from 0.
        track_ids: (N,) as labelled.
        roles: (N,) player, goalkeeper, referee, other or ball.
        teams: (N,) left, right, or "" where nobody says so.
        numbers: (N,) "" where nobody could read one.
        boxes_px: (N, 4) boxes.
        edges_m: (N, 3, 2) left, middle and right of the lower edge on the pitch, our court
            coordinates, metres; NaN where it has no place.
    """

    frames: NDArray[np.int64]
    track_ids: NDArray[np.int64]
    roles: NDArray[np.str_]
    teams: NDArray[np.str_]
    numbers: NDArray[np.str_]
    boxes_px: Place
    edges_m: Place


@dataclass(frozen=True, slots=True)
class LabelledSequence:
    """A labelled clip.

    Attributes:
        info: what it says of itself.
        folder: where it lies.
        images: its frames, in order.
        people: everybody in them.
        ball: the ball in them.
    """

    info: LabelledInfo
    folder: Path
    images: tuple[LabelledImage, ...]
    people: People
    ball: People


def sequence_folders(path: Path) -> list[Path]:
    """The sequences of a path: itself, its file of labels, or the folders of a split.

    Raises:
        TableError: There is none.
    """
    folder = path.parent if path.name == LABELS else path
    found = [folder] if (folder / LABELS).is_file() else []
    found = found or sorted(file.parent for file in folder.glob(f"*/{LABELS}"))
    if not found:
        raise TableError(f"{path}: expected a folder with {LABELS}, or folders with one each")
    return found


def read_sequence(folder: Path) -> LabelledSequence:
    """Read the labels of a sequence.

    Raises:
        TableError: They are none; the message names the file and the field.
    """
    file = folder / LABELS
    try:
        raw = TypeAdapter(dict[str, object]).validate_json(file.read_bytes())
        info = LabelledInfo.model_validate(raw.get("info"))
        images = TypeAdapter(list[LabelledImage]).validate_python(raw.get("images"))
        listed = TypeAdapter(list[dict[str, object]]).validate_python(raw.get("annotations"))
        things = [row for row in listed if row.get("supercategory", "object") == "object"]
        objects = ANNOTATIONS.validate_python(things)
    except ValidationError as error:
        raise TableError(describe_mistakes(str(file), error)) from error
    frames = {image.image_id: image.frame for image in images}
    placed = [one for one in objects if one.image_id in frames]
    is_ball = [one.attributes.role == "ball" for one in placed]
    people = [one for one, ball in zip(placed, is_ball, strict=True) if not ball]
    balls = [one for one, ball in zip(placed, is_ball, strict=True) if ball]
    if not people:
        raise TableError(f"{file}: annotations: expected people in the images, found none")
    ordered = tuple(sorted(images, key=lambda image: image.frame))
    return LabelledSequence(
        info, folder, ordered, _rows(people, frames, file), _rows(balls, frames, file)
    )


def _rows(objects: list[LabelledObject], frames: dict[str, int], file: Path) -> People:
    strange = Counter(
        one.attributes.jersey for one in objects if (one.attributes.jersey or "") not in NUMBERS
    )
    if strange:
        logger.warning(
            "%s: left out numbers that nobody wears: %s", file, ", ".join(map(str, strange))
        )
    objects = sorted(objects, key=lambda one: (one.track_id, frames[one.image_id]))
    jerseys = [one.attributes.jersey or "" for one in objects]
    try:
        boxes = [[one.bbox_image[name] for name in ("x", "y", "w", "h")] for one in objects]
        edges = [_edges(one.bbox_pitch) for one in objects]
    except KeyError as error:
        raise TableError(f"{file}: annotations: a box lacks {error}") from error
    corners = np.array(boxes, np.float64).reshape(-1, 4)
    return People(
        frames=np.array([frames[one.image_id] for one in objects], np.int64),
        track_ids=np.array([one.track_id for one in objects], np.int64),
        roles=np.array([one.attributes.role for one in objects], np.str_),
        teams=np.array(
            [
                (one.attributes.team if one.attributes.role in PLAYING_ROLES else None) or ""
                for one in objects
            ],
            np.str_,
        ),
        numbers=np.array(["" if jersey in strange else jersey for jersey in jerseys], np.str_),
        boxes_px=np.hstack([corners[:, :2], corners[:, :2] + corners[:, 2:]]),
        edges_m=np.array(edges, np.float64).reshape(-1, 3, 2) * (1.0, -1.0),
    )


def _edges(pitch: dict[str, float] | None) -> list[list[float]]:
    """Places of the lower edge; only the middle must be given."""
    if pitch is None:
        return [[np.nan, np.nan]] * 3
    middle = [pitch["x_bottom_middle"], pitch["y_bottom_middle"]]
    given = [[pitch.get(f"{axis}_bottom_{edge}", np.nan) for axis in ("x", "y")] for edge in EDGES]
    return [given[0], middle, given[2]]
