"""Scorers on inputs that are wrong in known ways; the expected values are worked out by hand."""

import math

import numpy as np
import pyarrow as pa
import pytest
from trackers.eval import compute_hota_metrics, compute_identity_metrics

from playerid import tables
from playerid.evaluate import evaluate_game, summarise
from playerid.evaluate.clock_counts import ClockCounts, count_clocks
from playerid.evaluate.identity import reliability
from playerid.evaluate.people import frames_to_score
from playerid.game.truth import GameTruth
from playerid.leagues import load_league

FRAMES = list(range(0, 30, 3))  # ten sampled frames of a 30 fps video
# Ten pixels are a metre; the court's origin is at the picture's.
IMAGE_TO_COURT = [0.1, 0, 0, 0, 0.1, 0, 0, 0, 1]
CAST = {"p1": ("A", "1", 100), "p2": ("A", "2", 300), "p3": ("B", "1", 500)}


TRACKEVAL = {"HOTA": 0.372341, "AssA": 0.288183, "DetA": 0.483301, "IDF1": 0.46281}


def drawn_tracks(frames=60, people=6):
    """Ids and overlaps of 60 frames: people leave, tracks change over, some boxes are missed."""
    random = np.random.default_rng(7)
    true_ids, found_ids, overlaps = [], [], []
    owner = np.arange(people)
    for _ in range(frames):
        if random.random() < 0.15:
            first, second = random.choice(people, 2, replace=False)
            owner[[first, second]] = owner[[second, first]]
        there = np.flatnonzero(random.random(people) < 0.9)
        seen = there[random.random(len(there)) < 0.85]
        shared = np.where(there[:, None] == seen, 0.3 + 0.7 * random.random(len(seen)), 0.0)
        true_ids.append(there)
        found_ids.append(owner[seen])
        overlaps.append(shared)
    return true_ids, found_ids, overlaps


def box(x, shift=0.0):
    """A person 40 px wide and 100 px high whose feet are at (x, 200)."""
    return {
        "x_min_px": x - 20.0 + shift,
        "y_min_px": 100.0,
        "x_max_px": x + 20.0 + shift,
        "y_max_px": 200.0,
    }


def truth(frames=range(30), events=(), in_basket=()):
    people = [
        {
            "frame_index": f,
            "segment_index": 0,
            "view": "main",
            "person_id": person,
            "role": "player",
            "team_id": team,
            "jersey_number": number,
            **box(x),
            "visible": 1.0,
            "court_x_m": x / 10,
            "court_y_m": 20.0,
        }
        for f in frames
        for person, (team, number, x) in CAST.items()
    ]
    shown = [
        {
            "frame_index": f,
            "time_s": f / 30,
            "segment_index": 0,
            "view": "main",
            "image_to_court": IMAGE_TO_COURT,
        }
        for f in frames
    ]
    return GameTruth(
        pa.Table.from_pylist(people),
        pa.table(
            {"frame_index": list(in_basket), "label": ["ball-in-basket"] * len(in_basket)},
            pa.schema([("frame_index", pa.int64()), ("label", pa.string())]),
        ),
        pa.Table.from_pylist(shown),
        pa.Table.from_pylist(list(events)),
    )


def row(frame, tracklet, person, x, shift=0.0, **changes):
    team, number, _ = CAST[person]
    return {
        "frame_index": frame,
        "segment_index": 0,
        "tracklet_id": tracklet,
        "role": "player",
        "team_id": team,
        "jersey_number": number,
        "player_id": person,
        "identity_prob": 0.99,
        **box(x, shift),
        "court_x_m": (x + shift) / 10,
        "court_y_m": 20.0,
        **changes,
    }


def perfect():
    return [
        row(f, i, person, x) for f in FRAMES for i, (person, (*_, x)) in enumerate(CAST.items())
    ]


def score(rows, answers=None, **views):
    game = evaluate_game(published(rows, **views), answers or truth(), load_league("nba").court)
    return summarise([game])


def published(rows, frames=FRAMES, violations=(), by_hand=(), balls=()):
    columns = row(0, 0, "p1", 0)
    table = pa.Table.from_pylist(list(rows), schema=pa.Table.from_pylist([columns]).schema)
    views = pa.table({"frame_index": pa.array(frames, pa.int32())}).append_column(
        "image_to_court", pa.array([IMAGE_TO_COURT] * len(frames), pa.list_(pa.float64()))
    )
    segments = pa.table({"start_frame": [0], "end_frame": [30], "view": ["main"]})
    clocks = tables.CLOCK_FRAMES.schema.empty_table()
    identities = pa.table(
        {"tracklet_id": pa.array(by_hand, pa.int32()), "source": ["by hand"] * len(by_hand)},
        schema=pa.schema([("tracklet_id", pa.int32()), ("source", pa.string())]),
    )
    return {
        "player_frames": table,
        "court_views": views,
        "segments": segments,
        "identities": identities,
        "clock_frames": clocks,
        "ball_frames": pa.Table.from_pylist(
            list(balls),
            pa.schema(
                [("frame_index", pa.int64()), ("time_s", pa.float64()), ("in_basket", pa.bool_())]
            ),
        ),
        "team_shapes": tables.TEAM_SHAPES.schema.empty_table(),
        "three_second_violations": pa.Table.from_pylist(list(violations)),
        "minutes": pa.table({"player_id": [], "main_view_s": []}),
    }


def test_perfect_tables_score_one():
    found = score(perfect())
    for name in (
        "identity_precision", "identity_coverage", "team_accuracy", "number_accuracy", "hota",
        "assa", "idf1", "gs_hota_5m", "gs_hota_1m", "player_recall", "player_precision",
        "court_solved", "main_view_found",
    ):  # fmt: skip
        assert found[name] == pytest.approx(1), name
    assert found["foot_point_error_m"] == pytest.approx(0, abs=1e-6)
    assert found["court_error_m"] == pytest.approx(0, abs=1e-6)
    assert (found["name_switches"], found["tracklet_swaps"]) == (0, 0)
    assert found["identity_ece"] == pytest.approx(0.01, abs=1e-6)  # says 0.99, is 1


def test_nothing_found_has_no_precision_and_covers_nothing():
    found = score([])
    assert math.isnan(found["identity_precision"])
    assert found["identity_coverage"] == 0
    assert found["hota"] == 0


def test_boxes_beside_everybody_are_all_wrong():
    """Shifted by a whole width, no box overlaps: every name is wrong, nobody is found."""
    found = score([{**r, **box(CAST[r["player_id"]][2], 41)} for r in perfect()])
    assert found["identity_precision"] == 0
    assert found["player_recall"] == 0
    assert found["hota"] == 0


def test_half_overlapping_boxes_lose_the_stricter_half_of_hota():
    """Shifted by 8 of 40 px the IoU is 32/48 = 0.667: right up to 0.65, 13 of 19 thresholds."""
    rows = [{**r, **box(CAST[r["player_id"]][2], 8)} for r in perfect()]
    found = score(rows)
    assert found["identity_precision"] == 1
    assert found["hota"] == pytest.approx(13 / 19)


def test_two_names_swapped_half_way():
    """p1 and p2 exchange tracklets and names after 5 of 10 frames; p3 stays."""
    rows = []
    for k, f in enumerate(FRAMES):
        first, second = ("p1", "p2") if k < 5 else ("p2", "p1")
        rows += [
            row(f, 0, "p1", CAST[first][2]),
            row(f, 1, "p2", CAST[second][2]),
            row(f, 2, "p3", CAST["p3"][2]),
        ]
    found = score(rows)
    assert found["identity_precision"] == pytest.approx(20 / 30)
    assert found["identity_coverage"] == 1
    assert found["team_accuracy"] == 1  # both play for A
    # Identity F1: each tracklet of the swapped two is right for 5 frames, p3 for 10.
    assert found["idf1"] == pytest.approx(20 / 30)
    # Association: each of those pairs has 5 of 15 frames in common, p3's has all.
    assert found["assa"] == pytest.approx((20 * (5 / 15) + 10) / 30)
    assert (found["name_switches"], found["tracklet_swaps"]) == (2, 2)


def test_half_of_the_rows_missing():
    """Every second frame has no rows: half the coverage, no wrong name."""
    found = score([r for r in perfect() if r["frame_index"] % 6 == 0])
    assert found["identity_precision"] == 1
    assert found["identity_coverage"] == 0.5
    assert found["player_recall"] == 0.5
    assert found["idf1"] == pytest.approx(2 * 15 / (2 * 15 + 15))
    assert found["deta"] == pytest.approx(0.5)


def test_unnamed_rows_cost_coverage_and_game_state_but_not_precision():
    rows = [{**r, "player_id": None} if r["player_id"] == "p3" else r for r in perfect()]
    found = score(rows)
    assert found["identity_precision"] == 1
    assert found["identity_coverage"] == pytest.approx(2 / 3)
    assert found["hota"] == pytest.approx(1)
    # 20 right, 10 false, 10 missed: DetA 0.5, AssA 1.
    assert found["gs_hota_5m"] == pytest.approx(math.sqrt(0.5))


def test_names_by_hand_are_scored_apart():
    """Of three tracklets p1's is wrong by the machine and p3's was named by hand."""
    rows = [{**r, "player_id": "p2"} if r["player_id"] == "p1" else r for r in perfect()]
    found = score(rows, by_hand=[2])
    assert found["identity_precision"] == pytest.approx(2 / 3)
    assert found["identity_coverage"] == 1
    assert found["identity_precision_by_machine"] == pytest.approx(1 / 2)
    assert found["identity_coverage_by_machine"] == pytest.approx(2 / 3)


def test_positions_a_metre_off():
    """exp(ln 0.05 / 25) = 0.887 at 5 m: 17 thresholds; 0.05 at 1 m: the first only."""
    rows = [{**r, "court_x_m": r["court_x_m"] + 1} for r in perfect()]
    found = score(rows)
    assert found["foot_point_error_m"] == pytest.approx(1)
    assert found["gs_hota_5m"] == pytest.approx(17 / 19)
    assert found["gs_hota_1m"] <= 1 / 19 + 1e-9


def test_a_name_on_a_referee_is_wrong():
    answers = truth()
    people = answers.people.to_pylist()
    for person in people:
        if person["person_id"] == "p3":
            person.update(role="referee", team_id=None, jersey_number=None)
    referee = GameTruth(
        pa.Table.from_pylist(people), answers.objects, answers.frames, answers.events
    )
    found = score(perfect(), answers=referee)
    assert found["identity_precision"] == pytest.approx(2 / 3)
    assert found["team_accuracy"] == 1


def test_a_main_view_that_was_not_looked_at_counts_against_the_coverage():
    """Sampled every third frame up to 12; frames 15 to 29 were taken for another view."""
    rows = [r for r in perfect() if r["frame_index"] <= 12]
    frames = frames_to_score(truth().frames, np.array(FRAMES[:5]))
    assert frames.tolist() == FRAMES
    assert score(rows, frames=FRAMES[:5])["identity_coverage"] == 0.5


def test_reliability_is_the_mean_distance_of_probability_and_accuracy():
    """Two bins: 0.9 said and 3 of 4 right; 0.5 said and 1 of 1 right."""
    found = reliability(np.array([0.9, 0.9, 0.9, 0.9, 0.5]), np.array([1, 1, 1, 0, 1], bool))
    assert found.counts.tolist() == [1, 4]
    assert found.error == pytest.approx((0.15 * 4 + 0.5 * 1) / 5)


def test_tracking_scores_are_those_of_the_reference_implementation():
    """Drawn tracks against the values that TrackEval 1.3.0 gives for them."""
    true_ids, found_ids, overlaps = drawn_tracks()
    hota = compute_hota_metrics(true_ids, found_ids, overlaps)
    identity = compute_identity_metrics(true_ids, found_ids, overlaps)
    found = {name: float(hota[name]) for name in ("HOTA", "AssA", "DetA")}
    assert found | {"IDF1": float(identity["IDF1"])} == pytest.approx(TRACKEVAL, abs=1e-6)


def event(person, start_s, end_s, grade="clear", **changes):
    return {
        "person_id": person,
        "kind": "offensive",
        "grade": grade,
        "start_s": start_s,
        "end_s": end_s,
        "staged": True,
        "in_main_view": True,
        **changes,
    }


def report(person, start_s, end_s, grade="clear", team="A", kind="offence"):
    return {
        "player_id": person,
        "team_id": team,
        "kind": kind,
        "start_s": start_s,
        "end_s": end_s,
        "grade": grade,
    }


@pytest.mark.parametrize(
    ("reports", "detected", "found", "false"),
    [
        pytest.param([], 0, 0, 0, id="nothing reported"),
        pytest.param([report("p1", 10.9, 15)], 1, 1, 0, id="begin within a second"),
        pytest.param([report("p1", 11.1, 13.2)], 0, 0, 1, id="neither begin nor end"),
        pytest.param([report("p2", 10, 14)], 0, 0, 1, id="another player"),
        pytest.param([report(None, 10, 14)], 1, 0, 0, id="no player, the right team"),
        pytest.param([report(None, 10, 14, team="AWAY")], 0, 0, 1, id="no player, wrong team"),
        pytest.param([report("p1", 10, 14, kind="defence")], 0, 0, 1, id="another rule"),
        pytest.param([report("p1", 10, 14, "possible")], 0, 0, 0, id="possible is no claim"),
        pytest.param([report("p3", 20, 23)], 0, 0, 1, id="a near miss is no violation"),
        pytest.param([report("p2", 30, 34)], 0, 0, 0, id="one that nobody staged is true"),
    ],
)
def test_violations(reports, detected, found, false):
    events = [
        event("p1", 10, 14.5),
        event("p3", 20, 22.8, "near-miss"),
        event("p2", 30, 34, staged=False),
        event("p3", 40, 44, in_main_view=False),
    ]
    schema = pa.schema(
        [("player_id", pa.string()), ("team_id", pa.string()), ("kind", pa.string()),
         ("start_s", pa.float64()), ("end_s", pa.float64()), ("grade", pa.string())]
    )  # fmt: skip
    rows = pa.Table.from_pylist(reports, schema=schema).to_pylist()
    scores = score(perfect(), violations=rows, answers=truth(events=events))
    assert scores["violations_planted"] == 1
    counts = [scores[f"violations_{name}"] for name in ("detected", "found", "false")]
    assert counts == [detected, found, false]


@pytest.mark.parametrize(
    ("times_s", "found", "false"),
    [
        pytest.param([], 0, 0, id="none reported"),
        pytest.param([1.1, 1.2, 8.0], 2, 0, id="each, one in two frames"),
        pytest.param([2.9, 8.9], 1, 1, id="one too late"),
        pytest.param([5.0], 0, 1, id="when none fell"),
        pytest.param([20.0], 0, 0, id="in another view"),
    ],
)
def test_baskets(times_s, found, false):
    answers = truth(range(300), in_basket=[30, 31, 33, 240])
    balls = [{"frame_index": 15, "time_s": 0.5, "in_basket": False}]
    balls += [
        {"frame_index": round(30 * time_s), "time_s": time_s, "in_basket": True}
        for time_s in times_s
    ]
    scores = score(perfect(), answers, balls=balls)
    assert [scores[f"baskets_{name}"] for name in ("fallen", "found", "false")] == [2, found, false]


def test_clocks_are_compared_where_the_truth_has_one():
    frames = np.array([0, 3, 6, 9])
    true = pa.table(
        {
            "frame_index": [0, 1, 3, 6, 9],
            "game_clock_s": [100.0, 99.9, 99.7, 99.4, 99.1],
            "clock_running": [True] * 5,
        }
    )
    read = pa.table(
        {
            "frame_index": [0, 3, 6],
            "game_clock_s": [100.4, 80.0, None],
            "clock_running": [True, False, None],
        }
    )
    counts = count_clocks(read, true, frames)
    assert counts == ClockCounts(frames=4, read=2, right=1, state_known=2, state_right=1)
    assert counts.scores()["clock_read"] == 0.5
    assert math.isnan(
        count_clocks(read, true.drop_columns("game_clock_s"), frames).scores()["clock_read"]
    )
