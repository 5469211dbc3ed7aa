"""Flows where no Prefect server is named: the same games, and nothing started."""

import os
import subprocess
import sys

import psutil
import pytest

from flows.nightly import nightly
from flows.process_game import process_game
from playerid.archive import catalog
from playerid.errors import GameError
from playerid.operate import quarantine
from playerid.operate.runs import read_runs
from tasks.platform.here import run, task

CALLED = []


@task(retries=2)
def stumble(times, error):
    """Fail so many times, then succeed."""
    CALLED.append(1)
    if len(CALLED) <= times:
        raise error
    return len(CALLED)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    CALLED.clear()
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)


def test_a_failing_machine_is_tried_again_and_bad_input_is_not():
    assert stumble(2, OSError("the network")) == 3
    CALLED.clear()
    with pytest.raises(OSError, match="the disk"):
        stumble(3, OSError("the disk"))
    assert len(CALLED) == 3
    CALLED.clear()
    with pytest.raises(GameError):
        stumble(1, GameError("no team"))
    assert len(CALLED) == 1


def test_every_item_is_run_before_a_bad_one_ends_the_run():
    done = []

    @task()
    def note(number, shared):
        if number == 1:
            raise ValueError("one")
        done.append((number, shared))
        return number

    results = note.map([0, 1, 2], "same")
    results.wait()
    with pytest.raises(ValueError, match="one"):
        results.result()
    assert done == [(0, "same"), (2, "same")]
    assert note.map([3, 4], "same").result() == [3, 4]


def test_a_night_without_a_server(archive, settings, add_game):
    add_game("g1")
    archive.write("games/bad/game.json", b"{}")
    reasons = run(nightly, settings)
    assert reasons["g1"] is None
    assert "season" in reasons["bad"]
    assert [entry.game_id for entry in catalog.entries(archive)] == ["g1"]
    assert quarantine.find(archive, "bad")
    assert read_runs(archive, ["g1"])["g1"].steps_made > 0
    again = run(process_game, "g1", settings)
    assert again == catalog.find_entry(archive, "2024-25", "g1")
    assert read_runs(archive, ["g1"])["g1"].steps_made == 0


def test_processing_starts_no_server_and_leaves_no_process(tmp_path):
    """One process finds a game file without a season, and listens nowhere meanwhile."""
    (tmp_path / "a" / "games" / "bad").mkdir(parents=True)
    (tmp_path / "a" / "games" / "bad" / "game.json").write_text("{}")
    env = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    start = "from playerid.cli.main import app; app()"
    command = [sys.executable, "-c", start, "process", "--archive", "a", "bad"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        seen = set()
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                family = [watched, *watched.children(recursive=True)]
                seen |= {
                    " ".join(one.cmdline())
                    for one in family
                    if any(c.status == psutil.CONN_LISTEN for c in one.net_connections())
                    or "uvicorn" in " ".join(one.cmdline())
                }
            except psutil.NoSuchProcess:
                break
        said = process.stdout.read()
    assert process.returncode == 1
    assert "GameError" in said
    assert "season" in said
    assert (tmp_path / "a" / "quarantine" / "bad.json").is_file()
    assert seen == set()
