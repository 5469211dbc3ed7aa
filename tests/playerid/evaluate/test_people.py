"""Frames that are compared, where the models did not look at all of them."""

import numpy as np
import pytest

from playerid.evaluate.people import pair_frames


@pytest.mark.parametrize(
    "sampled",
    [
        pytest.param([0, 3, 6, 9], id="every third"),
        pytest.param([0, 2, 5, 7, 10], id="10 of 25"),
        pytest.param([0, 2, 3, 5, 6, 8, 9], id="10 of 15"),
    ],
)
def test_frames_between_sampled_ones_are_not_compared(sampled):
    known = np.arange(sampled[-1] + 1)
    assert pair_frames(known, np.array(sampled)) == {frame: frame for frame in sampled}


def test_what_was_not_looked_at_is_compared_at_the_same_spacing():
    pairs = pair_frames(np.arange(20), np.array([0, 2, 3, 5, 6]))
    assert list(pairs) == [0, 2, 3, 5, 6, 8, 10, 12, 14, 16, 18]
