"""A worker, with its flow process or without, or the Prefect server is killed during a game."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

import psutil
import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments import run_deployment
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Crashed

from playerid.archive import catalog
from playerid.archive.sweep import find_leftovers, sweep
from tasks.platform.elsewhere import state_of
from tests.flows.faulty import assert_whole, forget, free_ports, records, run_game

ROOT = Path(__file__).parents[2]
PREFECT = Path(sys.executable).with_name("prefect")
PATIENCE_S = 240
KILLED = {("worker",): 2, ("worker", "flow"): 3, ("server",): 4}
"""What is killed -> when: so many steps of the game were recorded."""


@flow
def blank_game(archive_url: str, pack: str) -> None:
    """Process g1 with the blank backends, on the server of the process."""
    run_game(PREFECT_API_URL.value(), archive_url, pack, "g1")


class League:
    """A Prefect server and a worker of its pool `cpu`, in processes of their own."""

    def __init__(self, folder, port):
        self.url = f"http://127.0.0.1:{port}/api"
        self.folder = folder
        self.port = str(port)
        self.environment = os.environ | {
            "PREFECT_HOME": str(folder),
            "PREFECT_API_URL": self.url,
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PYTHONPATH": str(ROOT),
        }
        self.server = self.worker = None

    def start(self):
        """Start what does not run."""
        if self.server is None or self.server.poll() is not None:
            self.server = self._start("server", "start", "--port", self.port)
            wait_until(self._answers)
        if self.worker is None or self.worker.poll() is not None:
            self.worker = self._start("worker", "start", "--pool", "cpu")

    def _answers(self):
        with contextlib.suppress(OSError), urllib.request.urlopen(self.url + "/health"):
            return True
        return False

    def _start(self, *command):
        with (self.folder / "log").open("a") as log:
            return subprocess.Popen(
                [PREFECT, *command], env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )

    def flows(self):
        """Flow runs and their processes, in pairs, also of a worker that is gone."""
        found = []
        for process in psutil.process_iter(["environ"]):
            told = process.info["environ"] or {}
            if told.get("PREFECT_API_URL") == self.url and "PREFECT__FLOW_RUN_ID" in told:
                found.append((uuid.UUID(told["PREFECT__FLOW_RUN_ID"]), process))
        return found

    def kill(self, *what):
        flows = [process for _, process in self.flows()]
        chosen = {"server": [self.server], "worker": [self.worker], "flow": flows}
        for process in [p for name in what for p in chosen[name]]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def league(tmp_path_factory):
    found = League(tmp_path_factory.mktemp("prefect"), free_ports(1))
    found.start()
    with temporary_settings({PREFECT_API_URL: found.url}):
        with get_client(sync_client=True) as client:
            client.create_work_pool(WorkPoolCreate(name="cpu", type="process"))
        source = blank_game.from_source(str(ROOT), "tests/flows/test_kills.py:blank_game")
        source.deploy("games", work_pool_name="cpu", print_next_steps=False)
        yield found
        found.kill("worker", "flow", "server")


def test_a_game_survives_whatever_is_killed(league, archive, settings, undisturbed):
    for what, steps in KILLED.items():
        run = submit(archive, settings)
        wait_until(lambda steps=steps: len(records(archive)) >= steps)
        league.kill(*what)
        before = records(archive)
        league.start()
        wait_for_end(league, run)
        while not is_published(archive):
            wait_for_end(league, submit(archive, settings))
        after = records(archive)
        assert {path: after[path] for path in before} == before, what
        sweep(archive, find_leftovers(archive, min_age_s=0))
        assert_whole(archive, undisturbed)
        forget(archive)


def submit(archive, settings):
    """Submit the game as a night does."""
    parameters = {"archive_url": archive.url, "pack": settings.pack}
    return run_deployment("blank-game/games", parameters=parameters, timeout=0)


def wait_for_end(league, run):
    """Wait until the run is over or lost; a lost one has crashed, as an automation says later."""
    wait_until(lambda: not (state_of(run).is_pending() or state_of(run).is_scheduled()))
    wait_until(lambda: run.id not in dict(league.flows()))
    if not state_of(run).is_final():
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(run.id, Crashed(), force=True)


def is_published(archive):
    return catalog.find_entry(archive, "2024-25", "g1") is not None


def wait_until(happened):
    end_s = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end_s
        time.sleep(0.2)
