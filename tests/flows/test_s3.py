"""The archive on an S3 server of its own (SeaweedFS): commits, workers at once, a killed server."""

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest
from prefect.settings import PREFECT_API_URL

from flows.process_game import process_game
from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.archive.conditional import read_version, swap
from playerid.errors import TableError
from playerid.exchange import publish_tables
from playerid.operate import quarantine
from playerid.operate.compare import find_differences
from playerid.warehouse.ask import ask
from playerid.warehouse.database import write_database
from playerid.warehouse.fence import QuestionLimits
from tests.flows.faulty import records, run_game
from tests.playerid.warehouse.test_ask import tables_of_a_game

pytestmark = pytest.mark.usefixtures("orchestrator")


@pytest.fixture
def place(server, request):
    """An empty archive in the object store."""
    return Archive(f"s3://tests/{request.node.name[:40].strip('[]')}-{time.time_ns()}")


@pytest.fixture
def game(archive, settings, add_game, place):
    """g1 in the object store, published beside it by an undisturbed run: (settings, beside)."""
    add_game("g1")
    beside = Archive(f"{place.url}-undisturbed")
    for path in archive.find("games"):
        for target in (place, beside):
            target.write(path, archive.read(path))
    process_game("g1", settings.model_copy(update={"archive_url": beside.url}))
    return settings.model_copy(update={"archive_url": place.url}), beside


def start(settings):
    """Process g1 in a process of its own."""
    context = multiprocessing.get_context("spawn")
    arguments = PREFECT_API_URL.value(), settings.archive_url, settings.pack, "g1"
    child = context.Process(target=run_game, args=arguments)
    child.start()
    return child


def test_of_sixteen_writers_one_is_first(place):
    place.write("entry.json", b"old")
    _, seen = read_version(place, "entry.json")
    with ThreadPoolExecutor(16) as pool:
        done = list(pool.map(lambda n: swap(place, "entry.json", b"%d" % n, seen), range(16)))
    assert done.count(True) == 1
    assert place.read("entry.json") == b"%d" % done.index(True)
    assert not swap(place, "entry.json", b"late", None)


def test_two_workers_on_one_game_publish_it_once(place, game):
    settings, beside = game
    workers = [start(settings) for _ in range(2)]
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    rows, differences = find_differences(place, beside, ["g1"])
    assert rows > 0
    assert differences == []


@pytest.mark.parametrize("recorded_steps", [1, 4])
def test_a_killed_object_store_loses_only_what_was_interrupted(server, place, game, recorded_steps):
    settings, beside = game
    worker = start(settings)
    while worker.is_alive() and len(before := records(place)) < recorded_steps:
        time.sleep(0.02)
    server.kill()
    worker.join(15)  # it asks again, and fails after a while
    server.start()
    worker.join()
    if catalog.find_entry(place, "2024-25", "g1"):
        assert find_differences(place, beside, ["g1"])[1] == []
    process_game("g1", settings)
    assert before.items() <= records(place).items()
    assert find_differences(place, beside, ["g1"])[1] == []
    assert quarantine.find_all(place) == {}


def test_a_fenced_question_reads_what_is_published_and_nothing_else(place, tmp_path):
    """DuckDB reads the bucket through fsspec, and asks for its own permission first."""
    publish_tables(place, tables_of_a_game(tmp_path))
    place.write("other.csv", b"a\n1\n")
    assert ask(place, "select count(*) as n from player_frames", None, "csv") == '"n"\n153\n'
    reading = f"from read_csv('{place.url}/other.csv')"
    writing = f"copy games to '{place.url}/tables/x.csv'"
    for query in (reading, writing):
        with pytest.raises(TableError):
            ask(place, query, None, "csv")
    assert '"a"\n1\n' in ask(place, reading, None, "csv", limits=QuestionLimits(fenced=False))
    database = tmp_path / "games.duckdb"
    assert write_database(place, None, database) == 1
    with duckdb.connect(str(database), read_only=True) as elsewhere:
        assert elsewhere.execute("select count(*) from player_frames").fetchall() == [(153,)]
