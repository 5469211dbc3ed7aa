from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from playerid.errors import LabelsError
from playerid.evaluate.court_points import read_court_points, score_court_points
from playerid.leagues import load_league

PITCH = load_league("ifab").court
# 10 px are a metre; the centre of the pitch is at (600, 400).
FROM_ABOVE = np.array([[0.1, 0, -60], [0, -0.1, 40], [0, 0, 1]])
MARKED = """frame_index,point,x_px,y_px
10,centre,600,400
10,halfway line far,600,63
20,centre,600,405
"""


def views(**matrices):
    rows = [
        {"frame_index": int(name[1:]), "image_to_court": None if m is None else m.ravel().tolist()}
        for name, m in matrices.items()
    ]
    kinds = {"frame_index": pa.int32(), "image_to_court": pa.list_(pa.float64())}
    return pa.Table.from_pylist(rows, pa.schema(kinds))


def test_distances_by_hand():
    """The halfway line's far end is at (600, 60): 3 px or 30 cm off; in frame 20, 5 px or 50 cm."""
    marked = read_court_points(MARKED, "points.csv", PITCH)
    scores = score_court_points(views(f10=FROM_ABOVE, f21=FROM_ABOVE), marked)
    assert scores["court_solved"] == 1.0
    assert scores["court_point_px"] == pytest.approx(3.0)
    assert scores["court_point_m"] == pytest.approx(0.3)
    assert scores["court_point_p90_m"] == pytest.approx(np.quantile([0, 0.3, 0.5], 0.9))


def test_a_frame_without_a_view_is_not_solved():
    marked = read_court_points(MARKED, "points.csv", PITCH)
    scores = score_court_points(views(f10=FROM_ABOVE, f20=None), marked)
    assert scores["court_solved"] == 0.5
    assert scores["court_point_px"] == pytest.approx(1.5)
    assert np.isnan(score_court_points(views(f30=FROM_ABOVE), marked)["court_point_px"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frame_index,point,x_px\n", "lacks the columns y_px"),
        (MARKED.replace("centre", "basket"), "line 2: the court has no point 'basket'"),
        (MARKED.replace("600,400", "left,400"), "line 2: expected numbers"),
    ],
)
def test_mistakes_are_named(text, message):
    with pytest.raises(LabelsError, match=message):
        read_court_points(text, "points.csv", PITCH)


def test_points_of_the_real_clip_are_of_its_court():
    folder = Path(__file__).parents[2] / "data" / "mci-mun-2022"
    marked = read_court_points((folder / "points.csv").read_text("utf-8"), "points.csv", PITCH)
    assert list(marked) == list(range(0, 267, 14))
    assert sum(len(px) for px, _ in marked.values()) == 114
