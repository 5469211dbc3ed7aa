import argparse
import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from rfdetr.models._defaults import MODEL_DEFAULTS

from playerid.errors import LabelsError, WeightsError
from playerid.models import registry as backends
from playerid.models.detector.rfdetr_library import build_network, variant_config
from playerid.models.packs import load_pack
from playerid.scores.label_files import COCO_FILE
from playerid.scores.promotion import write_promoted
from playerid.scores.score_table import ArenaSizes
from playerid.training import library_detector
from playerid.training.coco_export import map_export, our_label
from playerid.training.curve import read_curve
from playerid.training.jobs import TRAINERS, TrainingPlan
from playerid.training.library_detector import LibraryRecipe
from playerid.training.run import run_training

QUICK = LibraryRecipe(batch=2, effective=2, side_px=64, workers=0, multi_scale=False)
CLASSES = ["Basketball", "Players", "Referee", "shot-clock"]


def write_export(folder, counts):
    """Pictures with three boxes each: a player, a referee, a shot clock; the ball in the first."""
    random = np.random.default_rng(0)
    for split, count in counts.items():
        (folder / split / "images").mkdir(parents=True)
        images, annotations = [], []
        for row in range(count):
            name = f"images/{row}.jpg"
            picture = random.integers(0, 255, (90, 160, 3), np.uint8)
            cv2.imwrite(str(folder / split / name), picture)
            images.append({"id": row, "file_name": name, "width": 160, "height": 90})
            for kind in range(4) if row == 0 else range(1, 4):
                box = [30 * kind, 20, 20, 40]
                annotations.append({"image_id": row, "category_id": 7 + kind, "bbox": box})
        categories = [{"id": 7 + row, "name": name} for row, name in enumerate(CLASSES)]
        content = {"images": images, "annotations": annotations, "categories": categories}
        (folder / split / COCO_FILE).write_text(json.dumps(content))
    return folder


def write_published(path, variant="medium"):
    """A checkpoint as the library publishes them: the classes of COCO, random weights."""
    torch.manual_seed(0)
    config = variant_config(variant)(
        pretrain_weights=str(path), num_queries=10, num_select=10, group_detr=2, device="cpu"
    )
    state = build_network(config, MODEL_DEFAULTS).state_dict()
    torch.save({"model": state, "args": argparse.Namespace(num_queries=10, group_detr=2)}, path)
    return path


def train_quickly(plan):
    """What stands in `TRAINERS` for RF-DETR: the library's trainer, on small pictures."""
    return library_detector.train(plan, QUICK)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("league")
    export = write_export(folder / "export", {"train": 4, "valid": 2})
    start = write_published(folder / "published.pth")
    yield TrainingPlan(
        export, folder / "run", minutes=10, resume=False, start=start, variant="medium", epochs=1
    )
    shutil.rmtree(folder)  # half a gigabyte of checkpoints


@pytest.fixture(scope="module")
def trained(plan):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(TRAINERS["detector"], "rfdetr", train_quickly)
        return run_training("detector", plan, "rfdetr", ArenaSizes(stills=1))


def test_a_league_has_a_detector_of_its_own_after_two_commands(plan, trained, tmp_path):
    promoted = write_promoted("t4", "detector", trained.weights, tmp_path / "league.toml")
    assert promoted.weights.startswith(str(tmp_path / "league" / "detector-"))
    detector = backends.load(load_pack(str(tmp_path / "league.toml"))["detector"], tmp_path)
    assert detector.size_px == (64, 64)
    found = detector.detect([np.zeros((90, 160, 3), np.uint8)] * 2)
    assert len(found) == 2
    assert set(detector._labels) == {"ball", "player", "referee"}


def test_the_run_leaves_a_curve_and_a_card_that_says_what_was_dropped(plan, trained):
    card = trained.card.read_text()
    for said in (
        "--backend rfdetr --variant medium",
        "| Players | player | 4 |",
        "| Basketball | ball | 1 |",
        "| shot-clock | dropped | 4 |",
        "| valid | ap50_player |",
    ):
        assert said in card
    (point,) = read_curve(plan.out)
    assert point["step"] >= 2
    assert np.isfinite(point["loss"])
    assert "ap50" in point


def test_a_run_goes_on_from_its_last_epoch(plan, trained):
    with pytest.raises(LabelsError, match="holds a run: resume it"):
        run_training("detector", plan, "rfdetr")
    before = read_curve(plan.out)
    library_detector.train(replace(plan, epochs=2, resume=True), QUICK)
    first, second = read_curve(plan.out)
    assert first == before[0]
    assert second["step"] == 2 * first["step"]


def test_names_are_mapped_whatever_their_case_and_number():
    assert [our_label(name, {}) for name in CLASSES] == ["ball", "player", "referee", ""]
    assert our_label("Player in possession", {}) == "player-in-possession"
    assert our_label("jersey_number", {}) == "number"
    assert our_label("Guard", {"Guard": "player"}) == "player"
    assert our_label("Referee", {"Referee": ""}) == ""
    with pytest.raises(LabelsError, match="Guard=plyer: expected one of"):
        our_label("Guard", {"Guard": "plyer"})


def test_an_export_without_anything_of_ours_is_refused_before_training(tmp_path):
    export = write_export(tmp_path / "export", {"train": 1, "valid": 1})
    nothing = dict.fromkeys(CLASSES, "")
    with pytest.raises(LabelsError, match="none of its classes"):
        map_export(export, tmp_path / "to", nothing)
    with pytest.raises(LabelsError, match=r"has no classes \['Coach'\] to rename"):
        map_export(export, tmp_path / "to", {"Coach": ""})
    shutil.rmtree(export / "valid")
    with pytest.raises(LabelsError, match=r"valid/_annotations\.coco\.json is missing"):
        map_export(export, tmp_path / "to", {})


def test_a_variant_that_is_none_is_refused(tmp_path):
    export = write_export(tmp_path / "export", {"train": 1, "valid": 1})
    with pytest.raises(WeightsError, match="no published weights 'rfdetr-huge'"):
        library_detector.train(TrainingPlan(export, tmp_path / "run", 1, variant="huge"))
