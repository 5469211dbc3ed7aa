"""Processes that work for one that was killed end, too."""

import subprocess
import sys
import time
from pathlib import Path

WORKS = """
import multiprocessing
import time

from playerid.processes import pool_of

pool = pool_of(2)
for _ in range(2):
    pool.submit(time.sleep, 60)
print(*(process.pid for process in multiprocessing.active_children()), flush=True)
time.sleep(60)
"""


def is_there(pid):
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_the_workers_of_a_killed_process_end():
    with subprocess.Popen([sys.executable, "-c", WORKS], stdout=subprocess.PIPE, text=True) as boss:
        workers = [int(pid) for pid in boss.stdout.readline().split()]
        assert len(workers) == 2
        assert all(map(is_there, workers))
        boss.kill()
    end_s = time.monotonic() + 30
    while any(map(is_there, workers)) and time.monotonic() < end_s:
        time.sleep(0.1)
    assert not any(map(is_there, workers))
