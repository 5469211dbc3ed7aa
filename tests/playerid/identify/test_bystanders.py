"""Who stands by: hand-made people on a court of 28.65 m by 15.24 m, half of it 14.33 by 7.62."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest

from playerid import tables
from playerid.identify.bystanders import find_bystanders, find_doubtful
from playerid.identify.resolution import GameEvidence, identify_players
from playerid.leagues import load_league
from playerid.publish.assembly import assemble_game, player_frames
from tests.playerid.identify.world import make_game

COURT = load_league("nba").court
STEP_S = 0.1
PX_PER_M = 20.0


@dataclass(frozen=True)
class Person:
    """Somebody who walks straight from one place to another; `score` and `label` of each box."""

    tracklet_id: int
    places_m: tuple[tuple[float, float], tuple[float, float]]
    seconds: float = 6.0
    score: float = 0.6
    label: str = "player"
    read: str = ""
    called_referee: int = 0  # the first boxes


FIVE = [Person(i, ((i - 3.0, -3), (i - 1.0, 3)), read=n) for i, n in enumerate("34567")]


def path_m(person):
    count = round(person.seconds / STEP_S) + 1
    return np.linspace(*person.places_m, count)


def boxes_of(people):
    """Feet stand where the place is, at 20 px to the metre."""
    rows = []
    for person in people:
        for step, (x_m, y_m) in enumerate(path_m(person)):
            x, y = (x_m + 30) * PX_PER_M, (y_m + 30) * PX_PER_M
            rows.append(
                {
                    "game_id": "g", "frame_index": step, "time_s": step * STEP_S,
                    "segment_index": 0, "tracklet_id": person.tracklet_id,
                    "x_min_px": x - 10, "y_min_px": y - 40, "x_max_px": x + 10, "y_max_px": y,
                    "label": "referee" if step < person.called_referee else person.label,
                    "detection_score": person.score,
                }
            )  # fmt: skip
    rows.sort(key=lambda row: (row["tracklet_id"], row["frame_index"]))
    return pa.Table.from_pylist(rows, schema=tables.TRACKED_BOXES.schema)


def found(person, error_m=0.2, places_m=None, *, find=find_bystanders, others=()):
    boxes = boxes_of([*FIVE, *others, person])
    x = boxes["x_min_px"].to_numpy() + 10
    places = np.column_stack([x, boxes["y_max_px"].to_numpy()]) / PX_PER_M - 30
    if places_m is not None:
        places[boxes["tracklet_id"].to_numpy() == person.tracklet_id] = places_m
    return find(boxes, places.astype(np.float64), COURT, error_m)


def standing(x_m, y_m, **facts):
    return Person(99, ((x_m, y_m), (x_m + 0.3, y_m)), **facts)


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(standing(0, 9.0), id="bench in shirts of the team, 1.4 m beyond, six seconds"),
        pytest.param(standing(0, 7.6, score=0.4), id="doubtful, on the side line"),
        pytest.param(standing(-15.6, 3, score=0.5), id="camera behind the base line"),
        pytest.param(standing(0, -8.5, label="referee", score=0.3), id="steward called referee"),
    ],
)
def test_who_stands_by(person):
    assert found(person) == {99}


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(standing(0, 8.6, seconds=4), id="inbounds for four seconds"),
        pytest.param(standing(13, 7.6), id="waits in the corner, on the line, surely a player"),
        pytest.param(standing(0, 7.0, score=0.4), id="doubtful, half a metre inside"),
        pytest.param(
            Person(99, ((-8, 7.7), (8, 7.7)), score=0.4), id="runs along the line at 2.7 m/s"
        ),
        pytest.param(standing(14.3, 1, score=0.4), id="cuts under the basket"),
        pytest.param(standing(0, 9.0, seconds=0.3, score=0.2), id="four frames say nothing"),
        pytest.param(standing(14.33 + 1.2, 3, label="referee"), id="referee behind the base line"),
    ],
)
def test_who_does_not(person):
    assert found(person) == frozenset()


# 61 boxes in six seconds, of which ten are a sixth.
COACH = standing(0, 6.7, called_referee=10)


def test_a_coach_looks_like_a_referee_now_and_then_and_stays_at_the_line():
    assert found(COACH) == {99}


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(replace(COACH, called_referee=9), id="seldom enough"),
        pytest.param(replace(COACH, seconds=4.8), id="briefly"),
        pytest.param(standing(0, 6.2, called_referee=10), id="1.4 m inside"),
        pytest.param(replace(COACH, places_m=((-4, 6.7), (4, 6.7))), id="walks at 1.3 m/s"),
    ],
)
def test_who_is_no_coach(person):
    assert found(person) == frozenset()


@pytest.mark.parametrize(
    ("person", "doubtful"),
    [
        pytest.param(standing(0, 0, seconds=2, score=0.35), True, id="brief and faint"),
        pytest.param(standing(0, 0, seconds=2, score=0.37), False, id="brief, not so faint"),
        pytest.param(standing(0, 0, score=0.35), True, id="faint and still for long: a sign"),
        pytest.param(
            Person(99, ((-3, 0), (3, 0)), score=0.35), False, id="faint for long, moves: a player"
        ),
        pytest.param(
            standing(0, 0, seconds=2, score=0.3, label="referee"), True, id="faint, called referee"
        ),
        pytest.param(
            standing(0, 0, score=0.3, label="referee"), False, id="a faint referee stands still"
        ),
    ],
)
def test_who_is_doubtful(person, doubtful):
    """A player's usual score is 0.6; below 0.36 somebody is faint."""
    assert (99 in found(person, find=find_doubtful)) == doubtful


BENCH = [
    Person(90 + seat, ((x_m, 7.6), (x_m + 0.3, 7.6)), score=0.5) for seat, x_m in enumerate((4, 6))
]


@pytest.mark.parametrize(
    ("person", "doubtful"),
    [
        pytest.param(standing(5, 7.5), True, id="between two of the bench"),
        pytest.param(standing(7.5, 7.5), False, id="beside one of them"),
        pytest.param(standing(5, 7.2), False, id="before them, inside the line"),
        pytest.param(standing(5, 7.5, label="referee"), False, id="a referee"),
    ],
)
def test_who_stands_in_a_row_at_the_line(person, doubtful):
    assert 99 not in found(person, others=BENCH)
    assert (99 in found(person, find=find_doubtful, others=BENCH)) == doubtful


def test_the_line_is_as_broad_as_the_error_of_the_court():
    doubtful = standing(0, 7.3, score=0.4)  # 0.32 m inside
    assert found(doubtful, error_m=0.2) == frozenset()
    assert found(doubtful, error_m=0.5) == {99}


def test_nothing_is_said_where_the_court_is_not_known():
    assert found(standing(0, 9.0, score=0.2), places_m=np.nan) == frozenset()


def test_nobody_is_found_among_nobody():
    nothing = tables.TRACKED_BOXES.schema.empty_table()
    for find in (find_bystanders, find_doubtful):
        assert find(nothing, np.zeros((0, 2)), COURT, 0.2) == frozenset()


def evidence(people):
    boxes = boxes_of(people)
    frames = sorted(set(boxes["frame_index"].to_pylist()))
    metres = [1 / PX_PER_M, 0, -30, 0, 1 / PX_PER_M, -30, 0, 0, 1]
    views = [
        {
            "game_id": "g", "frame_index": frame, "time_s": frame * STEP_S, "segment_index": 0,
            "image_to_court": metres, "court_error_m": 0.2, "points": 9, "reason": None,
        }
        for frame in frames
    ]  # fmt: skip
    readings = [
        {
            "game_id": "g", "frame_index": step, "time_s": step * STEP_S, "segment_index": 0,
            "object_index": person.tracklet_id, "tracklet_id": person.tracklet_id, "ios": 1.0,
            "jersey_number": person.read, "number_prob": 0.95,
            "candidates": [person.read, ""], "candidate_probs": [0.95, 0.02],
            "source": "box", "legible_prob": 0.98,
        }
        for step in (5, 6, 20, 21, 40, 41) for person in people if person.read
    ]  # fmt: skip
    crops = [
        {
            "game_id": "g", "tracklet_id": person.tracklet_id, "frame_index": 10 * step,
            "embedding": [0.0], "look": None, "cluster": 0, "cluster_score": 0.95,
        }
        for person in people for step in range(4)
    ]  # fmt: skip
    return GameEvidence(
        boxes,
        pa.Table.from_pylist(readings, tables.NUMBER_READINGS.schema),
        pa.Table.from_pylist(crops, tables.TEAM_CROPS.schema),
        pa.Table.from_pylist(views, tables.COURT_VIEWS.schema),
    )


def test_a_bystander_has_no_team_and_no_name_and_takes_none_from_a_player():
    """Somebody at the bench is read as 3, as the 3 on the court is, in the same frames."""
    game = make_game("3 4 5 6 7", "40 41 42 43 44")
    bench = Person(99, ((0, 9.0), (0.3, 9.0)), read="3", label="player-jump-shot")
    seen = evidence([*FIVE, bench])
    resolved = identify_players(game, seen, 0.9)
    rows = {row["tracklet_id"]: row for row in resolved.identities.to_pylist()}
    stands_by = rows[99]
    assert stands_by["role"] == "other"
    assert (stands_by["team_id"], stands_by["player_id"]) == (None, None)
    assert (rows[0]["role"], rows[0]["player_id"]) == ("player", "h3")
    frames = player_frames(resolved.atom_boxes, resolved.identities, seen.court_views)
    others = [row for row in frames.to_pylist() if row["role"] == "other"]
    assert len(others) == 61
    assert {row["action"] for row in others} == {None}


def test_a_bystander_does_not_hold_the_ball():
    game = make_game("3 4 5 6 7", "40 41 42 43 44")
    bench = Person(99, ((0, 9.0), (0.3, 9.0)))
    seen = evidence([*FIVE, bench])
    resolved = identify_players(game, seen, 0.9)
    x, y = 30 * PX_PER_M, 39 * PX_PER_M
    ball = {
        "game_id": "g", "frame_index": 0, "time_s": 0.0, "segment_index": 0, "object_index": 0,
        "label": "ball", "x_min_px": x - 2, "y_min_px": y - 22, "x_max_px": x + 2,
        "y_max_px": y - 18, "detection_score": 0.8,
    }  # fmt: skip
    public = assemble_game(
        game,
        {
            "atom_boxes": resolved.atom_boxes, "identities": resolved.identities,
            "court_views": seen.court_views, "segments": tables.SEGMENTS.schema.empty_table(),
            "clock_frames": tables.CLOCK_FRAMES.schema.empty_table(),
            "object_boxes": pa.Table.from_pylist([ball], tables.OBJECT_BOXES.schema),
        },
        {},
        {"inputs_sha256": "", "pack": "", "version": ""},
    )  # fmt: skip
    assert public["ball_frames"]["holder_tracklet_id"].to_pylist() == [None]


@pytest.mark.parametrize(("read", "role"), [("", "other"), ("7", "player")])
def test_the_doubtful_play_if_a_number_says_who_they_are(read, role):
    """Somebody faint for two seconds, of whom a number is read or not."""
    game = make_game("3 4 5 6 7", "40 41 42 43 44")
    faint = Person(99, ((0, 0), (1, 1)), seconds=2, score=0.3, read=read)
    seen = evidence([*FIVE[:4], faint])
    rows = {
        row["tracklet_id"]: row for row in identify_players(game, seen, 0.9).identities.to_pylist()
    }
    assert rows[99]["role"] == role
    if role == "other":
        told = ("team_id", "team_prob", "team_cluster", "jersey_number", "player_id",
                "identity_prob", "player_candidates")  # fmt: skip
        assert {rows[99][name] for name in told} == {None}
    else:
        assert rows[99]["jersey_number"] == "7"
    assert {rows[tracklet]["role"] for tracklet in range(4)} == {"player"}
