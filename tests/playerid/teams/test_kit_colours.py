"""Shirts by hand: Lab of two clusters, and what the game file says."""

import math

import cv2
import numpy as np
import pyarrow as pa
import pytest

from playerid import tables
from playerid.models.team_embedder.colour import shirt_colour
from playerid.teams.kit_colours import ClusterColours, cluster_colours, kit_log_odds, lab_of
from playerid.teams.team_crops import cluster_teams, vote_teams
from tests.playerid.identify.world import make_game

WHITE, BLACK, NAVY, GREEN, RED = "#ffffff", "#000000", "#000080", "#008000", "#ff0000"
ERROR = np.array([3.0, 3.0])
# As median shirts of broadcasts are.
SEEN = {
    WHITE: (72, 2, 0), BLACK: (33, 0, -2), NAVY: (25, 12, -18), GREEN: (40, -10, 13),
    RED: (42, 35, 18),
}  # fmt: skip


def seen(first, second):
    return ClusterColours(np.array([first, second], float), ERROR)


def prob(first, second, home, away):
    return 1 / (1 + math.exp(-kit_log_odds(seen(first, second), (home, away))))


def test_lab_of_known_colours():
    np.testing.assert_allclose(lab_of(WHITE), [100, 0, 0], atol=0.1)
    np.testing.assert_allclose(lab_of(RED), [53.2, 80.1, 67.2], atol=0.2)


@pytest.mark.parametrize(
    ("home", "away"),
    [(WHITE, BLACK), (WHITE, NAVY), (GREEN, WHITE), (RED, BLACK), (RED, NAVY), (RED, GREEN)],
)
def test_what_is_said_is_found_both_ways_round(home, away):
    assert prob(SEEN[home], SEEN[away], home, away) > 0.95
    assert prob(SEEN[away], SEEN[home], home, away) < 0.05


def test_naming_is_symmetric():
    one = kit_log_odds(seen(SEEN[WHITE], SEEN[RED]), (WHITE, RED))
    other = kit_log_odds(seen(SEEN[RED], SEEN[WHITE]), (WHITE, RED))
    assert one + other == pytest.approx(0)


@pytest.mark.parametrize("light", [np.array([-20, 8, 12]), np.array([10, -3, -6])])
def test_lamps_that_move_both_shirts_alike_change_nothing(light):
    without = kit_log_odds(seen(SEEN[WHITE], SEEN[NAVY]), (WHITE, NAVY))
    moved = seen(SEEN[WHITE] + light, SEEN[NAVY] + light)
    assert kit_log_odds(moved, (WHITE, NAVY)) == pytest.approx(without)


@pytest.mark.parametrize(
    ("first", "second", "home", "away"),
    [
        pytest.param(WHITE, BLACK, None, None, id="nothing said"),
        pytest.param(WHITE, BLACK, WHITE, WHITE, id="the same said of both"),
        pytest.param(WHITE, WHITE, WHITE, BLACK, id="the same seen of both"),
    ],
)
def test_what_tells_nothing_is_even(first, second, home, away):
    assert prob(SEEN[first], SEEN[second], home, away) == pytest.approx(0.5)


def test_near_colours_are_not_sure():
    """White and light grey are 16 apart as named, a third of that on shirts: within the noise."""
    assert 0.5 < prob((72, 2, 0), (66, 2, 0), WHITE, "#d3d3d3") < 0.9


def test_no_file_is_believed_beyond_its_share_of_mistakes():
    assert prob((95, 0, 0), (5, 0, 0), WHITE, BLACK) < 0.998
    assert prob((95, 0, 0), (5, 0, 0), BLACK, WHITE) > 0.002


def test_one_team_that_says_so_is_enough_where_its_shirt_stands_out():
    assert prob(SEEN[WHITE], SEEN[NAVY], WHITE, None) > 0.9
    assert prob(SEEN[WHITE], SEEN[NAVY], None, WHITE) < 0.1
    assert prob(SEEN[GREEN], SEEN[WHITE], GREEN, None) > 0.9


def test_colours_that_were_never_seen_decide_nothing():
    nobody = cluster_colours({}, {})
    assert kit_log_odds(nobody, (WHITE, BLACK)) == 0
    assert math.isnan(nobody.apart)


def test_clusters_take_the_median_of_sure_tracklets():
    shirts = {1: [(70, 0, 0), (74, 0, 0)], 2: [(60, 0, 0)], 3: [(30, 0, 0)] * 9, 4: [(0, 9, 9)]}
    found = cluster_colours(shirts, {1: 0.1, 2: 0.05, 3: 0.99, 4: 0.5, 5: 0.99})
    np.testing.assert_allclose(found.lab, [[66, 0, 0], [30, 0, 0]])
    np.testing.assert_allclose(found.error, [6 / math.sqrt(2), 0])
    assert found.apart == pytest.approx(36)
    assert found.lighter == 0


def test_the_colour_of_a_shirt_is_not_that_of_its_number():
    crop = np.full((120, 60, 3), 210, np.uint8)
    crop[18:60, 10:50] = (20, 60, 20)
    crop[30:45, 25:35] = 255
    assert np.abs(shirt_colour(crop) - lab_of("#143c14")).max() < 3


class Plain:
    """The mean colour of a crop."""

    def embed(self, crops):
        return np.array([crop.mean(axis=(0, 1)) for crop in crops], np.float32)


def votes(colours, kits=(None, None), readings=()):
    """Six people who stand still, two crops each of one colour."""
    boxes, crops = [], []
    for tracklet, colour in enumerate(colours):
        image = np.full((96, 48, 3), colour, np.uint8)
        jpeg = cv2.imencode(".jpg", image[..., ::-1])[1].tobytes()
        for frame in (0, 30):
            at = {"game_id": "g", "tracklet_id": tracklet, "frame_index": frame}
            crops.append(at | {"time_s": frame / 30, "jpeg": jpeg})
            left = 100.0 * tracklet
            box = {"x_min_px": left, "y_min_px": 0.0, "x_max_px": left + 48, "y_max_px": 96.0}
            seen_by = {"label": "player", "detection_score": 0.9, "segment_index": 0}
            boxes.append(at | box | seen_by | {"time_s": frame / 30})
    boxes = pa.Table.from_pylist(boxes, tables.TRACKED_BOXES.schema)
    crops = pa.Table.from_pylist(crops, tables.PLAYER_CROPS.schema)
    game = make_game("3 4 5 6 7", "40 41 42 43 44")
    teams = []
    for team, shirt in zip(game.teams, kits, strict=True):
        kit = {"shirt": shirt} if shirt else None
        teams.append(type(team).model_validate(team.model_dump() | {"kit": kit}))
    game = game.model_copy(update={"home": teams[0], "away": teams[1]})
    no_readings = pa.Table.from_pylist(list(readings), tables.NUMBER_READINGS.schema)
    team_crops = cluster_teams([crops], boxes, Plain())
    in_turn = cluster_teams([crops[:0], crops[:3], crops[3:]], boxes, Plain())
    assert in_turn.equals(team_crops)
    found = vote_teams(team_crops, boxes, no_readings, game)
    return found.to_pylist()


PALE, DARK = (180, 178, 184), (60, 45, 75)


def test_without_numbers_clusters_are_known_and_teams_are_not():
    rows = votes([PALE, DARK] * 3)
    assert [row["team_cluster"] for row in rows] == ["a", "b"] * 3
    assert {row["team_id"] for row in rows} == {None}


def test_without_numbers_shirts_name_the_teams():
    rows = votes([PALE, DARK] * 3, (NAVY, WHITE))
    assert [row["team_id"] for row in rows] == ["AWAY", "HOME"] * 3
    assert [row["team_cluster"] for row in rows] == ["a", "b"] * 3
    assert all(0.9 < row["team_prob"] < 0.998 for row in rows)


def test_clusters_of_one_colour_are_not_sure():
    rows = votes([PALE, (170, 168, 176)] * 3, (WHITE, "#f5f5f5"))
    assert {row["team_cluster"] for row in rows} == {None}
    assert {row["team_id"] for row in rows} == {None}
