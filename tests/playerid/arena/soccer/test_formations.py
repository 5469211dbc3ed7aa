import numpy as np
import pytest

from playerid.arena.soccer.formations import FORMATIONS, place_lines


@pytest.mark.parametrize("formation", FORMATIONS)
def test_lines_have_as_many_players_as_their_name_says(formation):
    depths = np.sort(place_lines(formation)[:, 0])
    lines = [int(count) for count in formation.split("-")]
    gaps = np.flatnonzero(np.diff(depths) > 0.2) + 1
    assert [len(line) for line in np.split(depths, gaps)] == lines


def test_four_in_a_line_stand_beside_each_other():
    places = place_lines("4-4-2")
    assert np.allclose(places[:4, 1], [-0.92, -0.92 / 3, 0.92 / 3, 0.92])
    assert places[8:, 0].min() > 0.9
