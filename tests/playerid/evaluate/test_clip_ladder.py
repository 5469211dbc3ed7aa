"""Steps of evidence on a labelled clip of two players, worked by hand."""

import numpy as np
import pyarrow as pa

from playerid.evaluate.clip_ladder import (
    LabelledClip,
    climb_clip,
    read_by,
    with_labelled_lineups,
    without_kits,
)
from playerid.evaluate.labels import read_labels
from playerid.identify.resolution import GameEvidence
from tests.playerid.evaluate.test_ladder import (
    GAME,
    TRACKLETS,
    court_views,
    number_readings,
    team_crops,
    tracked_boxes,
    truth,
)

LABELS = read_labels(
    "frame_index,x_min_px,y_min_px,x_max_px,y_max_px,role,team_id,jersey_number,person,player_id\n"
    "90,0,0,10,10,player,HOME,23,one,h23\n"
    "690,0,0,10,10,player,AWAY,,two,a40\n",
    "labels.csv",
)
SEEN = GameEvidence(
    tracked_boxes(TRACKLETS), number_readings(TRACKLETS), team_crops(), court_views(truth())
)


def test_the_steps_come_in_order_and_boxes_alone_name_both():
    """Every reading is of a box, so the torso reader names nobody."""
    steps = climb_clip(LabelledClip(GAME, SEEN, LABELS))
    assert list(steps) == [
        "box reader", "torso reader", "both", "+ kit colours", "+ line-ups known"
    ]  # fmt: skip
    named = {step: (scores.named_right, scores.named) for step, scores in steps.items()}
    assert named["box reader"] == named["both"] == named["+ line-ups known"] == (2, 2)
    assert named["torso reader"] == (0, 0)


def test_the_readings_of_one_reader():
    assert len(read_by(SEEN, "box").number_readings) == len(SEEN.number_readings) > 0
    assert len(read_by(SEEN, "torso").number_readings) == 0


def test_the_line_ups_are_those_who_are_labelled_by_name():
    lineups = with_labelled_lineups(GAME, LABELS).lineups
    assert [(line.team_id, line.player_ids) for line in lineups] == [
        ("HOME", ["h23"]),
        ("AWAY", ["a40"]),
    ]
    six = LABELS.take(np.zeros(6, np.int64))
    crowd = type(six)(
        **{name: getattr(six, name) for name in six.__dataclass_fields__ if name != "player_ids"},
        player_ids=np.array([f"h{i}" for i in range(6)]),
    )
    assert with_labelled_lineups(GAME, crowd).lineups == []


def test_a_game_without_kits_says_nothing_of_shirts():
    assert [team.kit for team in without_kits(GAME).teams] == [None, None]
    assert isinstance(SEEN.number_readings, pa.Table)
