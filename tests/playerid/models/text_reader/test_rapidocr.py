import numpy as np
import pytest

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
