"""Labels in COCO's form and in folders give what the same labels in Parquet give."""

import json

import cv2
import numpy as np
import pytest

from playerid.errors import LabelsError
from playerid.scores.court_scores import read_court_labels
from playerid.scores.label_files import COCO_FILE, digest_labels, find_labels
from playerid.scores.labelled_frames import read_labelled_frames
from playerid.scores.number_scores import read_labelled_crops

SQUARE = [8.0, 12.0, 16.0, 12.0, 16.0, 24.0, 8.0, 24.0]


def write_picture(path, height=48, width=80):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((height, width, 3), 90, np.uint8))


def coco(**changes):
    content = {
        "info": {"year": 2026},
        "images": [
            {"id": 7, "file_name": "game1_a.png", "width": 80, "height": 48},
            {"id": 9, "file_name": "game1_b.png", "width": 80, "height": 48},
        ],
        "categories": [{"id": 1, "name": "player"}, {"id": 2, "name": "lane"}],
        "annotations": [
            {"id": 1, "image_id": 9, "category_id": 1, "bbox": [8, 12, 16, 24]},
            {"id": 2, "image_id": 9, "category_id": 2, "bbox": [8, 12, 8, 12],
             "segmentation": [SQUARE]},
        ],
    }  # fmt: skip
    return content | changes


@pytest.fixture(params=["file", "folder"])
def labels(request, tmp_path):
    """COCO as a JSON file beside its pictures, and as a folder."""
    folder = tmp_path if request.param == "file" else tmp_path / "players_train"
    for name in ("game1_a.png", "game1_b.png"):
        write_picture(folder / name)
    path = folder / ("players_train.json" if request.param == "file" else COCO_FILE)
    path.write_text(json.dumps(coco()))
    return find_labels(tmp_path, "players_train")


def test_coco_boxes_become_fractions_of_the_frame(labels):
    empty, frame = read_labelled_frames(labels)
    assert len(empty.boxes) == 0
    np.testing.assert_allclose(frame.boxes, [[0.1, 0.25, 0.3, 0.75]])
    assert frame.image().shape == (48, 80, 3)


def test_coco_polygons_become_areas_of_the_court(labels):
    views = read_court_labels(labels)
    assert [view.image_id for view in views] == ["game1_a.png", "game1_b.png"]
    np.testing.assert_allclose(views[1].polygons_px["lane"], [np.reshape(SQUARE, (4, 2))])


def test_a_folder_for_each_number_holds_its_crops(tmp_path):
    for name in ("23/b.png", "23/a.jpg", "00/c.png", "none/d.png"):
        write_picture(tmp_path / "crops" / name)
    (tmp_path / "crops" / "23" / "notes.txt").write_text("not a crop")
    crops, numbers = read_labelled_crops(tmp_path / "crops")
    assert numbers == ["00", "23", "23", ""]
    assert crops[0].shape == (48, 80, 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("{", "not COCO: the file: Invalid JSON", id="no JSON"),
        pytest.param({"images": []}, "not COCO: annotations: Field required", id="field missing"),
        pytest.param(
            coco(images=[{"id": 7, "file_name": "a.png", "width": 0, "height": 4}]),
            "not COCO: images.0.width: Input should be greater than 0",
            id="no size",
        ),
        pytest.param(
            coco(annotations=[{"image_id": 3, "category_id": 1, "bbox": [0, 0, 1, 1]}]),
            "annotations.0: unknown image_id 3 or category_id 1",
            id="unknown image",
        ),
        pytest.param(
            coco(
                images=[{"id": 7, "file_name": "../a.png", "width": 4, "height": 4}],
                annotations=[],
            ),
            "images: no picture '../a.png' beside it",
            id="a picture elsewhere",
        ),
        pytest.param(coco(images=[], annotations=[]), "has no rows", id="nothing"),
    ],
)
def test_faulty_coco_is_named_with_its_field(tmp_path, content, message):
    path = tmp_path / "labels" / "players_train.json"
    write_picture(tmp_path / "a.png")
    write_picture(path.parent / "game1_a.png")
    write_picture(path.parent / "game1_b.png")
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(LabelsError, match=r"players_train\.json") as caught:
        read_labelled_frames(path)
    assert message in str(caught.value)


def test_crops_are_no_frames(tmp_path):
    write_picture(tmp_path / "crops" / "23" / "a.png")
    with pytest.raises(LabelsError, match=r"labels of this form have no \['boxes'\]"):
        read_labelled_frames(tmp_path / "crops")


def test_the_digest_tells_contents_and_names_apart(tmp_path):
    folders = [tmp_path / name for name in ("one", "same", "renamed", "changed")]
    for folder in folders:
        write_picture(folder / "23" / ("b.png" if folder.name == "renamed" else "a.png"))
    write_picture(folders[3] / "23" / "a.png", width=81)
    digests = [digest_labels(folder) for folder in folders]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
