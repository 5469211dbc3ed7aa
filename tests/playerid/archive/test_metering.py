import errno
import threading
import time
from contextvars import copy_context

import pytest

from playerid.archive.metering import Cost, CountedFile, add_up, helping, metered
from playerid.archive.patience import patiently
from playerid.errors import StorageError


def test_bytes_that_a_step_moves_are_counted(archive):
    with metered() as meter:
        archive.write("a", b"12345")
        archive.read("a")
        with archive.open("a") as file:
            file.read(2)
            file.seek(4)
            file.read()
    archive.read("a")
    cost = meter.cost(has_gpu=False)
    assert (cost.bytes_written, cost.bytes_read, cost.gpu_s) == (5, 5 + 2 + 1, 0)


def test_a_held_gpu_costs_its_time():
    with metered() as meter:
        time.sleep(0.02)
        cost = meter.cost(has_gpu=True)
    assert cost.gpu_s == cost.wall_s >= 0.02


def test_costs_add_up():
    assert add_up([]) == Cost()
    assert add_up([Cost(1, 2, 3, 4, 5), Cost(1, 1, 1, 1, 1)]) == Cost(2, 3, 4, 5, 6)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("playerid.archive.patience.WAITS_S", (0, 0, 0))


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        pytest.param(OSError(errno.EIO, "remote"), 4, id="the network: again"),
        pytest.param(FileNotFoundError("x"), 1, id="nothing there: once"),
        pytest.param(OSError(errno.ENOSPC, "full"), 1, id="disk full: once"),
    ],
)
def test_only_what_may_pass_is_asked_again(quick, error, asked):
    calls = []

    @patiently
    def request():
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        request()
    assert len(calls) == asked


def test_a_read_that_fails_half_way_goes_on_where_it_was(quick, tmp_path):
    (tmp_path / "file").write_bytes(b"0123456789")

    class Shaky:
        """Every second read moves on and then fails."""

        def __init__(self, file):
            self.file, self.reads = file, 0

        def read(self, size):
            self.reads += 1
            content = self.file.read(size)
            if self.reads % 2:
                raise OSError(errno.EIO, "connection reset")
            return content

        def __getattr__(self, name):
            return getattr(self.file, name)

    with (tmp_path / "file").open("rb") as file:
        shaky = CountedFile(Shaky(file), "file")
        assert [shaky.read(4), shaky.read(4), shaky.read(4)] == [b"0123", b"4567", b"89"]


def test_storage_that_keeps_failing_is_not_a_fault_of_the_file(quick, tmp_path):
    (tmp_path / "file").write_bytes(b"0")
    file = CountedFile((tmp_path / "file").open("rb"), "video.mp4")

    class Broken:
        def tell(self):
            return 0

        def seek(self, position):
            raise OSError(errno.EIO, "gone")

    file._file.close()
    file._file = Broken()
    with pytest.raises(StorageError, match=r"video\.mp4: cannot be read now"):
        file.read()


def test_steps_side_by_side_share_what_was_spent():
    """One thread works while the other sleeps: together they cost what passed."""
    costs = {}

    def step(name, spend):
        with metered() as meter:
            spend()
        costs[name] = meter.cost(has_gpu=True)

    def work():
        until_s = time.thread_time() + 0.3
        while time.thread_time() < until_s:
            pass

    started_s = time.monotonic()
    threads = [
        threading.Thread(target=step, args=given)
        for given in (("busy", work), ("idle", lambda: time.sleep(0.3)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took_s = time.monotonic() - started_s
    assert costs["busy"].cpu_s >= 0.25
    assert costs["idle"].cpu_s < 0.1
    assert costs["busy"].wall_s + costs["idle"].wall_s == pytest.approx(took_s, abs=0.1)
    assert costs["busy"].gpu_s > 2 * costs["idle"].gpu_s


def test_threads_that_help_a_step_are_counted_for_it():
    costs = {}

    def work():
        until_s = time.thread_time() + 0.3
        while time.thread_time() < until_s:
            pass

    def help_out():
        with helping():
            work()

    def helped():
        with metered() as meter:
            thread = threading.Thread(target=copy_context().run, args=(help_out,))
            thread.start()
            thread.join()
        costs["helped"] = meter.cost(has_gpu=False)

    def alone():
        with metered() as meter:
            time.sleep(0.3)
        costs["alone"] = meter.cost(has_gpu=False)

    threads = [threading.Thread(target=step) for step in (helped, alone)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    help_out()  # no step: nothing is counted
    assert costs["helped"].cpu_s >= 0.25
    assert costs["alone"].cpu_s < 0.1
