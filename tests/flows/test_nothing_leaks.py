"""Keys are planted wherever a run finds some, and everything it left behind is searched for them.

The keys of the object store are real, and needed; others are only there. A Prefect server with a
password and a database of its own takes part, and is stopped before its database is searched.
"""

import base64
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from playerid.archive.archive import Archive
from tests.flows.faulty import free_ports
from tests.flows.object_store import KEY, SECRET

ROOT = Path(__file__).parents[2]
PREFECT = Path(sys.executable).with_name("prefect")
MARK = b"PLANTED"
PATIENCE_S = 600  # a machine may be full of other work
PASSWORD = "admin:PLANTED-password"
PLANTED = {
    "PREFECT_API_AUTH_STRING": PASSWORD,
    "PREFECT_API_KEY": "PLANTED-api-key",
    "HF_TOKEN": "PLANTED-hub",
    "AWS_SESSION_TOKEN_OF_TESTS": "PLANTED-session",
    "PLAYERID_WEBHOOK_URL": "https://hooks.example/PLANTED-hook",
}
COMMANDS = """
nightly
process g1
process g1 --archive s3://AKIA:PLANTED/x@tests/x
process s3://AKIA:PLANTED/x@tests/x
process https://videos.example/g9.mp4?token=PLANTED
process g1 --pack s3://AKIA:PLANTED/x@tests/pack.toml
process g1 --pack PACK
status
plan
sweep
report g1
export g1 --format mot --out out
docs pages
sql --script
sql --database games.duckdb
sql -c "from duckdb_settings()"
sql -c "from duckdb_secrets()"
sql -c "from read_csv('s3://AKIA:PLANTED@tests/x.csv')"
sql -c "select getenv('AWS_SECRET_ACCESS_KEY')"
sql --unfenced -c "from read_csv('https://u:PLANTED@127.0.0.1:9/x.csv')"
correct g1
correct g1 1 nobody
doctor
models list --pack s3://AKIA:PLANTED/x@tests/pack.toml
models card https://u:PLANTED@cards.example/x.md
status --archive s3://tests/x?X-Amz-Signature=PLANTED
"""
SCRIPT = """
import shlex, sys
from typer.testing import CliRunner
from playerid.cli.main import app
from tests.flows.blank import use_blank

use_blank()
for line in filter(None, sys.stdin.read().splitlines()):
    result = CliRunner().invoke(app, ["-v", *shlex.split(line)])
    print("$", shlex.split(line)[0], result.exit_code, flush=True)
    print(result.output, flush=True)
    if not isinstance(result.exception, SystemExit | None):
        print("raised", repr(result.exception), flush=True)
"""


@pytest.fixture
def folder(server, archive, settings, add_game, tmp_path):
    """Where commands are run; the archive in the object store has a game and a bad one."""
    add_game("g1")
    archive.write("games/bad/game.json", b"{}")
    place = Archive(f"s3://tests/keys-{time.time_ns()}")
    for path in archive.find(""):
        place.write(path, archive.read(path))
    pack = tmp_path / "keys.toml"
    weights = 'weights = "https://u:PLANTED@hub.example/reader.safetensors"'
    text = Path(settings.pack).read_text()
    pack.write_text(text.replace('"blank-reader"', f'"blank-reader"\n{weights}'))
    here = tmp_path / "here"
    here.mkdir()
    return here, place, pack


@pytest.fixture
def environment(server, settings, folder, tmp_path):
    """Keys wherever something looks for one, and a Prefect server that asks for its password."""
    here, place, _ = folder
    port = free_ports(1)
    found = {
        **os.environ,
        **server.environment(),
        **PLANTED,
        "PREFECT_HOME": str(here / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_AUTH_STRING": PASSWORD,
        "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.2",
        "PLAYERID_PACK": settings.pack,
        "PLAYERID_ARCHIVE_URL": place.url,
        "XDG_CACHE_HOME": str(here / "cache"),
        "TMPDIR": str(here),
        "PYTHONPATH": str(ROOT),
    }
    with (here / "server.log").open("w") as log:
        process = subprocess.Popen(
            [PREFECT, "server", "start", "--port", str(port)],
            env=found, cwd=here, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_until(lambda: answers(found["PREFECT_API_URL"] + "/health"))
        yield found, process
    finally:
        process.kill()
        process.wait()


def wait_until(happened):
    end_s = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end_s
        time.sleep(0.2)


def answers(url):
    with contextlib.suppress(OSError), urllib.request.urlopen(url):
        return True
    return False


def spellings(text):
    """How a key may stand in a file: as it is, in a URL, in base64, in JSON."""
    encoded = base64.b64encode(text.encode()).decode().rstrip("=")
    found = {text, urllib.parse.quote(text, safe=""), encoded, text.replace("/", "\\/")}
    return {one.encode() for one in found} | {MARK}


def leaks(name, content):
    """What of the planted is in a content."""
    wanted = {one for value in (KEY, SECRET, *PLANTED.values()) for one in spellings(value)}
    return [(name, one) for one in sorted(wanted) if one in content]


def test_nothing_that_a_run_writes_holds_a_key(folder, environment):
    here, place, pack = folder
    variables, prefect = environment
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=COMMANDS.replace("PACK", str(pack)),
        env=variables, cwd=here, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = ran.stdout + ran.stderr
    assert ran.returncode == 0, said
    prefect.send_signal(signal.SIGINT)  # it ends as by Ctrl-C, and writes what it holds
    prefect.wait(PATIENCE_S)
    assert not [line for line in said.splitlines() if line.startswith("raised ")], said
    assert_really_ran(said, here, place)
    found = leaks("said", said.encode())
    for path in here.rglob("*"):
        if path.is_file():
            found += leaks(path.name, path.read_bytes())
            found += leaks("a path", str(path).encode())
    for path in place.find(""):
        found += leaks(path, place.read(path))
    assert found == []


def assert_really_ran(said, here, place):
    """What is searched is there: the runs, their logs, the tables, the pages."""
    for command in ("status 0", "process 0", "process 1", "report 0", "docs 0"):
        assert f"$ {command}" in said, said
    assert "g1" in place.names("pictures")
    assert place.names("tables/player_frames/season=2024-25/game_id=g1")
    assert place.exists("quarantine/bad.json")
    with contextlib.closing(sqlite3.connect(here / "prefect/prefect.db")) as database:
        names = [name for (name,) in database.execute("select name from flow_run")]
        (logs,) = database.execute("select count(*) from log").fetchone()
        (parameters,) = database.execute(
            "select count(*) from flow_run where parameters like '%archive_url%'"
        ).fetchone()
    assert {"nightly", "process-g1"} <= set(names)
    assert logs > 0
    assert parameters > 0
