import os

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid import queries
from playerid.errors import TableError
from playerid.leagues import load_league
from playerid.tables import PUBLIC_TABLES, ROSTERS
from playerid.warehouse import warehouse
from playerid.warehouse.rule_table import league_columns

ROW = {
    "game_id": "0020000001",
    "player_id": "p1",
    "team_id": "HOM",
    "player_name": "O'Neal",
    "jersey_number": "00",
    "active": True,
    "roster_role": None,
    "played_s": None,
}


@pytest.fixture(scope="module")
def connection():
    """A warehouse without games."""
    return warehouse.connect({})


def roster(**changes):
    return pa.Table.from_pylist([{**ROW, **changes}], ROSTERS.schema)


def kind_of(column):
    """Type without what DuckDB words differently: names of list items, units of timestamps."""
    if pa.types.is_list(column.type):
        return f"list of {column.type.value_type}"
    return "timestamp" if pa.types.is_timestamp(column.type) else str(column.type)


@pytest.mark.parametrize("table", PUBLIC_TABLES, ids=lambda table: table.name)
def test_a_table_without_files_is_empty_and_typed_as_declared(connection, table):
    rows = connection.sql(f"from {table.name}").to_arrow_table()
    assert rows.num_rows == 0
    assert [(c.name, kind_of(c)) for c in rows.schema] == [
        (c.name, kind_of(c)) for c in table.schema
    ]


def test_only_the_listed_files_are_read(tmp_path):
    for name in ("a", "b"):
        pq.write_table(roster(player_id=name), tmp_path / f"{name}.parquet")
    connection = warehouse.connect({"rosters": [str(tmp_path / "a.parquet")]})
    assert connection.execute("select player_id from rosters").fetchall() == [("a",)]


def test_game_ids_keep_their_zeros_in_published_paths(tmp_path):
    files = []
    for game in ("0020000001", "0020000002"):
        folder = tmp_path / "rosters" / "season=2025" / f"game_id={game}"
        folder.mkdir(parents=True)
        pq.write_table(roster(game_id=game), folder / "abc.parquet")
        files.append(str(folder / "abc.parquet"))
    connection = warehouse.connect({"rosters": files})
    query = "select game_id, jersey_number from rosters where game_id = '0020000002'"
    assert connection.execute(query).fetchall() == [("0020000002", "00")]
    plan = connection.execute(f"explain analyze {query}").fetchall()[0][1]
    assert "Scanning Files: 1/2" in plan or "Total Files Read: 1" in plan


@pytest.mark.parametrize("prefix", ["", "memory://"])
def test_files_of_a_file_system(prefix):
    filesystem = fsspec.filesystem("memory")
    with filesystem.open("/warehouse/rosters.parquet", "wb") as file:
        pq.write_table(roster(), file)
    connection = warehouse.connect({"rosters": [f"{prefix}/warehouse/rosters.parquet"]}, filesystem)
    assert connection.execute("select player_name from rosters").fetchall() == [("O'Neal",)]
    warehouse.disconnect(connection)
    with pytest.raises(duckdb.ConnectionException):
        connection.execute("select 1")


def test_a_quote_in_a_path(tmp_path):
    path = tmp_path / "o'neal.parquet"
    pq.write_table(roster(), path)
    connection = warehouse.connect({"rosters": [os.fspath(path)]})
    assert connection.execute("select count(*) from rosters").fetchone() == (1,)


def test_script_makes_the_same_views_elsewhere(tmp_path):
    pq.write_table(roster(), tmp_path / "r.parquet")
    elsewhere = duckdb.connect()
    elsewhere.execute(warehouse.script({"rosters": [str(tmp_path / "r.parquet")]}))
    assert elsewhere.execute("select player_id from rosters").fetchall() == [("p1",)]
    views = {
        name for (name,) in elsewhere.execute("select view_name from duckdb_views()").fetchall()
    }
    assert {view.name for view in queries.views()} <= views


def test_script_can_run_twice():
    connection = warehouse.connect({})
    connection.execute(warehouse.script({}))
    assert connection.execute("select count(*) from games").fetchone() == (0,)


def test_leagues_hold_the_rules_of_the_league_files(connection):
    row = connection.execute(
        "select lane_width_m, basket_x_m, three_point_straight_m, period_s, lane_limit_s,"
        " defensive_three_seconds from leagues where league = 'nba'"
    ).fetchone()
    court = load_league("nba").court
    assert row == (
        court.lane_width,
        court.basket_x,
        court.three_point_straight,
        720,
        3.0,
        True,
    )
    assert court.lane_width == pytest.approx(4.8768)


def test_columns_carry_their_meaning(connection):
    (comment,) = connection.execute(
        "select comment from duckdb_columns()"
        " where table_name = 'lane_time' and column_name = 'offence_s'"
    ).fetchone()
    assert comment == "Observed while the own team controls the ball in its frontcourt, seconds."


def test_everything_in_a_session_and_in_its_script_says_what_it_is(tmp_path):
    pq.write_table(roster(), tmp_path / "r.parquet")
    session = duckdb.connect()
    session.execute(warehouse.script({"rosters": [str(tmp_path / "r.parquet")]}))
    kinds = {
        "table": "duckdb_tables()",
        "view": "duckdb_views()",
        "column": "duckdb_columns()",
        "function": "duckdb_functions()",
    }
    for kind, found in kinds.items():
        rows = session.execute(
            f"select {kind}_name, comment from {found} where not internal"
        ).fetchall()
        assert len(rows) >= (1 if kind == "table" else 30)
        assert [name for name, comment in rows if not comment] == []


def test_the_comments_of_leagues_are_those_of_its_columns(connection):
    columns = [row[0] for row in connection.execute("describe leagues").fetchall()]
    assert columns == [name for name, _ in league_columns()]


def test_an_unknown_table_is_refused():
    with pytest.raises(TableError, match="'masks' is not a public table"):
        warehouse.script({"masks": []})


def test_files_without_a_declared_column_are_refused(tmp_path):
    pq.write_table(roster().drop_columns(["active"]), tmp_path / "r.parquet")
    with pytest.raises(TableError, match="active"):
        warehouse.connect({"rosters": [str(tmp_path / "r.parquet")]})


def test_columns_of_a_newer_version_are_ignored(tmp_path):
    newer = roster().append_column("height_m", pa.array([2.16]))
    pq.write_table(newer, tmp_path / "r.parquet")
    connection = warehouse.connect({"rosters": [str(tmp_path / "r.parquet")]})
    assert connection.execute("from rosters").fetchall() == [tuple(ROW.values())]


def published_roster(folder, rows, kind):
    path = folder / f"{'0' * 24}-{kind}.parquet"
    folder.mkdir()
    pq.write_table(rows, path)
    return [str(path)]


def test_views_that_were_made_before_read_the_files_that_are_given_now(tmp_path):
    """Of two archives with tables of the same columns, and a third with other columns."""
    older = roster(player_id="c").drop_columns(["played_s"])
    for name, rows, kind in [
        ("a", roster(player_id="a"), "a" * 8),
        ("b", roster(player_id="b"), "a" * 8),
        ("c", older, "b" * 8),
    ]:
        files = {"rosters": published_roster(tmp_path / name, rows, kind)}
        connection = warehouse.connect(files, as_before=True)
        query = "select player_id, played_s from rosters"
        assert connection.execute(query).fetchall() == [(name, None)]
        assert connection.execute("select count(*) from games").fetchone() == (0,)
        assert connection.execute("select current_database()").fetchone() == ("memory",)


def test_files_that_cannot_be_read_are_not_remembered_as_if_they_could(tmp_path):
    files = {"rosters": published_roster(tmp_path / "a", roster(), "c" * 8)}
    (tmp_path / "a" / f"{'0' * 24}-{'c' * 8}.parquet").write_bytes(b"PAR1")
    for _ in range(2):
        with pytest.raises(TableError, match="missing or damaged"):
            warehouse.connect(files, as_before=True)


def test_parse_header():
    query = (
        "-- What it is.\n--\n-- name     A name;\n--          goes on.\n-- other_s  Time.\nselect 1"
    )
    assert queries.parse_header(query) == (
        "What it is.",
        (("name", "A name; goes on."), ("other_s", "Time.")),
    )


def test_views_made_over_stand_ins_are_those_of_the_script():
    """The script makes them in their order; `connect` the last first, over empty tables."""
    by_script = duckdb.connect()
    by_script.execute(warehouse.script({}))
    told = """
        select schema_name, table_name, column_name, data_type, comment
        from duckdb_columns() where not internal order by all
    """
    defined = """
        select schema_name, view_name, comment from duckdb_views() where not internal order by all
    """
    tables = "select table_name from duckdb_tables() order by all"
    for query in (told, defined, tables):
        expected = by_script.sql(query).fetchall()
        assert expected
        assert warehouse.connect({}).sql(query).fetchall() == expected
