"""Classes of detectors follow the sports."""

import numpy as np
import torch

from playerid.leagues import load_sport
from playerid.models.detector import FIRST_LABELS, LABELS, PERSON_LABELS, PLAYER_LABELS
from playerid.models.detector.centres import CentreDetector, CentreNetwork, decode
from playerid.models.state import SPORT, save_state

SOCCER = load_sport("soccer")


def test_classes_are_those_of_the_sport():
    assert SOCCER.classes == ("player", "goalkeeper", "referee", "ball")
    assert SOCCER.kinds == ()
    first = load_sport("basketball")
    assert first.classes == ("player", "referee", "ball", "rim", "number", "ball-in-basket")
    assert first.kinds == PLAYER_LABELS
    assert len(PLAYER_LABELS) == 5
    assert len(FIRST_LABELS) == 10
    assert (*FIRST_LABELS, "goalkeeper") == LABELS
    assert set(PERSON_LABELS) == {*PLAYER_LABELS, "referee", "goalkeeper"}


def test_maps_become_boxes_of_the_sport():
    """A goalkeeper is surest at one cell; a player who is less sure there is the same person."""
    centres = torch.full((1, 4, 16, 16), -9.0)
    centres[0, 1, 5, 6], centres[0, 0, 5, 6], centres[0, 3, 12, 2] = 3.0, 1.0, 2.0
    sides = torch.full((1, 4, 16, 16), float(np.log(2.0)))
    boxes, scores, labels = decode((centres, sides), SOCCER, 0.15)
    assert labels.tolist() == ["goalkeeper", "ball"]
    assert boxes[0].tolist() == [4.5, 3.5, 8.5, 7.5]
    assert scores[0] > scores[1]


def test_weights_say_of_which_sport_they_are(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "weights.safetensors"
    save_state(CentreNetwork(SOCCER), path, {SPORT: "soccer"})
    detector = CentreDetector(path, threshold=0.0, width_px=64, height_px=64, runtime="torch")
    (found,) = detector.detect([np.zeros((64, 64, 3), np.uint8)])
    assert set(found.labels) <= set(SOCCER.classes)
    assert len(found)
