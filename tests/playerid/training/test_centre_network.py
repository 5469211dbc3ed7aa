"""What the detector of centres learns from real frames, and where it learns nothing."""

import cv2
import numpy as np
import torch

from playerid.leagues import load_sport
from playerid.models.detector import LABELS
from playerid.scores.labelled_frames import UNSURE, LabelledFrame
from playerid.training.centre_network import Lessons, focal_loss, make_batch
from playerid.training.court_people import LABELLED

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
