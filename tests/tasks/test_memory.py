"""Freed memory goes back to the system."""

import platform
import subprocess
import sys

import pytest

FREES_ALL_BUT_A_LITTLE = """
import threading
import psutil
import pyarrow
from tasks.platform.memory import give_back, give_back_between, hold_few_arenas

hold_few_arenas()
held = []

def fill():
    blocks = [bytearray(60_000) for _ in range(1_000)]
    held.append(blocks[::100])

for _ in range(4):
    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
resident = psutil.Process().memory_info
before = resident().rss
{}
print(before, resident().rss)
"""
BETWEEN = "for part in give_back_between([pyarrow.table({})]): pass"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps it")
@pytest.mark.parametrize("gives_back", ["give_back()", BETWEEN])
def test_what_threads_have_freed_goes_back_although_a_little_is_held(gives_back):
    done = subprocess.run(
        [sys.executable, "-c", FREES_ALL_BUT_A_LITTLE.format(gives_back)],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    before, after = map(int, done.stdout.split())
    assert before - after > 40_000_000
