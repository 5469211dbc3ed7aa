"""Frames of a published game, with what was found in them, for people to correct in an editor."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from playerid import tables
from playerid.archive import layout, store
from playerid.archive.archive import Archive
from playerid.archive.catalog import find_game
from playerid.errors import ArchiveError
from playerid.frames.boxes import BOX
from playerid.frames.crops import encode_jpeg
from playerid.frames.main_view import SampledFrame, read_main_view
from playerid.frames.segments import segments_from
from playerid.game.inputs import stored_game, video_sources
from playerid.leagues import load_league
from playerid.leagues.marks import Court
from playerid.scores.coco_labels import NUMBER_ATTRIBUTE
from playerid.scores.court_scores import REGIONS, region_masks
from playerid.scores.label_files import COCO_FILE

CATEGORIES = ("player", "referee", "number", "ball", "rim", *REGIONS)
EDITOR_FILE = "cvat_labels.json"


@dataclass(frozen=True, slots=True)
class FoundInFrame:
    """What was found in a frame.

    Attributes:
        boxes: rows with `label`, a box in pixels, and the `jersey_number` of numbers.
        image_to_court: (3, 3); None where it was not solved.
    """

    boxes: list[dict[str, Any]] = field(default_factory=list)
    image_to_court: NDArray[np.float64] | None = None


def export_frames(archive: Archive, game_id: str, folder: Path, count: int = 40) -> int:
    """Write frames of a published game and what was found in them; see `write_frames`.

    Args:
        archive: where the game is, with its videos.
        game_id: the game.
        folder: a new one, or one that is empty.
        count: frames, spread evenly over the sampled ones of the main view.

    Returns:
        How many frames were written.

    Raises:
        ArchiveError: The game is not published, or the folder holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ArchiveError(f"{folder}: is not empty; labels may be in it. Name a new folder")
    entry = find_game(archive, game_id)
    game = stored_game(archive, game_id)
    segments, people, views = (
        store.read(archive, table, entry.tables[table.name])
        for table in (tables.SEGMENTS, tables.PLAYER_FRAMES, tables.COURT_VIEWS)
    )
    chosen = _choose(views, count)
    found = _found(chosen["frame_index"].to_pylist(), people, views, _objects(archive, game_id))
    frames = read_main_view(video_sources(archive, game), segments_from(segments), chosen)
    court = load_league(game.league).court
    return write_frames(folder, game_id, ((f, found[f.frame_index]) for f in frames), court)


def write_frames(
    folder: Path, game_id: str, frames: Iterable[tuple[SampledFrame, FoundInFrame]], court: Court
) -> int:
    """Write pictures, their labels as COCO, and the labels' names for CVAT.

    People, ball, rims and numbers are boxes; a number has its text in the attribute
    `jersey_number`; areas of the court are polygons. Who does not play has no box.

    Args:
        folder: of `<game>-<frame>.jpg`, `_annotations.coco.json` and `cvat_labels.json`.
        game_id: begins the names of the pictures.
        frames: each with what was found in it.
        court: of the league.

    Returns:
        How many frames were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    images: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for frame, found in frames:
        height, width = frame.image.shape[:2]
        name = f"{game_id}-{frame.frame_index:06d}.jpg"
        (folder / name).write_bytes(encode_jpeg(frame.image))
        images.append(
            {"id": len(images) + 1, "file_name": name, "width": width, "height": height,
             "frame_index": frame.frame_index}
        )  # fmt: skip
        for label in (*map(_box_label, found.boxes), *_areas(found, court, (width, height))):
            labels.append({"id": len(labels) + 1, "image_id": len(images), "iscrowd": 0} | label)
    categories = [{"id": number, "name": name} for number, name in enumerate(CATEGORIES, 1)]
    content = {"images": images, "annotations": labels, "categories": categories}
    (folder / COCO_FILE).write_text(json.dumps(content) + "\n", "utf-8")
    (folder / EDITOR_FILE).write_text(json.dumps(_editor_labels(), indent=1) + "\n", "utf-8")
    return len(images)


def _editor_labels() -> list[dict[str, Any]]:
    """Labels of a task of CVAT, as its "raw" tab takes them."""
    text = {"name": NUMBER_ATTRIBUTE, "mutable": True, "input_type": "text", "values": [""]}
    return [{"name": name, "attributes": [text] if name == "number" else []} for name in CATEGORIES]


def _box_label(row: Mapping[str, Any]) -> dict[str, Any]:
    left, top, right, bottom = (float(row[edge]) for edge in BOX)
    box = [left, top, right - left, bottom - top]
    written = {NUMBER_ATTRIBUTE: row.get("jersey_number") or ""} if row["label"] == "number" else {}
    category = CATEGORIES.index(row["label"]) + 1
    return {"category_id": category, "bbox": box, "area": box[2] * box[3], "segmentation": [],
            "attributes": written}  # fmt: skip


def _areas(
    found: FoundInFrame, court: Court, size_px: tuple[int, int], least_share: float = 0.002
) -> Iterator[dict[str, Any]]:
    """Outlines of the areas of the court that cover a share of the picture."""
    if found.image_to_court is None:
        return
    for name, mask in region_masks(found.image_to_court, court, *size_px).items():
        outlines, _ = cv2.findContours(
            mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        for outline in outlines:
            if cv2.contourArea(outline) < least_share * mask.size:
                continue
            corners = cv2.approxPolyDP(outline, 1.5, closed=True)[:, 0] + 0.5  # centres of pixels
            low, high = corners.min(axis=0), corners.max(axis=0)
            yield {
                "category_id": CATEGORIES.index(name) + 1, "bbox": [*low, *(high - low)],
                "area": cv2.contourArea(outline), "segmentation": [corners.ravel().tolist()],
                "attributes": {},
            }  # fmt: skip


def _choose(views: pa.Table, count: int) -> pa.Table:
    """Rows of `sampled_frames`, evenly spread."""
    names = tables.SAMPLED_FRAMES.schema.names
    rows = views.select(names).sort_by("frame_index")
    places = np.unique(np.linspace(0, max(len(rows) - 1, 0), min(count, len(rows))).round())
    return rows.take(pa.array(places.astype(np.int64)))


def _found(
    frames: list[int], people: pa.Table, views: pa.Table, objects: list[dict[str, Any]]
) -> dict[int, FoundInFrame]:
    boxes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in people.select(["frame_index", "role", *BOX]).to_pylist():
        if row["role"] != "other":
            boxes[row["frame_index"]].append(row | {"label": row["role"]})
    for row in objects:
        if row["label"] in CATEGORIES:
            boxes[row["frame_index"]].append(row)
    solved = {
        row["frame_index"]: np.array(row["image_to_court"]).reshape(3, 3)
        for row in views.select(["frame_index", "image_to_court"]).to_pylist()
        if row["image_to_court"] is not None
    }
    return {frame: FoundInFrame(boxes[frame], solved.get(frame)) for frame in frames}


def _objects(archive: Archive, game_id: str, least_score: float = 0.4) -> list[dict[str, Any]]:
    """Rows of `object_boxes`, numbers with what was read; none where they were swept.

    Working tables may be there from several runs: a place that two of them have is taken once.
    """
    read = {
        (row["frame_index"], row["object_index"]): row["jersey_number"]
        for row in _working_rows(archive, tables.NUMBER_READINGS, game_id)
        if row["source"] == "box"
    }
    found = {}
    for row in _working_rows(archive, tables.OBJECT_BOXES, game_id):
        if row["detection_score"] >= least_score:
            place = (row["frame_index"], row["label"], *(round(row[edge]) for edge in BOX))
            found[place] = row | {
                "jersey_number": read.get((row["frame_index"], row["object_index"]))
            }
    return list(found.values())


def _working_rows(archive: Archive, table: tables.Table, game_id: str) -> Iterator[dict[str, Any]]:
    folder = archive.path(layout.working_table(table.name, game_id))
    for file in sorted(archive.filesystem.glob(f"{folder}/*.parquet")):
        with archive.filesystem.open(file, "rb") as source:
            yield from pq.read_table(source).to_pylist()
