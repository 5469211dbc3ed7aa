"""Statistics of eleven a side, on games small enough to check by hand."""

import pytest

from playerid.leagues import load_sport
from playerid.publish.shapes import fit_formations, team_shapes
from playerid.warehouse.warehouse import connect
from tests.sql.handmade import Game, Person, ask, at, open_game

SPORT = load_sport("soccer")
LEFT_KEEPER = Person(1, "HOM", at((-50.0, 0.0)), "H1", 0.99, role="goalkeeper")
RIGHT_KEEPER = Person(101, "AWY", at((50.0, 0.0)), "A1", 0.99, role="goalkeeper")


def game(people, seconds, **more):
    return Game([LEFT_KEEPER, RIGHT_KEEPER, *people], seconds, league="ifab", **more)


def only(rows, **values):
    (row,) = [r for r in rows if all(r[k] == v for k, v in values.items())]
    return row


def test_a_sprint_by_hand(tmp_path):
    # 10 m/s for 3 s is no error here; 6 m/s is high speed, and 5 m/s is neither.
    people = [
        Person(2, "HOM", lambda t: (-20.0 + 10.0 * t, 0.0), "H2", 0.9),
        Person(3, "HOM", lambda t: (-20.0 + 6.0 * t, 5.0), "H3", 0.9),
        Person(4, "HOM", lambda t: (-20.0 + 5.0 * t, 9.0), "H4", 0.9),
    ]
    connection = open_game(tmp_path, game(people, 3.0))
    rows = ask(connection, "from high_speed_running")
    columns = ("high_speed_m", "sprint_m", "high_speed_runs", "sprints")
    for player, expected in (("H2", (30, 30, 1, 1)), ("H3", (18, 0, 1, 0)), ("H4", (0, 0, 0, 0))):
        row = only(rows, player_id=player)
        assert [row[name] for name in columns] == pytest.approx(expected, abs=0.01)
        assert row["observed_s"] == pytest.approx(3.0)
    assert only(rows, player_id="H2")["top_speed_mps"] == pytest.approx(10.0, abs=0.01)
    assert only(ask(connection, "from player_distance"), player_id="H2")[
        "distance_m"
    ] == pytest.approx(30.0, abs=0.01)


def test_a_moment_of_speed_is_distance_and_no_sprint(tmp_path):
    # Runs at 8 m/s for 0.4 s.
    where = lambda t: (8.0 * min(max(t - 1.0, 0.0), 0.4), 0.0)  # noqa: E731
    connection = open_game(tmp_path, game([Person(2, "HOM", where, "H2", 0.9)], 3.0))
    row = only(ask(connection, "from high_speed_running"), player_id="H2")
    assert row["high_speed_m"] > 1.0
    assert row["sprints"] == 0


def test_the_end_that_is_attacked_is_that_of_the_other_keeper(tmp_path):
    (row,) = ask(open_game(tmp_path, game([], 2.0)), "from attack_baskets")
    assert row["home_sign"] == 1


def test_without_keepers_those_who_defend_stand_nearer_to_their_goal(tmp_path):
    # All in the half x > 0, the visitors deeper: they defend it.
    people = [
        *(Person(n, "HOM", at((20.0, 3.0 * n)), f"H{n}", 0.9) for n in range(2, 7)),
        *(Person(100 + n, "AWY", at((35.0, 3.0 * n)), f"A{n}", 0.9) for n in range(2, 7)),
    ]
    one = Game(people, 3.0, league="ifab", holder=lambda _: 2)
    (row,) = ask(open_game(tmp_path, one), "from attack_baskets")
    assert row["home_sign"] == 1


def test_a_heat_map_has_keepers_and_cells_of_the_whole_pitch(tmp_path):
    people = [Person(2, "HOM", at((50.2, 33.7)), "H2", 0.9)]
    rows = ask(open_game(tmp_path, game(people, 4.0, holder=lambda _: 2)), "from heat_map")
    corner = only(rows, player_id="H2")
    assert (corner["cell_x_m"], corner["cell_y_m"], corner["is_offence"]) == (50.5, 33.5, True)
    assert corner["seen_s"] == pytest.approx(4.1)
    # The visitors attack x < 0: their keeper at x = 50 stands at -50 of their own map.
    assert only(rows, player_id="A1")["cell_x_m"] == -49.5
    assert only(rows, player_id="H1")["cell_x_m"] == -49.5


def test_territory_by_thirds(tmp_path):
    # The home team has the ball 4 s in its own third, then 6 s in the final one; the visitors 5 s
    # in the middle and 5 s at x = -30, their final third.
    home = Person(2, "HOM", lambda t: (-25.0, 0.0) if t < 4.0 else (30.0, 0.0), "H2", 0.9)
    away = Person(102, "AWY", lambda t: (5.0, 9.0) if t < 15.0 else (-30.0, 9.0), "A2", 0.9)
    one = game([home, away], 19.9, holder=lambda t: 2 if t < 10.0 else 102)
    rows = ask(open_game(tmp_path, one), "from territory")
    row = only(rows, team_id="HOM")
    assert row["control_s"] == pytest.approx(10.0, abs=0.15)
    assert row["own_third_share"] == pytest.approx(0.4, abs=0.02)
    assert (row["middle_third_share"], row["final_third_share"]) == pytest.approx(
        (0, 0.6), abs=0.02
    )
    assert row["field_tilt_share"] == pytest.approx(6 / 11, abs=0.02)
    other = only(rows, team_id="AWY")
    assert (other["middle_third_share"], other["final_third_share"]) == pytest.approx(
        (0.5, 0.5), abs=0.02
    )
    assert row["control_share"] + other["control_share"] == pytest.approx(1)
    assert other["opponent_half_share"] == pytest.approx(0.5, abs=0.02)


def outfield(team, places, first=2):
    base = 0 if team == "HOM" else 100
    return [
        Person(base + first + n, team, at(place), f"{team[0]}{first + n}", 0.9)
        for n, place in enumerate(places)
    ]


FOUR_FOUR_TWO = [
    *((-30.0, y) for y in (24.0, 8.0, -8.0, -24.0)),
    *((-15.0, y) for y in (24.0, 8.0, -8.0, -24.0)),
    *((0.0, y) for y in (6.0, -6.0)),
]
FOUR_THREE_THREE = [
    (-28.0, 25.0), (-32.0, 9.0), (-32.0, -9.0), (-28.0, -25.0),
    (-17.0, 8.0), (-23.0, 0.0), (-17.0, -8.0),
    (-6.0, 22.0), (0.0, 0.0), (-6.0, -22.0),
]  # fmt: skip


def turned(places):
    return [(-x, -y) for x, y in places]


def test_length_width_and_centroid(tmp_path):
    people = outfield("HOM", FOUR_FOUR_TWO) + outfield("AWY", turned(FOUR_THREE_THREE))
    rows = ask(open_game(tmp_path, game(people, 5.0, holder=lambda _: 10)), "from team_dimensions")
    home, away = only(rows, team_id="HOM"), only(rows, team_id="AWY")
    assert (home["in_possession"], away["in_possession"]) == (True, False)
    assert (home["length_m"], home["width_m"]) == pytest.approx((30, 48))
    assert (home["centroid_x_m"], home["centroid_y_m"]) == pytest.approx((-18, 0), abs=1e-4)
    assert home["last_line_m"] == pytest.approx(22.5)
    assert away["last_line_m"] == pytest.approx(20.5)
    assert away["centroid_x_m"] == pytest.approx(-18.9, abs=0.01)
    # Distances of 4-4-2 from (-18, 0), by hand.
    corners = [(12**2 + 24**2) ** 0.5, (12**2 + 8**2) ** 0.5, (9 + 576) ** 0.5, (9 + 64) ** 0.5]
    expected = (2 * sum(corners) + 2 * (18**2 + 36) ** 0.5) / 10
    assert home["spread_m"] == pytest.approx(expected, abs=0.01)


def test_formations_that_are_seen_are_those_that_are_played(tmp_path):
    people = outfield("HOM", FOUR_FOUR_TWO) + outfield("AWY", turned(FOUR_THREE_THREE))
    connection = open_game(tmp_path, game(people, 5.0, holder=lambda _: 10))
    rows = team_shapes(connection, SPORT).to_pylist()
    home, away = only(rows, team_id="HOM"), only(rows, team_id="AWY")
    assert (home["formation"], home["in_possession"], home["period"]) == ("4-4-2", True, 1)
    assert (away["formation"], away["in_possession"]) == ("4-3-3", False)
    assert home["fit_m"] < 2.5 < home["runner_up_fit_m"] + 2.0
    assert home["runner_up"] != "4-4-2"
    assert home["roles"][:4] == ["LB", "LCB", "RCB", "RB"]
    assert home["player_ids"][:4] == ["H2", "H3", "H4", "H5"]
    # The visitors look the other way: their left is at y < 0.
    assert away["player_ids"][:4] == ["A2", "A3", "A4", "A5"]
    assert (home["players"], away["players"]) == (10, 10)
    assert home["observed_s"] == pytest.approx(5.1)


@pytest.mark.parametrize("name", SPORT.formations)
def test_every_template_is_found_again_however_it_is_stretched_and_shaken(name):
    import numpy as np

    rng = np.random.default_rng(7)
    places = np.array([SPORT.places[role] for role in SPORT.formations[name]])
    shaken = places * (38.0, 27.0) + (-30.0, 4.0) + rng.normal(0, 0.5, places.shape)
    order = rng.permutation(10)
    best, second, *_ = fit_formations(shaken[order], SPORT)
    assert best.formation == name
    assert [int(order[index]) for index in best.players] == list(range(10))
    assert best.fit_m < second.fit_m


def test_few_players_show_no_formation(tmp_path):
    people = outfield("HOM", FOUR_FOUR_TWO[:8])
    connection = open_game(tmp_path, game(people, 3.0, holder=lambda _: 9))
    (row,) = team_shapes(connection, SPORT).to_pylist()
    assert (row["formation"], row["fit_m"], row["players"]) == (None, None, 8)
    assert len(team_shapes(connect({}), load_sport("basketball"))) == 0


def test_pressure_on_who_has_the_ball(tmp_path):
    # An opponent 3 m away for 4 s of 10, then 8 m.
    holder = Person(2, "HOM", at((0.0, 0.0)), "H2", 0.9)
    presser = Person(102, "AWY", lambda t: (3.0, 0.0) if t < 3.95 else (8.0, 0.0), "A2", 0.9)
    one = game([holder, presser], 9.9, holder=lambda _: 2)
    row = only(ask(open_game(tmp_path, one), "from ball_pressure"), player_id="H2")
    assert row["opponent_m"] == pytest.approx(0.4 * 3 + 0.6 * 8, abs=0.01)
    assert (row["nearest_opponent_m"], row["pressed_share"]) == pytest.approx((3.0, 0.4))
    assert row["with_ball_s"] == pytest.approx(10.0)


def test_the_pass_network_counts_who_plays_to_whom(tmp_path):
    # 2 to 3, 3 to 4, 4 to 3; then the visitors have it, and 2 gets it from them: no pass.
    people = [
        Person(2, "HOM", at((0.0, 0.0)), "H2", 0.9),
        Person(3, "HOM", at((12.0, 5.0)), "H3", 0.9),
        Person(4, "HOM", at((12.0, -5.0)), "H4", 0.9),
        Person(102, "AWY", at((20.0, 0.0)), "A2", 0.9),
    ]

    def holder(t):
        turns = ((2.0, 2), (2.5, None), (4.0, 3), (4.5, None), (6.0, 4), (6.5, None), (8.0, 3),
                 (8.5, None), (11.0, 102), (14.0, 2))  # fmt: skip
        return next((who for until, who in turns if t < until), None)

    rows = ask(open_game(tmp_path, game(people, 13.0, holder=holder)), "from pass_network")
    counts = {(r["player_id"], r["to_player_id"]): r["passes"] for r in rows}
    assert counts == {("H2", "H3"): 1, ("H3", "H4"): 1, ("H4", "H3"): 1}
    first = only(rows, player_id="H2")
    assert (first["length_m"], first["forward_m"]) == pytest.approx((13.0, 12.0))
