"""What an object store refuses or does not answer: a plain line, asked again where that helps."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import s3fs
from typer.testing import CliRunner

from playerid.archive.archive import Archive
from playerid.cli.main import app
from tests.flows.object_store import KEY, READER, READER_SECRET
from tests.flows.victims import leave_leftovers, publish

PLAYERID = Path(sys.executable).with_name("playerid")
READING = (
    ["status"], ["plan"], ["sql", "-c", "from games"], ["verify"], ["report"], ["evaluate"],
    ["sweep"], ["correct", "g1"], ["export", "g1", "--format", "mot"], ["render", "g1"],
    ["docs", "pages"],
)  # fmt: skip
WRITING = (
    ["nightly"], ["backfill"], ["process", "g2"], ["correct", "g1", "1", "nobody"], ["verify"],
    ["sweep", "--remove", "--min-age-h", "0"], ["report"], ["report", "g1"],
)  # fmt: skip

EVERY = [*(command for command in READING if command not in WRITING), *WRITING]


@pytest.fixture
def invoke(settings, monkeypatch, tmp_path):
    """Run a command on an archive with the blank models: (status, output); an error is raised."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYERID_PACK", settings.pack)

    def run(command, url):
        result = CliRunner().invoke(app, [*command, "--archive", url])
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception
        return result.exit_code, result.output

    return run


@pytest.fixture
def place(server, archive, settings, add_game):
    """An archive in the object store: g1 is published, g2 is new, and there are leftovers."""
    publish(archive, add_game("g1"), settings.pack)
    add_game("g2")
    leave_leftovers(archive, "g1", "2024-25")
    there = Archive(f"s3://tests/refusals-{time.time_ns()}")
    for path in archive.find(""):
        there.write(path, archive.read(path))
    return there


def the_line(output):
    """The one line that says what is wrong."""
    assert "Traceback" not in output
    (line,) = [line for line in output.splitlines() if "Error: " in line]
    return line


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_a_missing_bucket_is_named_and_not_made(server, invoke, command):
    status, output = invoke(command, "s3://no-such-bucket/archive")
    assert status == 1
    assert "there is no bucket 'no-such-bucket'" in the_line(output)
    assert "no-such-bucket" not in s3fs.S3FileSystem().ls("")


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_wrong_keys_are_refused_at_once(server, invoke, command):
    with server.in_environment(keys=(KEY, "wrong-secret")):
        begin_s = time.monotonic()
        status, output = invoke(command, "s3://tests/archive")
    assert status == 1
    assert "the object store refuses this" in the_line(output)
    assert "AWS_ACCESS_KEY_ID" in the_line(output)
    assert "asking again" not in output
    assert "wrong-secret" not in output
    assert time.monotonic() - begin_s < 60


def test_no_keys_at_all(server, invoke, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with server.in_environment(keys=("", "")):
        status, output = invoke(["status"], "s3://tests/archive")
    assert status == 1
    assert "cannot be asked: Unable to locate credentials" in the_line(output)
    assert "asking again" not in output


def test_who_may_only_read_is_answered_and_changes_nothing(server, place, invoke):
    before = place.versions("")
    with server.in_environment(keys=(READER, READER_SECRET)):
        for command in (["status"], ["sql", "-c", "from games"]):
            status, output = invoke(command, place.url)
            assert status == 0, (command, output)
        for command in WRITING:
            status, output = invoke(command, place.url)
            assert status == 1, (command, output)
            assert "the object store refuses this" in the_line(output), command
            assert "asking again" not in output, command
    assert place.versions("") == before


@pytest.mark.parametrize("command", [["status"], ["nightly"]], ids=" ".join)
def test_a_store_that_is_away_for_ten_seconds_is_waited_for(server, settings, command):
    environment = {**os.environ, **server.environment(), "PLAYERID_PACK": settings.pack}
    url = f"s3://tests/away-{time.time_ns()}"
    server.kill()
    running = subprocess.Popen(
        [PLAYERID, *command, "--archive", url],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    time.sleep(10)
    server.start()
    output, _ = running.communicate()
    assert running.returncode == 0, output
    assert "asking again" in output
    assert "Traceback" not in output


def test_a_store_that_stays_away_is_named_in_one_line(server, invoke, monkeypatch):
    monkeypatch.setattr("playerid.archive.patience.WAITS_S", (0,))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with server.in_environment(port=9):
        status, output = invoke(["status"], "s3://tests/archive")
    assert status == 1
    assert "http://127.0.0.1:9" in the_line(output)
