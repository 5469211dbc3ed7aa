"""Commands on a disk that is full, and on one that cannot be written: one plain line, a status."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.victims import leave_leftovers, publish

ROOT = Path(__file__).parents[2]
IN_NAMESPACE = ["unshare", "--map-root-user", "--mount"]
SCRIPT = """
import json, shutil, subprocess, sys
from pathlib import Path
from typer.testing import CliRunner
from playerid.cli.main import app
from tests.flows.blank import use_blank

source, disk, pack = sys.argv[1:]
use_blank()

def mount(*options):
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", disk], check=True)

def run(state):
    for command in (["sweep", "--remove", "--min-age-h", "0"], ["report", "g1"], ["report"],
                    ["process", "g2", "--pack", pack], ["nightly", "--pack", pack], ["verify"],
                    ["correct", "g1", "1", "home-3"], ["status"], ["sql", "-c", "from games"]):
        result = CliRunner().invoke(app, [*command, "--archive", f"{disk}/archive"])
        error = result.exception
        trace = None if error is None or isinstance(error, SystemExit) else repr(error)
        said = [state, " ".join(command), result.exit_code, result.output, trace]
        print(json.dumps(said))

def fill(path, left):
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            file.truncate(max(file.tell() - left, 0))

mount("-o", "size=8m")
shutil.copytree(source, f"{disk}/archive")
fill(f"{disk}/filler", 0)
run("full")
fill(f"{disk}/filler", 65536)
run("nearly full")
Path(f"{disk}/filler").unlink()
mount("-o", "remount,ro")
run("read-only")
"""


def may_mount():
    """Whether this machine lets a test have mounts of its own."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    command = [*IN_NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def told(archive, settings, add_game, tmp_path):
    """(state, command) -> status and output, of a published game, a new one and leftovers."""
    if not may_mount():
        pytest.skip("needs mounts of its own: unshare --map-root-user --mount")
    publish(archive, add_game("g1"), settings.pack)
    add_game("g2")
    leave_leftovers(archive, "g1", "2024-25")
    (tmp_path / "disk").mkdir()
    command = [
        *IN_NAMESPACE, sys.executable, "-c", SCRIPT,
        archive.url, str(tmp_path / "disk"), settings.pack,
    ]  # fmt: skip
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return {(row[0], row[1].split(" --")[0]): tuple(row[2:]) for row in rows}


def test_a_command_that_cannot_write_says_so_in_one_line(told):
    """Those that only read answer all the same."""
    needs_room = "report", "process", "nightly", "correct", "sweep", "verify"
    for (state, command), (status, output, trace) in told.items():
        place = state, command, output
        assert trace is None, place
        assert "Traceback" not in output, place
        if command.split()[0] not in needs_room:
            assert status == 0, place
        elif state != "nearly full":
            assert status == 1, place
            reason = "Read-only file system" if state == "read-only" else "No space left"
            (line,) = [line for line in output.splitlines() if "Error" in line]
            assert reason in line, place
    assert told["nearly full", "process g2"][0] == 1
    assert "No space left" in told["nearly full", "process g2"][1]
