import numpy as np
import pytest

from playerid.identify.following import following_probs


def test_a_box_is_surer_the_less_it_overlaps_with_others_of_its_frame():
    """In frame 5 two boxes of 10 x 10 px share half: IoU 50 / 150. Frame 3 has the same, alone."""
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 10], [5, 0, 15, 10], [90, 0, 99, 10]], float)
    probs = following_probs(np.array([5, 3, 5, 5]), boxes)
    alone, half = 1 / (1 + np.exp(-4.3)), 1 / (1 + np.exp(-4.3 + 6.5 / 3))
    assert probs == pytest.approx([half, alone, half, alone])


def test_no_boxes_give_no_probabilities():
    assert len(following_probs(np.zeros(0, int), np.zeros((0, 4)))) == 0
