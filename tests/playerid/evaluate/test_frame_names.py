"""The frame that a picture's name says, in the names that labelling tools give."""

from pathlib import Path

import pytest

from playerid.errors import LabelsError
from playerid.evaluate.frame_names import frame_of_name, frames_of_images
from playerid.scores.coco_labels import Image

FILE = Path("labels.json")
DIGEST = "a1938b44112f36897c5f63285fac2513"


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("frame_000123.PNG", 123),
        ("game4/shot2_000000.jpg", 0),
        ("000012.jpg", 12),
        ("3f2a9b1c-frame_0012.jpg", 12),
        (f"Round-5-Highlights-mp4_frame_1125_jpg.rf.{DIGEST}.jpg", 1125),
        (f"frame_000123_jpg.rf.{DIGEST}.jpg", 123),
        ("images\\frame_7.jpg", 7),
    ],
)
def test_names_that_say_their_frame(name, frame):
    assert frame_of_name(name, FILE) == frame


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (f"Iowa_Nebraska_mp4-100_jpg.rf.{DIGEST}.jpg", "counts the pictures that Roboflow took"),
        (f"shot_jpg.rf.{DIGEST}.jpg", "does not say its frame"),
        ("3f2a9b14-shot.jpg", "does not say its frame"),
        ("video_00m12s345ms.jpg", "does not say its frame"),
        ("video_12.345.jpg", "does not say its frame"),
        ("shot.jpg", "does not say its frame"),
    ],
)
def test_names_that_do_not_are_refused(name, message):
    with pytest.raises(LabelsError, match=message):
        frame_of_name(name, FILE)


def test_two_pictures_of_one_frame_are_refused():
    images = [Image(id=1, file_name="a_12.jpg"), Image(id=2, file_name="b_12.jpg")]
    with pytest.raises(LabelsError, match=r"'a_12\.jpg' and 'b_12\.jpg' are both frame 12"):
        frames_of_images(images, FILE)


def test_a_frame_index_of_our_own_needs_no_name():
    images = [Image(id=1, file_name="a.jpg", frame_index=5)]
    assert frames_of_images(images, FILE) == {1: 5}
