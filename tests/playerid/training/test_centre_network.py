"""What the detector of centres learns from real frames, and where it learns nothing."""

import csv
import hashlib
from importlib import resources

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from playerid.leagues import load_sport
from playerid.models.detector import LABELS
from playerid.scores.labelled_frames import UNSURE, LabelledFrame, read_labelled_frames
from playerid.training.centre_network import Lessons, focal_loss, make_batch
from playerid.training.court_people import (
    HELD_OUT,
    LABELLED,
    read_court_people,
    write_held_out,
)

BASKETBALL = load_sport("basketball")
LESSONS = Lessons(BASKETBALL, 1, ((1.0, 1.0), (1.0, 1.0)))
BOX = np.array([[0.25, 0.25, 0.75, 0.75]], np.float32)


def frame_of(label, known=LABELLED):
    grey = np.full((96, 160, 3), 90, np.uint8)
    jpeg = cv2.imencode(".jpg", grey)[1].tobytes()
    return LabelledFrame(jpeg, BOX, np.array([label]), is_real=True, known=known)


def batch_of(frame):
    return make_batch([frame], (96, 160), LESSONS, np.random.default_rng(0))


def test_a_box_of_which_nobody_is_sure_teaches_neither_that_it_is_a_person_nor_that_it_is_none():
    _, heat, labelled, boxes, _ = batch_of(frame_of(UNSURE))
    people = BASKETBALL.classes.index("player")
    inside = heat[0, people] > 0.9
    assert inside.float().mean() > 0.15
    assert len(boxes[0]) == 0
    found = torch.full_like(heat, -20.0)
    found[0, people][inside] = 3.0
    assert float(focal_loss(found, heat, labelled)) < 1e-3


def test_what_is_found_beside_the_people_costs():
    _, heat, labelled, *_ = batch_of(frame_of(LABELS.index("player")))
    assert float(focal_loss(torch.full_like(heat, 3.0), heat, labelled)) > 10


def test_a_class_that_a_frame_does_not_label_is_not_learned_from_it():
    lessons = Lessons.for_sport(BASKETBALL)
    has = dict(zip(BASKETBALL.classes, lessons.has(frame_of(UNSURE)), strict=True))
    assert has["player"] == has["referee"] == has["ball"] == 1
    assert has["rim"] == has["number"] == 0


@pytest.fixture
def labelled_boxes():
    text = (resources.files("playerid.training") / "court_people.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_the_labelled_boxes_are_boxes_of_many_frames(labelled_boxes):
    sides = np.array([[float(r[n]) for n in ("x_min", "y_min", "x_max", "y_max")]
                      for r in labelled_boxes])  # fmt: skip
    assert {r["label"] for r in labelled_boxes} == {*LABELLED, "unsure"}
    assert ((sides >= 0) & (sides <= 1)).all()
    assert (sides[:, 2:] > sides[:, :2]).all()
    assert len({r["picture"] for r in labelled_boxes}) >= 100


def test_labels_find_their_frames_by_name_and_specks_are_taken_out(tmp_path, labelled_boxes):
    picture = labelled_boxes[0]["picture"]
    rng = np.random.default_rng(1)
    image = np.full((120, 200, 3), 80, np.uint8)
    image[rng.random((120, 200)) < 0.02] = 255
    jpeg = cv2.imencode(".png", image)[1].tobytes()
    other = hashlib.sha256(b"not labelled").hexdigest()[:32]
    write_courts(tmp_path, jpeg, f"game_frame_1_jpg.rf.{picture}", f"game_frame_2_jpg.rf.{other}")
    (frame,) = read_court_people(tmp_path)
    count = sum(row["picture"] == picture for row in labelled_boxes)
    assert len(frame.boxes) == len(frame.labels) == count
    assert frame.is_real
    assert frame.known == LABELLED
    assert np.ptp(frame.image().astype(int)) < 60


def write_courts(folder, jpeg, *names):
    rows = [{"image_id": name, "jpeg": jpeg} for name in names]
    pq.write_table(pa.Table.from_pylist(rows), folder / "courts_train.parquet")


def test_games_held_out_are_not_learned_from_and_can_be_scored_on(tmp_path, labelled_boxes):
    unsure = {row["picture"] for row in labelled_boxes if row["label"] == "unsure"}
    told = next(row["picture"] for row in labelled_boxes if row["picture"] not in unsure)
    jpeg = cv2.imencode(".jpg", np.full((96, 160, 3), 90, np.uint8))[1].tobytes()
    learned, doubtful = labelled_boxes[0]["picture"], min(unsure - {labelled_boxes[0]["picture"]})
    write_courts(
        tmp_path, jpeg, f"a_game.rf.{learned}", f"{HELD_OUT[0]}.rf.{told}",
        f"{HELD_OUT[1]}.rf.{doubtful}",
    )  # fmt: skip
    assert len(read_court_people(tmp_path)) == 1
    assert len(read_court_people(tmp_path, held_out=True)) == 2
    assert write_held_out(tmp_path, tmp_path / "halls.parquet") == 1
    (frame,) = read_labelled_frames(tmp_path / "halls.parquet")
    assert len(frame.boxes) == sum(row["picture"] == told for row in labelled_boxes)


def test_without_frames_of_courts_nothing_is_missing(tmp_path):
    assert read_court_people(tmp_path) == []
