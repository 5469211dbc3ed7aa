"""Labels of action spotting come in as called events; what was spotted goes out as predictions."""

import json
import subprocess
import sys
import venv

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.archive.archive import Archive
from playerid.errors import GameError
from playerid.exchange.formats import export_game
from playerid.exchange.publication import publish_tables
from playerid.game.play_by_play import KnownPeople, read_play_by_play
from playerid.game.play_by_play.spotting_labels import ACTIONS, BALL_ACTIONS
from playerid.tables import PUBLIC_TABLES
from playerid.warehouse.ask import open_warehouse
from tests.sql.handmade import Game, Person, open_game

KIND = "soccernet-spotting"
GAME_ID = "0020000001"
PEOPLE = KnownPeople({}, sides={"home": "HOM", "away": "AWY"})
LABELS = {
    "UrlLocal": "somewhere", "gameHomeTeam": "Home", "gameAwayTeam": "Away",
    "annotations": [
        {"gameTime": "1 - 00:00", "label": "Kick-off", "position": "211", "team": "away",
         "visibility": "visible"},
        {"gameTime": "1 - 46:10", "label": "Corner", "position": "2770500", "team": "home",
         "visibility": "not shown"},
        {"gameTime": "2 - 03:20", "label": "Ball out of play", "position": "200000",
         "team": "not applicable", "visibility": "visible"},
        {"gameTime": "2 - 04:00", "label": "Streaker", "position": "240000", "team": "",
         "visibility": "visible"},
    ],
}  # fmt: skip


def test_labels_come_in_as_called_events():
    rows = read_play_by_play(json.dumps(LABELS).encode(), "Labels-v2.json", GAME_ID, PEOPLE)
    columns = ("kind", "period", "team_id", "description")
    assert [tuple(row[name] for name in columns) for row in rows.to_pylist()] == [
        ("kick-off", 1, "AWY", "Kick-off"),
        ("corner", 1, "HOM", "Corner (not shown)"),
        ("ball out of play", 2, None, "Ball out of play"),
        ("other", 2, None, "Streaker"),
    ]
    # The clock counts down from 45 minutes, and below 0 in time added.
    assert rows["game_clock_s"].to_pylist() == pytest.approx([2699.789, -70.5, 2500, 2460])


def test_every_class_has_a_kind():
    assert (len(ACTIONS), len(BALL_ACTIONS)) == (17, 12)
    assert len(set(ACTIONS.values())) == 17


def test_a_time_that_is_none_is_said():
    labels = {"annotations": [LABELS["annotations"][0] | {"gameTime": "early"}]}
    with pytest.raises(GameError, match=r"(?s)Labels-v2\.json: 1 mistake.*gameTime"):
        read_play_by_play(json.dumps(labels).encode(), "Labels-v2.json", GAME_ID, PEOPLE)


def thrown_in(time_s):
    """Where the ball is: out over the far touchline at 2 s, thrown in at 9 s."""
    for until, start, end in (
        (1.0, (0.0, 30.0), (0.0, 30.0)), (3.0, (0.0, 30.0), (8.0, 38.0)), (8.0, None, None),
        (9.2, (4.5, 33.8), (4.5, 33.8)), (10.1, (4.5, 33.8), (4.5, 24.0)),
    ):  # fmt: skip
        if time_s <= until:
            if start is None:
                return None
            begin = {3.0: 1.0, 10.1: 9.2}.get(until, 0.0)
            share = (time_s - begin) / (until - begin)
            return tuple(a + share * (b - a) for a, b in zip(start, end, strict=True))
    return None


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A game of 10 s in which the ball is thrown in, half an hour into the second period."""
    folder = tmp_path_factory.mktemp("spotted")
    people = [
        Person(1, "HOM", lambda _: (-20.0, 0.0), "H1", 0.9),
        Person(11, "AWY", lambda _: (4.0, 34.2), "A1", 0.9),
    ]
    game = Game(people, 10.0, league="ifab", period=lambda _: 2, holder=lambda _: None)
    open_game(folder, game).close()
    tables = {t.name: pq.read_table(folder / f"{t.name}-{GAME_ID}.parquet") for t in PUBLIC_TABLES}
    balls = tables["ball_frames"].to_pylist()
    balls = [
        row | {"court_x_m": place[0], "court_y_m": place[1]}
        for row in balls if (place := thrown_in(row["time_s"])) is not None
    ]  # fmt: skip
    schema = tables["ball_frames"].schema
    tables["ball_frames"] = pa.Table.from_pylist(balls, schema)
    archive = Archive(str(folder / "archive"))
    publish_tables(archive, tables)
    return archive


def test_events_are_spotted_when_a_game_is_published(world):
    connection = open_warehouse(world)
    try:
        found = connection.sql(
            "select kind, team_id, period, round(time_s), round(game_clock_s), spotter,"
            " segment_index from spotted_events order by event_index"
        ).fetchall()
    finally:
        connection.close()
    assert found == [
        ("ball out of play", None, 2, 2, 598, "rules", 0),
        ("throw-in", "AWY", 2, 9, 591, "rules", 0),
    ]


def test_spotted_events_go_out_as_predictions(world, tmp_path):
    (file,) = export_game(world, GAME_ID, KIND, tmp_path)
    assert file == tmp_path / GAME_ID / "results_spotting.json"
    written = json.loads(file.read_text())
    assert written["UrlLocal"] == GAME_ID
    first, second = written["predictions"]
    # 600 s on the clock at the beginning: 35:00 played; out 2 s later.
    assert (first["gameTime"], first["label"], first["half"]) == ("2 - 35:02", "Ball out of play",
                                                                  "2")  # fmt: skip
    assert int(first["position"]) == pytest.approx(2_102_000, abs=100)
    assert (second["label"], second["confidence"]) == ("Throw-in", 0.9)
    assert int(second["position"]) == pytest.approx(2_109_000, abs=500)


SCORE = """
import json, sys
from SoccerNet.Evaluation.ActionSpotting import evaluate
results = evaluate(SoccerNet_path=sys.argv[1], Predictions_path=sys.argv[2], dataset=None,
                   version=2, metric=sys.argv[3], EVENT_DICTIONARY=json.loads(sys.argv[4]))
print(json.dumps([float(results["a_mAP"]), [float(v) for v in results["a_mAP_per_class"]]]))
"""


@pytest.mark.slow
def test_the_official_scorer_reads_our_predictions(world, tmp_path):
    """`SoccerNet`, whose packages do not fit beside ours, in an environment of its own."""
    (file,) = export_game(world, GAME_ID, KIND, tmp_path / "found")
    labels = {"annotations": [
        {"gameTime": "2 - 35:02", "label": "Ball out of play", "position": "2102500",
         "team": "not applicable", "visibility": "visible"},
        {"gameTime": "2 - 35:20", "label": "Throw-in", "position": "2120000", "team": "away",
         "visibility": "visible"},
    ]}  # fmt: skip
    truth = tmp_path / "truth" / GAME_ID
    truth.mkdir(parents=True)
    (truth / "Labels-v2.json").write_text(json.dumps(labels))
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "SoccerNet==0.2.0"], check=True)
    classes = json.dumps({"Ball out of play": 0, "Throw-in": 1})
    scores = {}
    for metric in ("tight", "loose"):
        done = subprocess.run(
            [python, "-c", SCORE, str(tmp_path / "truth"), str(file.parent.parent), metric,
             classes],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        scores[metric] = json.loads(done.stdout.splitlines()[-1])
    sys.stdout.write(f"{scores}\n")
    # The first is 0.5 s off, within every tolerance of the loose ones; the second 11 s.
    assert scores["loose"][1][0] == pytest.approx(1.0, abs=0.01)
    assert 0 < scores["loose"][1][1] < 1
    assert scores["tight"][1][1] == 0
