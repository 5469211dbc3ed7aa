import numpy as np
import pytest

from playerid.models.detector.second_look import Sheet, find_torsos


def test_a_torso_is_the_upper_middle_of_a_person():
    # 40 x 100 px: side 0.6 * 100, centred at x = 120, from 2 % below the top.
    boxes = np.array([[100, 200, 140, 300]], np.float32)
    assert find_torsos(boxes) == pytest.approx(np.array([[90, 202, 150, 262]]))


def test_spread_arms_make_it_wider():
    boxes = np.array([[0, 0, 100, 100]], np.float32)
    assert find_torsos(boxes) == pytest.approx(np.array([[12.5, 2, 87.5, 77]]))


@pytest.fixture
def sheet():
    """Four squares of 10 px, shown at 20 px in two rows of three cells."""
    squares = [[0, 0, 10, 10], [30, 0, 40, 10], [0, 30, 10, 40], [50, 50, 60, 60]]
    return Sheet(np.array(squares, np.float32), height_px=40, width_px=70, cell_px=20)


def test_cells_fill_rows(sheet):
    assert Sheet.capacity(40, 70, 20) == 6
    assert sheet.corners_px.tolist() == [[0, 0], [20, 0], [40, 0], [0, 20]]


def test_a_cell_shows_its_square_enlarged(sheet):
    image = np.zeros((80, 80, 3), np.uint8)
    image[50:60, 55:60] = 200  # right half of the fourth square
    drawn = sheet.draw(image)
    assert drawn.shape == (40, 70, 3)
    assert drawn[20:40, 0:9].max() == 0
    assert drawn[21:39, 11:19].min() == 200
    assert (drawn[20:40, 20:] == 110).all()  # free cells


def test_what_is_beyond_the_picture_is_grey():
    sheet = Sheet(np.array([[-10, 0, 10, 20]], np.float32), 20, 20, 20)
    drawn = sheet.draw(np.full((30, 30, 3), 200, np.uint8))
    assert (drawn[:, :9] == 110).all()
    assert (drawn[:, 11:] == 200).all()


def test_boxes_go_there_and_back(sheet):
    boxes = np.array([[52, 51, 57, 59]], np.float32)
    on_sheet = sheet.to_sheet(boxes, 3)
    assert on_sheet == pytest.approx(np.array([[4, 22, 14, 38]]))
    back, is_used = sheet.to_image(on_sheet)
    assert back == pytest.approx(boxes)
    assert is_used.tolist() == [True]


def test_what_is_found_in_a_free_cell_is_marked(sheet):
    found = np.array([[45, 25, 55, 35], [62, 2, 68, 8]], np.float32)
    assert sheet.to_image(found)[1].tolist() == [False, False]


def test_nothing_found_is_nothing(sheet):
    boxes, is_used = sheet.to_image(np.zeros((0, 4), np.float32))
    assert boxes.shape == (0, 4)
    assert is_used.shape == (0,)
