import pyarrow as pa
import pytest

from playerid.evaluate.ladder import LadderGame, climb, lock_number, most_read, with_true_lineups
from playerid.game.truth import GameTruth
from playerid.identify.resolution import GameEvidence
from playerid.tables import COURT_VIEWS, TEAM_CROPS
from tests.playerid.identify.world import (
    Tracklet,
    make_game,
    number_readings,
    steps,
    tracked_boxes,
)

# Two players in turn: the home team's 23 for 10 s, then the visitors' 40 for 10 s. Each is read
# in three bursts, the first of which ends 2 s after he appears.
READS = "~ ~ ~ ~ ~ ~ ~ ~ {n} {n} {n} ~ ~ ~ ~ {n} {n} {n} ~ ~ ~ ~ {n} {n} {n}"
TRACKLETS = (
    Tracklet(1, 0, 9.9, "HOME", READS.format(n="23")),
    Tracklet(2, 20, 29.9, "AWAY", READS.format(n="40"), segment=1),
)
GAME = make_game("23 5", "40 41")


def team_crops():
    rows = [
        {
            "game_id": "g",
            "tracklet_id": t.tracklet_id,
            "frame_index": steps(t)[0] * 3 + second * 30,
            "embedding": [float(cluster)],
            "cluster": cluster,
            "cluster_score": 0.99,
        }
        for cluster, t in enumerate(TRACKLETS)
        for second in range(9)
    ]
    return pa.Table.from_pylist(rows, schema=TEAM_CROPS.schema)


def truth():
    people, frames = [], []
    for t, person, team in zip(TRACKLETS, ("h23", "a40"), ("HOME", "AWAY"), strict=True):
        for step in steps(t):
            place = {
                "frame_index": step * 3,
                "time_s": step * 0.1,
                "segment_index": t.segment,
                "view": "main",
            }
            frames.append({**place, "image_to_court": None})
            people.append(
                {
                    **place,
                    "person_id": person,
                    "role": "player",
                    "team_id": team,
                    "jersey_number": person[1:],
                    **dict.fromkeys(("x_min_px", "y_min_px"), 0.0),
                    **dict.fromkeys(("x_max_px", "y_max_px"), 10.0),
                    "visible": 1.0,
                    "court_x_m": 0.0,
                    "court_y_m": 0.0,
                }
            )
    none = pa.table({})
    return GameTruth(pa.Table.from_pylist(people), none, pa.Table.from_pylist(frames), none)


def court_views(answers):
    rows = [
        {
            "game_id": "g",
            **{name: row[name] for name in ("frame_index", "time_s", "segment_index")},
            "image_to_court": None,
            "court_error_m": None,
            "points": 0,
            "reason": "not tried",
        }
        for row in answers.frames.to_pylist()
    ]
    return pa.Table.from_pylist(rows, schema=COURT_VIEWS.schema)


@pytest.fixture(scope="module")
def rungs():
    answers = truth()
    seen = GameEvidence(
        tracked_boxes(TRACKLETS), number_readings(TRACKLETS), team_crops(), court_views(answers)
    )
    return {rung.name: rung for rung in climb([LadderGame(GAME, seen, answers)])}


def test_the_reference_rule_names_nobody_before_the_third_reading(rungs):
    """Read at 1.6, 1.8 and 2.0 s of 0 to 9.9 s: frames from 2.0 s on, 80 of 100."""
    assert rungs["(a) reference rule"].precision == 1
    assert rungs["(a) reference rule"].coverage == pytest.approx(0.8)


def test_back_filling_names_the_whole_tracklet(rungs):
    assert rungs["(b) + back-fill"].coverage == 1
    assert rungs["(c) + roster"].coverage == 1


def test_every_step_is_there_in_order_and_nobody_is_named_wrongly(rungs):
    assert list(rungs) == [
        "(a) reference rule",
        "(b) + back-fill",
        "(c) + roster",
        "(d) burst model",
        "(e) + mutual exclusion, five a team",
        "(f) + appearance",
        "(g) + known line-ups",
    ]
    assert all(rung.precision == 1 for rung in rungs.values() if rung.coverage)
    assert rungs["(g) + known line-ups"].coverage == 1


@pytest.mark.parametrize(
    ("reads", "locked"),
    [
        pytest.param("23 23 23 5 5 5", ("23", 2), id="the first row is locked for good"),
        pytest.param("23 - 23 - - 23", ("23", 5), id="nothing read does not break a row"),
        pytest.param("23 23 5 23", ("", 0), id="another number does"),
    ],
)
def test_the_reference_locks_the_third_in_a_row(reads, locked):
    assert lock_number(["" if r == "-" else r for r in reads.split()], GAME.home) == locked


@pytest.mark.parametrize(
    ("reads", "number"),
    [
        pytest.param("88 88 88 88 23 23 23", "23", id="nobody of the team wears 88"),
        pytest.param("23 23 5", "", id="too few"),
        pytest.param("23 23 23 5 5 5", "", id="a tie"),
    ],
)
def test_most_read_of_the_roster(reads, number):
    assert most_read(reads.split(), GAME.home) == (number, 0)


def test_true_lineups_change_when_the_people_change():
    game = with_true_lineups(GAME, truth())
    assert [(line.team_id, line.player_ids) for line in game.lineups] == [
        ("HOME", ["h23"]),
        ("AWAY", ["a40"]),
    ]
