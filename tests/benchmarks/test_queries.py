"""How long the questions take on one game of a million rows, beside polars on the same files.

Run with `pytest -m slow tests/benchmarks/test_queries.py`.
"""

import polars as pl
import pytest

from playerid import warehouse
from tests.benchmarks.games import write_game

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


def test_player_of_a_game(benchmark, connection):
    rows, _ = benchmark(lambda: connection.execute(PLAYER).fetchone())
    assert rows > 50_000


def test_player_of_a_game_in_polars(benchmark, files):
    def question():
        return (
            pl.scan_parquet(files["player_frames"])
            .filter(pl.col("game_id") == "0020000001", pl.col("player_id") == "p3")
            .select(pl.len(), pl.col("court_x_m").mean())
            .collect()
            .row(0)
        )

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


@pytest.mark.parametrize("view", ["three_second_violations", "lane_time", "player_distance"])
def test_statistic_of_a_game(benchmark, connection, view):
    rows = benchmark.pedantic(lambda: connection.execute(f"from {view}").fetchall(), rounds=3)
    assert rows
