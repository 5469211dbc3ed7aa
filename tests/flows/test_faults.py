"""After every fault: nothing lost, doubled or torn; only what was interrupted is computed again."""

import multiprocessing
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from prefect.settings import PREFECT_API_URL

from flows.process_game import process_game
from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.archive.sweep import find_leftovers, sweep
from playerid.errors import GameError
from playerid.operate import quarantine
from playerid.operate.compare import published_rows
from tests.flows.faulty import FaultyFileSystem, assert_whole, forget, records, run_game

pytestmark = pytest.mark.usefixtures("orchestrator")

SHOTS = ((30, (120, 90, 60)), (30, (0, 0, 0)), (30, (60, 120, 90)))


@pytest.fixture
def faulty(archive, settings, monkeypatch):
    """The same archive behind a file system with faults: (its archive, its settings)."""
    monkeypatch.setattr("playerid.archive.patience.WAITS_S", (0, 0, 0, 0))
    monkeypatch.setattr(FaultyFileSystem, "failure_prob", 0.0)
    monkeypatch.setattr(FaultyFileSystem, "room", float("inf"))
    place = Archive(f"faulty://{archive.url}")
    return place, settings.model_copy(update={"archive_url": place.url})


@pytest.fixture(scope="module")
def start(orchestrator):
    """Start processing g1 in a process of its own, on the same server; returns the process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.process_game", "tests.flows.blank"])

    def start(archive_url, pack, dies_at=None):
        arguments = PREFECT_API_URL.value(), archive_url, pack, "g1", dies_at
        child = context.Process(target=run_game, args=arguments)
        child.start()
        return child

    return start


def test_a_process_killed_at_twenty_random_moments_loses_only_what_it_was_doing(
    settings, undisturbed, faulty, start
):
    """The moments are requests to the storage, drawn among all; a write is half done then."""
    place, on_faulty = faulty
    asked = FaultyFileSystem.requests
    process_game("g1", on_faulty)
    moments = random.Random(20261121).sample(range(FaultyFileSystem.requests - asked), 20)
    steps = len(records(place))
    for moment in moments:
        forget(place)
        child = start(place.url, settings.pack, moment)
        child.join()
        assert child.exitcode == -signal.SIGKILL, moment
        before = records(place)
        if catalog.find_entry(place, "2024-25", "g1"):
            assert published_rows(place, "g1") == undisturbed, moment
        process_game("g1", on_faulty)
        after = records(place)
        assert len(after) == steps, moment
        assert {path: after[path] for path in before} == before, moment
        sweep(place, find_leftovers(place, min_age_s=0))
        assert_whole(place, undisturbed)


def test_two_workers_on_one_game_publish_it_once(archive, settings, undisturbed, start):
    workers = [start(archive.url, settings.pack) for _ in range(2)]
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert_whole(archive, undisturbed)


def test_one_request_in_twenty_may_fail_and_one_be_slow(settings, undisturbed, faulty, monkeypatch):
    place, on_faulty = faulty
    monkeypatch.setattr(FaultyFileSystem, "failure_prob", 0.05)
    failures = FaultyFileSystem.failures
    process_game("g1", on_faulty)
    monkeypatch.setattr(FaultyFileSystem, "failure_prob", 0.0)
    assert FaultyFileSystem.failures > failures
    assert_whole(place, undisturbed)


@pytest.mark.parametrize("room", [10, 20_000, 60_000])
def test_a_full_disk_stops_the_game_and_tears_nothing(undisturbed, faulty, monkeypatch, room):
    place, on_faulty = faulty
    monkeypatch.setattr(FaultyFileSystem, "room", room)
    with pytest.raises(Exception, match=r"No space left|cannot be written"):
        process_game("g1", on_faulty)
    assert catalog.entries(place) == []
    before = records(place)
    monkeypatch.setattr(FaultyFileSystem, "room", float("inf"))
    process_game("g1", on_faulty)
    assert {path: at for path, at in records(place).items() if path in before} == before
    assert_whole(place, undisturbed)


def test_the_same_game_three_times_at_once_is_published_once(archive, settings, undisturbed):
    with ThreadPoolExecutor(3) as pool:
        entries = list(pool.map(lambda _: process_game("g1", settings), range(3)))
    assert entries[0] == entries[1] == entries[2]
    assert_whole(archive, undisturbed)


def test_a_video_replaced_while_it_is_processed_is_not_published(
    archive, settings, add_game, tmp_path
):
    add_game("g1", SHOTS[:1])
    other = archive.read("games/g1/video.mp4")
    add_game("g1", SHOTS)
    (tmp_path / "other.mp4").write_bytes(other)
    pack = tmp_path / "replacing.toml"
    paths = {"source": str(tmp_path / "other.mp4"), "target": archive.path("games/g1/video.mp4")}
    parameters = ", ".join(f'{name} = "{path}"' for name, path in paths.items())
    replacing = f'"blank-replacing"\nparameters = {{{parameters}}}'
    pack.write_text((tmp_path / "blank.toml").read_text().replace('"blank-reader"', replacing))
    replacing_settings = settings.model_copy(update={"pack": str(pack)})
    with pytest.raises(GameError, match="changed while it was processed"):
        process_game("g1", replacing_settings)
    assert catalog.entries(archive) == []
    assert "process it again" in quarantine.find(archive, "g1").reason
    # The next run sees the video that is there now: one shot of ten samples of ten people.
    assert process_game("g1", replacing_settings).main_view_rows == 100
    assert quarantine.find_all(archive) == {}


@pytest.mark.parametrize("skew_s", [-172_800, 172_800], ids=["two days slow", "two days fast"])
def test_a_wrong_clock_sweeps_nothing_that_is_young(
    archive, settings, undisturbed, monkeypatch, skew_s
):
    """What another worker has written and not yet published is no leftover for a day."""
    process_game("g1", settings)
    catalog_file = archive.path("catalog/2024-25/g1.json")
    archive.filesystem.mv(catalog_file, catalog_file + "-later")
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + skew_s)
    assert find_leftovers(archive) == []
    assert find_leftovers(archive, min_age_s=0)
    process_game("g1", settings)
    assert_whole(archive, undisturbed)
