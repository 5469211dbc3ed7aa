"""Masks from boxes, and the trainer that learns from them, on the small SAM 2.1 of the package."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from playerid.frames.masks import decode_mask
from playerid.models.detector.rfdetr_library import read_checkpoint
from playerid.models.packs import load_pack
from playerid.models.tracker.sam2_views import cut_view, view_of_person
from playerid.scores.arena_sets import render_stills
from playerid.scores.coco_labels import Annotation
from playerid.scores.label_files import COCO_FILE
from playerid.training import library_detector
from playerid.training.box_masks import box_masks
from playerid.training.coco_export import map_export
from playerid.training.jobs import TrainingPlan
from playerid.training.library_detector import LibraryRecipe


@pytest.fixture(scope="module")
def sam2():
    return str(load_pack("starter-t4")["tracker"].local_weights(Path()))


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """Players of a rendered frame, each a picture as the small SAM 2.1 is used to see them."""
    folder, (still,) = tmp_path_factory.mktemp("export"), render_stills(1)
    clear = (still.truth.labels == "player") & (still.truth.visible > 0.9)
    for split in ("train", "valid"):
        (folder / split).mkdir()
        images, annotations = [], []
        for row, box in enumerate(still.truth.boxes_px[clear]):
            view = view_of_person(box, 1.7)
            picture = cut_view(still.image, view, 256)
            cv2.imwrite(str(folder / split / f"{row}.png"), picture[..., ::-1])
            left, top, right, bottom = view.to_view(box[None], 256)[0].tolist()
            images.append({"id": row, "file_name": f"{row}.png", "width": 256, "height": 256})
            made = [left, top, right - left, bottom - top]
            annotations.append({"image_id": row, "category_id": 1, "bbox": made})
        content = {
            "images": images,
            "annotations": annotations,
            "categories": [{"id": 1, "name": "player"}],
        }
        (folder / split / COCO_FILE).write_text(json.dumps(content))
    return folder


def test_each_box_has_a_mask_that_lies_in_it(sam2, export):
    content = json.loads((export / "train" / COCO_FILE).read_text())
    boxes = [Annotation(**made) for made in content["annotations"]]
    draw, inside, filled = box_masks(sam2, Path()), [], []
    for made in boxes:
        (mask,) = draw(export / "train" / f"{made.image_id}.png", [made])
        shown = decode_mask(mask["counts"].encode(), *mask["size"])
        x, y, width, height = (round(side) for side in made.bbox)
        within = shown[y : y + height, x : x + width].sum()
        inside.append(within / max(shown.sum(), 1))
        filled.append(within / (width * height))
    assert len(boxes) >= 3
    assert np.median(inside) > 0.8
    assert 0.2 < np.median(filled) < 0.95


def test_the_masks_are_in_the_export_that_is_trained_on(sam2, export, tmp_path):
    mapped = map_export(export, tmp_path, {}, box_masks(sam2, Path()))
    content = json.loads((mapped.folder / "train" / COCO_FILE).read_text())
    assert all(set(made["segmentation"]) == {"size", "counts"} for made in content["annotations"])


@pytest.mark.slow
def test_a_variant_with_masks_is_trained_from_boxes(sam2, export, tmp_path):
    from tests.playerid.training.test_library_detector import write_published

    start = write_published(tmp_path / "published.pt", "seg-small")
    plan = TrainingPlan(
        export, tmp_path / "run", 10, start=start, variant="seg-small", epochs=1, masks_from=sam2
    )
    quick = LibraryRecipe(batch=1, effective=1, side_px=96, workers=0, multi_scale=False)
    weights = library_detector.train(plan, quick)
    assert weights.is_file()
    learned, _ = read_checkpoint(tmp_path / "run" / "checkpoint_best_total.pth")
    assert any(name.startswith("segmentation_head") for name in learned)
