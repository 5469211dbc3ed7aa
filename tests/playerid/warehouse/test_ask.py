"""Questions to published games: several at once, as text and as rows, fenced and limited."""

import json
import subprocess
import sys
import threading

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from typer.testing import CliRunner

import playerid
from playerid.archive.archive import Archive
from playerid.cli.main import app
from playerid.errors import TableError
from playerid.exchange import publish_tables
from playerid.tables import PUBLIC_TABLES
from playerid.warehouse.ask import OpenArchive, ask
from playerid.warehouse.fence import QuestionLimits
from playerid.warehouse.prompt import read_questions, words
from tests.sql.handmade import IN_LANE, Game, Person, at, handler_and_marker, open_game


def tables_of_a_game(folder):
    people = [*handler_and_marker(), Person(5, "HOM", at(IN_LANE), "H5", 0.9)]
    open_game(folder, Game(people, 5.0)).close()
    return {t.name: pq.read_table(folder / f"{t.name}-0020000001.parquet") for t in PUBLIC_TABLES}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A published game of five seconds."""
    made = Archive(str(tmp_path_factory.mktemp("asked")))
    publish_tables(made, tables_of_a_game(tmp_path_factory.mktemp("game")))
    return made


@pytest.fixture
def games(archive):
    with OpenArchive(archive) as opened:
        yield opened


def run(archive, *words, given=None):
    return CliRunner().invoke(app, ["sql", "--archive", archive.url, *words], input=given)


def test_several_statements_have_several_answers(archive):
    query = (
        "select 1 as a; create macro twice(x) as 2 * x; select twice(a) as b from (select 4 as a)"
    )
    assert ask(archive, query, None, "csv") == '"a"\n1\n\n"b"\n8\n'


def test_a_file_of_parquet_holds_one_answer(archive, tmp_path):
    output = f"parquet:{tmp_path / 'rows.parquet'}"
    with pytest.raises(TableError, match="holds one answer, and the statements give several"):
        ask(archive, "select 1; select 2", None, output)
    assert ask(archive, "select 7 as a", None, output).startswith("1 rows in ")
    assert pq.read_table(tmp_path / "rows.parquet").to_pylist() == [{"a": 7}]


def test_all_tables_and_views_are_shown(archive):
    shown = ask(archive, "show tables", None, "table")
    with duckdb.connect() as elsewhere:
        elsewhere.execute(ask(archive, "", None, "table", script=True))
        names = elsewhere.execute("show tables").fetchall()
    assert len(names) > 45
    assert all(f" {name} " in shown for (name,) in names)


@pytest.mark.parametrize("output", ["csv", "json"])
def test_what_is_piped_is_answered_as_told(archive, output):
    result = run(archive, "--output", output, given="select 'x' as a")
    assert result.exit_code == 0
    assert (
        result.stdout
        == {"csv": '"a"\n"x"\n', "json": json.dumps([{"a": "x"}], indent=1) + "\n"}[output]
    )


def test_what_is_piped_and_wrong_ends_with_an_error(archive):
    result = run(archive, given="selekt 1")
    assert (result.exit_code, "the query failed" in result.stdout) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["-f", "/no/such/file.sql"], id="no file of queries"),
        pytest.param(["-f", "/"], id="a folder of queries"),
        pytest.param(["-c", "select 1", "--output", "parquet:/no/such/a.parquet"], id="no folder"),
        pytest.param(["-c", "select 1", "--season", "1900"], id="no such season"),
        pytest.param(["--script", "--season", "1900"], id="no such season, as a script"),
        pytest.param(["-c", "select 1", "--memory", "much"], id="no amount of memory"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(archive, words):
    result = run(archive, *words)
    assert result.exit_code == 1
    assert len(result.stdout.strip().splitlines()) == 1


def test_the_version_is_told():
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, "playerid 0.1.0\n")


def test_rows_come_as_arrow_pandas_and_polars(archive):
    with playerid.open_archive(archive.url) as games:
        rows = games.sql("select game_id, count(*) as n from player_frames group by all")
        assert rows.to_arrow_table().to_pylist() == [{"game_id": "0020000001", "n": 153}]
        assert rows.df()["n"].tolist() == [153]
        assert rows.pl()["n"].to_list() == [153]
        with pytest.raises(TableError, match="no rows"):
            games.sql("create macro one() as 1")


WRITING = [
    "copy games to '{0}/tables/x.csv'",
    "explain analyze copy games to '{0}/tables/x.csv'",
    "explain /* */ analyze copy games to '{0}/tables/x.csv'",
    "prepare p as copy games to '{0}/tables/x.csv'",
    "export database '{0}/tables/x'",
    "attach '{0}/tables/x.duckdb'",
]
READING = [
    "from read_text('{0}/catalog/2025-26/0020000001.json')",
    "from read_text('{0}/tables/../catalog/2025-26/0020000001.json')",
    "from glob('/etc/*')",
    "from read_csv('http://127.0.0.1:9/x.csv')",
    "install httpfs",
    "set enable_external_access = true",
    "set allowed_directories = ['/']",
    "reset enable_external_access",
]


@pytest.mark.parametrize("query", [*WRITING, *READING])
def test_a_question_reads_what_is_published_and_writes_nothing(archive, query):
    before = archive.find("")
    with pytest.raises(TableError):
        ask(archive, query.format(archive.url), None, "csv")
    assert archive.find("") == before


def test_variables_of_python_are_no_tables(archive):
    secret = pa.table({"a": [1]})
    with pytest.raises(TableError, match="secret"):
        ask(archive, "from secret", None, "csv")
    assert secret.num_rows == 1


def test_an_open_fence_lets_everything_through(archive, tmp_path):
    ask(
        archive,
        f"copy games to '{tmp_path}/x.csv'",
        None,
        "csv",
        limits=QuestionLimits(fenced=False),
    )
    assert "0020000001" in (tmp_path / "x.csv").read_text()


def test_a_fenced_question_to_another_file_system(tmp_path):
    """The memory of fsspec stands for any store: DuckDB asks for its permission all the same."""
    archive = Archive(f"memory://asked-{tmp_path.name}")
    publish_tables(archive, tables_of_a_game(tmp_path))
    fsspec.filesystem("memory").pipe(f"/{tmp_path.name}.csv", b"a\n1\n")
    assert ask(archive, "select count(*) as n from player_frames", None, "csv") == '"n"\n153\n'
    with pytest.raises(TableError, match="only published files are read"):
        ask(archive, f"from read_csv('memory:///{tmp_path.name}.csv')", None, "csv")
    stored = archive.find("")
    for limits in (
        QuestionLimits(),
        QuestionLimits(fenced=False),
    ):  # published files are never written by SQL
        with pytest.raises((TableError, PermissionError)):
            ask(archive, f"copy games to '{archive.url}/tables/x.csv'", None, "csv", limits=limits)
    assert archive.find("") == stored


def test_a_question_that_takes_too_long_is_interrupted(archive):
    query = "select count(*) from range(1000000) a, range(1000000) b where hash(a.range) > b.range"
    with pytest.raises(TableError, match=r"longer than 0\.2 s"):
        ask(archive, query, None, "csv", limits=QuestionLimits(seconds=0.2))


def test_memory_is_limited(archive):
    query = "select count(*) from (select distinct range, hash(range) from range(30000000))"
    with pytest.raises(TableError, match="Out of Memory"):
        ask(archive, query, None, "csv", limits=QuestionLimits(memory="20MB"))


def test_the_prompt(archive, capsys, tmp_path, monkeypatch):
    """A question of two lines, a wrong one, help, an earlier one again, the end."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with create_pipe_input() as keys, OpenArchive(archive) as games:
        keys.send_text("select 40 + 2\nas answer;\nselekt;\n.help\n")
        later = threading.Timer(1.0, keys.send_text, ["\x1b[A\x1b[A\x1b[A\n.quit\n"])
        later.start()  # a prompt loads its history beside what is typed
        read_questions(games, "csv", keys=keys, screen=DummyOutput())
    shown = capsys.readouterr().out
    assert shown.count('"answer"\n42\n') == 2
    assert "selekt" in shown
    assert ".quit" in shown
    assert "+select 40 + 2\n+as answer;" in (tmp_path / "playerid" / "sql_history").read_text()


def test_tab_completes_views_columns_and_macros(games):
    assert {"lane_time", "offence_lane_s", "feet(", "select"} <= set(words(games))


@pytest.mark.parametrize("asked", ["fresh", "kept"])
def test_many_processes_may_begin_at_once(archive, tmp_path, asked):
    """Each makes the empty warehouse, or finds that of another; all answer."""
    code = (
        "import playerid, sys; print(playerid.open_archive(sys.argv[1])"
        ".sql('select count(*) from games').fetchall())"
    )
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    count = 3 if asked == "fresh" else 1
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, archive.url], stdout=subprocess.PIPE, env=environment
        )
        for _ in range(count)
    ]
    assert [process.communicate()[0] for process in running] == [b"[(1,)]\n"] * count
    assert len(list((tmp_path / "playerid").glob("empty-*.duckdb"))) == 1


def rows_of(path, query):
    with duckdb.connect(str(path), read_only=True) as elsewhere:
        return elsewhere.execute(query).fetchall()


@pytest.mark.parametrize("place", ["folder", "store"])
def test_a_database_for_other_tools(archive, tmp_path, place):
    """Plain DuckDB opens it; of a store it holds the rows, and the store may be gone."""
    given = archive
    if place == "store":
        given = Archive(f"memory://database-{tmp_path.name}")
        publish_tables(given, tables_of_a_game(tmp_path))
    path = tmp_path / "games.duckdb"
    result = run(given, "--database", str(path))
    assert (result.exit_code, result.stdout.startswith("1 games in ")) == (0, True)
    if place == "store":
        given.filesystem.rm(given.root, recursive=True)
    query = "select grade, count(*) from three_second_violations group by all"
    assert rows_of(path, query) == [("clear", 1)]
    query = "select sum(offence_lane_s) > 0, count(*) from lane_time join rosters using (player_id)"
    assert rows_of(path, query) == [(True, 3)]
    query = (
        "select comment from duckdb_columns() where column_name = 'court_x_m' and comment is null"
    )
    assert rows_of(path, query) == []
    assert rows_of(path, "from recomputed.lane_stays order by all") == rows_of(
        path, "from lane_stays order by all"
    )


def test_a_database_is_replaced_at_once(archive, tmp_path):
    path = tmp_path / "games.duckdb"
    run(archive, "--database", str(path))
    with duckdb.connect(str(path), read_only=True) as reading:
        run(archive, "--database", str(path))
        assert reading.execute("select count(*) from games").fetchall() == [(1,)]
    assert [file.name for file in tmp_path.iterdir()] == ["games.duckdb"]


@pytest.mark.parametrize("name", ["file/x.duckdb", "."])
def test_a_database_that_cannot_be_written_is_one_line(archive, tmp_path, name):
    (tmp_path / "file").touch()
    result = run(archive, "--database", str(tmp_path / name))
    assert (result.exit_code, len(result.stdout.strip().splitlines())) == (1, 1)
