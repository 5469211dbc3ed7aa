import numpy as np
import pytest

from playerid.court.geometry import CourtView, to_court
from playerid.court.smoothing import smooth_views

SIZE = (1280, 720)
UNSOLVED = CourtView(None, None, 3, "3 court points found, 6 needed")


def panning(x_m: float) -> CourtView:
    """A view from above, 1 m = 50 px, whose left edge is at x_m."""
    matrix = np.array([[0.02, 0, x_m], [0, -0.02, 7.2], [0, 0, 1]])
    return CourtView(matrix, 0.1, 20, "")


def left_edge_m(view: CourtView) -> float:
    assert view.image_to_court is not None
    return float(to_court(np.array([[0.0, 360.0]]), view.image_to_court)[0, 0])


def test_a_steady_pan_stays_as_it_is():
    times_s = [i / 10 for i in range(12)]
    views = smooth_views([panning(2 * t) for t in times_s], times_s, [0] * 12, SIZE)
    assert [left_edge_m(view) for view in views] == pytest.approx(
        [2 * t for t in times_s], abs=1e-6
    )


def test_noise_gets_smaller():
    random = np.random.default_rng(0)
    times_s = [i / 10 for i in range(60)]
    noisy = [2 * t + random.normal(0, 0.1) for t in times_s]
    views = smooth_views([panning(x) for x in noisy], times_s, [0] * 60, SIZE)
    before = np.abs(np.array(noisy) - 2 * np.array(times_s))
    after = np.abs(np.array([left_edge_m(v) for v in views]) - 2 * np.array(times_s))
    assert after.mean() < 0.6 * before.mean()


def test_a_gap_of_two_frames_is_bridged():
    times_s = [i / 10 for i in range(10)]
    views = [panning(3 * t) for t in times_s]
    views[4] = views[5] = UNSOLVED
    smooth = smooth_views(views, times_s, [0] * 10, SIZE)
    assert left_edge_m(smooth[4]) == pytest.approx(1.2)
    assert left_edge_m(smooth[5]) == pytest.approx(1.5)
    assert smooth[4].points == 0
    assert smooth[4].court_error_m == pytest.approx(0.1)


def test_a_long_gap_stays():
    times_s = [i / 10 for i in range(24)]
    views = [panning(3 * t) for t in times_s]
    for i in range(5, 17):  # solved at 0.4 and at 1.7 s: 1.3 s apart
        views[i] = UNSOLVED
    smooth = smooth_views(views, times_s, [0] * 24, SIZE)
    assert [view.image_to_court is None for view in smooth] == [5 <= i < 17 for i in range(24)]
    assert smooth[5].reason == UNSOLVED.reason


def test_an_outlier_is_replaced_by_its_neighbours():
    times_s = [i / 10 for i in range(9)]
    views = [panning(t) for t in times_s]
    views[4] = panning(12.0)
    smooth = smooth_views(views, times_s, [0] * 9, SIZE)
    assert [left_edge_m(view) for view in smooth] == pytest.approx(times_s, abs=1e-6)


def test_nothing_crosses_a_cut():
    times_s = [i / 10 for i in range(10)]
    views = [panning(t if i < 5 else t - 20) for i, t in enumerate(times_s)]
    views[4] = UNSOLVED  # the last before the cut: solved frames on one side only
    smooth = smooth_views(views, times_s, [0] * 5 + [1] * 5, SIZE)
    assert smooth[4].image_to_court is None
    assert [left_edge_m(view) for view in smooth[5:]] == pytest.approx(
        [t - 20 for t in times_s[5:]]
    )


def test_no_frames_no_views():
    assert smooth_views([], [], [], SIZE) == []
