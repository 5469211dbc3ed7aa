import numpy as np
import pytest

from playerid.leagues import load_league
from playerid.report.overlay import AWAY, HOME, PALETTE, CourtInset, FrameOverlay, annotate, surname


@pytest.mark.parametrize("kind", [HOME, AWAY])
def test_a_team_has_one_colour_in_the_picture_and_on_the_plan(kind):
    """One person at the centre of the court, in a black picture; the label is a filled box."""
    shown = FrameOverlay(
        np.array([[600.0, 400.0, 640.0, 500.0]]), np.array([kind]), ["#7"], np.zeros((1, 2))
    )
    inset = CourtInset(load_league("nba").court)
    image = annotate(np.zeros((720, 1280, 3), np.uint8), shown, inset, None)
    colour = PALETTE.by_idx(kind).as_rgb()
    label = image[385:400, 600:640].reshape(-1, 3)
    assert (label == colour).all(axis=1).mean() > 0.3
    plan = inset.draw(shown)
    middle = plan[plan.shape[0] // 2, plan.shape[1] // 2]
    assert tuple(middle) == colour


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("Lonnie Walker IV", "Walker"),
        ("Tim Hardaway Jr.", "Hardaway"),
        ("Shai Gilgeous-Alexander", "Gilgeous-Alexander"),
        ("Nene", "Nene"),
        ("V", "V"),
    ],
)
def test_a_player_is_called_by_the_last_name(name, last):
    assert surname(name) == last
