"""The worked questions: people are counted as people, and who was hardly seen ranks nowhere."""

import pytest

from playerid.docs.questions import questions
from tests.sql.handmade import IN_LANE, Game, Person, between, handler_and_marker, open_game

BY_NAME = {question.name: question.query for question in questions()}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """A game of eight seconds with two centres of one name, and somebody seen for the last 0.3 s.

    H5 is in the lane for 3.0 s, H6 for 1.5 s, H7 whenever seen.
    """
    people = [
        *handler_and_marker(),
        Person(5, "HOM", between(1.0, 3.95, IN_LANE), "H5", 0.95),
        Person(6, "HOM", between(5.0, 6.45, IN_LANE), "H6", 0.95),
        Person(7, "HOM", lambda t: IN_LANE if t > 7.6 else None, "H7", 0.95),
    ]
    rosters = [
        {"game_id": "0020000001", "team_id": team, "player_id": player, "player_name": name,
         "jersey_number": player[1:], "active": True}
        for team, player, name in [
            ("HOM", "H1", "Handler"), ("HOM", "H5", "Ann Smith"), ("HOM", "H6", "Ann Smith"),
            ("HOM", "H7", "Late Comer"), ("AWY", "A1", "Marker"),
        ]
    ]  # fmt: skip
    game = Game(people, 8.0, rosters=rosters)
    connection = open_game(tmp_path_factory.mktemp("questions"), game)
    yield lambda name: connection.sql(BY_NAME[name]).to_arrow_table().to_pylist()
    connection.close()


def test_two_of_one_name_are_two_rows(answers):
    rows = [row for row in answers("01_time_in_the_lane") if row["player_name"] == "Ann Smith"]
    assert {row["player_id"]: row["lane_share"] for row in rows} == {
        "H5": pytest.approx(3.0 / 8.0, abs=0.01),
        "H6": pytest.approx(1.5 / 8.0, abs=0.01),
    }
    distance = answers("03_distance_and_time_seen")
    assert {"H5", "H6"} <= {row["player_id"] for row in distance}


def test_who_was_hardly_seen_ranks_nowhere(answers):
    """H7 was in the lane for all of what was seen of them, and would be first."""
    rows = answers("01_time_in_the_lane")
    assert rows[0]["player_id"] == "H5"
    assert "H7" not in {row["player_id"] for row in rows}
    assert "H7" not in {row["player_id"] for row in answers("03_distance_and_time_seen")}
