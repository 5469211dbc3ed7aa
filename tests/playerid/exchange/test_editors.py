"""Tracks go to editors of annotations, and what is changed there comes back as corrections."""

import json
import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.archive.archive import Archive
from playerid.errors import TableError
from playerid.exchange import publish_tables
from playerid.exchange.formats import export_game
from playerid.exchange.from_editors import add_from_editor
from playerid.frames.video_writing import write_video
from playerid.game.corrections import read_corrections
from playerid.game.roster import read_game
from playerid.tables import PUBLIC_TABLES
from tests.sql.handmade import IN_LANE, Game, Person, at, handler_and_marker, open_game

GAME_ID = "0020000001"
KINDS = ("cvat", "label-studio")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Seven seconds of three people, 10 frames a second: H1 (1), A1 (11) and H5 (5)."""
    folder = tmp_path_factory.mktemp("edited")
    people = [*handler_and_marker(), Person(5, "HOM", at(IN_LANE), "H5", 0.95)]
    open_game(folder, Game(people, 7.0, game_id=GAME_ID)).close()
    rows = {t.name: pq.read_table(folder / f"{t.name}-{GAME_ID}.parquet") for t in PUBLIC_TABLES}
    rows["player_frames"] = apart(rows["player_frames"])
    archive = Archive(str(folder / "archive"))
    publish_tables(archive, rows)
    teams = {
        side: {"team_id": team, "name": team, "players": [
            {"player_id": name, "name": f"Player {name}", "number": number}
            for name, number in players]}
        for side, team, players in (
            ("home", "HOM", [("H1", "1"), ("H5", "5")]), ("away", "AWY", [("A1", "11")]))
    }  # fmt: skip
    about = {"game_id": GAME_ID, "season": "2025-26", "date": "2026-01-02", "league": "nba"}
    archive.write_json(f"games/{GAME_ID}/game.json", about | teams | {"videos": ["video.mp4"]})
    pictures = (np.full((180, 320, 3), 90, np.uint8) for _ in range(71))
    write_video(str(folder / "video.mp4"), pictures, Fraction(10))
    archive.write(f"games/{GAME_ID}/video.mp4", (folder / "video.mp4").read_bytes())
    return archive


def apart(rows):
    """Everybody stands 20 px wide at ten times their tracklet, and walks a pixel a frame."""
    left = 10.0 * rows["tracklet_id"].to_numpy() + rows["frame_index"].to_numpy()
    for name, values in (
        ("x_min_px", left), ("x_max_px", left + 20), ("y_min_px", 0 * left + 40),
        ("y_max_px", 0 * left + 100),
    ):  # fmt: skip
        index = rows.schema.get_field_index(name)
        column = pa.array(values, pa.float32())
        rows = rows.set_column(index, rows.schema.field(index), column)
    return rows


@pytest.fixture
def archive(published):
    """The game, without what a test said of it."""
    yield published
    published.remove(f"corrections/{GAME_ID}.json")


def corrections(archive):
    text = archive.read(f"games/{GAME_ID}/game.json")
    items = read_corrections(archive, read_game(text, "game.json")).items
    return [
        (c.player_id or c.team_id or "nobody", round(c.start_s, 3), round(c.end_s, 3))
        for c in items
    ]


def exported(archive, kind, folder):
    return export_game(archive, GAME_ID, kind, folder)[0]


def edit_xml(path, change):
    tree = ET.parse(path)
    for track in tree.getroot().iter("track"):
        change(track)
    tree.write(path)


def said_of(box, name):
    return next(each for each in box.iter("attribute") if each.attrib["name"] == name)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_not_touched_says_nothing(archive, tmp_path, kind):
    assert add_from_editor(archive, GAME_ID, exported(archive, kind, tmp_path)) == []
    assert not archive.exists(f"corrections/{GAME_ID}.json")


def test_the_tracks_are_those_of_the_video(archive, tmp_path):
    root = ET.parse(exported(archive, "cvat", tmp_path)).getroot()
    assert (root.find("meta/task/size").text, root.find("meta/task/stop_frame").text) == (
        "71",
        "70",
    )
    assert root.find("meta/task/original_size/width").text == "320"
    tracks = list(root.iter("track"))
    assert [len(list(track.iter("box"))) for track in tracks] == [71, 71, 71]
    first = next(iter(next(t for t in tracks if who_of(t) == "5 Player H5 [H5]").iter("box")))
    assert [float(first.attrib[name]) for name in ("xtl", "ytl", "xbr", "ybr")] == [50, 40, 70, 100]
    task = json.loads(exported(archive, "label-studio", tmp_path).read_text())[0]
    region = next(r for r in task["predictions"][0]["result"] if r["id"] == "5")
    place = region["value"]["sequence"][0]
    assert (place["frame"], place["x"], place["width"]) == (1, 100 * 50 / 320, 100 * 20 / 320)


def who_of(track):
    return said_of(next(iter(track.iter("box"))), "who").text


def test_two_names_are_swapped_from_a_frame_on(archive, tmp_path):
    path = exported(archive, "cvat", tmp_path)
    other = {"5 Player H5 [H5]": "1 Player H1 [H1]", "1 Player H1 [H1]": "5 Player H5 [H5]"}

    def swap(track):
        for box in track.iter("box"):
            who = said_of(box, "who")
            if int(box.attrib["frame"]) >= 30:
                who.text = other.get(who.text, who.text)

    edit_xml(path, swap)
    assert len(add_from_editor(archive, GAME_ID, path, "anna")) == 2
    assert sorted(corrections(archive)) == [("H1", 3.0, 7.0), ("H5", 3.0, 7.0)]


def test_frames_between_two_keys_are_those_that_the_editor_shows(archive, tmp_path):
    """CVAT keeps key frames only: of the walk of H5, frames 20 and 40, who is nobody there."""
    path = exported(archive, "cvat", tmp_path)

    def thin(track):
        if who_of(track) != "5 Player H5 [H5]":
            return
        for box in list(track.iter("box")):
            if box.attrib["frame"] not in {"20", "40"}:
                track.remove(box)
            said_of(box, "who").text = "nobody"

    edit_xml(path, thin)
    add_from_editor(archive, GAME_ID, path)
    assert corrections(archive) == [("nobody", 2.0, 4.0)]


def test_a_region_that_was_split_is_two_people(archive, tmp_path):
    path = exported(archive, "label-studio", tmp_path)
    (task,) = json.loads(path.read_text())
    result = task.pop("predictions")[0]["result"]
    mine = next(r for r in result if r["id"] == "5")
    late = json.loads(json.dumps(mine)) | {"id": "new"}
    late["value"]["sequence"] = late["value"]["sequence"][50:]
    late["value"]["labels"] = ["somebody [AWY]"]
    mine["value"]["sequence"] = mine["value"]["sequence"][:50]
    mine["value"]["sequence"][-1]["enabled"] = False
    task["annotations"] = [{"result": [*result, late]}]
    path.write_text(json.dumps([task]))
    add_from_editor(archive, GAME_ID, path)
    assert corrections(archive) == [("AWY", 5.0, 7.0)]


def test_a_name_that_was_only_taken_away_is_told(archive, tmp_path, caplog):
    path = exported(archive, "cvat", tmp_path)

    def clear(track):
        for box in track.iter("box"):
            said_of(box, "who").text = "unknown"

    edit_xml(path, clear)
    assert add_from_editor(archive, GAME_ID, path) == []
    assert "213 boxes lost their name" in caplog.text


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.cvat.xml", "<annotations>", "expected an export of CVAT"),
        ("a.cvat.xml", "<annotations/>", "holds no track"),
        (
            "a.cvat.xml",
            '<!DOCTYPE a [<!ENTITY b "b">]><annotations>&b;</annotations>',
            "document type",
        ),
        ("a-7.cvat.xml", "<annotations/>", "of video 7"),
        ("a.json", "{}", "expected an export of Label Studio"),
        ("a.json", "[]", "holds no region"),
        ("a.csv", "", "expected .xml of CVAT or .json of Label Studio"),
    ],
)
def test_other_files_are_refused(archive, tmp_path, name, text, why):
    (tmp_path / name).write_text(text)
    with pytest.raises(TableError, match=why):
        add_from_editor(archive, GAME_ID, tmp_path / name)


def test_a_label_of_another_game_is_refused(archive, tmp_path):
    path = exported(archive, "cvat", tmp_path)
    path.write_text(path.read_text().replace("[H5]", "[H99]"))
    with pytest.raises(TableError, match=r"H99.*nobody of game"):
        add_from_editor(archive, GAME_ID, path)
