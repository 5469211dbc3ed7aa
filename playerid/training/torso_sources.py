"""Upper bodies of rendered games and of labelled frames."""

import csv
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.arena.broadcast import sample_frames
from playerid.arena.world import FrameTruth
from playerid.frames.boxes import to_pixels
from playerid.frames.crops import cut_people, decode_jpeg, encode_jpeg, torso_boxes
from playerid.scores.label_files import find_labels
from playerid.training.torso_pictures import NO_BOX, Picture, Torsos

FIRST_SEED = 6_500_000
"""Games of the demo, of tests, of scores and of the other trainings have other seeds."""

STRETCH = {"frame": 20_000, "youtube": 20}
"""Frames of one recording that are kept together; the others of `players_train` are one each."""


def write_game_torsos(path: Path, games: int, seed: int, frames_per_game: int = 8) -> int:
    """Render frames of many games and keep every player's upper body.

    Args:
        path: Parquet file to write: `jpeg`, `number` (null where none is legible), `box`.
        games: how many, half of them at level "broadcast".
        seed: draws the games.
        frames_per_game: frames of each.

    Returns:
        How many upper bodies were written.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for offset, level in enumerate(("broadcast", "hard")):
        first = FIRST_SEED + 10_000 * seed + 5_000 * offset
        count = max(1, round(games / 2)) * frames_per_game
        for frame in sample_frames(first, level, count, per_game=frames_per_game, other_share=0.0):
            rows += _torsos_of(frame.image, frame.truth, rng)
    pq.write_table(pa.Table.from_pylist(rows), path)
    return len(rows)


def _torsos_of(
    image: Picture, truth: FrameTruth, rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    """Players of whom enough shows, each with the number that can be read on them."""
    people = np.flatnonzero((truth.labels == "player") & (truth.visible > 0.55))
    boxes = truth.boxes_px[people].astype(np.float64)
    sides = (boxes[:, 2:] - boxes[:, :2])[:, [0, 1, 0, 1]]
    found = boxes + rng.normal(0, 0.04, boxes.shape) * sides  # as a detector would find them
    places = to_pixels(torso_boxes(found), *image.shape[:2]).astype(np.float64)
    numbers = np.flatnonzero(truth.labels == "number")
    worn = {int(truth.people[row]): row for row in numbers}
    for row, place, crop in zip(people, places, cut_people(image, places), strict=True):
        number, box = "", NO_BOX
        if (own := worn.get(int(truth.people[row]))) is not None and truth.numbers[own]:
            number = str(truth.numbers[own])
            size = np.tile(place[2:] - place[:2], 2)
            box = tuple(((truth.boxes_px[own] - np.tile(place[:2], 2)) / size).tolist())
        yield {
            "number": number or None,
            "box": None if np.isnan(box[0]) else list(box),
            "jpeg": encode_jpeg(crop),
        }


def read_torsos(file: Path) -> Torsos:
    """Upper bodies that `write_game_torsos` wrote."""
    rows = pq.read_table(file).to_pylist()
    return Torsos(
        [decode_jpeg(row["jpeg"]) for row in rows],
        [row["number"] or "" for row in rows],
        [tuple(row["box"]) if row["box"] else NO_BOX for row in rows],
    )


def read_people(
    data_dir: Path, name: str = "players_train", label: str = "player", least_px: float = 22
) -> dict[tuple[str, int], Picture]:
    """Upper bodies of people in labelled frames, brought to 1280x720 first.

    Args:
        data_dir: folder with the frames; see `label_files.find_labels`.
        name: of the file of frames.
        label: of the boxes.
        least_px: narrower boxes are left out.

    Returns:
        (frame, index of the box) -> (height, width, 3) RGB; empty without the file.
    """
    file = find_labels(data_dir, name)
    people: dict[tuple[str, int], Picture] = {}
    if file is None or file.suffix != ".parquet":
        return people
    for row in pq.read_table(file).to_pylist():
        image = cv2.resize(decode_jpeg(row["jpeg"]), (1280, 720), interpolation=cv2.INTER_AREA)
        for index, box in enumerate(row["boxes"]):
            place = np.array([box["box"]]) * [1280, 720, 1280, 720]
            sides = place[0, 2:] - place[0, :2]
            if box["label"] == label and sides[0] >= least_px and sides[1] >= 1.3 * sides[0]:
                people[row["image_id"], index] = cut_people(image, torso_boxes(place))[0]
    return people


def recording_of(image_id: str) -> str:
    """The stretch of a recording that a frame of `players_train` is of.

    Names end in the number of the frame; neighbours show the same play.
    """
    name = image_id.split("_jpg", 1)[0]
    match = re.fullmatch(r"(.*?)[-_](\d+)", name)
    if match is None or match[1] not in STRETCH:
        return name if match is None else match[1]
    return f"{match[1]} {int(match[2]) // STRETCH[match[1]]}"


def read_hand_labels() -> dict[tuple[str, int], str]:
    """What people read on the players of `players_train`: (frame, box) -> number or ""."""
    file = resources.files("playerid.training") / "labels" / "torso_numbers.csv"
    if not file.is_file():
        return {}
    rows = csv.DictReader(file.read_text("utf-8").splitlines())
    return {(row["image_id"], int(row["box_index"])): row["jersey_number"] for row in rows}
