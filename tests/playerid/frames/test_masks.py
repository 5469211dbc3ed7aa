import numpy as np
import pytest
import supervision as sv

from playerid.frames import masks


def rectangle(left, top, right, bottom, shape=(40, 60)):
    mask = np.zeros(shape, bool)
    mask[top:bottom, left:right] = True
    return mask


def blobs(seed, shape=(180, 320)):
    """Rectangles and single pixels scattered at random; sizes tie often."""
    random = np.random.default_rng(seed)
    mask = random.random(shape) < random.choice([0, 0.001, 0.01])
    for _ in range(random.integers(0, 9)):
        left, top = random.integers(0, shape[1] - 8), random.integers(0, shape[0] - 8)
        width, height = random.integers(2, 40, 2)
        mask[top : top + height, left : left + width] = True
    return mask


def test_a_mask_survives_its_encoding():
    mask = blobs(3)
    assert np.array_equal(masks.decode_mask(masks.encode_mask(mask), *mask.shape), mask)


def test_an_empty_mask_survives_its_encoding():
    mask = np.zeros((5, 7), bool)
    assert np.array_equal(masks.decode_mask(masks.encode_mask(mask), 5, 7), mask)


def test_the_encoding_is_coco():
    # Two columns of three, run by run down the columns: 1 off, 2 on, 3 off.
    mask = np.array([[0, 0], [1, 0], [1, 0]], bool)
    assert masks.encode_mask(mask) == b"123"


def test_mask_boxes():
    found = masks.mask_boxes([rectangle(3, 5, 10, 20), np.zeros((40, 60), bool)])
    assert found.tolist() == [[3, 5, 10, 20], [0, 0, 0, 0]]


def test_a_number_is_wholly_inside_one_player_and_half_inside_another():
    number = np.array([[10.0, 10, 14, 14]])
    players = [rectangle(5, 5, 20, 30), rectangle(12, 0, 30, 40), np.zeros((40, 60), bool)]
    assert masks.box_mask_ios(number, players) == pytest.approx(np.array([[1, 0.5, 0]]))


def test_ios_divides_by_the_mask_where_it_is_smaller_than_the_number():
    assert masks.box_mask_ios(np.array([[0.0, 0, 20, 20]]), [rectangle(2, 2, 4, 4)]) == 1


def test_no_numbers_or_no_players():
    assert masks.box_mask_ios(np.zeros((0, 4)), [rectangle(0, 0, 2, 2)]).shape == (0, 1)
    assert masks.box_mask_ios(np.array([[0.0, 0, 2, 2]]), []).shape == (1, 0)


def test_mask_iou():
    assert masks.mask_iou(rectangle(0, 0, 4, 4), rectangle(2, 0, 6, 4)) == pytest.approx(8 / 24)
    assert masks.mask_iou(np.zeros((2, 2), bool), np.zeros((2, 2), bool)) == 1


def test_clean_mask_keeps_the_near_arm_and_drops_the_far_piece():
    # The diagonal of 300 x 400 is 500 pixels, 3 % of it 15.
    body = rectangle(100, 100, 140, 200, (300, 400))
    arm = rectangle(150, 120, 160, 130, (300, 400))
    stranger = rectangle(170, 120, 180, 130, (300, 400))
    assert np.array_equal(masks.clean_mask(body | arm | stranger), body | arm)


def test_clean_mask_of_nothing_is_nothing():
    assert not masks.clean_mask(np.zeros((20, 30), bool)).any()


@pytest.mark.parametrize("seed", range(60))
def test_clean_mask_equals_the_reference(seed):
    mask = blobs(seed)
    reference = sv.filter_segments_by_distance(mask, relative_distance=0.03, mode="edge")
    assert np.array_equal(masks.clean_mask(mask), reference)
