"""A game of eleven a side as kloppy reads it, and as the Common Data Format wants it."""

import json
import subprocess
import sys
import venv

import pyarrow.parquet as pq
import pytest
from kloppy import skillcorner
from kloppy.domain import Orientation

from playerid.archive.archive import Archive
from playerid.exchange.formats import Given, export_game, import_file
from playerid.exchange.publication import publish_tables
from playerid.tables import PUBLIC_TABLES
from playerid.warehouse.ask import open_warehouse
from tests.sql.handmade import Game, Person, at, open_game

pytestmark = [  # kloppy leaves its files open
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
GAME_ID = "0020000001"
PEOPLE = [
    Person(1, "HOM", at((-50.0, 0.0)), "H1", 0.99, role="goalkeeper"),
    Person(2, "HOM", lambda t: (-10.0 + t, 5.0), "H2", 0.9),
    Person(3, "HOM", lambda t: (-20.0, 3.0) if t < 2.0 else None),
    Person(101, "AWY", at((50.0, 0.0)), "A1", 0.99, role="goalkeeper"),
    Person(102, "AWY", at((12.0, -8.0)), "A2", 0.9),
    Person(90, None, at((0.0, 10.0)), role="referee"),
    Person(91, None, at((5.0, 20.0))),
    Person(92, None, at((5.0, 33.9)), role="other"),
]


def publish(folder, **changes):
    game = Game(PEOPLE, 4.9, league="ifab", holder=lambda _: 2, **changes)
    open_game(folder, game).close()
    archive = Archive(str(folder / "archive"))
    publish_tables(
        archive,
        {t.name: pq.read_table(folder / f"{t.name}-{GAME_ID}.parquet") for t in PUBLIC_TABLES},
    )
    return archive


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Five seconds; the clock says that 35 minutes of the first period are played."""
    return publish(tmp_path_factory.mktemp("eleven"), team_names=("Home FC", "Away FC"))


@pytest.fixture(scope="module")
def data(world, tmp_path_factory):
    """The same, as kloppy has it."""
    match, tracking = export_game(world, GAME_ID, "skillcorner", tmp_path_factory.mktemp("written"))
    return skillcorner.load(meta_data=str(match), raw_data=str(tracking), coordinates="skillcorner")


def test_kloppy_reads_teams_players_and_pitch(data):
    home, away = data.metadata.teams
    assert (home.name, away.name) == ("Home FC", "Away FC")
    assert {player.last_name for player in home.players} == {"H1", "H2"}
    assert [(player.last_name, player.jersey_no) for player in away.players] == [
        ("A1", 101), ("A2", 102),
    ]  # fmt: skip
    dimensions = data.metadata.pitch_dimensions
    assert (dimensions.pitch_length, dimensions.pitch_width) == (105, 68)
    assert data.metadata.orientation == Orientation.HOME_AWAY
    assert data.metadata.game_id == GAME_ID


def test_kloppy_reads_places_of_the_known_and_of_the_unknown(data):
    assert len(data.records) == 50
    first, last = data.records[0], data.records[-1]
    assert first.period.id == 1
    assert first.timestamp.total_seconds() == pytest.approx(2100.0, abs=0.01)
    places = {player.name: (p.coordinates.x, p.coordinates.y) for player, p in
              first.players_data.items()}  # fmt: skip
    assert places == {
        "Player H1": (-50, 0), "Player H2": (-10, 5), "Anon_3": (-20, 3),
        "Player A1": (50, 0), "Player A2": (12, -8),
    }  # fmt: skip
    # Who has left the picture is not in the frame; the ball is where its holder is.
    assert {player.name for player in last.players_data} == set(places) - {"Anon_3"}
    assert (last.ball_coordinates.x, last.ball_coordinates.y) == pytest.approx(
        (-5.1, 5.0), abs=0.01
    )
    assert last.ball_owning_team.name == "Home FC"


def test_without_a_clock_the_time_is_that_of_the_video(tmp_path, caplog):
    archive = publish(tmp_path, running=None)
    match, tracking = export_game(archive, GAME_ID, "skillcorner", tmp_path)
    assert "no clock was read" in caplog.text
    data = skillcorner.load(meta_data=str(match), raw_data=str(tracking))
    assert data.records[-1].timestamp.total_seconds() == pytest.approx(4.9)


def test_common_data_has_named_periods_and_people(world, tmp_path):
    (file,) = export_game(world, GAME_ID, "cdf-jsonl", tmp_path)
    frames = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(frames) == 50
    frame = frames[10]
    assert (frame["period"], frame["timestamp"]) == ("first_half", "2026-01-02T00:00:01.000Z")
    assert [player["id"] for player in frame["teams"]["home"]["players"]] == [
        "H1", "H2", "tracklet-3",
    ]  # fmt: skip
    assert frame["ball"] == {
        "x": -9.0, "y": 5.0, "z": None, "status": True,
    }  # fmt: skip
    assert frame["officials"] == [{"id": "tracklet-90", "x": 0.0, "y": 10.0}]


def test_common_data_comes_back(world, tmp_path):
    (file,) = export_game(world, GAME_ID, "cdf-jsonl", tmp_path)
    sides = {
        side: {"team_id": team, "name": team, "players": [
            {"player_id": f"{team[0]}{n}", "name": f"{team[0]}{n}", "number": str(n)}
            for n in (1, 2)]}
        for side, team in (("home", "HOM"), ("away", "AWY"))
    }  # fmt: skip
    game_file = tmp_path / "game.json"
    game_file.write_text(json.dumps({
        "game_id": GAME_ID, "season": "2025-26", "date": "2026-01-02", "league": "ifab",
        "videos": ["video.mp4"], **sides,
    }))  # fmt: skip
    archive = Archive(str(tmp_path / "imported"))
    import_file(archive, file, "cdf-jsonl", Given(game_file=game_file))
    connection = open_warehouse(archive)
    try:
        found = connection.sql(
            "select player_id, count(*), round(min(court_x_m)::double, 2) from player_frames"
            " group by all order by all"
        ).fetchall()
        (period,) = connection.sql("select distinct period from clock_frames").fetchall()
    finally:
        connection.close()
    assert found == [("A1", 50, 50.0), ("A2", 50, 12.0), ("H1", 50, -50.0), ("H2", 50, -10.0)]
    assert period == (1,)


VALIDATE = """
import sys, cdf
cdf.TrackingSchemaValidator().validate_schema(sample=sys.argv[1], limit=None, mode="strict")
print("valid")
"""


@pytest.mark.slow
def test_the_validator_of_the_common_data_format_agrees(world, tmp_path):
    """It pins older packages than ours, so that it has an environment of its own."""
    (file,) = export_game(world, GAME_ID, "cdf-jsonl", tmp_path)
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    package = "common-data-format-validator==0.1.1"
    subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)

    def validate(path):
        command = [python, "-c", VALIDATE, str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = validate(file)
    assert done.stdout.splitlines()[-1:] == ["valid"], done.stderr
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text(file.read_text().replace('"first_half"', "1"))
    assert validate(wrong).returncode != 0
    sys.stdout.write(done.stdout)
