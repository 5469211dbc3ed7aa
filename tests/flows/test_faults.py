"""After every fault: nothing lost, doubled or torn; only what was interrupted is computed again."""

import contextlib
import multiprocessing
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from flows.process_game import process_game
from playerid import catalog, quarantine
from playerid.archive import Archive
from playerid.errors import GameError
from playerid.sweep import find_leftovers
from tests.flows.faulty import FaultyFileSystem, rows_of, run_game

pytestmark = pytest.mark.usefixtures("orchestrator")

SHOTS = ((30, (120, 90, 60)), (30, (0, 0, 0)), (30, (60, 120, 90)))
STEPS = 6


@pytest.fixture
def undisturbed(archive, settings, add_game):
    """Rows of the game when nothing goes wrong; what was made is cleared away afterwards."""
    process_game(add_game("g1"), settings)
    rows = rows_of(archive, "g1")
    for folder in ("tables", "catalog", "interim", "runs"):
        archive.filesystem.rm(archive.path(folder), recursive=True)
    return rows


@pytest.fixture
def faulty(archive, settings, monkeypatch):
    """The same archive behind a file system with faults: (its archive, its settings)."""
    monkeypatch.setattr("playerid.patience.WAITS_S", (0, 0, 0, 0))
    monkeypatch.setattr(FaultyFileSystem, "failure_prob", 0.0)
    monkeypatch.setattr(FaultyFileSystem, "room", float("inf"))
    place = Archive(f"faulty://{archive.url}")
    return place, settings.model_copy(update={"archive_url": place.url})


def records(archive):
    """Record of each finished step -> when it was written."""
    return {
        path: info["mtime"]
        for path, info in archive.find("interim/g1/cache").items()
        if path.endswith(".json")
    }


def assert_whole(archive, undisturbed):
    """One published game, equal to that of an undisturbed run, and no trace of broken writes."""
    assert rows_of(archive, "g1") == undisturbed
    assert [entry.game_id for entry in catalog.entries(archive)] == ["g1"]
    assert quarantine.find_all(archive) == {}
    assert not [path for path in archive.find("") if path.endswith(".partial")]
    assert archive.names("interim/g1/unfinished") == []


def kill(child):
    """Kill a process that leads a session, with the server that it started."""
    with contextlib.suppress(ProcessLookupError):  # not yet a leader
        os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.join()


@pytest.mark.parametrize("finished_steps", [0, 2, 5])
def test_a_killed_process_loses_only_what_it_was_doing(
    archive, settings, undisturbed, finished_steps
):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.process_game", "tests.flows.blank"])
    child = context.Process(target=run_game, args=(archive.url, settings.pack, "g1"))
    child.start()
    while child.is_alive() and len(records(archive)) < finished_steps:
        time.sleep(0.002)
    kill(child)
    before = records(archive)
    if catalog.find_entry(archive, "2024-25", "g1"):
        assert rows_of(archive, "g1") == undisturbed
    process_game("g1", settings)
    after = records(archive)
    assert len(after) == STEPS
    assert {path: after[path] for path in before} == before
    for leftover in find_leftovers(archive, min_age_s=0):
        archive.remove(leftover.path)
    assert_whole(archive, undisturbed)


def test_one_request_in_twenty_may_fail(settings, undisturbed, faulty, monkeypatch):
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
