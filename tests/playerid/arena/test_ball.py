import numpy as np
import pytest

from playerid.arena.ball import RADIUS_M, Ball


def fly(ball, steps, step_s=0.04):
    places = []
    for _ in range(steps):
        ball.step(step_s)
        places.append(ball.position_m.copy())
    return np.array(places)


def test_throw_arrives_in_time_on_a_parabola():
    ball = Ball(np.array([0.0, 0.0, 1.0]))
    ball.throw(lambda: np.array([8.0, 0.0, 1.0]), 0.8)
    places = fly(ball, 20)
    assert places[9] == pytest.approx([4.0, 0.0, 1.0 + 9.81 / 8 * 0.8**2])  # top, half-way
    assert places[19] == pytest.approx([8.0, 0.0, 1.0])
    assert not ball.in_flight


def test_throw_follows_a_receiver_who_moves():
    ball, where = Ball(np.zeros(3)), np.array([5.0, 0.0, 1.0])
    ball.throw(lambda: where, 0.4)
    fly(ball, 5)
    where[1] = 2.0
    assert fly(ball, 5)[-1] == pytest.approx([5.0, 2.0, 1.0])


def test_free_ball_bounces_and_settles_on_the_floor():
    ball = Ball(np.array([0.0, 0.0, 3.0]))
    ball.free(np.zeros(3))
    heights = fly(ball, 250)[:, 2]
    assert heights.min() >= RADIUS_M - 1e-9
    assert heights[-25:].max() < 0.4
