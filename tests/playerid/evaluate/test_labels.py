import hashlib
import io
import re
from pathlib import Path

import av
import numpy as np
import pyarrow as pa
import pytest

from playerid.errors import LabelsError
from playerid.evaluate.archive_scores import labelled_games
from playerid.evaluate.labels import COLUMNS, count_labels, match_labels, read_labels
from playerid.game.roster import read_game
from playerid.leagues import load_league

# Real clips labelled by hand; the clips lie beside the repository, if anywhere.
DATA = Path(__file__).parents[2] / "data"
FOLDERS = sorted(path.parent for path in DATA.glob("*/labels.csv"))
CLIPS = Path(__file__).parents[4] / "shared" / "data" / "clips"

HEADER = (
    "frame_index,x_min_px,y_min_px,x_max_px,y_max_px,role,team_id,jersey_number,person,player_id\n"
)
# Two frames; the number of the second player can be read in the first one only.
LABELS = (
    HEADER
    + "0,100,100,140,200,player,A,23,one,a23\n"
    + "0,300,100,340,200,player,B,7,two,b7\n"
    + "0,500,100,540,200,referee,,,grey,\n"
    + "10,105,100,145,200,player,A,23,one,a23\n"
    + "10,305,100,345,200,player,B,,two,b7\n"
)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_labels_of_a_spreadsheet_are_read(separator):
    """As one saves them where a comma stands in numbers."""
    saved = read_labels(LABELS.replace(",", separator).replace("\n", "\r\n"), "labels.csv")
    plain = read_labels(LABELS, "labels.csv")
    assert saved.boxes_px.tolist() == plain.boxes_px.tolist()
    assert saved.numbers.tolist() == plain.numbers.tolist()
    assert saved.track_ids.tolist() == plain.track_ids.tolist()


def found(*rows):
    """Rows of (frame, left edge, role, team, number, player)."""
    columns = {
        "frame_index": pa.array([r[0] for r in rows], pa.int32()),
        "tracklet_id": pa.array(range(len(rows)), pa.int32()),
        "role": pa.array([r[2] for r in rows], pa.string()),
        "team_id": pa.array([r[3] for r in rows], pa.string()),
        "player_id": pa.array([r[5] if r[5:] else None for r in rows], pa.string()),
        "jersey_number": pa.array([r[4] for r in rows], pa.string()),
        "identity_prob": pa.array([None] * len(rows), pa.float32()),
        "x_min_px": pa.array([float(r[1]) for r in rows]),
        "y_min_px": pa.array([100.0] * len(rows)),
        "x_max_px": pa.array([r[1] + 40.0 for r in rows]),
        "y_max_px": pa.array([200.0] * len(rows)),
        "court_x_m": pa.array([None] * len(rows), pa.float32()),
        "court_y_m": pa.array([None] * len(rows), pa.float32()),
    }
    return pa.table(columns)


def picture_size(folder):
    """Width and height that the README of labels by hand names, pixels."""
    size = re.search(r"\b(\d+)x(\d+)\b", (folder / "README.md").read_text("utf-8"))
    assert size, "the README says how large the pictures are"
    return int(size[1]), int(size[2])


def score(*rows):
    return count_labels(match_labels(found(*rows), read_labels(LABELS, "labels.csv")))


def test_everything_right():
    scores = score(
        (0, 100, "player", "A", "23"),
        (0, 300, "player", "B", "7"),
        (0, 500, "referee", None, None),
        (10, 105, "player", "A", "23"),
        (10, 305, "player", "B", "7"),
    )
    assert (scores.players, scores.players_found, scores.found) == (4, 4, 4)
    assert (scores.teamed, scores.team_right) == (4, 4)
    assert (scores.numbers_right, scores.numbers_wrong, scores.numbers_missing) == (3, 0, 0)
    assert scores.numbers_unlabelled == 1
    assert scores.referees_as_players == 0
    assert scores.scores()["player_precision"] == 1
    assert scores.scores()["numbers_read"] == 1


def test_everything_wrong_in_a_known_way():
    """One of four found in place, with the wrong team and number; the referee is a player."""
    scores = score(
        (0, 102, "player", "B", "28"),
        (0, 500, "player", "A", None),
        (10, 200, "player", "A", "23"),
    )
    assert (scores.players, scores.players_found, scores.found) == (4, 1, 3)
    assert (scores.teamed, scores.team_right) == (1, 0)
    assert (scores.numbers_right, scores.numbers_wrong, scores.numbers_missing) == (0, 1, 0)
    assert (scores.referees, scores.referees_as_players) == (1, 1)


def test_a_change_of_number_between_labelled_frames_is_a_switch():
    assert score((0, 100, "player", "A", "23"), (10, 105, "player", "A", "28")).switches == 1
    assert score((0, 100, "player", "A", "23"), (10, 105, "player", "A", None)).switches == 0


def test_a_name_counts_also_where_the_number_cannot_be_read():
    """Player b7 is known by following in frame 10; a23 is called a28 once and unnamed once."""
    scores = score(
        (0, 100, "player", "A", "28", "a28"),
        (0, 300, "player", "B", "7", "b7"),
        (10, 105, "player", "A", None, None),
        (10, 305, "player", "B", "7", "b7"),
    )
    assert (scores.known, scores.named, scores.named_right) == (4, 3, 2)
    assert scores.scores()["identity_precision"] == pytest.approx(2 / 3)
    assert scores.scores()["identity_coverage"] == pytest.approx(3 / 4)


def test_a_frame_next_to_a_sampled_one_is_compared_with_it():
    assert score((1, 101, "player", "A", "23")).players_found == 1
    assert score((2, 101, "player", "A", "23")).players_found == 0


def test_nothing_found():
    scores = score()
    assert (scores.frames, scores.players, scores.players_found) == (2, 4, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "frame_index\n0\n", r"labels\.csv lacks the columns jersey_number", id="columns"
        ),
        pytest.param(HEADER + "0,1,1,x,2,player,A,,\n", r"line 2: expected numbers", id="box"),
        pytest.param(HEADER + "0,5,1,2,2,player,A,,\n", r"line 2: .* inside out", id="inside out"),
        pytest.param(HEADER + "0,1,1,2,2,coach,A,,\n", r"line 2: .*'coach'", id="role"),
        pytest.param(HEADER + "0,1,1,2,2,player,A,07,\n", r"'07' is no jersey number", id="number"),
    ],
)
def test_bad_labels_are_named_by_line(text, message):
    with pytest.raises(LabelsError, match=message):
        read_labels(text, "labels.csv")


@pytest.mark.parametrize("size", [201, 5_000_000])
@pytest.mark.parametrize("column", ["role", "team_id", "jersey_number", "player_id", "person"])
def test_values_of_labels_have_an_end(column, size):
    """Five million letters are refused by their line, and not repeated."""
    row = {**dict.fromkeys(COLUMNS, "0"), "x_max_px": "9", "y_max_px": "9", "role": "player"}
    row |= {"player_id": "", "person": "", "jersey_number": "", column: "x" * size}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    with pytest.raises(LabelsError, match=rf"labels\.csv, line 2: .*({column}|field)") as error:
        read_labels(text, "labels.csv")
    assert len(str(error.value)) < 200


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_labels_of_a_real_clip_are_whole(folder):
    """At most as many a team as play, each once a frame; a number read is the player's own."""
    game = read_game((folder / "game.json").read_bytes(), "game.json")
    most = load_league(game.league).sport.on_court
    labels = read_labels((folder / "labels.csv").read_text("utf-8"), "labels.csv")
    width_px, height_px = picture_size(folder)
    assert len(np.unique(labels.frames)) >= 20
    assert (labels.boxes_px[:, :2] >= 0).all()
    assert (labels.boxes_px[:, 2:] <= (width_px, height_px)).all()
    for frame in np.unique(labels.frames):
        here = labels.take(np.flatnonzero(labels.frames == frame))
        assert len(here.track_ids) == len(np.unique(here.track_ids)), frame
        for team in (game.home, game.away):
            assert (here.team_ids == team.team_id).sum() <= most, frame
    seen = zip(labels.team_ids, labels.player_ids, labels.numbers, strict=True)
    worn = {
        (team.team_id, player.player_id, player.number)
        for team in (game.home, game.away)
        for player in team.players
    }
    unread = {(team, player, "") for team, player, _ in worn} | {("", "", "")}
    unread |= {(team.team_id, "", "") for team in (game.home, game.away)}
    assert set(seen) <= worn | unread
    who = zip(labels.track_ids, labels.roles, labels.team_ids, labels.player_ids, strict=True)
    assert len(set(who)) == len(np.unique(labels.track_ids)), "one person, one name"


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        pytest.param("sas-okc-2020", range(0, 256, 10), id="sas-okc-2020"),
        pytest.param("nyk-bos-2025", range(0, 642, 26), id="nyk-bos-2025"),
        pytest.param("mia-gsw-2014", range(0, 289, 12), id="mia-gsw-2014"),
    ],
)
def test_ten_players_are_followed_through_a_real_clip(name, frames):
    labels = read_labels((DATA / name / "labels.csv").read_text("utf-8"), "labels.csv")
    assert np.unique(labels.frames).tolist() == list(frames)
    assert len(np.unique(labels.player_ids[labels.roles == "player"])) == 10


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_labels_are_of_frames_of_the_clip(folder):
    """The clip that the folder's README names by its checksum shows every labelled frame."""
    game = read_game((folder / "game.json").read_bytes(), "game.json")
    clip = CLIPS / game.videos[0]
    if not clip.is_file():
        pytest.skip(f"{clip} is not here: it is the broadcaster's")
    data = clip.read_bytes()
    assert hashlib.sha256(data).hexdigest() in (folder / "README.md").read_text("utf-8")
    labels = read_labels((folder / "labels.csv").read_text("utf-8"), "labels.csv")
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        assert (stream.width, stream.height) == picture_size(folder)
        shown = sum(1 for _ in container.decode(stream))
    assert labels.frames.max() < shown


def test_who_can_be_read_once_counts_in_every_frame():
    """Of two followed through two frames the second is read in the first frame only; nobody is
    named but he in the second: 4 known and readable, 1 named."""
    scores = score((10, 305, "player", "B", "7", "b7"))
    assert (scores.known, scores.readable, scores.named_readable) == (4, 4, 1)
    unread = LABELS.replace(",B,7,two", ",B,,two")
    of_one = count_labels(
        match_labels(found((10, 305, "player", "B", "7", "b7")), read_labels(unread, "labels.csv"))
    )
    assert (of_one.known, of_one.readable, of_one.named_readable) == (4, 2, 0)


def test_labelled_games_are_found_in_their_folders(tmp_path):
    found_games = labelled_games(DATA)
    assert list(found_games) == [folder.name for folder in FOLDERS]
    with pytest.raises(LabelsError, match=r"game\.json and labels\.csv"):
        labelled_games(tmp_path)
