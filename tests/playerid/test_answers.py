"""Materialised views: stored with a published game, computed where they are not."""

from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid import catalog
from playerid.archive import Archive
from playerid.ask import ask, open_warehouse
from playerid.errors import ArchiveError, TableError
from playerid.exchange.publish import publish_tables
from playerid.tables import MATERIALISED, PUBLIC_TABLES
from playerid.warehouse import disconnect, materialised_tables
from tests.sql.handmade import IN_LANE, Game, Person, at, handler_and_marker, open_game

COUNT = "select game_id, count(*) from {} group by all order by all"


@pytest.fixture
def archive(tmp_path):
    """Two published games of five seconds, with a centre who stays in the lane."""
    archive = Archive(str(tmp_path / "archive"))
    for game_id in ("0020000001", "0020000002"):
        folder = tmp_path / game_id
        folder.mkdir()
        people = [*handler_and_marker(), Person(5, "HOM", at(IN_LANE), "H5", 0.9)]
        open_game(folder, Game(people, 5.0, game_id=game_id)).close()
        rows = {
            t.name: pq.read_table(folder / f"{t.name}-{game_id}.parquet") for t in PUBLIC_TABLES
        }
        publish_tables(archive, rows)
    return archive


def stored_path(archive, game, table):
    """Where the object of a table is, on this machine."""
    return archive.path(catalog.entries(archive)[game].tables[table].path)


def answers(archive, view):
    connection = open_warehouse(archive)
    try:
        return connection.execute(f"from {view} order by all").fetchall()
    finally:
        disconnect(connection)


@pytest.mark.parametrize("table", materialised_tables(), ids=lambda table: table.name)
def test_stored_rows_are_those_of_the_query(archive, table):
    stored = answers(archive, table.name)
    assert stored == answers(archive, f"recomputed.{table.name}")
    assert stored or table.name == "shot_attempts"


def test_stored_rows_are_read_and_not_computed(archive):
    name = next(k for k in catalog.entries(archive)[0].tables if k.startswith("lane_stays-"))
    path = stored_path(archive, 0, name)
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    assert {row[0] for row in answers(archive, "lane_stays")} == {"0020000002"}
    assert {row[0] for row in answers(archive, "recomputed.lane_stays")} > {"0020000002"}


@pytest.mark.parametrize(
    "rename",
    [
        pytest.param(lambda name: None, id="published before there were any"),
        pytest.param(lambda name: f"{name.split('-')[0]}-00000000", id="of other queries"),
    ],
)
def test_a_game_without_stored_rows_makes_all_of_them_computed(archive, rename):
    first, second = catalog.entries(archive)
    tables = {t.name: first.tables[t.name] for t in PUBLIC_TABLES}
    for name, manifest in first.tables.items():
        if name not in tables and rename(name):
            tables[rename(name)] = manifest
    files = catalog.table_files(archive, [replace(first, tables=tables), second])
    assert set(files) & set(MATERIALISED) == set()
    assert set(catalog.table_files(archive, [second])) >= set(MATERIALISED)


def test_a_threshold_of_the_session_holds_for_the_recomputed_view(archive):
    connection = open_warehouse(archive)
    connection.execute("create or replace macro lane_touch_m() as -9.0")
    assert connection.execute("from recomputed.lane_stays").fetchall() == []
    assert connection.execute("from lane_stays").fetchall() != []
    disconnect(connection)


def test_script_opens_the_same_elsewhere(archive):
    connection = duckdb.connect()
    connection.execute(ask(archive, "", None, "table", script=True))
    query = COUNT.format("three_second_violations")
    assert connection.execute(query).fetchall() == [("0020000001", 1), ("0020000002", 1)]


@pytest.mark.parametrize(
    ("query", "season", "error", "message"),
    [
        pytest.param("selekt 1", None, TableError, "the query failed.*selekt", id="syntax"),
        pytest.param("from lane_stay", None, TableError, "lane_stays", id="no such view"),
        pytest.param("select court_z_m from players", None, TableError, "court_z_m", id="column"),
        pytest.param("select 1", "1999", ArchiveError, "season '1999'.*2025-26", id="season"),
    ],
)
def test_a_wrong_question_says_what_is_wrong(archive, query, season, error, message):
    with pytest.raises(error, match=message):
        ask(archive, query, season, "table")


def test_lists_are_json_in_csv(archive):
    query = "select [1, 2] as numbers, null::varchar[] as names, 'x' as text"
    assert ask(archive, query, None, "csv") == '"numbers","names","text"\n"[1, 2]",,"x"\n'


@pytest.mark.parametrize("game", [0, 1], ids=["first file", "another file"])
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.unlink(), id="missing"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:200]), id="half written"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
    ],
)
def test_a_damaged_object_is_named_with_what_to_do(archive, tmp_path, spoil, game):
    path = stored_path(archive, game, "player_frames")
    spoil(tmp_path.joinpath(path))
    with pytest.raises(TableError, match=r"player_frames/.*process its game again"):
        ask(archive, "select count(court_x_m) from player_frames", None, "csv")


def test_a_column_of_a_newer_version_is_left_out(archive):
    path = stored_path(archive, 0, "rosters")
    rows = pq.read_table(path)
    pq.write_table(rows.append_column("height_m", pa.array([2.0] * len(rows))), path)
    assert "height_m" not in ask(archive, "from rosters", None, "csv")
    with pytest.raises(TableError, match="height_m"):
        ask(archive, "select height_m from rosters", None, "csv")


def test_a_column_that_older_games_lack_is_null(archive):
    for game in (0, 1):
        path = stored_path(archive, game, "player_frames")
        pq.write_table(pq.read_table(path).drop_columns(["action"]), path)
    assert ask(archive, "select distinct action from players", None, "csv") == '"action"\n\n'
