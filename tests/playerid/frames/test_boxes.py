import numpy as np
import pytest

from playerid.frames import boxes

# A 10 x 10 box, a 4 x 5 box half inside it, one inside it, and one elsewhere.
PEOPLE = np.array([[0, 0, 10, 10]], np.float32)
OTHERS = np.array([[8, 0, 12, 5], [1, 1, 3, 3], [20, 20, 30, 30]], np.float32)


def test_areas():
    assert boxes.areas(OTHERS).tolist() == [20, 4, 100]


def test_a_box_that_is_inside_out_has_no_area():
    assert boxes.areas(np.array([[5.0, 5, 1, 9]])).tolist() == [0]


def test_iou():
    assert boxes.iou(PEOPLE, OTHERS) == pytest.approx(np.array([[10 / 110, 4 / 100, 0]]))


def test_ios_is_one_for_a_box_inside_another():
    assert boxes.ios(PEOPLE, OTHERS) == pytest.approx(np.array([[10 / 20, 1, 0]]))


def test_no_boxes_have_no_overlaps():
    none = np.zeros((0, 4), np.float32)
    assert boxes.iou(none, OTHERS).shape == (0, 3)
    assert boxes.ios(OTHERS, none).shape == (3, 0)
    assert boxes.foot_points(none).shape == (0, 2)


def test_boxes_without_area_do_not_divide_by_zero():
    point = np.array([[3.0, 3, 3, 3]])
    assert boxes.iou(point, point).tolist() == [[0]]
    assert boxes.ios(point, PEOPLE).tolist() == [[0]]


def test_foot_points_are_the_middle_of_the_lower_edge():
    assert boxes.foot_points(OTHERS).tolist() == [[10, 5], [2, 3], [25, 30]]


def test_scaled_boxes_keep_their_centres():
    assert boxes.scale_boxes(PEOPLE, 0.4) == pytest.approx(np.array([[3, 3, 7, 7]]))


def test_padded_boxes_are_clipped_to_the_picture():
    padded = boxes.clip_boxes(boxes.pad_boxes(PEOPLE, 10), height_px=15, width_px=40)
    assert padded.tolist() == [[0, 0, 20, 15]]


@pytest.mark.parametrize(
    ("box_px", "pixels"),
    [
        pytest.param([1.4, 1.6, 3.5, 4.4], [1, 2, 4, 4], id="rounded"),
        pytest.param([2.1, 2.1, 2.2, 2.2], [2, 2, 3, 3], id="at least one pixel"),
        pytest.param([50, 50, 60, 60], [19, 9, 20, 10], id="outside the picture"),
    ],
)
def test_to_pixels(box_px, pixels):
    assert boxes.to_pixels(np.array([box_px]), 10, 20).tolist() == [pixels]
