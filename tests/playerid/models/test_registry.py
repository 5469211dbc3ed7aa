"""Backends are built from several threads."""

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
