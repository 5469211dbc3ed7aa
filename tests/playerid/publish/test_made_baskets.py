"""When the ball falls through a ring."""

import pytest

from playerid.publish.made_baskets import find_baskets

SHOT = ((0.0, -120, -60), (0.1, -50, -90), (0.2, 5, -30), (0.5, -5, 50), (0.6, -10, 80))
"""Seconds, and px right of the ring's middle and below it: a ball that is hidden by the net."""


def box(time_s, label, x, y, radius, **more):
    return {
        "frame_index": round(time_s * 30),
        "time_s": time_s,
        "segment_index": 0,
        "label": label,
        "detection_score": 0.5,
        "x_min_px": 400.0 + x - radius,
        "x_max_px": 400.0 + x + radius,
        "y_min_px": 200.0 + y - radius,
        "y_max_px": 200.0 + y + radius,
    } | more


def rims_of(balls, x=0):
    """A box of 50 x 50 px, ring and net, in each frame of a ball."""
    return [box(ball["time_s"], "rim", x, 25, 25) for ball in balls]


def flight(*places, **more):
    return [box(time_s, "ball", x, y, 12, **more) for time_s, x, y in places]


def test_a_ball_that_falls_into_the_net_is_a_basket_once():
    balls = flight(*SHOT)
    assert find_baskets(balls, rims_of(balls)) == {15}


def test_two_shots_are_two_baskets():
    balls = flight(*SHOT, *((time_s + 3, x, y) for time_s, x, y in SHOT))
    assert find_baskets(balls, rims_of(balls)) == {15, 105}


@pytest.mark.parametrize(
    "balls",
    [
        pytest.param(flight(*SHOT[:3], (0.5, 40, 50)), id="falls beside the net"),
        pytest.param(flight(*SHOT[:3], (0.5, 5, 10)), id="lies on the ring"),
        pytest.param(flight(*SHOT[:3], (0.5, 5, 140)), id="is seen next far below"),
        pytest.param(flight(*SHOT[:3], (1.7, -5, 50)), id="comes back too late"),
        pytest.param(flight(*SHOT[3:]), id="was never above"),
        pytest.param(flight((0.2, 200, -30), *SHOT[3:]), id="was above far away"),
        pytest.param(flight(*SHOT[:3]) + flight(*SHOT[3:], detection_score=0.2), id="is unsure"),
        pytest.param(flight(*SHOT[:3]) + flight(*SHOT[3:], segment_index=1), id="after a cut"),
        pytest.param([], id="no ball"),
    ],
)
def test_no_basket(balls):
    assert find_baskets(balls, rims_of(balls)) == set()


def test_no_ring_no_basket():
    assert find_baskets(flight(*SHOT), []) == set()


def test_the_ring_is_the_nearest_one():
    balls = flight(*SHOT)
    assert find_baskets(balls, rims_of(balls, x=700) + rims_of(balls)) == {15}
    assert find_baskets(balls, rims_of(balls, x=700)) == set()


def test_a_ring_at_the_picture_s_edge_has_no_width():
    balls = flight(*SHOT)
    rims = [rim | {"x_max_px": rim["x_min_px"]} for rim in rims_of(balls)]
    assert find_baskets(balls, rims) == set()
