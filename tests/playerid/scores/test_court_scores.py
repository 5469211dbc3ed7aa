import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.court.geometry import CourtView
from playerid.errors import LabelsError
from playerid.leagues import load_basketball
from playerid.scores.court_scores import (
    CourtLabels,
    judge_views,
    position_errors,
    read_court_labels,
    region_iou,
    region_masks,
)

FIBA = load_basketball("fiba").court
# 1 m is 10 px, the centre of the court in the middle of 320 x 192 pixels, seen from above.
FROM_ABOVE = np.array([[0.1, 0, -16], [0, -0.1, 9.6], [0, 0, 1]])
UNSOLVED = CourtView(None, None, 0, "3 court points found, 6 needed")


def rectangle(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def labelled() -> CourtLabels:
    """The court and its right lane, drawn as FROM_ABOVE shows them."""
    polygons = {
        "court": [rectangle(20, 21, 299, 170)],
        "lane": [rectangle(242, 72, 299, 120), rectangle(20, 72, 77, 120)],
        "three_point_area": [],
        "centre_circle": [],
    }
    return CourtLabels("game-1", np.zeros((192, 320, 3), np.uint8), polygons)


def shifted(metres: float) -> CourtView:
    matrix = FROM_ABOVE.copy()
    matrix[0, 2] -= metres
    return CourtView(matrix, 0.1, 20, "")


@pytest.mark.parametrize(
    ("point_m", "areas"),
    [
        pytest.param((0, 1.7), {"court", "centre_circle"}, id="centre circle"),
        pytest.param((-8.3, -2.4), {"court", "lane", "three_point_area"}, id="lane"),
        # Straight part: 6.5 m from the axis, 2.9 m from the baseline.
        pytest.param((11.1, 6.5), {"court", "three_point_area"}, id="corner"),
        # 6.8 m in front of the basket.
        pytest.param((-5.6, 0), {"court"}, id="beyond the arc"),
        pytest.param((14.1, 0), set(), id="behind the baseline"),
        pytest.param((np.nan, np.nan), set(), id="above the horizon"),
    ],
)
def test_areas(point_m, areas):
    inside = FIBA.areas_at(np.array([point_m], float))
    assert {name for name, mask in inside.items() if mask[0]} == areas


def test_masks_are_as_large_as_by_hand():
    masks = region_masks(FROM_ABOVE, FIBA, 320, 192)
    assert masks["court"].sum() == 280 * 150
    assert masks["lane"].sum() == pytest.approx(2 * 58 * 49, rel=0.03)
    assert masks["centre_circle"].sum() == pytest.approx(np.pi * 18**2, rel=0.03)


def test_iou():
    first = np.array([[1, 1, 0, 0]], bool)
    assert region_iou(first, np.array([[0, 1, 1, 0]], bool)) == pytest.approx(1 / 3)
    assert np.isnan(region_iou(first & False, first & False))


def score_views(labels, views):
    return judge_views(labels, views, FIBA).summary(np.arange(len(labels)))


def test_a_perfect_view_and_one_that_is_a_metre_off():
    perfect = score_views([labelled()], [shifted(0)])
    assert perfect.solved == 1
    assert perfect.court_iou > 0.99
    assert perfect.lane_iou > 0.95
    # The lanes are 5.8 m long: moved along by a metre, 4.8 / 6.8 of both agree; the labels are
    # drawn to a whole pixel, 0.1 m, which makes 4.7 / 6.9.
    off = score_views([labelled()], [shifted(1)])
    assert off.lane_iou == pytest.approx(4.8 / 6.8, abs=0.026)
    assert off.court_iou == pytest.approx(27 / 29, abs=0.01)


def test_unsolved_frames_count_only_as_unsolved():
    scores = score_views([labelled(), labelled()], [UNSOLVED, shifted(0)])
    assert (scores.frames, scores.solved) == (2, 0.5)
    assert scores.lane_iou > 0.95


def test_position_errors():
    feet_px = np.array([[100.0, 90.0], [200.0, 150.0]])
    assert position_errors(shifted(0.3), FROM_ABOVE, feet_px) == pytest.approx([0.3, 0.3])
    assert np.isnan(position_errors(UNSOLVED, FROM_ABOVE, feet_px)).all()


def test_labels_that_are_not_there_or_not_courts(tmp_path):
    with pytest.raises(LabelsError, match=r"none\.parquet: there is no such file"):
        read_court_labels(tmp_path / "none.parquet")
    pq.write_table(pa.table({"image_id": ["a"]}), tmp_path / "other.parquet")
    with pytest.raises(LabelsError, match=r"other\.parquet: lacks the column 'regions'"):
        read_court_labels(tmp_path / "other.parquet")
