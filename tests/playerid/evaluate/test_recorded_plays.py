"""Recorded plays as a warehouse, what shots are worth, and the table of both."""

import io
import tarfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.errors import LabelsError
from playerid.evaluate.recorded_plays import open_plays
from playerid.evaluate.recorded_table import as_markdown
from playerid.evaluate.shot_fit import TERMS, fit_shots, weights_query
from playerid.queries import parse_header, views
from playerid.warehouse.warehouse import connect

CALLS = (
    "GAME_ID,EVENTNUM,EVENTMSGTYPE,EVENTMSGACTIONTYPE,PERIOD,PCTIMESTRING,HOMEDESCRIPTION,SCORE,"
    "PERSON1TYPE,PLAYER1_ID,PLAYER1_TEAM_ABBREVIATION\n"
    "0021500001,1,1,1,1,9:58,made it,0 - 2,4,1,HOM\n"
)


@pytest.fixture
def folder(tmp_path):
    """One play of each of two games: two players and the ball stand for 1.2 s."""
    games = ["0021500001", "0021500002"]
    clips = [
        {"clip": k, "game_id": game, "team_a": "HOM", "team_b": "AWY", "quarter": 1,
         "clock_start_s": 600.0}
        for k, game in enumerate(games)
    ]  # fmt: skip
    positions = [
        {"clip": k, "step": step, "player_id": who, "x_ft": 60.0 + who, "y_ft": 20.0}
        for k in range(2) for step in range(10) for who in (-1, 1, 2)
    ]  # fmt: skip
    players = [
        {"game_id": game, "player_id": who, "team": team, "name": f"Player {who}"}
        for game in games for who, team in ((1, "HOM"), (2, "AWY"))
    ]  # fmt: skip
    for name, rows in (("clips", clips), ("positions", positions), ("players_by_game", players)):
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{name}.parquet")
    content = CALLS.encode()
    with tarfile.open(tmp_path / "play_by_play_1_games.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo(f"events/{games[0]}.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return tmp_path


def test_recorded_plays_are_made_once(folder):
    kept = folder / "kept"
    connection = open_plays(folder, kept, games=1)
    assert connection.execute("select count(*) from player_frames").fetchone() == (40,)
    assert connection.execute("select game_id, player_id from called_events").fetchall() == [
        ("0021500001", "1")
    ]
    made = {path: path.stat().st_mtime_ns for path in kept.rglob("*.parquet")}
    assert any(path.stem == "team_control" for path in made)
    open_plays(folder, kept, games=1)
    assert {path: path.stat().st_mtime_ns for path in kept.rglob("*.parquet")} == made


def test_a_missing_file_is_named(folder):
    (folder / "positions.parquet").unlink()
    with pytest.raises(LabelsError, match=r"expected positions\.parquet"):
        open_plays(folder, folder / "kept")


def shots(count=6000):
    """Shots of 30 games whose odds to fall are 1 - 0.2 * metres, and 0.5 more for a three."""
    random = np.random.default_rng(5)
    terms = {name: np.zeros(count) for name in TERMS}
    terms["distance_score"] = random.uniform(0, 9, count)
    terms["three_score"] = (random.uniform(size=count) < 0.3).astype(float)
    odds = 1 - 0.2 * terms["distance_score"] + 0.5 * terms["three_score"]
    return pa.table({
        "game_id": [str(k % 30) for k in range(count)],
        **terms,
        "is_three": terms["three_score"] > 0,
        "is_made": random.uniform(size=count) < 1 / (1 + np.exp(-odds)),
    })  # fmt: skip


def test_the_fit_finds_the_weights_and_says_how_well_it_is_calibrated():
    fit = fit_shots(shots())
    assert fit.weights["intercept_score"] == pytest.approx(1, abs=0.15)
    assert fit.weights["distance_score"] == pytest.approx(-0.2, abs=0.03)
    assert fit.weights["three_score"] == pytest.approx(0.5, abs=0.15)
    assert fit.weights["open_score"] == 0
    assert fit.calibration_error < 0.04
    assert fit.brier < fit.brier_of_mean
    assert (fit.games, sum(n for *_, n in fit.bands())) == (30, 6000)


def test_the_query_of_the_weights_has_the_columns_that_shot_values_reads():
    fit = fit_shots(shots(600))
    query = weights_query(fit)
    (published,) = [view for view in views() if view.name == "shot_weights"]
    assert [name for name, _ in parse_header(query)[1]] == [n for n, _ in published.columns]
    answer = connect({}).execute(query)
    assert [column[0] for column in answer.description] == list(fit.weights)
    weights = list(map(float, answer.fetchone()))
    assert weights == pytest.approx(list(fit.weights.values()), abs=0.0001)


def test_rows_become_a_table_in_markdown():
    rows = [{"figure": "speed", "here": "4.1", "elsewhere": ""}]
    assert as_markdown(rows) == (
        "| figure | here | elsewhere |\n| --- | --- | --- |\n| speed | 4.1 |  |"
    )
