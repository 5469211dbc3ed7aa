"""Labels that people corrected in an editor -> the files that `playerid train` reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.errors import LabelsError
from playerid.frames.crops import cut_numbers, encode_jpeg
from playerid.models.detector import LABELS
from playerid.scores.coco_labels import read_coco
from playerid.scores.court_scores import REGIONS
from playerid.scores.label_files import NO_NUMBER, read_picture
from playerid.tables import NUMBERS

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WrittenLabels:
    """A file of labels that was written, and how many rows it has."""

    file: Path
    rows: int


def import_labels(
    coco: Path, folder: Path, pictures: Path | None = None, *, held_out: float = 0.2
) -> list[WrittenLabels]:
    """Write labels as `playerid train` and `playerid models score` read them.

    Boxes become `players_train.parquet`, boxes of numbers crops in `jersey_crops_train.parquet`,
    areas of the court `courts_train.parquet`. The last frames, by name, are kept to score on and
    end in `_valid`. What was not labelled makes no file.

    Args:
        coco: as the editor exported it.
        folder: where to; files of these names are replaced.
        pictures: folder of the pictures, if they do not lie beside.
        held_out: share of the frames that is kept to score on.

    Raises:
        LabelsError: It is no COCO, a picture is missing, or a number is none.
    """
    rows = sorted(read_coco(coco, pictures), key=lambda row: row["image_id"])
    aside = min(max(round(held_out * len(rows)), 1), len(rows) - 1) if held_out else 0
    split = {"train": rows[: len(rows) - aside], "valid": rows[len(rows) - aside :]}
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for part, frames in split.items():
        made: Mapping[str, Sequence[Row]] = {
            "players": [_boxes_of(row) for row in frames if _boxes_of(row)["boxes"]],
            "jersey_crops": [crop for row in frames for crop in _crops_of(row, coco)],
            "courts": [_areas_of(row) for row in frames if _areas_of(row)["regions"]],
        }
        for name, labelled in made.items():
            file = folder / f"{name}_{part}.parquet"
            file.unlink(missing_ok=True)
            if labelled:
                pq.write_table(pa.Table.from_pylist(list(labelled), SCHEMAS[name]), file)
                written.append(WrittenLabels(file, len(labelled)))
    return written


BOX_LIST = pa.list_(pa.struct([("label", pa.string()), ("box", pa.list_(pa.float64()))]))
AREA_LIST = pa.list_(pa.struct([("region", pa.string()), ("polygon", pa.list_(pa.float64()))]))
SCHEMAS = {
    "players": pa.schema([("image_id", pa.string()), ("jpeg", pa.binary()), ("boxes", BOX_LIST)]),
    "jersey_crops": pa.schema([("jpeg", pa.binary()), ("number", pa.string())]),
    "courts": pa.schema([("image_id", pa.string()), ("jpeg", pa.binary()), ("regions", AREA_LIST)]),
}


def _boxes_of(row: Row) -> Row:
    boxes = [
        {"label": box["label"], "box": box["box"]} for box in row["boxes"] if box["label"] in LABELS
    ]
    return {"image_id": row["image_id"], "jpeg": row["jpeg"], "boxes": boxes}


def _areas_of(row: Row) -> Row:
    areas = [area for area in row["regions"] if area["region"] in REGIONS]
    return {"image_id": row["image_id"], "jpeg": row["jpeg"], "regions": areas}


def _crops_of(row: Row, coco: Path) -> list[Row]:
    """A crop of each number whose text was written, or that was said to be illegible."""
    told = [(box["box"], _text_of(box)) for box in row["boxes"] if _text_of(box)]
    if not told:
        return []
    for _, text in told:
        if text not in NUMBERS[1:] and text != NO_NUMBER:
            raise LabelsError(
                f'{coco}: {row["image_id"]}: expected a number from "0" and "00" to "99", or'
                f" {NO_NUMBER!r} where nobody can read it, got {text!r}"
            )
    image = read_picture(row["jpeg"], coco, 0)
    height, width = image.shape[:2]
    boxes = np.array([box for box, _ in told]) * [width, height, width, height]
    return [
        {"jpeg": encode_jpeg(crop), "number": None if text == NO_NUMBER else text}
        for crop, (_, text) in zip(cut_numbers(image, boxes), told, strict=True)
    ]


def _text_of(box: Row) -> str:
    """What is written on a number: its attribute, or, of editors without, the label itself."""
    if box["label"] == "number":
        return str(box["number"])
    return box["label"] if box["label"] in NUMBERS[1:] else ""
