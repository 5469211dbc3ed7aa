"""Kill -9 parts of the stack at random moments of a game; is it published whole in the end?

Flow processes, workers, both, the Prefect server and the S3 server are killed in turn, each some
time after the game began. `stack.sh up` then starts what is missing, as a cluster would, and
`reconcile` runs as it does every quarter of an hour. It is well if the published rows are those
of an undisturbed process, and if every step that was recorded before the kill is still the same.
"""

import argparse
import contextlib
import random
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import psutil
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment
from rich.console import Console

from flows.nightly import nightly
from playerid.archive import catalog, layout
from playerid.archive.archive import Archive
from playerid.arena.broadcast import plan_broadcast
from playerid.arena.night import DATE, FIRST_SEED, SEASON
from playerid.arena.writer import write_game
from playerid.operate.compare import find_differences
from tasks.platform.elsewhere import LIVE, PROCESS_GAME, runs_about, wait_for
from tasks.platform.settings import Settings

GAME = "fault-easy-2s"
TAG = f"game:{GAME}"
STACK = Path(__file__).parents[2] / "deployments" / "stack.sh"
KILLED = (
    "flow processes",
    "workers",
    "workers and flow processes",
    "Prefect server",
    "S3 server",
)
console = Console()


def main() -> None:
    """Kill as often as is asked for; fail if a game is not published whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--last-s", type=float, default=60.0, help="latest moment of a kill")
    wanted = parser.parse_args()
    settings, chance = Settings(), random.Random(wanted.seed)
    archive, beside = settings.archive, Archive(f"{settings.archive_url}-undisturbed")
    prepare(settings, beside)
    faults = []
    for number in range(wanted.kills):
        what, after_s = KILLED[number % len(KILLED)], chance.uniform(0, wanted.last_s)
        started_s = time.monotonic()
        wrong = kill_and_wait(archive, what, after_s)
        differences = find_differences(archive, beside, [GAME])[1] if wrong is None else [wrong]
        console.print(
            f"{number + 1}: {what} killed after {after_s:.0f} s, published after"
            f" {time.monotonic() - started_s:.0f} s: {differences or 'whole'}"
        )
        faults += differences
    console.print("FAILED" if faults else "all is well")
    sys.exit(1 if faults else 0)


def prepare(settings: Settings, beside: Archive) -> None:
    """Render the game into both archives, and process it in this process in the other one."""
    broadcast = plan_broadcast(FIRST_SEED, "easy", duration_s=2, fps=Fraction(25))
    for place in (settings.archive, beside):
        if not place.exists(layout.game_file(GAME)):
            write_game(place, broadcast, GAME, SEASON, DATE)
    nightly(settings.model_copy(update={"archive_url": beside.url, "on_pools": False}), [GAME])


def kill_and_wait(archive: Archive, what: str, after_s: float) -> str | None:
    """Start the game from nothing, kill, start again what is missing, wait for the game.

    Returns:
        What is wrong, or None.
    """
    forget(archive)
    submit()
    time.sleep(after_s)
    before = records(archive)
    for process in processes(what):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            process.wait(60)
    subprocess.run([STACK, "up"], check=True, capture_output=True)
    end_s = time.monotonic() + 1200
    while runs_about([TAG], LIVE) or catalog.find_entry(archive, SEASON, GAME) is None:
        if time.monotonic() > end_s:
            return "not published after 20 minutes"
        go_on()
        time.sleep(10)
    after = records(archive)
    again = [path for path in before if before[path] != after.get(path)]
    return f"computed again: {again}" if again else None


def submit() -> None:
    """Submit the game as a night does."""
    run_deployment(
        PROCESS_GAME, parameters={"game_id": GAME}, tags=[TAG], work_queue_name="nightly", timeout=0
    )


def go_on() -> None:
    """What happens by the clock on a cluster: crashed runs are repaired, failed games tried again.

    A run fails, and does not crash, if the storage or the server is gone for longer than it is
    asked again; the game is then set aside with that reason, and due the next night.
    """
    if runs_about([TAG], [StateType.CRASHED]):
        wait_for(run_deployment("reconcile/reconcile", timeout=0))
    elif not runs_about([TAG], LIVE):
        submit()


def processes(what: str) -> list[psutil.Process]:
    """Processes to be killed."""
    workers = [worker for pool in ("cpu", "gpu-t4") for worker in part(pool).children()]
    flows = [child for worker in workers for child in worker.children(recursive=True)]
    server, store = part("server"), part("s3")
    return {
        "flow processes": flows,
        "workers": workers,
        "workers and flow processes": [*workers, *flows],
        "Prefect server": [server, *server.children(recursive=True)],
        "S3 server": [store, *store.children(recursive=True)],
    }[what]


def part(name: str) -> psutil.Process:
    """Process of a part of the stack."""
    return psutil.Process(int((STACK.parents[1] / "runs" / "stack" / "pid" / name).read_text()))


def records(archive: Archive) -> dict[str, str]:
    """Record of each finished step -> its version."""
    return archive.versions(layout.records_folder(GAME), ".json")


def forget(archive: Archive) -> None:
    """Remove what was made of the game."""
    made = [layout.catalog_entry(SEASON, GAME), layout.run_record(GAME)]
    for path in [*archive.find(layout.working_folder(GAME)), *made]:
        archive.remove(path)


if __name__ == "__main__":
    main()
