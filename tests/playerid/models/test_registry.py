"""Backends are built from several threads."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from playerid.models import registry
from playerid.models.packs import Model


class Slow:
    """Notes how many of its kind are being built at once."""

    building = 0
    most = 0

    def __init__(self, weights=None):
        Slow.building += 1
        Slow.most = max(Slow.most, Slow.building)
        time.sleep(0.05)
        Slow.building -= 1


def test_threads_build_their_models_one_after_the_other(tmp_path, monkeypatch):
    """Two that imported torchvision side by side failed with a deadlock of modules."""
    monkeypatch.setattr(registry, "backend_of", lambda model: Slow)
    model, begin = Model("detector", "slow", "", "", {}), threading.Barrier(4)

    def build(_):
        begin.wait()
        return registry.load(model, tmp_path)

    with ThreadPoolExecutor(4) as pool:
        assert all(isinstance(built, Slow) for built in pool.map(build, range(4)))
    assert Slow.most == 1


LOADS_ALL = """
import sys
from pathlib import Path

import flows.process_game
from playerid.models import registry
from playerid.models.packs import load_pack

for model in load_pack("starter").values():
    registry.load(model, Path())
print(*({"torch._dynamo", "torchvision"} & set(sys.modules)))
"""


def test_the_starter_pack_needs_no_compiler_of_pytorch(tmp_path):
    """It takes a process 230 MB and three seconds; runtimes are measured the first time."""
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", LOADS_ALL],
            env=os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.strip() == ""
