"""Materialised views: stored with a published game, computed where they are not."""

import re
import shutil
from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.archive import catalog, store
from playerid.archive.archive import Archive
from playerid.errors import ArchiveError, TableError
from playerid.exchange.publication import publish_tables
from playerid.publish import answers as publish_answers
from playerid.queries import views
from playerid.tables import ANSWER_TABLES, MATERIALISED, PLAYER_FRAMES, PUBLIC_TABLES, ROSTERS
from playerid.warehouse.ask import ask, open_warehouse
from playerid.warehouse.warehouse import disconnect, materialised_tables
from tests.sql.handmade import IN_LANE, Game, Person, at, handler_and_marker, open_game

COUNT = "select game_id, count(*) from {} group by all order by all"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Two published games: five seconds with a centre who stays in the lane; then the handler
    loses the ball, which is called."""
    archive = Archive(str(tmp_path_factory.mktemp("published")))
    for game_id in ("0020000001", "0020000002"):
        folder = tmp_path_factory.mktemp(game_id)
        people = [*handler_and_marker(), Person(5, "HOM", at(IN_LANE), "H5", 0.9)]
        lost = {"kind": "turnover", "period": 1, "game_clock_s": 594.0, "team_id": "HOM"}
        holder = lambda t: 1 if t < 5 else 11  # noqa: E731
        open_game(folder, Game(people, 7.0, holder, game_id=game_id, called=[lost])).close()
        rows = {
            t.name: pq.read_table(folder / f"{t.name}-{game_id}.parquet") for t in PUBLIC_TABLES
        }
        publish_tables(archive, rows)
    return archive


@pytest.fixture
def archive(published, tmp_path):
    """A copy of them."""
    return Archive(shutil.copytree(published.url, tmp_path / "archive").as_posix())


@pytest.fixture(scope="module")
def warehouse(published):
    """Both games, opened."""
    connection = open_warehouse(published)
    yield connection
    disconnect(connection)


def stored_path(archive, game, table):
    """Where the object of a table is, on this machine."""
    return archive.path(catalog.entries(archive)[game].tables[table].path)


def answers(archive, view):
    connection = open_warehouse(archive)
    try:
        return connection.execute(f"from {view} order by all").fetchall()
    finally:
        disconnect(connection)


# Nobody shoots, cuts or screens in these two games; `tests/sql` has games with them.
NOT_PLAYED = {"shot_attempts", "screens", "cuts", "closeouts", "fast_breaks", "defences"}


@pytest.mark.parametrize("table", materialised_tables(), ids=lambda table: table.name)
def test_stored_rows_are_those_of_the_query(warehouse, table):
    stored, computed = (
        warehouse.execute(f"from {view} order by all").fetchall()
        for view in (table.name, f"recomputed.{table.name}")
    )
    assert stored == computed
    assert bool(stored) == (table.name not in NOT_PLAYED)


def test_one_thread_computes_what_is_stored_so_that_it_is_the_same_each_time(archive, monkeypatch):
    threads, compute = [], publish_answers.answer

    def counted(connection, sports):
        threads.extend(connection.execute("select current_setting('threads')").fetchall())
        return compute(connection, sports)

    monkeypatch.setattr(publish_answers, "answer", counted)
    entry = catalog.entries(archive)[0]
    given = {t.name for t in PUBLIC_TABLES} - {t.name for t in ANSWER_TABLES}
    bare = replace(entry, tables={n: m for n, m in entry.tables.items() if n in given})
    assert publish_answers.store_answers(archive, bare) == entry
    assert threads == [(1,)]


def test_stored_rows_are_read_and_not_computed(archive):
    entry = catalog.entries(archive)[0]
    name = next(key for key in entry.tables if key.startswith("lane_stays-"))
    (table,) = (table for table in materialised_tables() if table.name == "lane_stays")
    none = pq.read_table(stored_path(archive, 0, name)).slice(0, 0)
    manifest = store.write_public(archive, table, entry.season, entry.game_id, none)
    changed = replace(entry, inputs_sha256="b", tables={**entry.tables, name: manifest})
    catalog.commit(archive, changed)
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


def test_a_threshold_of_the_session_holds_for_the_recomputed_view(published):
    connection = open_warehouse(published)
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
def test_a_damaged_object_leaves_its_game_out_and_says_what_to_do(
    archive, tmp_path, caplog, spoil, game
):
    path = stored_path(archive, game, "player_frames")
    spoil(tmp_path.joinpath(path))
    other = catalog.entries(archive)[1 - game].game_id
    query = "select distinct game_id from player_frames"
    assert ask(archive, query, None, "csv") == f'"game_id"\n"{other}"\n'
    assert re.search(r"left out: .*player_frames/.*process its game again", caplog.text)
    assert "1 of 2 published games are left out" in caplog.text


def test_an_object_that_is_damaged_and_as_long_as_before_is_named(archive, tmp_path):
    path = tmp_path.joinpath(stored_path(archive, 0, "player_frames"))
    path.write_bytes(b"X" * path.stat().st_size)
    with pytest.raises(TableError, match=r"player_frames/.*process its game again"):
        ask(archive, "select count(court_x_m) from player_frames", None, "csv")


def test_a_column_of_a_newer_version_is_left_out(archive):
    entry = catalog.entries(archive)[0]
    rows = pq.read_table(stored_path(archive, 0, "rosters"))
    rows = rows.append_column("height_m", pa.array([2.0] * len(rows)))
    newer = replace(ROSTERS, schema=rows.schema)
    manifest = store.write_public(archive, newer, entry.season, entry.game_id, rows)
    tables = {**entry.tables, "rosters": manifest}
    catalog.commit(archive, replace(entry, inputs_sha256="newer", tables=tables))
    assert "height_m" not in ask(archive, "from rosters", None, "csv")
    with pytest.raises(TableError, match=r"rosters\.height_m was published by a newer version"):
        ask(archive, "select height_m from rosters", None, "csv")


@pytest.mark.parametrize("older", [[0], [1], [0, 1]], ids=["first", "last", "all"])
def test_a_column_that_older_games_lack_is_null_in_these(archive, older):
    """The games of `older` were published when there was no `identity_prob`."""
    lacking = replace(PLAYER_FRAMES, schema=without(PLAYER_FRAMES.schema, "identity_prob"))
    for game in older:
        entry = catalog.entries(archive)[game]
        rows = pq.read_table(stored_path(archive, game, "player_frames"))
        rows = rows.drop_columns(["identity_prob"])
        season, game_id = entry.season, entry.game_id
        manifest = store.write_public(archive, lacking, season, game_id, rows)
        tables = {**entry.tables, "player_frames": manifest}
        changed = replace(entry, inputs_sha256="older", tables=tables)
        catalog.commit(archive, changed)
    rows = answers(archive, "(select game_id, count(identity_prob) > 0 from players group by all)")
    games = ["0020000001", "0020000002"]
    assert rows == [(game_id, n not in older) for n, game_id in enumerate(games)]


def without(schema, name):
    return schema.remove(schema.get_field_index(name))


# Chains of tracklets are followed for all games at once; they are read when a game is published.
# What was called and what was seen are joined in full: a question about their agreement reads all.
# What is usual of a season is of all its games; the weights of shots are of none.
WHOLE = {
    "lane_paths", "lane_guards", "lineup_agreement", "violation_agreement", "archive_clock_lags",
    "shot_weights",
}  # fmt: skip


HAD = [view for view in views() if view.sport in {"", "basketball"}]


@pytest.mark.parametrize("view", [v.name for v in HAD if v.name not in WHOLE])
def test_a_question_about_one_game_reads_no_frames_of_another(warehouse, view):
    query = f"from {view} where game_id = '0020000001'"
    rows = warehouse.execute(query).fetchall()
    plan = warehouse.execute(f"explain analyze {query}").fetchall()[0][1]
    read = set(re.findall(r"tables/([\w-]+)/season=[^/]+/game_id=0020000002", plan))
    assert "game_id=0020000001" in plan or not rows
    assert read <= {"segments"}


def named(connection, view):
    """Players whom a view names."""
    rows = connection.sql(f"from {view}").to_arrow_table()
    columns = [c for c in rows.column_names if re.search(r"player_ids?$", c)]
    return {name for c in columns for ids in rows[c].to_pylist() if ids for name in ids.split(",")}


STATISTICS = [v.name for v in HAD if v.layer == "stats" and re.search("player_id", v.query)]


@pytest.mark.parametrize("view", STATISTICS)
def test_confidence_is_demanded_in_one_place(warehouse, view):
    """The centre, H5, is known with 0.9, everybody else with 0.99."""
    asked = f"recomputed.{view}" if view in MATERIALISED else view
    before = named(warehouse, asked)
    warehouse.execute("create or replace macro least_identity_prob() as 0.95")
    sure = named(warehouse, asked)
    warehouse.execute("create or replace macro least_identity_prob() as 0.0")
    assert sure == before - {"H5"}


def test_the_statistics_name_the_centre(warehouse):
    naming = {view for view in STATISTICS if "H5" in named(warehouse, view)}
    assert naming >= {"observed_time", "lane_time", "player_distance", "heat_map", "minutes"}
