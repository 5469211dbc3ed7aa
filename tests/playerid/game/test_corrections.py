"""Corrections by hand: tied to the picture, above every reading, refused where they contradict."""

import json
import time
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from playerid.archive import layout
from playerid.errors import ArchiveError, GameError
from playerid.game.corrections import (
    Correction,
    Sighting,
    find_problems,
    read_corrections,
    write_corrections,
)
from playerid.identify import corrections_of_boxes
from playerid.identify.resolution import GameEvidence, identify_players
from playerid.tables import COURT_VIEWS, TEAM_CROPS
from tests.playerid.identify.world import (
    Tracklet,
    make_game,
    number_readings,
    tracked_boxes,
)

GAME = make_game("23 5 7", "40 41 23")
READS = "23 23 23 ~ ~ ~ ~ 23 23 23 ~ ~ ~ ~ 23 23"


def seen(*tracklets, width_px=40.0):
    """Tracklets side by side: that in place k stands k * 100 px from the left edge."""
    boxes = tracked_boxes(tracklets)
    left = {t.tracklet_id: 100.0 * place for place, t in enumerate(tracklets)}
    x_min = np.array([left[i] for i in boxes["tracklet_id"].to_pylist()])
    for name, values in (("x_min_px", x_min), ("x_max_px", x_min + width_px)):
        place = boxes.schema.get_field_index(name)
        boxes = boxes.set_column(place, boxes.schema.field(place), pa.array(values, pa.float32()))
    crops, views = TEAM_CROPS.schema.empty_table(), COURT_VIEWS.schema.empty_table()
    return GameEvidence(boxes, number_readings(tracklets), crops, views)


def at(place, start_s, end_s, **said):
    """A correction of whoever stands in a place, seen twice a second."""
    box = (100.0 * place, 0.0, 100.0 * place + 40, 10.0)
    sightings = [Sighting(time_s=t, box_px=box) for t in np.arange(start_s, end_s + 0.1, 0.5)]
    return Correction(start_s=start_s, end_s=end_s, sightings=sightings, **said)


def decide(evidence, *corrections):
    rows = identify_players(GAME, evidence, 0.9, corrections).identities.to_pylist()
    return {row["tracklet_id"]: row for row in rows}


def test_a_name_by_hand_stands_above_the_readings():
    read, unread = Tracklet(1, 0, 10, reads=READS), Tracklet(2, 0, 10)
    row = decide(seen(read, unread), at(0, 0, 10, player_id="h5"))[1]
    assert (row["player_id"], row["jersey_number"], row["team_id"]) == ("h5", "5", "HOME")
    assert (row["source"], row["identity_prob"]) == ("by hand", 1.0)
    assert (row["readings_for"], row["readings_against"]) == (0, 8)


def test_a_name_by_hand_is_taken_for_everybody_else_at_that_time():
    """Both are read as 23 of one team; the hand settles which of them it is."""
    both = [Tracklet(i, 0, 10, reads=READS) for i in (1, 2)]
    decided = decide(seen(*both), at(1, 0, 10, player_id="h23"))
    assert decided[2]["player_id"] == "h23"
    assert "h23" not in (decided[1]["player_candidates"] or [])


def test_nobody_has_no_name_no_number_and_no_team():
    row = decide(seen(Tracklet(1, 0, 10, reads=READS)), at(0, 0, 10, is_nobody=True))[1]
    assert (row["player_id"], row["jersey_number"], row["team_id"]) == (None, None, None)
    assert row["source"] == "by hand"
    assert row["player_candidates"] is None


def test_a_team_by_hand_leaves_only_its_players():
    """Both teams have a 23; the readings alone cannot tell."""
    evidence = seen(Tracklet(1, 0, 10, reads=READS))
    assert decide(evidence)[1]["player_id"] is None
    row = decide(evidence, at(0, 0, 10, team_id="AWAY"))[1]
    assert (row["player_id"], row["team_id"], row["source"]) == ("a23", "AWAY", "read")
    assert not any(name.startswith("h") for name in row["player_candidates"])


def test_a_referee_may_be_a_player_by_hand():
    row = decide(seen(Tracklet(1, 0, 10, role="referee")), at(0, 0, 10, player_id="h7"))[1]
    assert (row["player_id"], row["role"]) == ("h7", "player")


def test_a_correction_of_a_stretch_cuts_the_tracklet_and_leaves_the_rest():
    decided = decide(seen(Tracklet(1, 0, 10)), at(0, 3, 5, player_id="h5"))
    spans = [(row["start_s"], row["end_s"], row["player_id"]) for row in decided.values()]
    assert spans == [
        (0, pytest.approx(2.9), None),
        (3, 5, "h5"),
        (pytest.approx(5.1), 10, None),
    ]


def test_a_correction_outlives_a_run_that_counts_and_cuts_tracklets_differently():
    """Once it was tracklet 1; now it is 70 until 4 s and 90 from 4.5 s on."""
    pieces = [Tracklet(70, 0, 4), Tracklet(90, 4.5, 10)]
    evidence = seen(*pieces)
    together = evidence.tracked_boxes
    for name, value in (("x_min_px", 0.0), ("x_max_px", 40.0)):
        place = together.schema.get_field_index(name)
        column = pa.array([value] * len(together), pa.float32())
        together = together.set_column(place, together.schema.field(place), column)
    decided = decide(replace(evidence, tracked_boxes=together), at(0, 0, 10, player_id="h5"))
    assert {i: row["player_id"] for i, row in decided.items()} == {70: "h5", 90: "h5"}


def test_a_tracklet_that_goes_on_with_somebody_else_is_claimed_only_where_it_fits():
    """The tracklet stands in place 0 until 4.9 s, then in place 3; the person stays in place 0."""
    boxes = seen(Tracklet(1, 0, 10)).tracked_boxes
    late = pc.greater_equal(boxes["time_s"], 4.95)
    for name, away in (("x_min_px", 300.0), ("x_max_px", 340.0)):
        place = boxes.schema.get_field_index(name)
        moved = pc.if_else(late, pa.scalar(away, pa.float32()), boxes[name])
        boxes = boxes.set_column(place, boxes.schema.field(place), moved)
    claims = corrections_of_boxes(boxes, [at(0, 0, 10, player_id="h5")])
    times_s = boxes["time_s"].to_numpy()
    assert (claims[times_s < 4.7] == 0).all()
    assert (claims[times_s > 4.8] == -1).all()


def test_a_correction_that_fits_nobody_is_told(caplog):
    decide(seen(Tracklet(1, 0, 10)), at(5, 0, 10, player_id="h5"))
    assert "1 corrections apply to nobody tracked" in caplog.text


def test_corrections_are_kept_and_read_back(archive):
    made = [at(0, 0, 4, player_id="h5"), at(1, 2, 6, is_nobody=True)]
    write_corrections(archive, GAME, made, read_corrections(archive, GAME))
    assert list(read_corrections(archive, GAME).items) == made


def test_who_changes_what_somebody_else_changed_is_refused(archive):
    before = read_corrections(archive, GAME)
    write_corrections(archive, GAME, [at(0, 0, 4, player_id="h5")], before)
    with pytest.raises(ArchiveError, match="somebody else changed it"):
        write_corrections(archive, GAME, [], before)


def said(**fields):
    return {
        "start_s": 1,
        "end_s": 2,
        "sightings": [{"time_s": 1, "box_px": [0, 0, 9, 9]}],
        **fields,
    }


@pytest.mark.parametrize(
    ("items", "message"),
    [
        pytest.param([said(player_id="h99")], r"corrections\.0\.player_id: .*'h99'", id="player"),
        pytest.param([said(team_id="NYK")], r"corrections\.0\.team_id: 'NYK'", id="team"),
        pytest.param([said()], r"corrections\.0: expected one of player_id", id="nothing said"),
        pytest.param([said(player_id="h5", is_nobody=True)], r"expected one of", id="two things"),
        pytest.param([said(player_id="h5", end_s=0)], r"end_s 0.0 is before", id="backwards"),
        pytest.param([said(player_id="h5", sightings=[])], r"0\.sightings", id="never seen"),
        pytest.param([said(player_id="h5", tracklet=4)], r"0\.tracklet: Extra", id="unknown field"),
        pytest.param(
            [said(player_id="h5"), said(player_id="h5", start_s=1.5, end_s=4)],
            r"corrections\.1: from 1\.5 to 4 s, player 'h5' is in corrections\.0",
            id="two places",
        ),
        pytest.param(
            [said(player_id="h5"), said(player_id="h7")],
            r"corrections\.1: .*corrections\.0 is about the same person",
            id="two names",
        ),
    ],
)
def test_corrections_that_contradict_are_refused_by_field(archive, items, message):
    text = json.dumps({"corrections": items})
    archive.write(layout.corrections_file("g"), text.encode())
    with pytest.raises(GameError, match=rf"corrections/g\.json: [\s\S]*{message}"):
        read_corrections(archive, GAME)


@pytest.mark.parametrize("field", ["player_id", "team_id", "said_by"])
def test_text_of_corrections_has_an_end(archive, field):
    """Five million letters are refused by their field, and not repeated."""
    endless = {"player_id": "h5"} if field == "said_by" else {}
    text = json.dumps({"corrections": [said(**endless, **{field: "x" * 5_000_000})]})
    archive.write(layout.corrections_file("g"), text.encode())
    place = rf"corrections/g\.json: [\s\S]*corrections\.0\.{field}.*at most 200 characters"
    with pytest.raises(GameError, match=place) as error:
        read_corrections(archive, GAME)
    assert len(str(error.value)) < 300


def test_three_thousand_corrections_are_checked_in_a_moment():
    """Each about another place at the same time; every pair was compared once, 39 s of it."""
    items = [
        Correction(
            is_nobody=True,
            start_s=0,
            end_s=10,
            sightings=tuple(
                Sighting(time_s=time_s, box_px=(20 * place, 0, 20 * place + 9, 9))
                for time_s in (0, 5, 10)
            ),
        )
        for place in range(3000)
    ]
    began_s = time.process_time()
    assert find_problems(items, GAME) == []
    assert time.process_time() - began_s < 8
    again = find_problems([*items, *items], GAME)
    assert again[0].endswith("corrections.0 is about the same person")
    assert len(again) == 20
