"""How long the questions take on one game of a million rows, beside polars and pandas on the same
files; and on the stored answers of a season of 1,230 games: those of one game, written 1,230 times.

Run with `pytest -m slow tests/benchmarks/test_queries.py`.
"""

import timeit
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from playerid.publish.answers import answer
from playerid.warehouse import warehouse
from tests.benchmarks.games import write_answers, write_game, write_season

pytestmark = pytest.mark.slow
PLAYER = (
    "select count(*), avg(court_x_m) from player_frames"
    " where game_id = '0020000001' and player_id = 'p3'"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write_game(tmp_path_factory.mktemp("game"))


@pytest.fixture(scope="module")
def connection(files):
    return warehouse.connect(files)


@pytest.fixture(scope="module")
def answers(tmp_path_factory, files):
    return write_answers(tmp_path_factory.mktemp("answers"), warehouse.connect(files))


@pytest.fixture(scope="module")
def published(files, answers):
    """The same game as it is published: with its answers."""
    return warehouse.connect({**files, **answers})


@pytest.fixture(scope="module")
def season_files(tmp_path_factory, answers):
    return write_season(tmp_path_factory.mktemp("season"), answers, 1230)


@pytest.fixture(scope="module")
def season(season_files):
    return warehouse.connect(season_files)


def polars_stays(files):
    """`lane_stays` of the players of a game in polars: number and total length."""
    half_length, half_width = 14.3256, 2.4384
    along = pl.max_horizontal(
        half_length - 5.7912 - pl.col("court_x_m").abs(),
        pl.col("court_x_m").abs() - half_length - 1.2192,
    )
    across = pl.col("court_y_m").abs() - half_width
    distance = (
        pl.when((along <= 0) | (across <= 0))
        .then(pl.max_horizontal(along, across))
        .otherwise((along**2 + across**2).sqrt())
    )
    path = ["segment_index", "subject"]
    gap = (pl.col("time_s") - pl.col("previous_s") - 1 / 30).round(3) > 0.5
    last_gap = (
        pl.col("next_s").shift().over(path) - pl.col("time_s").shift().over(path) - 1 / 30
    ).round(3) > 0.5
    was_out = (pl.col("previous_s") - pl.col("next_s").shift().over(path)).round(3) >= 0.2
    half = pl.col("court_x_m") > 0
    is_new = gap | last_gap | was_out | (half != half.shift().over(path))
    return (
        pl.scan_parquet(files["player_frames"])
        .filter(pl.col("role") == "player", pl.col("court_x_m").is_not_null())
        .with_columns(
            pl.col("court_x_m", "court_y_m").cast(pl.Float64),
            subject=pl.coalesce("player_id", pl.col("tracklet_id").cast(pl.String)),
        )
        .sort(*path, "time_s")
        .with_columns(
            distance=distance,
            previous_s=pl.col("time_s").shift().over(path),
            next_s=pl.col("time_s").shift(-1).over(path),
        )
        .filter(pl.col("distance") <= 0.35)
        .with_columns(stay=is_new.fill_null(value=True).cum_sum().over(path))
        .group_by(*path, "stay")
        .agg(
            start_s=pl.col("time_s").filter(pl.col("distance") <= 0.20).min(),
            end_s=pl.col("time_s").max(),
        )
        .drop_nulls("start_s")
        .select(pl.len(), (pl.col("end_s") - pl.col("start_s")).sum())
        .collect()
        .row(0)
    )


def test_opening_a_game(benchmark, files):
    """Beside the script that makes the same views in anybody's DuckDB."""
    benchmark(lambda: warehouse.disconnect(warehouse.connect(files)))

    def made_anew():
        with duckdb.connect() as connection:
            connection.execute(warehouse.script(files))

    assert benchmark.stats["min"] <= min(timeit.repeat(made_anew, number=1, repeat=3)) / 5


def test_bytes_a_row(files):
    path = Path(files["player_frames"][0])
    assert path.stat().st_size <= 11 * pq.read_metadata(path).num_rows


def polars_player(files):
    """The same in polars: rows and mean."""
    return (
        pl.scan_parquet(files["player_frames"])
        .filter(pl.col("game_id") == "0020000001", pl.col("player_id") == "p3")
        .select(pl.len(), pl.col("court_x_m").mean())
        .collect()
        .row(0)
    )


def test_player_of_a_game(benchmark, connection, files):
    rows, _ = benchmark(lambda: connection.execute(PLAYER).fetchone())
    assert rows > 50_000
    busy_s = min(timeit.repeat(lambda: polars_player(files), number=1, repeat=5))
    assert benchmark.stats["min"] <= max(0.020, busy_s)  # others may keep the machine busy


def test_player_of_a_game_in_polars(benchmark, files):
    rows, _ = benchmark(lambda: polars_player(files))
    assert rows > 50_000


def test_player_of_a_game_in_pandas(benchmark, files):
    def question():
        rows = pd.read_parquet(
            files["player_frames"][0],
            columns=["court_x_m"],
            filters=[("game_id", "==", "0020000001"), ("player_id", "==", "p3")],
        )
        return len(rows), rows["court_x_m"].mean()

    rows, _ = benchmark(question)
    assert rows > 50_000


def test_lane_stays(benchmark, connection):
    query = "select count(*), sum(duration_s) from lane_stays"
    count, _ = benchmark.pedantic(lambda: connection.execute(query).fetchone(), rounds=3)
    assert count > 1000


def test_lane_stays_in_polars_are_the_same(benchmark, connection, files):
    count, seconds_s = benchmark.pedantic(lambda: polars_stays(files), rounds=3)
    found = connection.execute("select count(*), sum(duration_s) from lane_stays").fetchone()
    assert found == (count, pytest.approx(seconds_s, abs=0.001 * count))


@pytest.mark.parametrize("view", ["lane_time", "player_distance", "touches", "spacing"])
def test_statistic_of_a_published_game(benchmark, published, view):
    rows = benchmark.pedantic(lambda: published.execute(f"from {view}").fetchall(), rounds=3)
    assert rows


def test_answers_of_a_game(benchmark, files):
    """All that publishing a game computes."""
    tables = benchmark.pedantic(lambda: list(answer(warehouse.connect(files))), rounds=1)
    assert all(rows.num_rows for table, rows in tables if table.name != "shot_attempts")


CHECK = "select kind, grade, count(*) from three_second_violations group by all order by all"


def test_three_seconds_of_a_published_game(benchmark, connection, published):
    found = benchmark(lambda: published.execute(CHECK).fetchall())
    assert found == connection.execute(CHECK).fetchall()
    assert benchmark.stats["min"] <= 0.080


SEASON = (
    "select team_id, sum(duration_s) as lane_s, max(duration_s) from lane_stays"
    " where not censored group by all order by all"
)


def test_three_seconds_of_a_season(benchmark, season):
    rows = benchmark.pedantic(lambda: season.execute(CHECK).fetchall(), rounds=5)
    assert sum(count for *_, count in rows) % 1230 == 0
    assert benchmark.stats["min"] <= 1.0


def test_lane_stays_of_a_season(benchmark, season):
    rows = benchmark.pedantic(lambda: season.execute(SEASON).fetchall(), rounds=5)
    assert [team for team, *_ in rows] == ["AWY", "HOM"]
    assert benchmark.stats["min"] <= 1.0


def test_lane_stays_of_a_season_in_polars(benchmark, season, season_files):
    def question():
        return (
            pl.scan_parquet(season_files["lane_stays"])
            .filter(~pl.col("censored"))
            .group_by("team_id")
            .agg(pl.col("duration_s").sum(), pl.col("duration_s").max().alias("longest_s"))
            .sort("team_id")
            .collect()
            .rows()
        )

    rows = benchmark.pedantic(question, rounds=5)
    found = season.execute(SEASON).fetchall()
    assert [r[0] for r in rows] == [r[0] for r in found]
    assert [r[1] for r in rows] == pytest.approx([r[1] for r in found])


def test_lane_stays_of_a_season_in_pandas(benchmark, season, season_files):
    def question():
        rows = pd.read_parquet(season_files["lane_stays"], partitioning=None)
        stays = rows[~rows["censored"]].groupby("team_id")["duration_s"]
        return stays.agg(["sum", "max"])

    rows = benchmark.pedantic(question, rounds=2)
    assert len(rows) == len(season.execute(SEASON).fetchall())
