"""People on frames of `courts_train`, labelled by hand: boxes and numbers alone are in the package.

The frames of some games are held out; files of them to score a detector and a torso reader on are
written by

    python -m playerid.training.court_people FOLDER halls.parquet hall_torsos.parquet
"""

import csv
import sys
from collections import defaultdict
from importlib import resources
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.evaluate.torsos import TORSOS, rows_of_frame
from playerid.frames.crops import decode_jpeg, encode_jpeg
from playerid.models.detector import LABELS
from playerid.scores.label_files import PICTURE, TEXT, find_labels, read_rows
from playerid.scores.labelled_frames import UNSURE, LabelledFrame

LABELLED = ("player", "referee", "ball")
HELD_OUT = ("ASVEL", "nes_ziona")
"""In the names of frames that nothing is trained on."""
ILLEGIBLE = "none"
"""The number of a player on whom nobody can read one; it is empty where nobody looked or could
tell."""


def read_court_people(data_dir: Path, *, held_out: bool = False) -> list[LabelledFrame]:
    """The frames of `courts_train` whose people are labelled; none where the file is not there.

    Args:
        data_dir: folder with `courts_train`, see `label_files.find_labels`.
        held_out: those of `HELD_OUT` instead of all others.
    """
    return [
        LabelledFrame(
            row["jpeg"],
            np.array([box["box"] for box in row["boxes"]], np.float32),
            np.array([_index(box["label"]) for box in row["boxes"]], np.int64),
            is_real=True,
            known=LABELLED,
        )
        for row in _labelled_rows(data_dir, held_out=held_out)
    ]


def write_held_out(data_dir: Path, out: Path) -> int:
    """Write the frames held out in which everybody is told, as `read_labelled_frames` reads them.

    Returns:
        How many they are.
    """
    rows = [
        row
        for row in _labelled_rows(data_dir, held_out=True)
        if all(box["label"] in LABELLED for box in row["boxes"])
    ]
    pq.write_table(pa.Table.from_pylist(rows), out)
    return len(rows)


def write_torsos_held_out(data_dir: Path, out: Path) -> int:
    """Write the upper bodies of players held out who stand alone and whose numbers were looked at.

    Returns:
        How many they are.
    """
    rows: list[dict[str, Any]] = []
    for index, row in enumerate(_labelled_rows(data_dir, held_out=True)):
        people = [box for box in row["boxes"] if box["label"] != "ball"]
        image, told = decode_jpeg(row["jpeg"]), np.array([one["number"] for one in people])
        boxes_px = np.array([one["box"] for one in people]) * np.tile(image.shape[1::-1], 2)
        numbers = np.where(told == ILLEGIBLE, "", told)
        rows += rows_of_frame(index, image, boxes_px, numbers, told != "")
    pq.write_table(pa.Table.from_pylist(rows, TORSOS), out)
    return len(rows)


def _labelled_rows(data_dir: Path, *, held_out: bool) -> list[dict[str, Any]]:
    """`jpeg` and `boxes` (label, box as four fractions, number) of each frame."""
    file = find_labels(data_dir, "courts_train")
    if file is None or file.suffix != ".parquet":
        return []
    people = _read_boxes()
    rows = read_rows(file, {"jpeg": PICTURE, "image_id": TEXT})
    rows = [row for row in rows if held_out == any(game in row["image_id"] for game in HELD_OUT)]
    labelled = ((row["jpeg"], people.get(row["image_id"].rpartition(".rf.")[2])) for row in rows)
    return [{"jpeg": _without_specks(jpeg), "boxes": boxes} for jpeg, boxes in labelled if boxes]


def _read_boxes() -> dict[str, list[dict[str, Any]]]:
    """End of the picture's name -> label, box and number of everybody in it."""
    text = (resources.files("playerid.training") / "labels" / "court_people.csv").read_text("utf-8")
    people = defaultdict(list)
    for row in csv.DictReader(text.splitlines()):
        box = [float(row[side]) for side in ("x_min", "y_min", "x_max", "y_max")]
        number = row["jersey_number"]
        people[row["picture"]].append({"label": row["label"], "box": box, "number": number})
    return people


def _index(label: str) -> int:
    return LABELS.index(label) if label in LABELLED else UNSURE


def _without_specks(jpeg: bytes) -> bytes:
    """The set is augmented: some pictures have white and black specks, which no camera makes."""
    image = decode_jpeg(jpeg)
    median = np.asarray(cv2.medianBlur(image, 3), np.uint8)
    is_speck = cv2.absdiff(image, median).max(axis=2) > 60
    return encode_jpeg(median) if is_speck.mean() > 0.002 else jpeg


if __name__ == "__main__":
    folder, frames, torsos = map(Path, sys.argv[1:])
    sys.stdout.write(f"{write_held_out(folder, frames)} frames\n")
    sys.stdout.write(f"{write_torsos_held_out(folder, torsos)} upper bodies\n")
