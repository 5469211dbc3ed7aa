"""A handmade game goes out in every format; what comes back is what the format can hold."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pycocotools import mask
from pycocotools.coco import COCO

from playerid.archive import store
from playerid.archive.archive import Archive
from playerid.errors import GameError, TableError
from playerid.evaluate.label_formats import read_label_file
from playerid.exchange import publish_tables
from playerid.exchange.formats import WRITERS, Given, export_game, import_file
from playerid.exchange.sportvu import FOOT_M, read_sportvu_json
from playerid.game.roster import read_game
from playerid.tables import MASKS, PUBLIC_TABLES
from playerid.warehouse.ask import open_warehouse
from tests.sql.handmade import IN_LANE, Game, Person, at, between, handler_and_marker, open_game

GAME_ID = "0020000001"
ROSTER = [("H1", "HOM", "1"), ("H5", "HOM", "5"), ("A1", "AWY", "11")]
GAME_FILE = {
    "game_id": GAME_ID, "season": "2025-26", "date": "2026-01-02", "league": "nba",
    "videos": ["video.mp4"],
    "home": {"team_id": "HOM", "name": "Home", "players": [
        {"player_id": "H1", "name": "One", "number": "1"}]},
    "away": {"team_id": "AWY", "name": "Away", "players": [
        {"player_id": "A1", "name": "Eleven", "number": "11"}]},
}  # fmt: skip


UNEVEN_ID = "0020000002"
BOX = ("x_min_px", "x_max_px", "y_min_px", "y_max_px")
VIOLATIONS = """
    select team_id, player_id, round(start_s, 3) as start_s, round(end_s, 3) as end_s, grade,
        round(max_duration_s, 3) as max_duration_s, start_clock_s
    from three_second_violations where game_id = $game
"""


def triangle():
    """A mask of 45 pixels whose box is from (0, 0) to (9, 9)."""
    return np.pad(np.tri(9, dtype=np.uint8), ((0, 9), (0, 23)))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Two games: the home centre is in the lane from 1 to 5 s; a referee and somebody unnamed
    stand by. The frames of the second lie unevenly, by 0.08 and 0.12 s."""
    folder = tmp_path_factory.mktemp("game")
    people = [
        *handler_and_marker(),
        Person(5, "HOM", between(1.0, 5.0, IN_LANE), "H5", 0.95),
        Person(6, None, at((-3.0, 7.5)), role="referee"),
        Person(7, "AWY", at((0.0, -4.0))),
    ]
    archive = Archive(str(folder / "archive"))
    for game_id in (GAME_ID, UNEVEN_ID):
        open_game(folder, Game(people, 7.0, game_id=game_id)).close()
        files = {t.name: folder / f"{t.name}-{game_id}.parquet" for t in PUBLIC_TABLES}
        tables = {name: pq.read_table(file) for name, file in files.items()}
        if game_id == UNEVEN_ID:
            tables = {name: unevenly(rows) for name, rows in tables.items()}
        publish_tables(archive, tables)
    encoded = mask.encode(np.asfortranarray(triangle()))["counts"]
    rows = [{"game_id": UNEVEN_ID, "frame_index": 20, "tracklet_id": 5, "mask_rle": encoded,
             "height_px": 18, "width_px": 32}]  # fmt: skip
    store.write(archive, MASKS, UNEVEN_ID, pa.Table.from_pylist(rows, MASKS.schema))
    return archive


def unevenly(rows):
    """Every second frame 0.02 s late."""
    if "frame_index" not in rows.column_names:
        return rows
    late_s = 0.02 * (rows["frame_index"].to_numpy() % 2)
    time_s = np.round(rows["time_s"].to_numpy() + late_s, 3)
    index = rows.schema.get_field_index("time_s")
    return rows.set_column(index, rows.schema.field(index), pa.array(time_s))


def rows(archive, query, game_id=None):
    connection = open_warehouse(archive)
    try:
        return connection.sql(query.replace("$game", f"'{game_id}'")).to_arrow_table().to_pylist()
    finally:
        connection.close()


HELD = {
    "mot": """
        select frame_index, tracklet_id, time_s, x_min_px, x_max_px, y_min_px, y_max_px,
            detection_score, court_x_m, court_y_m
        from player_frames where game_id = $game order by all
    """,
    "sportvu-csv": """
        select time_s, team_id, player_id, round(court_x_m, 2) as x, round(court_y_m, 2) as y,
            period, game_clock_s, shot_clock_s
        from player_frames left join clock_frames using (game_id, frame_index, time_s)
        where game_id = $game and player_id is not null order by all
    """,
}
HELD["cdf-jsonl"] = HELD["sportvu-csv"]


def copy_through(kind, world, game_id, folder):
    """An archive with the game as it comes back from a format."""
    written = export_game(world, game_id, kind, folder)
    game_file = folder / "game.json"
    game_file.write_text(json.dumps(GAME_FILE | {"game_id": game_id}))
    options = {"game_file": game_file} if kind == "mot" else {"season": "2025-26"}
    imported = Archive(str(folder / "imported"))
    import_file(imported, written[0], kind, Given(**options))
    return imported


@pytest.mark.parametrize("game_id", [GAME_ID, UNEVEN_ID])
@pytest.mark.parametrize("kind", [kind for kind in WRITERS if kind in HELD])
def test_what_is_exported_comes_back_equal(kind, game_id, world, tmp_path):
    imported = copy_through(kind, world, game_id, tmp_path)
    before = rows(world, HELD[kind], game_id)
    assert rows(imported, HELD[kind], game_id) == before
    assert len(before) >= 3 * 71
    if kind != "mot":
        (violation,) = rows(world, VIOLATIONS, game_id)
        assert rows(imported, VIOLATIONS, game_id) == [violation]


@pytest.mark.parametrize("game_id", [GAME_ID, UNEVEN_ID])
def test_coco_that_is_exported_is_read_as_labels(game_id, world, tmp_path):
    (file,) = export_game(world, game_id, "coco", tmp_path)
    game = read_game(json.dumps(GAME_FILE), "game.json")
    labels = read_label_file(file, game)
    columns = ["frame_index", "tracklet_id", "role", *BOX]
    query = f"select {', '.join(columns)} from player_frames where game_id = $game order by all"
    found = rows(world, query, game_id)
    boxes = labels.boxes_px[:, [0, 2, 1, 3]].T
    read = zip(labels.frames, labels.track_ids, labels.roles, *boxes, strict=True)
    assert sorted(read) == [tuple(row.values()) for row in found]


def test_mot_is_ground_truth_of_nine_columns_with_its_length(world, tmp_path):
    text, about, places = export_game(world, GAME_ID, "mot", tmp_path)
    assert text.read_text().splitlines()[0] == "1,2,0,0,9,9,1,1,1"
    assert "frameRate=10\nseqLength=71\n" in about.read_text()
    assert places.read_text().splitlines()[1] == "1,2,0.0,0.8984375,5.0,5.0"


def test_coco_is_read_by_its_own_library(world, tmp_path, capsys):
    (file,) = export_game(world, GAME_ID, "coco", tmp_path)
    coco = COCO(str(file))
    capsys.readouterr()
    assert len(coco.getImgIds()) == 71
    count = {
        c["name"]: len(coco.getAnnIds(catIds=[c["id"]])) for c in coco.loadCats(coco.getCatIds())
    }
    assert count == {"player": 4 * 71, "referee": 71, "ball": 71, "other": 0}
    (centre,) = (
        a for a in coco.loadAnns(coco.getAnnIds(imgIds=[20])) if a.get("player_id") == "H5"
    )
    assert (centre["bbox"], centre["track_id"]) == ([0, 0, 9, 9], 5)
    assert (centre["segmentation"], coco.imgs[20]["width"]) == ([], None)


def test_coco_has_masks_and_sizes_where_people_were_tracked_by_masks(world, tmp_path):
    """The archive holds one mask of frame 20, a triangle in the box that everybody has."""
    (file,) = export_game(world, UNEVEN_ID, "coco", tmp_path)
    content = json.loads(file.read_text())
    (image,) = (image for image in content["images"] if image["frame_index"] == 20)
    assert (image["width"], image["height"]) == (32, 18)
    people = [a for a in content["annotations"] if a["image_id"] == 20 and a["category_id"] < 3]
    assert {a["area"] for a in people} == {45}
    encoded = people[0]["segmentation"]
    assert (mask.decode(encoded) == triangle()).all()
    others = [a for a in content["annotations"] if a["image_id"] == 21]
    assert {len(a["segmentation"]) for a in others} == {0}


def test_cdf_names_both_sides_in_metres(world, tmp_path):
    (file,) = export_game(world, GAME_ID, "cdf-jsonl", tmp_path)
    frames = [json.loads(line) for line in file.read_text().splitlines()]
    assert [frame["frame_id"] for frame in frames] == list(range(71))
    frame = frames[20]
    assert frame["teams"]["home"] == {"id": "HOM", "players": [
        {"id": "H1", "x": 5.0, "y": 5.0}, {"id": "H5", "x": 12.0, "y": 0.0}]}  # fmt: skip
    assert [player["id"] for player in frame["teams"]["away"]["players"]] == [None, "A1"]
    assert frame["referees"] == [{"id": None, "x": -3.0, "y": 7.5}]
    assert (frame["ball_poss_team_id"], frame["ball"]) == ("HOM", {"x": 5.0, "y": 5.0, "z": None})
    assert (frame["period"], frame["ball_status"], frame["timestamp"]) == (1, True, None)


def sportvu_json():
    """Two events of one second that share half of their moments; the clock stands in the second."""

    def moment(step, clock):
        ms = 1_446_000_000_000 + 40 * step
        entities = [[-1, -1, 47.0, 25.0, 4.0], [10, 7, 47.0 + step, 25.0, 0], [20, 8, 0.0, 50.0, 0]]
        return [1, ms, clock, 24.0, None, entities]

    def team(number, player, jersey):
        people = {
            "playerid": player,
            "firstname": "Ann",
            "lastname": f"Of {number}",
            "jersey": jersey,
        }
        return {"teamid": number, "players": [people]}

    sides = {"home": team(10, 7, "00"), "visitor": team(20, 8, "0")}
    moments = [moment(step, 700 - 0.04 * min(step, 25)) for step in range(38)]
    events = [sides | {"moments": moments[:25]}, sides | {"moments": moments[13:]}]
    return {"gameid": "0021500001", "gamedate": "2015-10-28", "events": events}


def test_sportvu_json_tells_each_moment_once(tmp_path):
    file = tmp_path / "game.json"
    file.write_text(json.dumps(sportvu_json()))
    recording = read_sportvu_json(file)
    assert (recording.season, str(recording.date)) == ("2015-16", "2015-10-28")
    assert (recording.home_team_id, recording.away_team_id) == ("10", "20")
    assert recording.rosters["jersey_number"].to_pylist() == ["00", "0"]
    assert [len(play.ball_m) for play in recording.plays] == [25, 13]
    mover = recording.plays[1].players_m[:, list(recording.plays[1].player_ids).index("7")]
    assert mover[0] == pytest.approx([25 * FOOT_M, 0.0])
    archive = Archive(str(tmp_path / "archive"))
    import_file(archive, file, "sportvu-json")
    clocks = rows(archive, "select clock_running from clock_frames order by frame_index")
    assert [row["clock_running"] for row in clocks] == [True] * 25 + [False] * 13


CALLED = (
    "EVENTMSGTYPE,EVENTMSGACTIONTYPE,PERIOD,PCTIMESTRING,PERSON1TYPE,PLAYER1_ID\n"
    "12,0,1,12:00,0,0\n2,1,1,11:40,4,7\n"
)


def test_what_was_called_comes_in_with_a_recording(tmp_path):
    file, called = tmp_path / "game.json", tmp_path / "called.csv"
    file.write_text(json.dumps(sportvu_json()))
    called.write_text(CALLED)
    archive = Archive(str(tmp_path / "archive"))
    import_file(archive, file, "sportvu-json", Given(play_by_play=called))
    query = "select kind, game_clock_s, team_id from called_events order by event_index"
    assert [tuple(row.values()) for row in rows(archive, query)] == [
        ("period begin", 720, None),
        ("missed shot", 700, "10"),
    ]
    called.write_text(CALLED.replace("4,7", "4,9"))
    with pytest.raises(GameError, match=r"called\.csv: of another game: 1 of 1 people"):
        import_file(archive, file, "sportvu-json", Given(play_by_play=called))


@pytest.mark.parametrize(
    ("text", "kind", "options", "message"),
    [
        ("1,1,0,0,9,9,1,-1,-1\n", "mot", {}, "which game"),
        ("1,1,0,0,9\n", "mot", {"game_file": True}, "expected 9 columns"),
        ("1,1,0,0,x,9,1,1,1\n", "mot", {"game_file": True}, "numbers with commas"),
        ("0,1,0,0,9,9,1,-1,-1,-1\n", "mot", {"game_file": True}, "frames that count from 1"),
        ("1,1,0,0,9,9,1,-1,-1,-1\n", "mot", {"game_file": True}, "--frame-rate"),
        ("team_id,player_id\n1,2\n", "sportvu-csv", {"season": "2015-16"}, "missing"),
        ("{}", "sportvu-json", {}, "events"),
        ("", "kml", {}, "expected one of"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(tmp_path, text, kind, options, message):
    file, game_file = tmp_path / "input.txt", tmp_path / "game.json"
    file.write_text(text)
    game_file.write_text(json.dumps(GAME_FILE))
    if options.get("game_file"):
        options = {"game_file": game_file}
    with pytest.raises((TableError, GameError), match=message) as caught:
        import_file(Archive(str(tmp_path / "archive")), file, kind, Given(**options))
    assert "input.txt" in str(caught.value) or kind == "kml"


def test_ground_truth_that_is_not_considered_is_left_out(tmp_path):
    file, game_file = tmp_path / "gt.txt", tmp_path / "game.json"
    file.write_text("1,1,10,20,30,40,1,1,1.0\n1,2,0,0,9,9,0,1,1.0\n2,1,11,20,30,40,1,1,0.5\n")
    game_file.write_text(json.dumps(GAME_FILE))
    archive = Archive(str(tmp_path / "archive"))
    import_file(archive, file, "mot", Given(game_file=game_file, frame_rate=25.0))
    found = rows(archive, "from player_frames order by frame_index")
    assert [(r["tracklet_id"], r["time_s"], r["x_max_px"]) for r in found] == [
        (0, 0, 40),
        (0, 0.04, 41),
    ]
    assert found[0]["court_x_m"] is None
