"""The statistics on recorded plays of real games, if the data lie beside the repository."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from playerid.exchange import import_sportvu
from playerid.warehouse import warehouse
from tests.sql.recount import lane_stays

DATA = Path(__file__).parents[3] / "shared" / "data" / "sportvu"
STEP_S = 0.12

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no recorded plays in {DATA}"),
]


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    """Every fourth play: some three hours of ten players."""
    clips = pq.read_table(DATA / "clips.parquet")
    clips = clips.filter(pc.equal(pc.bit_wise_and(clips["clip"], 3), 0))
    positions = pq.read_table(
        DATA / "positions.parquet", filters=pc.field("clip").isin(clips["clip"].to_pylist())
    )
    tables = import_sportvu(clips, positions, pq.read_table(DATA / "players_by_game.parquet"))
    folder = tmp_path_factory.mktemp("sportvu")
    files = {}
    for name, rows in tables.items():
        pq.write_table(rows, folder / f"{name}.parquet")
        files[name] = [str(folder / f"{name}.parquet")]
    return warehouse.connect(files)


def test_lane_stays_agree_with_a_recount(plays):
    rows = plays.sql(
        "select game_id, tracklet_id, time_s, court_x_m, court_y_m from player_frames"
        " order by game_id, tracklet_id, time_s"
    ).to_arrow_table()
    keys = pa.compute.binary_join_element_wise(
        rows["game_id"], rows["tracklet_id"].cast(pa.string()), "/"
    ).to_numpy(zero_copy_only=False)
    times = rows["time_s"].to_numpy()
    xs, ys = (rows[name].to_numpy().astype(float) for name in ("court_x_m", "court_y_m"))
    edges = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1], True])
    expected = {
        (keys[a], round(float(start_s), 3), round(float(end_s), 3))
        for a, b in pairwise(edges)
        for start_s, end_s in lane_stays(times[a:b], xs[a:b], ys[a:b], STEP_S)
    }
    found = plays.execute(
        "select game_id || '/' || tracklet_id, round(start_s, 3), round(end_s, 3) from lane_stays"
    ).fetchall()
    assert len(found) > 5000
    assert set(found) == expected


def test_speed_and_distance_lie_where_the_league_publishes_them(plays):
    # Published: about 4.4 mph (1.95 m/s) while the clock runs; nobody keeps 9 m/s. From position to
    # position, without smoothing, these plays give 1.85 m/s: 2.48 miles in 36 minutes.
    speed, top = plays.execute(
        "select sum(distance_m) / sum(observed_s), max(top_speed_mps) from player_distance"
    ).fetchone()
    assert 1.80 <= speed <= 1.85
    assert top <= 9.0


def test_spacing_is_that_of_five_on_half_a_court(plays):
    (pair,) = plays.execute(
        "select sum(pair_distance_m * observed_s) / sum(observed_s) from spacing"
    ).fetchone()
    assert 5.0 <= pair <= 9.0


def test_checks_pass(plays):
    counts = warehouse.run_checks(plays)
    assert {k: n for k, n in counts.items() if n and k != "player_not_of_team"} == {}


def test_clear_violations_are_a_handful_a_game(plays, record_property):
    # A game has about 80 baskets; the league's reviews list 2.5 and 3.8 a game, at the least.
    (baskets,) = plays.execute(
        "select count(*) from segments where end_s - start_s > 4"  # rebounds are shorter
    ).fetchone()
    rows = plays.execute(
        "select kind, grade, count(*) from three_second_violations group by all order by all"
    ).fetchall()
    record_property("three_second_violations", json.dumps(rows))
    a_game = {kind: 80 * n / baskets for kind, grade, n in rows if grade == "clear"}
    assert 1 <= a_game["offence"] <= 8
    assert 1 <= a_game["defence"] <= 6


def test_the_sides_of_the_teams_are_known(plays):
    # Play-by-play has no sides; within a period they cannot change, whatever play decides.
    known, contradicted = plays.execute(
        "select avg((home_sign is not null)::int), count(*) filter (signs > 1) from ("
        " select home_sign, count(distinct home_sign) over (partition by attack_baskets.game_id,"
        " period) as signs from attack_baskets inner join (select distinct game_id, segment_index,"
        " period from clock_frames) using (game_id, segment_index))"
    ).fetchone()
    assert known >= 0.95
    assert contradicted == 0


def test_touches_and_possessions_are_as_long_as_published(plays):
    # Published: possessions of some 14 s, of which plays show the end; touches of 2 to 4 s.
    (touch_s,) = plays.execute(
        "select avg(duration_s) from touches inner join segments"
        " using (game_id, segment_index) where segments.end_s - segments.start_s > 8"
    ).fetchone()
    assert 1.0 <= touch_s <= 4.0


def test_open_shots_and_distances(plays):
    # Published for 2015-16: about 28 % of attempts were threes; few are from beyond 30 ft.
    threes, far, n = plays.execute(
        "select avg(is_three::int), avg((feet(distance_m) > 30)::int), count(*)"
        " from shot_attempts where distance_m is not null"
    ).fetchone()
    assert n > 500
    assert 0.15 <= threes <= 0.45
    assert far <= 0.05
