import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from rapidocr import RapidOCR

from playerid.arena.glyphs import TYPEFACES, draw_text
from playerid.models.text_reader.rapidocr import RapidOCRReader


@pytest.fixture(scope="module")
def reader():
    return RapidOCRReader()


def picture(*texts):
    """White texts on dark blue, 30 px high: (text, left, top)."""
    image = np.full((180, 480, 3), (20, 25, 60), np.uint8)
    for text, left, top in texts:
        cover = draw_text(text, 30, 0.85, TYPEFACES[0])
        window = image[top : top + cover.shape[0], left : left + cover.shape[1]]
        window[cover > 127] = 250
    return image


def test_lines_are_found_where_they_stand(reader):
    """Boxes leave a margin of up to a third of the letters around a line."""
    found = reader.find(picture(("3RD", 40, 30), ("7:38", 300, 120)))
    lines = dict(zip(found.texts, found.boxes_px, strict=True))
    assert set(lines) == {"3RD", "7:38"}
    assert lines["3RD"][:2] == pytest.approx([40, 30], abs=12)
    assert lines["7:38"][:2] == pytest.approx([300, 120], abs=12)
    assert found.scores.min() > 0.8


def test_crops_are_read_in_order_and_an_empty_one_says_nothing(reader):
    crops = [picture(("104", 20, 20))[10:60, 10:110], picture()[10:60, 10:110]]
    texts, scores = reader.read(crops)
    assert texts == ["104", ""]
    assert scores[0] > 0.8
    assert scores[1] == 0


def test_a_picture_without_text_has_no_lines(reader):
    assert reader.find(picture()).texts == ()


def test_a_larger_picture_is_looked_at_in_the_size_of_a_broadcast(reader):
    small = cv2.copyMakeBorder(picture(("7:38", 300, 120)), 0, 540, 0, 800, cv2.BORDER_REPLICATE)
    large = cv2.resize(small, (2560, 1440), interpolation=cv2.INTER_NEAREST)
    found, in_large = reader.find(small), reader.find(large)
    assert in_large.texts == found.texts == ("7:38",)
    assert in_large.boxes_px == pytest.approx(2 * found.boxes_px, abs=8)


def test_threads_look_for_lines_one_after_the_other(reader, monkeypatch):
    """Each look takes 0.3 GiB."""
    looks, most, lock = [0], [0], threading.Lock()

    def slow(self, img, op_record):
        with lock:
            looks[0] += 1
            most[0] = max(most[0], looks[0])
        time.sleep(0.02)
        looks[0] -= 1
        return detect_and_crop(self, img, op_record)

    detect_and_crop = RapidOCR.detect_and_crop
    monkeypatch.setattr(RapidOCR, "detect_and_crop", slow)
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(reader.find, [picture(("104", 40, 30))] * 3))
    assert [lines.texts for lines in found] == [("104",)] * 3
    assert most == [1]
