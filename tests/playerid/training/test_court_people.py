"""Labels of people on frames of `courts_train`: read, held out, and scored on."""

import csv
import hashlib
from importlib import resources

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.scores.labelled_frames import read_labelled_frames
from playerid.tables import NUMBERS
from playerid.training.court_people import (
    HELD_OUT,
    LABELLED,
    read_court_people,
    write_held_out,
    write_torsos_held_out,
)


@pytest.fixture
def labelled_boxes():
    text = (resources.files("playerid.training") / "labels" / "court_people.csv").read_text("utf-8")
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


def test_numbers_on_players_held_out_can_be_scored_on(tmp_path, labelled_boxes):
    numbers = [row["jersey_number"] for row in labelled_boxes]
    assert set(numbers) - {"", "none"} <= set(NUMBERS)
    assert {row["label"] for row in labelled_boxes if row["jersey_number"]} == {"player"}
    picture = next(row["picture"] for row in labelled_boxes if row["jersey_number"] == "41")
    jpeg = cv2.imencode(".jpg", np.full((720, 1280, 3), 90, np.uint8))[1].tobytes()
    write_courts(tmp_path, jpeg, f"a_game.rf.{picture}", f"{HELD_OUT[1]}.rf.{picture}")
    count = write_torsos_held_out(tmp_path, tmp_path / "torsos.parquet")
    torsos = pq.read_table(tmp_path / "torsos.parquet").to_pylist()
    looked_at = [
        row for row in labelled_boxes if row["picture"] == picture and row["jersey_number"]
    ]
    assert 0 < count == len(torsos) <= len(looked_at)
    own = {row["jersey_number"] for row in looked_at}
    assert {torso["number"] or "none" for torso in torsos} <= own


def test_without_frames_of_courts_nothing_is_missing(tmp_path):
    assert read_court_people(tmp_path) == []
