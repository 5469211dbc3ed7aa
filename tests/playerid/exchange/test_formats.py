"""A handmade game goes out in every format; what comes back is what the format can hold."""

import json

import pyarrow.parquet as pq
import pytest
from pycocotools.coco import COCO

from playerid.archive.archive import Archive
from playerid.errors import GameError, TableError
from playerid.exchange import publish_tables
from playerid.exchange.formats import export_game, import_file
from playerid.exchange.sportvu import FOOT_M, read_sportvu_json
from playerid.tables import PUBLIC_TABLES
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


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The home centre is in the lane from 1 to 5 s; a referee and somebody unnamed stand by."""
    folder = tmp_path_factory.mktemp("game")
    people = [
        *handler_and_marker(),
        Person(5, "HOM", between(1.0, 5.0, IN_LANE), "H5", 0.95),
        Person(6, None, at((-3.0, 7.5)), role="referee"),
        Person(7, "AWY", at((0.0, -4.0))),
    ]
    game = Game(people, 7.0, game_id=GAME_ID)
    open_game(folder, game).close()
    archive = Archive(str(folder / "archive"))
    files = {t.name: folder / f"{t.name}-{GAME_ID}.parquet" for t in PUBLIC_TABLES}
    publish_tables(archive, {name: pq.read_table(file) for name, file in files.items()})
    return archive


def rows(archive, query):
    connection = open_warehouse(archive)
    try:
        return connection.sql(query).to_arrow_table().to_pylist()
    finally:
        connection.close()


def test_mot_brings_back_frames_people_boxes_and_places(world, tmp_path):
    text, about = export_game(world, GAME_ID, "mot", tmp_path)
    assert text.read_text().splitlines()[0] == "1,2,0,0,9,9,0.8984,5.00,5.00,0"
    assert "frameRate=10\nseqLength=71" in about.read_text()
    game_file = tmp_path / "game.json"
    game_file.write_text(json.dumps(GAME_FILE))
    imported = Archive(str(tmp_path / "imported"))
    import_file(imported, text, "mot", game_file=game_file)
    held = """
        select frame_index, tracklet_id, round(time_s, 3) as time_s, x_min_px, y_max_px,
            detection_score, round(court_x_m, 1) as x, round(court_y_m, 1) as y
        from player_frames order by all
    """
    assert rows(imported, held) == rows(world, held)
    (lost,) = rows(
        imported, "select count(player_id) as named, count(team_id) as teams from players"
    )
    assert lost == {"named": 0, "teams": 0}


def test_sportvu_csv_brings_back_the_violation(world, tmp_path):
    (file,) = export_game(world, GAME_ID, "sportvu-csv", tmp_path)
    imported = Archive(str(tmp_path / "imported"))
    import_file(imported, file, "sportvu-csv", season="2025-26")
    query = """
        select team_id, player_id, round(start_s, 2) as start_s, round(end_s, 2) as end_s, grade,
            round(max_duration_s, 2) as max_duration_s, start_clock_s
        from three_second_violations
    """
    assert rows(imported, query) == rows(world, query)
    assert len(rows(world, query)) == 1
    places = """
        select player_id, round(time_s, 3) as time_s, round(court_x_m, 1) as x,
            round(court_y_m, 1) as y
        from player_frames where player_id is not null order by all
    """
    assert rows(imported, places) == rows(world, places)


def test_coco_is_read_by_its_own_library(world, tmp_path, capsys):
    (file,) = export_game(world, GAME_ID, "coco", tmp_path)
    coco = COCO(str(file))
    capsys.readouterr()
    assert len(coco.getImgIds()) == 71
    count = {
        c["name"]: len(coco.getAnnIds(catIds=[c["id"]])) for c in coco.loadCats(coco.getCatIds())
    }
    assert count == {"player": 4 * 71, "referee": 71, "ball": 71}
    (centre,) = (
        a for a in coco.loadAnns(coco.getAnnIds(imgIds=[20])) if a.get("player_id") == "H5"
    )
    assert (centre["bbox"], centre["track_id"]) == ([0, 0, 9, 9], 5)


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
    import_file(archive, file, "sportvu-json", play_by_play=called)
    query = "select kind, game_clock_s, team_id from called_events order by event_index"
    assert [tuple(row.values()) for row in rows(archive, query)] == [
        ("period begin", 720, None),
        ("missed shot", 700, "10"),
    ]
    called.write_text(CALLED.replace("4,7", "4,9"))
    with pytest.raises(GameError, match=r"called\.csv: event 1: player 9 is on neither roster"):
        import_file(archive, file, "sportvu-json", play_by_play=called)


@pytest.mark.parametrize(
    ("text", "kind", "options", "message"),
    [
        ("1,1,0,0,9,9,1,-1,-1\n", "mot", {}, "which game"),
        ("1,1,0,0,9\n", "mot", {"game_file": True}, "expected 9 columns"),
        ("1,1,0,0,x,9,1,1,1\n", "mot", {"game_file": True}, "numbers with commas"),
        ("0,1,0,0,9,9,1,-1,-1,-1\n", "mot", {"game_file": True}, "count from 1"),
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
        import_file(Archive(str(tmp_path / "archive")), file, kind, **options)
    assert "input.txt" in str(caught.value) or kind == "kml"


def test_ground_truth_that_is_not_considered_is_left_out(tmp_path):
    file, game_file = tmp_path / "gt.txt", tmp_path / "game.json"
    file.write_text("1,1,10,20,30,40,1,1,1.0\n1,2,0,0,9,9,0,1,1.0\n2,1,11,20,30,40,1,1,0.5\n")
    game_file.write_text(json.dumps(GAME_FILE))
    archive = Archive(str(tmp_path / "archive"))
    import_file(archive, file, "mot", game_file=game_file, frame_rate=25.0)
    found = rows(archive, "from player_frames order by frame_index")
    assert [(r["tracklet_id"], r["time_s"], r["x_max_px"]) for r in found] == [
        (0, 0, 40),
        (0, 0.04, 41),
    ]
    assert found[0]["court_x_m"] is None
