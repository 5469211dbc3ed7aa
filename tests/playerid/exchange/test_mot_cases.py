"""MOTChallenge as others write it: no places, other ids, other classes, nothing considered."""

import pytest

from playerid.errors import TableError
from playerid.exchange.mot import read_mot
from playerid.game.roster import read_game
from tests.playerid.evaluate.test_label_formats import GAME_FILE

GAME = read_game(GAME_FILE.read_bytes(), "game.json")
STRONGSORT = "1,1,100,200,40,90,-1,-1,-1,0\n2,2,297,201,40,90,-1,-1,-1,0\n"
CLASSES = "1,1,100,200,40,90,1,1,0,0\n2,1,104,200,40,90,0.5,1,0,0\n"
SPORTSMOT = "1, 0, 83, 421, 88, 130, 1, 1, 1\n2, 0, 84, 421, 88, 130, 1, 1, 1\n"
REFEREES = "1,1,100,200,40,90,1,1,1\n1,2,100,200,40,90,1,7,1\n1,3,100,200,40,90,0,1,1\n"


def read(folder, text):
    path = folder / "gt.txt"
    path.write_text(text)
    return read_mot(path, GAME, frame_rate=25.0)


@pytest.mark.parametrize(
    ("text", "tracklets", "scores"),
    [
        pytest.param(STRONGSORT, [0, 1], [None, None], id="StrongSORT"),
        pytest.param(CLASSES, [0, 0], [1.0, 0.5], id="results with classes"),
        pytest.param(SPORTSMOT, [0, 0], [None, None], id="SportsMOT, whose ids begin at 0"),
    ],
)
def test_nobody_is_placed_who_has_no_place(text, tracklets, scores, tmp_path):
    found = read(tmp_path, text)
    people = found["player_frames"].to_pylist()
    assert [row["tracklet_id"] for row in people] == tracklets
    assert [row["detection_score"] for row in people] == scores
    assert {(row["court_x_m"], row["court_y_m"]) for row in people} == {(None, None)}
    assert found["games"]["court_coverage"].to_pylist() == [0.0]


def test_what_is_left_out_is_said(tmp_path, caplog):
    assert read(tmp_path, REFEREES)["player_frames"].num_rows == 1
    assert "left out 1 of 3 rows that are not considered" in caplog.text
    assert "left out 1 of 3 rows of another class than 1, a person" in caplog.text


def test_a_file_of_nobody_considered_is_one_line(tmp_path):
    with pytest.raises(TableError, match="all 2 rows are ignored") as caught:
        read(tmp_path, "1,1,100,200,40,90,0,1,1\n2,1,104,200,40,90,0,1,1\n")
    assert "\n" not in str(caught.value)


def test_the_length_of_the_sequence_is_that_of_its_ini(tmp_path):
    (tmp_path / "seqinfo.ini").write_text("[Sequence]\nframeRate=25\nseqLength=50\n")
    (segment,) = read(tmp_path, CLASSES)["segments"].to_pylist()
    assert (segment["end_frame"], segment["end_s"]) == (50, 2.0)
