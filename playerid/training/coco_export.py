"""A detector's training data as labelling tools export it: COCO in folders train, valid, test."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playerid.errors import LabelsError
from playerid.models.detector import LABELS
from playerid.scores.coco_labels import Annotation, Coco, Image, parse_coco
from playerid.scores.label_files import COCO_FILE

SPLITS = ("train", "valid", "test")
ALSO_CALLED = {
    "basketball": "ball",
    "sports-ball": "ball",
    "made-basket": "ball-in-basket",
    "basket": "rim",
    "hoop": "rim",
    "ref": "referee",
    "refs": "referee",
    "official": "referee",
    "jersey-number": "number",
    "shot": "player-jump-shot",
    "jump-shot": "player-jump-shot",
    "layup": "player-layup-dunk",
    "layup-dunk": "player-layup-dunk",
    "dunk": "player-layup-dunk",
    "block": "player-shot-block",
    "shot-block": "player-shot-block",
    "ball-handler": "player-in-possession",
}
"""Names of others -> our labels, for names that mean nothing else in basketball."""
Masker = Callable[[Path, Sequence[Annotation]], list[dict[str, Any]]]
"""Picture and its annotations -> a run-length mask for each, as COCO has it."""


@dataclass(frozen=True, slots=True)
class MappedClass:
    """A class of an export, and what becomes of it.

    Attributes:
        theirs: its name in the export.
        ours: one of `LABELS`; "" if it is dropped.
        boxes: how many there are to train on.
    """

    theirs: str
    ours: str
    boxes: int


@dataclass(frozen=True, slots=True)
class MappedExport:
    """An export whose classes are ours.

    Attributes:
        folder: with a folder for each split.
        classes: every class of the export, the commonest first.
        names: our labels that are trained, in the order of `LABELS`.
        pictures: to train on.
    """

    folder: Path
    classes: list[MappedClass]
    names: list[str]
    pictures: int

    def table(self) -> str:
        """What was mapped and what was dropped, as a table of Markdown."""
        rows = [f"| {row.theirs} | {row.ours or 'dropped'} | {row.boxes} |" for row in self.classes]
        return "\n".join(["| class of the export | ours | boxes |", "|---|---|---|", *rows])


def our_label(name: str, renamed: Mapping[str, str]) -> str:
    """Our label for a class of an export, by its name; "" if it has none.

    Args:
        name: of the class.
        renamed: what was said of single classes; "" drops one.

    Raises:
        LabelsError: Something is renamed to what is no label.
    """
    if name in renamed:
        if renamed[name] not in {"", *LABELS}:
            raise LabelsError(f"{name}={renamed[name]}: expected one of {LABELS}, or nothing")
        return renamed[name]
    plain = "-".join(name.lower().replace("_", " ").replace("-", " ").split())
    singular = plain.removesuffix("s") if plain.removesuffix("s") in LABELS else plain
    ours = ALSO_CALLED.get(plain, singular)
    return ours if ours in LABELS else ""


def map_export(
    export: Path, to: Path, renamed: Mapping[str, str], mask: Masker | None = None
) -> MappedExport:
    """Write an export anew with our labels; its pictures are linked, not copied, where possible.

    Args:
        export: folder with train and valid, perhaps test, each with `_annotations.coco.json`.
        to: folder to write.
        renamed: class of the export -> our label, where the names do not say it.
        mask: makes masks from boxes, where none are labelled.

    Raises:
        LabelsError: The export is incomplete or damaged, or none of its classes is ours.
    """
    splits = {name: export / name / COCO_FILE for name in SPLITS}
    if missing := [str(path) for path in (splits["train"], splits["valid"]) if not path.is_file()]:
        raise LabelsError(f"{export}: no COCO export: {', '.join(missing)} is missing")
    found = {name: parse_coco(path) for name, path in splits.items() if path.is_file()}
    if unknown := renamed.keys() - {c.name for coco in found.values() for c in coco.categories}:
        raise LabelsError(f"{export}: has no classes {sorted(unknown)} to rename")
    classes = _classes(found["train"], renamed)
    names = [label for label in LABELS if any(c.ours == label and c.boxes for c in classes)]
    if not names:
        theirs = [row.theirs for row in classes]
        raise LabelsError(f"{export}: none of its classes {theirs} is one of {LABELS}")
    for split, coco in found.items():
        _write(coco, splits[split], to / split, {n: our_label(n, renamed) for n in _names(coco)},
               names, mask)  # fmt: skip
    return MappedExport(to, classes, names, len(found["train"].images))


def _names(coco: Coco) -> list[str]:
    return [category.name for category in coco.categories]


def _classes(coco: Coco, renamed: Mapping[str, str]) -> list[MappedClass]:
    names = {category.id: category.name for category in coco.categories}
    counts = Counter(names[made.category_id] for made in coco.annotations)
    rows = [MappedClass(name, our_label(name, renamed), counts[name]) for name in _names(coco)]
    return sorted(rows, key=lambda row: -row.boxes)


def _write(
    coco: Coco,
    source: Path,
    folder: Path,
    ours: Mapping[str, str],
    names: Sequence[str],
    mask: Masker | None,
) -> None:
    """Write one split, with `names` as its classes, counted from 1."""
    folder.mkdir(parents=True, exist_ok=True)
    theirs = {category.id: ours[category.name] for category in coco.categories}
    kept = [made for made in coco.annotations if theirs[made.category_id] in names]
    annotations: list[dict[str, Any]] = []
    for image in coco.images:
        picture = _beside(source, image.file_name)
        _link(picture, folder / _name(image))
        of_image = [made for made in kept if made.image_id == image.id]
        masks = mask(picture, of_image) if mask else [made.segmentation for made in of_image]
        for made, segmentation in zip(of_image, masks, strict=True):
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image.id,
                    "category_id": names.index(theirs[made.category_id]) + 1,
                    "bbox": made.bbox,
                    "area": made.bbox[2] * made.bbox[3],
                    "iscrowd": 0,
                    "segmentation": segmentation,
                }
            )
    content = {
        "images": [
            image.model_dump(include={"id", "width", "height"}) | {"file_name": _name(image)}
            for image in coco.images
        ],
        "annotations": annotations,
        "categories": [
            {"id": row + 1, "name": name, "supercategory": "none"} for row, name in enumerate(names)
        ],
    }
    (folder / COCO_FILE).write_text(json.dumps(content), "utf-8")


def _name(image: Image) -> str:
    """Its id is part of a picture's name: pictures of different folders may share theirs."""
    return f"{image.id}-{Path(image.file_name).name}"


def _beside(source: Path, name: str) -> Path:
    picture = (source.parent / name).resolve()
    if not picture.is_relative_to(source.parent.resolve()) or not picture.is_file():
        raise LabelsError(f"{source}: images: no picture {name!r} beside it")
    return picture


def _link(picture: Path, to: Path) -> None:
    to.unlink(missing_ok=True)
    try:
        os.link(picture, to)
    except OSError:
        shutil.copyfile(picture, to)
