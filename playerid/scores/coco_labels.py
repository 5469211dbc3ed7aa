"""Frames labelled in COCO's form: boxes, and polygons of the areas of the court."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, NonNegativeInt, PositiveInt, ValidationError

from playerid.errors import LabelsError

Box = Annotated[list[float], Field(min_length=4, max_length=4)]


NUMBER_ATTRIBUTE = "jersey_number"
"""Attribute that holds the text of a box; no part of COCO, but kept by CVAT."""


class Image(BaseModel):
    """A labelled picture; `frame_index`, of files that we wrote, is no part of COCO."""

    id: int
    file_name: str
    width: PositiveInt | None = None
    height: PositiveInt | None = None
    frame_index: NonNegativeInt | None = None


class Category(BaseModel):
    """What a label says."""

    id: int
    name: str


class Annotation(BaseModel):
    """A label: its box is left, top, width and height, pixels.

    `track_id` and `attributes` are no part of COCO.
    """

    image_id: int
    category_id: int
    bbox: Box
    segmentation: list[list[float]] | dict[str, Any] = []
    track_id: int | None = None
    attributes: dict[str, Any] = {}


class Coco(BaseModel):
    """The parts of the file that are read."""

    images: list[Image]
    annotations: list[Annotation]
    categories: list[Category]


def parse_coco(path: Path) -> Coco:
    """Read labels without their pictures.

    Raises:
        LabelsError: No COCO, or an annotation of an unknown image or category.

    References:
        https://cocodataset.org/#format-data, Object Detection.
    """
    try:
        coco = Coco.model_validate_json(_text(path))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the file"
        raise LabelsError(f"{path}: not COCO: {field}: {first['msg']}") from error
    images = {image.id for image in coco.images}
    categories = {category.id for category in coco.categories}
    for index, made in enumerate(coco.annotations):
        if made.image_id not in images or made.category_id not in categories:
            raise LabelsError(
                f"{path}: annotations.{index}: unknown image_id {made.image_id}"
                f" or category_id {made.category_id}"
            )
    return coco


def _text(path: Path) -> bytes:
    """Without the mark in front, and as UTF-8 where it is UTF-16."""
    content = path.read_bytes()
    try:
        return content.decode(json.detect_encoding(content)).encode()
    except UnicodeDecodeError:
        return content


def read_coco(path: Path, pictures: Path | None = None) -> list[dict[str, Any]]:
    """Read frames in the columns of the Parquet files of labels.

    Args:
        path: JSON.
        pictures: folder in which its `file_name`s are; None where they lie beside it.

    Returns:
        One row an image: `image_id` (the file's name), `jpeg` (the file's bytes), `boxes` (label,
        x_min, y_min, x_max, y_max, and the text of `NUMBER_ATTRIBUTE`, "" without) and `regions`
        (region and polygon), in fractions of width and height. Run-length masks are no polygons
        and make no region.

    Raises:
        LabelsError: As of `parse_coco`, or a missing picture or size.
    """
    coco = parse_coco(path)
    names = {category.id: category.name for category in coco.categories}
    sizes = {image.id: _size(image, f"{path}: images.{n}") for n, image in enumerate(coco.images)}
    boxes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    regions: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for made in coco.annotations:
        label, (width, height) = names[made.category_id], sizes[made.image_id]
        x, y, wide, high = made.bbox
        written = str(made.attributes.get(NUMBER_ATTRIBUTE) or "").strip()
        box = [x / width, y / height, (x + wide) / width, (y + high) / height]
        boxes[made.image_id].append({"label": label, "box": box, "number": written})
        polygons = made.segmentation if isinstance(made.segmentation, list) else []
        regions[made.image_id] += [
            {"region": label, "polygon": _in_fractions(polygon, width, height)}
            for polygon in polygons
        ]
    return [
        {
            "image_id": image.file_name,
            "jpeg": _read_beside(path, pictures or path.parent, image.file_name),
            "boxes": boxes[image.id],
            "regions": regions[image.id],
        }
        for image in coco.images
    ]


def _size(image: Image, place: str) -> tuple[int, int]:
    if image.width is None or image.height is None:
        raise LabelsError(f"{place}: needs width and height")
    return image.width, image.height


def _in_fractions(polygon: list[float], width: int, height: int) -> list[float]:
    return [value / (height if index % 2 else width) for index, value in enumerate(polygon)]


def _read_beside(path: Path, folder: Path, name: str) -> bytes:
    picture = (folder / name).resolve()
    if not picture.is_relative_to(folder.resolve()) or not picture.is_file():
        where = "beside it" if folder == path.parent else f"in {folder}"
        raise LabelsError(f"{path}: images: no picture {name!r} {where}")
    return picture.read_bytes()
