"""Two teams on a pitch: HOME stands on the left, AWAY on the right; keepers at both ends."""

import numpy as np
import pyarrow as pa
import pytest

from playerid.identify.keepers import name_keepers_teams
from playerid.leagues import load_league
from playerid.tables import TEAM_VOTES
from tests.playerid.identify.world import Tracklet, tracked_boxes

PITCH = load_league("ifab").court
LEFT, RIGHT, LOST = 100, 101, 102


def named(keepers=(LEFT, RIGHT), teams=("HOME", "AWAY"), x_of=None):
    x_of = x_of or {LEFT: -48.0, RIGHT: 47.0, LOST: np.nan}
    people = [Tracklet(n, 0, 5) for n in range(20)]
    people += [Tracklet(keeper, 0, 5, role="goalkeeper") for keeper in keepers]
    boxes = tracked_boxes(people)
    ids = boxes["tracklet_id"].to_numpy()
    x = np.array([x_of[i] if i in x_of else (-8.0 if i < 10 else 6.0) + i % 10 for i in ids])
    votes = [
        {"tracklet_id": n, "role": "player", "team_id": teams[n // 10], "team_prob": 0.99}
        for n in range(20)
    ] + [{"tracklet_id": keeper, "role": "goalkeeper"} for keeper in keepers]
    rows = name_keepers_teams(
        pa.Table.from_pylist(votes, TEAM_VOTES), boxes, np.column_stack([x, 0 * x]), PITCH
    )
    return {r["tracklet_id"]: (r["team_id"], r["team_prob"]) for r in rows.to_pylist()}


def test_a_keeper_is_of_the_team_nearer_to_his_goal():
    rows = named()
    assert rows[LEFT] == ("HOME", pytest.approx(0.97))
    assert rows[RIGHT] == ("AWAY", pytest.approx(0.97))
    assert named(teams=("AWAY", "HOME"))[LEFT][0] == "AWAY"


def test_a_keeper_whose_place_is_not_known_has_no_team():
    assert named(keepers=(LOST,))[LOST] == (None, None)


def test_somebody_in_midfield_is_nobodys_keeper():
    assert named(keepers=(LEFT,), x_of={LEFT: 10.0})[LEFT] == (None, None)


def test_players_keep_their_votes():
    assert named()[3] == ("HOME", pytest.approx(0.99))
