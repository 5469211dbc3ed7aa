import pytest

from playerid.identify import identify_by_rule
from playerid.tables import IDENTITIES
from tests.playerid.identify.world import Tracklet, make_evidence, make_game, names

HOME = "0 00 3 13 5 7 23 28 31"
AWAY = "1 3 13 23 40 41 42 43 44"


def by_rule(*tracklets, game=None):
    rows = identify_by_rule(make_evidence(game or make_game(HOME, AWAY), tracklets))
    assert rows.schema.equals(IDENTITIES.schema)
    return rows


def test_nothing_tracked_gives_no_rows():
    assert by_rule().num_rows == 0


def test_rule_names_the_whole_tracklet_from_three_equal_readings():
    rows = by_rule(Tracklet(4, 0, 9, "HOME", "- 23 23 23 28")).to_pylist()
    assert rows[0]["player_id"] == "h23"
    assert (rows[0]["readings_for"], rows[0]["readings_against"]) == (3, 1)
    assert (rows[0]["start_s"], rows[0]["end_s"]) == pytest.approx((0, 9))
    assert rows[0]["source"] == "read"


@pytest.mark.parametrize(
    ("tracklet", "player"),
    [
        pytest.param(Tracklet(1, 0, 9, "AWAY", "23 23 23"), "a23", id="the team decides"),
        pytest.param(Tracklet(1, 0, 9, "HOME", "23 23"), None, id="two readings"),
        pytest.param(Tracklet(1, 0, 9, "HOME", "44 44 44"), None, id="not on the roster"),
        pytest.param(Tracklet(1, 0, 9, "HOME", "00 00 00"), "h00", id="00"),
        pytest.param(Tracklet(1, 0, 9, "HOME", "0 0 0"), "h0", id="0"),
        pytest.param(Tracklet(1, 0, 9, "HOME", "23 23 23", team_prob=0.6), None, id="team open"),
        pytest.param(
            Tracklet(1, 0, 9, "HOME", "23 23 23", role="referee"), None, id="a referee has no name"
        ),
    ],
)
def test_rule(tracklet, player):
    assert names(by_rule(tracklet)) == {1: player}


def test_rule_keeps_a_player_in_one_place():
    longer = Tracklet(1, 0, 9, "HOME", "23 23 23 23")
    shorter = Tracklet(2, 5, 12, "HOME", "23 23 23")
    later = Tracklet(3, 9.1, 12, "HOME", "23 23 23")
    assert names(by_rule(longer, shorter, later)) == {1: "h23", 2: None, 3: "h23"}


def test_rule_never_names_an_inactive_player():
    game = make_game(HOME, AWAY, inactive=("h23",))
    assert names(by_rule(Tracklet(1, 0, 9, "HOME", "23 23 23"), game=game)) == {1: None}
