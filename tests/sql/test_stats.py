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
    # 3 m/s for 4 s; averaging moves the first and the last 0.3 s inwards by half a window.
    people = [Person(1, "HOM", lambda t: (-6.0 + 3.0 * t, 0.0), "H1", 0.9)]
    (row,) = ask(open_game(tmp_path, Game(people, 4.0)), "from player_distance")
    assert row["observed_s"] == pytest.approx(4.0)
    assert row["distance_m"] == pytest.approx(12.0 - 2 * 0.45, abs=0.01)
    assert row["top_speed_mps"] == pytest.approx(3.0, abs=0.01)


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
