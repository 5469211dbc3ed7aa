"""The other statistics, on games small enough to check by hand."""

import numpy as np
import pytest

from tests.sql.handmade import (
    IN_LANE,
    OUTSIDE,
    Game,
    Person,
    ask,
    at,
    between,
    handler_and_marker,
    open_game,
)
from tests.sql.recount import lane_stays


def only(rows, **values):
    (row,) = [r for r in rows if all(r[k] == v for k, v in values.items())]
    return row


def test_distance_of_a_straight_run(tmp_path):
    # 3 m/s for 4 s, to the ends.
    people = [Person(1, "HOM", lambda t: (-6.0 + 3.0 * t, 0.0), "H1", 0.9)]
    (row,) = ask(open_game(tmp_path, Game(people, 4.0)), "from player_distance")
    assert row["observed_s"] == pytest.approx(4.0)
    assert row["distance_m"] == pytest.approx(12.0, abs=0.001)
    assert row["top_speed_mps"] == pytest.approx(3.0, abs=0.01)


def test_who_stands_covers_no_distance_however_the_position_errs(tmp_path):
    # 0.1 m to one side and back in every frame: 2 m/s from frame to frame.
    people = [Person(1, "HOM", lambda t: (5.0 + 0.1 * (round(10 * t) % 2), 0.0), "H1", 0.9)]
    (row,) = ask(open_game(tmp_path, Game(people, 4.0)), "from player_distance")
    assert row["distance_m"] == pytest.approx(0.0, abs=0.001)
    assert row["observed_s"] == pytest.approx(4.0)


def test_speed_by_hand(tmp_path):
    # Stands until 2 s, then runs at 6 m/s. At 2 s the line through 0, 0, 0, 0, 0.6, 1.2, 1.8 m, one
    # every 0.1 s, rises by (0.1 * 0.6 + 0.2 * 1.2 + 0.3 * 1.8) / 0.28 = 3 m/s.
    people = [Person(1, None, lambda t: (0.0, max(0.0, 6.0 * (t - 2.0))))]
    rows = ask(open_game(tmp_path, Game(people, 3.0)), "from speeds order by time_s")
    speeds = {round(row["time_s"], 1): row["speed_mps"] for row in rows}
    assert [speeds[t] for t in (0.0, 1.5, 2.0, 2.5, 3.0)] == pytest.approx(
        [0, 0, 3, 6, 6], abs=0.01
    )
    assert [row["step_s"] for row in rows[:2]] == [None, pytest.approx(0.1)]


def test_distance_does_not_bridge_the_cut_nor_the_gap(tmp_path):
    # Stands at x = 0, is at x = 8 after the cut, unseen for 1 s, then at x = -8.
    def where(t):
        if 4.0 < t < 5.0:
            return None
        return (0.0, 0.0) if t < 2.0 else ((8.0, 0.0) if t <= 4.0 else (-8.0, 0.0))

    game = Game([Person(1, "HOM", where, "H1", 0.9)], 6.0, cuts=(2.0,))
    (row,) = ask(open_game(tmp_path, game), "from player_distance")
    assert row["distance_m"] == 0
    assert row["standing_share"] == 1
    assert row["observed_s"] == pytest.approx(1.9 + 2.0 + 1.0)


def test_distance_leaves_out_impossible_steps(tmp_path):
    where = lambda t: (0.0, 0.0) if t < 2.0 else (9.0, 0.0)  # noqa: E731
    (row,) = ask(
        open_game(tmp_path, Game([Person(1, "HOM", where, "H1", 0.9)], 4.0)), "from player_distance"
    )
    assert row["top_speed_mps"] <= 9.0


def test_observed_time_by_hand(tmp_path):
    # 10 s at 0.1 s steps, of which the last 3.0 s (30 frames) are another view; unplaced never.
    people = [
        Person(1, "HOM", at((0.0, 0.0)), "H1", 0.8),
        Person(2, "AWY", lambda t: (1.0, 0.0) if t < 2.0 else None, "A2", 0.6),
        Person(3, "HOM", at((2.0, 0.0))),
    ]
    game = Game(people, 10.0, cuts=(7.0,), views=("main", "other"), running=lambda t: t < 5.0)
    rows = ask(open_game(tmp_path, game), "from observed_time order by player_id")
    assert [row["player_id"] for row in rows] == ["A2", "H1"]
    assert rows[1] == {
        "game_id": "0020000001",
        "team_id": "HOM",
        "player_id": "H1",
        "player_name": "Player H1",
        "observed_s": pytest.approx(7.0),
        "placed_s": pytest.approx(7.0),
        "live_s": pytest.approx(5.0),
        "main_view_s": pytest.approx(7.0),
        "identity_prob": pytest.approx(0.8),
    }
    assert rows[0]["observed_s"] == pytest.approx(2.0)


def test_observed_time_does_not_know_live_time_without_a_clock(tmp_path):
    game = Game([Person(1, "HOM", at((0.0, 0.0)), "H1", 0.8)], 1.0, running=None)
    (row,) = ask(open_game(tmp_path, game), "from observed_time")
    assert row["live_s"] is None


def test_lane_time_of_offence_and_defence(tmp_path):
    # In the lane from 1.0 s to 4.0 s, both; and in the other lane from 5.0 s to 6.0 s.
    def where(t):
        return IN_LANE if 1.0 <= t <= 3.95 else ((-12.0, 0.0) if 5.0 <= t <= 5.95 else OUTSIDE)

    people = [
        *handler_and_marker(),
        Person(5, "HOM", where, "H5", 0.9),
        Person(15, "AWY", where, "A5", 0.9),
    ]
    rows = ask(open_game(tmp_path, Game(people, 8.0)), "from lane_time")
    centre = only(rows, player_id="H5")
    assert centre["offence_lane_s"] == pytest.approx(3.0)
    assert (centre["defence_lane_s"], centre["other_lane_s"]) == (0, pytest.approx(1.0))
    assert only(rows, player_id="A5")["defence_lane_s"] == pytest.approx(3.0)
    assert centre["offence_s"] == centre["observed_s"] == pytest.approx(8.0)


def test_lane_time_without_the_ball_is_neither(tmp_path):
    people = [Person(5, "HOM", between(1.0, 3.95, IN_LANE), "H5", 0.9)]
    (row,) = ask(open_game(tmp_path, Game(people, 8.0, holder=lambda _: None)), "from lane_time")
    assert (row["offence_lane_s"], row["defence_lane_s"]) == (0, 0)
    assert row["other_lane_s"] == pytest.approx(3.0)


def test_lane_stays_by_hand(tmp_path):
    people = [Person(5, "HOM", between(1.0, 3.9, IN_LANE), "H5", 0.9)]
    (row,) = ask(open_game(tmp_path, Game(people, 8.0)), "from lane_stays")
    assert (row["start_s"], row["end_s"], row["duration_s"]) == (1.0, 3.9, 2.9)
    assert (row["lane_sign"], row["censored"]) == (1, False)


def test_lane_stays_agree_with_a_recount_frame_by_frame(tmp_path):
    # Six players wander about the lane for two minutes, with holes in the observation.
    random = np.random.default_rng(7)
    steps = random.normal(0, 0.25, (6, 1201, 2))
    walks = np.cumsum(steps, axis=1) * 0.6
    walks = np.array([12.0, 0.0]) + (walks + 5) % 10 - 5
    hidden = random.uniform(size=(6, 1201)) < 0.02
    for k in range(1, 8):
        hidden[:, k:] |= hidden[:, :-k] & (random.uniform(size=(6, 1201 - k)) < 0.5)

    def walker(k):
        return lambda t: None if hidden[k, round(t * 10)] else tuple(walks[k, round(t * 10)])

    people = [Person(k + 1, "HOM", walker(k), f"H{k}", 0.9) for k in range(6)]
    connection = open_game(tmp_path, Game(people, 120.0))
    found = ask(connection, "from lane_stays order by tracklet_id, start_s")
    expected = []
    for k in range(6):
        seen = np.flatnonzero(~hidden[k])
        places = walks[k, seen].astype(np.float32).astype(float)
        for start_s, end_s in lane_stays(seen / 10, places[:, 0], places[:, 1], 0.1):
            expected.append((f"H{k}", round(start_s, 1), round(end_s, 1)))
    rows = sorted((r["player_id"], round(r["start_s"], 1), round(r["end_s"], 1)) for r in found)
    assert len(expected) > 50
    assert rows == sorted(expected)


def play():
    """A possession of 8 s, then one of the visitors.

    H1 has the ball 7.5 m from the basket (12.725, 0) until 2.0 s, passes to H2, who has it from
    2.5 s at (4.725, 0), 8 m from the basket, dribbles from 3.0 s at 3 m/s to 2 m from it and
    releases a layup at 5.0 s. The ball falls through at 5.5 s. A1 has it from 7.0 s.
    """
    drive = lambda t: (4.725 + 3.0 * min(max(t - 3.0, 0.0), 2.0), 0.0)  # noqa: E731
    people = [
        Person(1, "HOM", at((12.725, 7.5)), "H1", 0.9),
        Person(2, "HOM", drive, "H2", 0.9),
        Person(11, "AWY", at((12.725, 5.5)), "A1", 0.9),
        Person(12, "AWY", at((12.725, 0.0)), "A2", 0.9),
    ]
    people[1].action = lambda t: "layup-dunk" if 4.75 <= t <= 5.05 else None

    def holder(t):
        if t <= 2.0:
            return 1
        if t < 2.45 or 5.05 < t < 6.95:
            return None
        return 2 if t <= 5.05 else 11

    return Game(people, 9.0, holder=holder, scored=lambda t: abs(t - 5.5) < 0.01)


def test_touches_by_hand(tmp_path):
    rows = ask(open_game(tmp_path, play()), "from touches order by start_s")
    assert [(r["player_id"], r["start_s"], r["end_s"]) for r in rows] == [
        ("H1", 0.0, 2.0),
        ("H2", 2.5, 5.0),
        ("A1", 7.0, 9.0),
    ]
    passed, drove, _ = rows
    assert passed["start_distance_m"] == pytest.approx(7.5)
    assert (passed["is_drive"], passed["is_shot_attempt"]) == (False, False)
    assert (drove["is_drive"], drove["is_shot_attempt"]) == (True, True)
    assert drove["start_distance_m"] == pytest.approx(8.0, abs=1e-3)
    assert drove["nearest_distance_m"] == pytest.approx(2.0, abs=1e-3)
    assert (drove["is_paint_touch"], drove["seen_share"], drove["period"]) == (False, 1.0, 1)


def test_a_paint_touch_starts_in_the_lane(tmp_path):
    people = [*handler_and_marker(), Person(5, "HOM", at(IN_LANE), "H5", 0.9)]
    game = Game(people, 4.0, holder=lambda t: 1 if t < 2.0 else 5)
    rows = ask(open_game(tmp_path, game), "from touches order by start_s")
    assert [(r["player_id"], r["is_paint_touch"]) for r in rows] == [("H1", False), ("H5", True)]


def test_possessions_by_hand(tmp_path):
    home, away = ask(open_game(tmp_path, play()), "from possessions order by start_s")
    assert home == {
        "game_id": "0020000001",
        "segment_index": 0,
        "team_id": "HOM",
        "period": 1,
        "start_s": 0.0,
        "end_s": 5.0,
        "duration_s": 5.0,
        "start_clock_s": pytest.approx(600.0),
        "frontcourt_s": pytest.approx(5.1),
        "shot_attempts": 1,
        "first_shot_after_s": 5.1,
        "is_transition": None,
        "points": None,
        "player_ids": None,
        "opponent_ids": None,
        "started_by": "unknown",  # it had the ball when the segment began
        "ended_by": "scored",
        "censored": True,
    }
    assert (away["team_id"], away["start_s"], away["ended_by"]) == ("AWY", 7.0, "unknown")


@pytest.mark.parametrize(
    ("seconds", "score", "points"),
    [
        pytest.param(14.0, lambda t: (28 if t < 7.5 else 30, 40), [2, None], id="two points"),
        pytest.param(14.0, lambda t: (28, 40 if t < 7.5 else 43), [0, None], id="the others'"),
        pytest.param(10.0, lambda t: (28 if t < 7.5 else 30, 40), [None, None], id="cut too early"),
        pytest.param(14.0, lambda t: (None, 40), [None, None], id="not read"),
    ],
)
def test_points_of_possessions_by_hand(tmp_path, seconds, score, points):
    """HOM shoots at 5.0 s, so that the bug tells its points at 11.0 s; AWY's end is not seen."""
    game = play()
    game.seconds, game.score = seconds, score
    rows = ask(open_game(tmp_path, game), "from possessions order by start_s")
    assert [row["points"] for row in rows] == points


def test_an_offensive_rebound_continues_the_possession(tmp_path):
    game = play()
    game.scored = lambda _: False
    game.holder = lambda t: 1 if t <= 3.0 or t >= 5.0 else None
    game.people[1].action = lambda _: None
    game.people[0].action = lambda t: "jump-shot" if 2.8 <= t <= 3.05 else None
    (row,) = ask(open_game(tmp_path, game), "from possessions")
    assert (row["start_s"], row["end_s"], row["shot_attempts"]) == (0.0, 9.0, 1)


def test_a_shot_attempt_by_hand(tmp_path):
    (row,) = ask(open_game(tmp_path, play()), "from shot_attempts")
    assert (row["player_id"], row["kind"], row["release_s"]) == ("H2", "layup-dunk", 5.0)
    assert row["distance_m"] == pytest.approx(2.0, abs=1e-3)
    assert row["defender_distance_m"] == pytest.approx(2.0, abs=1e-3)
    assert (row["is_three"], row["is_made"]) == (False, True)
    assert (row["defender_player_id"], row["defender_tracklet_id"]) == ("A2", 12)


def test_passes_by_hand(tmp_path):
    # H1 at (12.725, 7.5), 2 m from A1, to H2 at (4.725, 0): the root of 64 + 56.25 is 10.97 m.
    (row,) = ask(open_game(tmp_path, play()), "from passes")
    assert (row["player_id"], row["to_player_id"], row["team_id"]) == ("H1", "H2", "HOM")
    assert (row["start_s"], row["end_s"], row["period"]) == (2.0, 2.5, 1)
    assert row["length_m"] == pytest.approx(10.966, abs=0.001)
    assert row["defender_distance_m"] == pytest.approx(2.0)
    assert (row["to_x_m"], row["to_y_m"]) == (pytest.approx(4.725), 0.0)


@pytest.mark.parametrize(
    ("player", "gap_s", "found"),
    [
        pytest.param("H2", 3.9, 1, id="four seconds later"),
        pytest.param("H2", 4.2, 0, id="too late"),
        pytest.param("H1", 0.5, 0, id="the same player on another tracklet"),
        pytest.param(None, 0.5, 1, id="to somebody without a name"),
    ],
)
def test_what_is_a_pass(tmp_path, player, gap_s, found):
    people = [
        Person(1, "HOM", between(0.0, 2.0, (5.0, 5.0), None), "H1", 0.9),
        Person(2, "HOM", between(2.1, 9.0, (5.0, 8.0), None), player, 0.9 if player else None),
    ]
    holder = lambda t: 1 if t <= 2.0 else (2 if t >= 2.0 + gap_s - 0.01 else None)  # noqa: E731
    assert len(ask(open_game(tmp_path, Game(people, 9.0, holder=holder)), "from passes")) == found


@pytest.mark.parametrize(
    ("taker", "found"),
    [
        pytest.param(12, ("A2", "AWY", False, True), id="of the defence"),
        pytest.param(1, ("H1", "HOM", True, True), id="of the offence"),
        pytest.param(2, ("H2", "HOM", True, True), id="of the shooter"),
    ],
)
def test_rebounds_by_hand(tmp_path, taker, found):
    """H2 shoots at 5.0 s and misses; from 6.0 s `taker` has the ball."""
    game = play()
    game.scored = lambda _: False
    held = game.holder
    game.holder = lambda t: held(t) if t <= 5.05 else (taker if t >= 5.95 else None)
    (row,) = ask(open_game(tmp_path, game), "from rebounds")
    assert (row["player_id"], row["team_id"], row["is_offensive"], row["is_missed"]) == found
    assert (row["shooter_id"], row["release_s"], row["start_s"]) == ("H2", 5.0, 6.0)
    if taker == 12:
        assert row["basket_distance_m"] == pytest.approx(0.0, abs=0.001)  # A2 stands under it


def test_a_basket_is_no_rebound(tmp_path):
    assert ask(open_game(tmp_path, play()), "from rebounds") == []


@pytest.mark.parametrize(
    ("team", "from_s", "seen_s"),
    [
        pytest.param("AWY", 4.9, 0.4, id="an opponent at the release"),
        pytest.param("AWY", 2.0, None, id="an opponent three seconds before"),
        pytest.param("HOM", 4.9, None, id="a mate"),
    ],
)
def test_a_block_attempt_by_hand(tmp_path, team, from_s, seen_s):
    game = play()
    side = "A9" if team == "AWY" else "H9"
    game.people.append(Person(19, team, at((13.0, 2.0)), side, 0.99))
    game.people[-1].action = lambda t: "shot-block" if from_s - 0.01 <= t <= from_s + 0.31 else None
    rows = ask(open_game(tmp_path, game), "from block_attempts")
    assert [(r["player_id"], r["shooter_id"], r["is_made"]) for r in rows] == (
        [(side, "H2", True)] if seen_s else []
    )
    assert [r["seen_s"] for r in rows] == ([pytest.approx(seen_s)] if seen_s else [])


@pytest.mark.parametrize(
    ("place", "is_three"),
    [
        pytest.param((13.0, 6.8), True, id="corner, 6.80 m, beyond 6.71 m"),
        pytest.param((13.0, 6.6), False, id="corner, 6.60 m"),
        pytest.param((5.4, 0.0), True, id="top, 7.3 m, beyond 7.24 m"),
        pytest.param((5.6, 0.0), False, id="top, 7.1 m"),
    ],
)
def test_the_three_point_line(tmp_path, place, is_three):
    people = [Person(1, "HOM", at(place), "H1", 0.9)]
    people[0].action = lambda t: "jump-shot" if 2.8 <= t <= 3.05 else None
    game = Game(people, 7.0, holder=lambda t: 1 if t <= 3.0 else None)
    (row,) = ask(open_game(tmp_path, game), "from shot_attempts")
    assert (row["is_three"], row["is_made"], row["kind"]) == (is_three, False, "jump-shot")


def test_defenders_by_hand(tmp_path):
    # H1 keeps the ball, 2 m from A1; H2 is 3 m from A2; nobody else is near.
    people = [
        Person(1, "HOM", at((6.0, 5.0)), "H1", 0.9),
        Person(2, "HOM", at((6.0, -5.0)), "H2", 0.9),
        Person(11, "AWY", at((8.0, 5.0)), "A1", 0.9),
        Person(12, "AWY", at((9.0, -5.0)), "A2", 0.9),
    ]
    connection = open_game(tmp_path, Game(people, 4.9))
    first, second = ask(connection, "from defender_distance order by player_id")
    assert (first["distance_m"], first["with_ball_distance_m"]) == (2.0, 2.0)
    assert first["observed_s"] == first["with_ball_s"] == pytest.approx(5.0)
    assert (second["distance_m"], second["with_ball_distance_m"]) == (pytest.approx(3.0), None)
    assert second["open_share"] == 1.0
    pairs = ask(connection, "from matchups order by player_id")
    assert [(p["player_id"], p["defender_player_id"], p["guarded_share"]) for p in pairs] == [
        ("H1", "A1", 1.0),
        ("H2", "A2", 1.0),
    ]
    assert (pairs[0]["with_ball_s"], pairs[1]["with_ball_s"]) == (pytest.approx(5.0), 0)


def test_points_of_fives_by_hand(tmp_path):
    """HOM's five have the ball until 5 s and score two by 7.5 s; then AWY's have it."""
    people = [*five("HOM", 5.0), *five("AWY", 7.0)]
    people[0].action = lambda t: "jump-shot" if 4.75 <= t <= 5.05 else None
    game = Game(
        people,
        24.0,
        holder=lambda t: 1 if t <= 5.05 else (11 if 8.0 <= t <= 12.0 else None),
        scored=lambda t: abs(t - 6.0) < 0.01,
        score=lambda t: (28 if t < 7.5 else 30, 40),
    )
    connection = open_game(tmp_path, game)
    rows = ask(connection, "from possessions order by start_s")
    first = rows[0]
    assert (first["player_ids"], first["points"]) == ("H1,H2,H3,H4,H5", 2)
    assert first["opponent_ids"] == "A1,A2,A3,A4,A5"
    away, home = ask(connection, "from lineup_possessions order by team_id")
    assert (home["player_ids"], home["possessions"], home["points"]) == ("H1,H2,H3,H4,H5", 1, 2)
    assert (away["opponent_possessions"], away["opponent_points"]) == (1, 2)


def five(team, x_m):
    """Five in a row, 2 m apart."""
    return [
        Person(k + (0 if team == "HOM" else 10), team, at((x_m, 2.0 * k - 6.0)), f"{team[0]}{k}", 1)
        for k in range(1, 6)
    ]


def test_spacing_and_lineups_of_five_in_a_row(tmp_path):
    # Distances between five in a row 2 m apart: 4 x 2, 3 x 4, 2 x 6, 1 x 8 m; mean 4 m.
    connection = open_game(tmp_path, Game([*five("HOM", 5.0), *five("AWY", 7.0)], 3.9))
    (row,) = ask(connection, "from spacing")
    assert row["team_id"] == "HOM"
    assert row["pair_distance_m"] == pytest.approx(4.0)
    assert row["nearest_mate_distance_m"] == pytest.approx(2.0)
    assert row["observed_s"] == row["control_s"] == pytest.approx(4.0)
    assert row["player_ids"] == "H1,H2,H3,H4,H5"
    lineups = ask(connection, "from lineups order by team_id")
    assert [(r["player_ids"], r["observed_share"]) for r in lineups] == [
        ("A1,A2,A3,A4,A5", 1.0),
        ("H1,H2,H3,H4,H5", 1.0),
    ]


def test_four_of_five_are_no_spacing(tmp_path):
    connection = open_game(tmp_path, Game([*five("HOM", 5.0)[:4], *five("AWY", 7.0)], 3.9))
    assert ask(connection, "from spacing") == []
    assert [r["team_id"] for r in ask(connection, "from lineups")] == ["AWY"]


def test_heat_map_turns_both_teams_towards_their_basket(tmp_path):
    # H1 attacks x > 0; A1 defends that basket, so is turned to the other side.
    people = [
        Person(1, "HOM", at((5.2, 4.7)), "H1", 0.9),
        Person(11, "AWY", at((6.2, 4.7)), "A1", 0.9),
    ]
    rows = ask(open_game(tmp_path, Game(people, 4.9)), "from heat_map")
    attacker, defender = only(rows, player_id="H1"), only(rows, player_id="A1")
    assert (attacker["cell_x_m"], attacker["cell_y_m"]) == (5.5, 4.5)
    assert (defender["cell_x_m"], defender["cell_y_m"]) == (-6.5, -4.5)
    assert (attacker["is_offence"], defender["is_offence"]) == (True, False)
    assert attacker["seen_s"] == attacker["observed_s"] == pytest.approx(5.0)


def test_drives_by_hand(tmp_path):
    rows = ask(open_game(tmp_path, play()), "from drives order by player_id")
    drove = only(rows, player_id="H2")
    assert (drove["drives"], drove["shot_attempts"], drove["touches"]) == (1, 1, 1)
    assert drove["drive_s"] == drove["possession_s"] == pytest.approx(2.5)
    assert only(rows, player_id="H1")["drives"] == 0


def test_paint_touches_by_hand(tmp_path):
    people = [*handler_and_marker(), Person(5, "HOM", at(IN_LANE), "H5", 0.9)]
    game = Game(people, 4.0, holder=lambda t: 1 if t < 2.0 else 5)
    rows = ask(open_game(tmp_path, game), "from paint_touches")
    centre = only(rows, player_id="H5")
    assert (centre["touches"], centre["paint_touches"], centre["close_touches"]) == (1, 1, 1)
    assert centre["paint_s"] == pytest.approx(2.0)
    handler = only(rows, player_id="H1")
    assert (handler["touches"], handler["paint_touches"], handler["close_touches"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("x_m", "caught_s", "expected"),
    [
        pytest.param(5.4, 2.5, (1, 1, 0), id="7.3 m, held for 1 s"),
        pytest.param(8.0, 2.5, (1, 0, 0), id="4.7 m, held for 1 s: no three"),
        pytest.param(5.4, 1.0, (0, 0, 1), id="7.3 m, held for 2.5 s"),
        pytest.param(10.0, 2.5, (0, 0, 0), id="2.7 m"),
    ],
)
def test_catch_and_shoot(tmp_path, x_m, caught_s, expected):
    shooter = Person(2, "HOM", at((x_m, 0.0)), "H2", 0.9)
    shooter.action = lambda t: "jump-shot" if 3.3 <= t <= 3.55 else None
    people = [Person(1, "HOM", at((6.0, 6.0)), "H1", 0.9), shooter]
    holder = lambda t: None if t > 3.5 else (2 if t >= caught_s - 1e-6 else 1)  # noqa: E731
    (row,) = ask(open_game(tmp_path, Game(people, 7.0, holder=holder)), "from catch_and_shoot")
    found = (row["catch_attempts"], row["catch_threes"], row["pull_up_attempts"])
    assert (row["player_id"], row["attempts"], found) == ("H2", 1, expected)


def test_transition_by_hand(tmp_path):
    # The visitors gain the ball at 3.0 s and release a shot at 6.0 s.
    people = [
        Person(1, "HOM", at((6.0, 5.0)), "H1", 0.9),
        Person(11, "AWY", at((-6.0, 0.0)), "A1", 0.9),
    ]
    people[1].action = lambda t: "jump-shot" if 5.8 <= t <= 6.05 else None
    holder = lambda t: 1 if t < 2.95 else (11 if t <= 6.05 else None)  # noqa: E731
    (row,) = ask(open_game(tmp_path, Game(people, 9.0, holder=holder)), "from transition")
    assert (row["team_id"], row["possessions"], row["transition"]) == ("AWY", 1, 1)
    assert (row["transition_share"], row["first_shot_after_s"]) == (1.0, pytest.approx(3.1))


def test_stints_and_minutes_by_hand(tmp_path):
    # H1 plays for 150 s; H2 for 20 s, is away for 70 s, and plays to the end.
    away = lambda t: None if 20.0 < t < 90.0 else (2.0, 0.0)  # noqa: E731
    people = [Person(1, "HOM", at((0.0, 0.0)), "H1", 0.9), Person(2, "HOM", away, "H2", 0.9)]
    connection = open_game(tmp_path, Game(people, 150.0, step_s=0.5))
    rows = ask(connection, "from stints order by player_id, start_s")
    assert [(r["player_id"], r["start_s"], r["end_s"], r["played_s"]) for r in rows] == [
        ("H1", 0.0, 150.0, 150.0),
        ("H2", 0.0, 20.0, 20.0),
        ("H2", 90.0, 150.0, 60.0),
    ]
    minutes = only(ask(connection, "from minutes"), player_id="H2")
    assert (minutes["stints"], minutes["played_s"]) == (2, 80.0)
    assert minutes["main_view_s"] == minutes["observed_s"] == pytest.approx(81.0)


@pytest.mark.parametrize(
    ("running", "period", "stints"),
    [
        pytest.param(None, lambda _: 1, [(None, 0.0, 20.0)], id="a clock that is never read"),
        pytest.param(
            lambda _: True,
            lambda t: None if 5 < t < 10 else 1,
            [(1, 0.0, 20.0)],
            id="a period that is not read for a while",
        ),
    ],
)
def test_an_unread_clock_ends_no_stint(tmp_path, running, period, stints):
    people = [Person(1, "HOM", at((0.0, 0.0)), "H1", 0.9)]
    game = Game(people, 20.0, step_s=0.5, running=running, period=period)
    rows = ask(open_game(tmp_path, game), "from stints order by start_s")
    assert [(r["period"], r["start_s"], r["end_s"]) for r in rows] == stints


def test_an_event_has_its_place_in_the_video(tmp_path):
    people = [*handler_and_marker(), Person(2, "HOM", at((9.0, -3.0)), "H2", 0.99)]
    game = Game(people, 8.0, holder=lambda t: 1 if t <= 2.0 else 2)
    game.videos = ["first half.mp4", "second.mp4"]
    connection = open_game(tmp_path, game)
    (row,) = ask(connection, "select video_s, video_link from with_links('passes', end_s)")
    assert row == {"video_s": pytest.approx(2.1), "video_link": "first half.mp4#t=2.1"}
    connection.execute("create or replace table second as select * replace (1 as segment_index,"
                       " 9.5 as end_s) from passes")  # fmt: skip
    assert ask(connection, "select video_link from with_links('second', end_s)") == [
        {"video_link": None}
    ]


def test_teams_have_the_names_that_somebody_said(tmp_path):
    game = Game([*handler_and_marker(), Person(3, None, at((0.0, 0.0)))], 0.1)
    game.team_names = ("Homes", None)
    connection = open_game(tmp_path, game)
    assert ask(connection, "select team_id, team_name, is_home from teams order by team_id") == [
        {"team_id": "AWY", "team_name": None, "is_home": False},
        {"team_id": "HOM", "team_name": "Homes", "is_home": True},
    ]
    people = ask(connection, "select distinct tracklet_id, team_name from players order by 1")
    assert [row["team_name"] for row in people] == ["Homes", None, None]


def test_speed_by_the_minute_of_a_stint(tmp_path):
    # Stands for a minute, then runs 27 m at 3 m/s.
    people = [Person(1, "HOM", lambda t: (3.0 * max(t - 60.0, 0.0) - 14.0, 0.0), "H1", 0.9)]
    game = Game(people, 69.0, holder=lambda _: None, step_s=0.25)
    rows = ask(open_game(tmp_path, game), "from speed_by_stint order by stint_minute")
    assert [(r["player_id"], r["stint"], r["stint_minute"]) for r in rows] == [
        ("H1", 1, 0),
        ("H1", 1, 1),
    ]
    first, second = rows
    assert first["mean_speed_mps"] == pytest.approx(0, abs=0.01)
    assert second["observed_s"] == pytest.approx(9.25)
    assert second["distance_m"] == pytest.approx(27, abs=1)
    assert (first["fast_share"], second["fast_share"]) == (0, 0)


def test_what_a_shot_is_worth_by_hand(tmp_path):
    """H2 shoots from 2 m, 2 m from A2: 0.1 - 0.2 * 2 + exp(-1) + 0.25 * 2 + 0.5 * exp(-1) * 2."""
    connection = open_game(tmp_path, play())
    connection.execute(
        "create or replace view shot_weights as select 0.1 as intercept_score, -0.2 as"
        " distance_score, 1.0 as near_score, 5.0 as three_score, 0.25 as open_score, 0.5 as"
        " near_open_score"
    )
    made_prob = 1 / (1 + np.exp(-(0.1 - 0.4 + np.exp(-1) + 0.5 + np.exp(-1))))
    (shot,) = ask(connection, "from shot_values")
    assert (shot["player_id"], shot["release_s"]) == ("H2", 5.0)
    assert shot["made_prob"] == pytest.approx(made_prob, abs=1e-4)
    assert shot["expected_points"] == pytest.approx(2 * made_prob, abs=1e-4)
    first, *others = ask(connection, "from possession_values order by start_s")
    assert (first["team_id"], first["shot_attempts"]) == ("HOM", 1)
    assert first["expected_points"] == pytest.approx(2 * made_prob, abs=1e-4)
    assert {(row["shot_attempts"], row["expected_points"]) for row in others} <= {(0, 0)}
    pair = only(ask(connection, "from matchups"), player_id="H2", defender_player_id="A2")
    assert (pair["shot_attempts"], pair["made"]) == (1, 1)
    assert pair["expected_points"] == pytest.approx(2 * made_prob, abs=1e-4)
