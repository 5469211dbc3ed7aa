import cv2
import numpy as np
import pytest

from playerid.errors import VideoError
from playerid.frames import crops

IMAGE = np.dstack([np.arange(200).reshape(10, 20)] * 3).astype(np.uint8)


def test_a_crop_is_the_pixels_inside_the_box():
    (crop,) = crops.cut_people(IMAGE, np.array([[2.0, 3, 5, 7]]))
    assert np.array_equal(crop, IMAGE[3:7, 2:5])


def test_a_crop_is_a_copy():
    (crop,) = crops.cut_people(IMAGE, np.array([[2.0, 3, 5, 7]]))
    assert not np.shares_memory(crop, IMAGE)


def test_number_crops_are_padded_and_clipped():
    (crop,) = crops.cut_numbers(IMAGE, np.array([[2.0, 3, 5, 7]]), padding_px=4)
    assert np.array_equal(crop, IMAGE[0:10, 0:9])


def test_no_boxes_give_no_crops():
    assert crops.cut_people(IMAGE, np.zeros((0, 4))) == []


def test_central_part():
    assert np.array_equal(crops.central_part(IMAGE), IMAGE[3:7, 6:14])


def test_who_is_covered_is_not_clear():
    people = np.array([[0.0, 0, 10, 20], [4, 0, 14, 20], [40, 0, 50, 20]])
    assert crops.are_clear(people).tolist() == [False, False, True]
    assert crops.are_clear(np.zeros((0, 4))).tolist() == []


def test_jpeg_keeps_the_order_of_colours():
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    decoded = crops.decode_jpeg(crops.encode_jpeg(red)).astype(int)
    assert abs(decoded - red).max() <= 4


@pytest.mark.parametrize("junk", [b"", b"not a picture"])
def test_junk_is_no_jpeg(junk):
    with pytest.raises(VideoError, match="not a JPEG or PNG"):
        crops.decode_jpeg(junk)


@pytest.mark.parametrize("kind", [".jpg", ".png"])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(kind):
    """A picture of 640x360 whose header says 16000x16000."""
    encoded = cv2.imencode(kind, np.zeros((360, 640, 3), np.uint8))[1].tobytes()
    assert crops.decode_jpeg(encoded).shape == (360, 640, 3)
    sides, size = ((360, 640), 2) if kind == ".jpg" else ((640, 360), 4)
    before = b"".join(side.to_bytes(size, "big") for side in sides)
    assert encoded.count(before) == 1
    hostile = encoded.replace(before, (16000).to_bytes(size, "big") * 2)
    with pytest.raises(VideoError, match="a picture of 16000x16000; expected at most"):
        crops.decode_jpeg(hostile)
