"""Frames to an editor and back: a league whose digits no font of ours has, drawn by hand."""

import json
import math
import shutil

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from playerid.errors import LabelsError
from playerid.frames.main_view import SampledFrame
from playerid.leagues import load_basketball
from playerid.models.number_reader.resnet import ResNetNumberReader
from playerid.models.packs import WEIGHTS_CACHE, load_pack
from playerid.scores.court_scores import read_court_labels
from playerid.scores.label_files import COCO_FILE
from playerid.scores.labelled_frames import read_labelled_frames
from playerid.scores.number_scores import read_labelled_crops, score
from playerid.training.frames_to_label import EDITOR_FILE, FoundInFrame, write_frames
from playerid.training.labels_from_editor import import_labels
from playerid.training.loop import TrainingRun
from playerid.training.number_fit import NumberJob, NumberRecipe, new_network
from playerid.training.number_reader import read_real, save_network
from playerid.training.start import begin_with
from playerid.training.training_job import TrainingLimits

COURT = load_basketball("nba").court
SIZE = (640, 360)
# 20 px to the metre, the court's centre in the middle of the picture.
IMAGE_TO_COURT = np.array([[1 / 20, 0, -16], [0, -1 / 20, 9], [0, 0, 1.0]])
NUMBERS = ("0", "3", "7", "12", "20", "34", "45", "58", "69", "81")


def picture(seed):
    """Ten shirts of a colour, each with a number of thin seven-segment digits, and their boxes."""
    rng = np.random.default_rng(seed)
    image = np.full((SIZE[1], SIZE[0], 3), rng.integers(90, 200, 3), np.uint8)
    shirt = rng.integers(20, 230, 3)
    ink = (shirt + rng.choice([-1, 1]) * 70).clip(0, 255).tolist()
    boxes = []
    for place, number in enumerate(rng.permutation(NUMBERS)):
        left, top = 20 + 120 * (place % 5), 20 + 170 * (place // 5)
        image[top : top + 140, left : left + 70] = shirt
        x, y = left + 14 + rng.integers(0, 8), top + 30 + rng.integers(0, 8)
        for digit in number:
            draw_digit(image, (int(x), int(y)), digit, ink)
            x += 22
        width = 22 * len(number) - 4
        person = dict(zip(EDGES, (left, top, left + 70, top + 140), strict=True))
        start = x - 22 * len(number)
        on_it = dict(zip(EDGES, (start - 2, y - 2, start + width, y + 32), strict=True))
        boxes += [person | {"label": "player"}, on_it | {"label": "number", "number": str(number)}]
    noisy = image + rng.normal(0, 8, image.shape)
    return noisy.clip(0, 255).astype(np.uint8), boxes


EDGES = ("x_min_px", "y_min_px", "x_max_px", "y_max_px")
SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd",
    "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg",
}  # fmt: skip
STROKES = {
    "a": ((0, 0), (14, 0)), "b": ((14, 0), (14, 14)), "c": ((14, 14), (14, 28)),
    "d": ((0, 28), (14, 28)), "e": ((0, 14), (0, 28)), "f": ((0, 0), (0, 14)),
    "g": ((0, 14), (14, 14)),
}  # fmt: skip


def draw_digit(image, at, digit, ink):
    for segment in SEGMENTS[digit]:
        (x0, y0), (x1, y1) = STROKES[segment]
        for step in np.linspace(0.15, 0.85, 4):  # dots, as a scoreboard's lamps
            x, y = x0 + step * (x1 - x0), y0 + step * (y1 - y0)
            cv2.circle(image, (round(at[0] + x), round(at[1] + y)), 1, ink, -1)


def export(folder, seeds):
    """What `playerid label export` writes of one clip."""
    drawn = [picture(seed) for seed in seeds]
    frames = [
        (
            SampledFrame(30 * index, float(index), 0, image),
            FoundInFrame([row | {"jersey_number": None} for row in boxes], IMAGE_TO_COURT),
        )
        for index, (image, boxes) in enumerate(drawn)
    ]
    assert write_frames(folder, "g1", iter(frames), COURT) == len(drawn)
    return [boxes for _, boxes in drawn]


def label(folder, truth):
    """A person writes the number of each box."""
    file = folder / COCO_FILE
    content = json.loads(file.read_text())
    told = [[row["number"] for row in boxes if row["label"] == "number"] for boxes in truth]
    names = {category["id"]: category["name"] for category in content["categories"]}
    for made in content["annotations"]:
        if names[made["category_id"]] == "number":
            made["attributes"]["jersey_number"] = told[made["image_id"] - 1].pop(0)
    file.write_text(json.dumps(content))
    return content


def test_labels_go_to_an_editor_and_come_back(tmp_path):
    truth = export(tmp_path / "clip", range(5))
    label(tmp_path / "clip", truth)
    written = import_labels(tmp_path / "clip" / COCO_FILE, tmp_path / "data")
    assert {made.file.name: made.rows for made in written} == {
        "players_train.parquet": 4, "jersey_crops_train.parquet": 40, "courts_train.parquet": 4,
        "players_valid.parquet": 1, "jersey_crops_valid.parquet": 10, "courts_valid.parquet": 1,
    }  # fmt: skip
    pictures, numbers = read_labelled_crops(tmp_path / "data/jersey_crops_train.parquet")
    assert numbers == [row["number"] for boxes in truth[:4] for row in boxes if "number" in row]
    assert {crop.shape[0] for crop in pictures} == {34 + 20}  # ten pixels on either side
    people = read_labelled_frames(tmp_path / "data/players_train.parquet")[0]
    np.testing.assert_allclose(
        people.boxes[0], [20 / 640, 20 / 360, 90 / 640, 160 / 360], atol=1e-6
    )
    (areas,) = read_court_labels(tmp_path / "data/courts_valid.parquet")
    court = np.concatenate(areas.polygons_px["court"])
    middle = np.array([320, 180])
    half = np.array([COURT.length, COURT.width]) * 10  # half of it at 20 px to the metre
    np.testing.assert_allclose(court.min(axis=0), middle - half, atol=1)
    np.testing.assert_allclose(court.max(axis=0), middle + half, atol=1)
    assert len(areas.polygons_px["lane"]) == 2


def test_an_editor_is_told_the_labels(tmp_path):
    export(tmp_path, [0])
    labels = {
        row["name"]: row["attributes"] for row in json.loads((tmp_path / EDITOR_FILE).read_text())
    }
    assert labels["player"] == []
    assert [attribute["name"] for attribute in labels["number"]] == ["jersey_number"]


def test_pictures_may_lie_elsewhere_and_labels_may_be_numbers(tmp_path):
    """As editors without attributes export: the label of a box is what is on it."""
    truth = export(tmp_path / "clip", [3])
    content = label(tmp_path / "clip", truth)
    content["categories"].append({"id": 99, "name": "34"})
    first = next(made for made in content["annotations"] if made["attributes"])
    first |= {"category_id": 99, "attributes": {}}
    second = next(made for made in content["annotations"] if made["attributes"])
    second["attributes"]["jersey_number"] = "none"
    (tmp_path / "exported.json").write_text(json.dumps(content))
    import_labels(tmp_path / "exported.json", tmp_path / "data", tmp_path / "clip", held_out=0)
    rows = pq.read_table(tmp_path / "data/jersey_crops_train.parquet").to_pylist()
    numbers = [row["number"] for row in rows]
    told = [row["number"] for row in truth[0] if "number" in row]
    assert numbers == ["34", None, *told[2:]]
    with pytest.raises(LabelsError, match="no picture"):
        import_labels(tmp_path / "exported.json", tmp_path / "data")


def test_a_number_that_is_none_is_told(tmp_path):
    truth = export(tmp_path, [3])
    truth[0][1]["number"] = "007"
    label(tmp_path, truth)
    with pytest.raises(LabelsError, match=r"g1-000000\.jpg: expected a number .* got '007'"):
        import_labels(tmp_path / COCO_FILE, tmp_path / "data")


def test_what_is_not_labelled_makes_no_file(tmp_path):
    export(tmp_path / "clip", [1, 2])
    (tmp_path / "data").mkdir()
    shutil.copy(tmp_path / "clip" / COCO_FILE, tmp_path / "data/jersey_crops_train.parquet")
    made = import_labels(tmp_path / "clip" / COCO_FILE, tmp_path / "data")
    assert not any("crops" in written.file.name for written in made)
    assert not (tmp_path / "data/jersey_crops_train.parquet").exists()


def test_a_few_labelled_frames_and_seconds_of_training_move_the_score_on_another_clip(tmp_path):
    """Six frames of a league are labelled; another clip has other shirts and colours.

    It is the training of `playerid train number_reader --start starter`, of twelve steps. Of 30
    crops the shipped weights read 18 rightly, these 27.
    """
    for clip, seeds in (("home", range(6)), ("away", range(100, 103))):
        label(tmp_path / clip, export(tmp_path / clip, seeds))
        import_labels(tmp_path / clip / COCO_FILE, tmp_path / f"{clip}-data", held_out=0)
    labelled, unseen = (
        tmp_path / f"{clip}-data/jersey_crops_train.parquet" for clip in ("home", "away")
    )
    starter = load_pack("starter")["number_reader"].local_weights(WEIGHTS_CACHE)
    recipe = NumberRecipe(
        start=starter, batch_size=24, peak_rate=1e-3, real_share=0.7, pool_size=16, new_drawn=1,
        orient_at=(0.0,), average_steps=8, drawn_judged=12,
    )  # fmt: skip
    network = new_network(recipe.architecture, 0)
    begin_with(network, starter)
    job = NumberJob(network, recipe, read_real(labelled, 0), tmp_path / "run", 0)
    limits = TrainingLimits(math.inf, steps=12, save_s=math.inf)
    trained = TrainingRun(job, tmp_path / "run", limits).train()
    save_network(trained.cpu(), tmp_path / "trained.safetensors")
    before, after = (
        score(ResNetNumberReader(weights), unseen)
        for weights in (starter, tmp_path / "trained.safetensors")
    )
    assert before["top1"] < 0.7
    assert after["top1"] >= before["top1"] + 0.15
    assert after["ece"] < before["ece"]
