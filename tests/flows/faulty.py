"""File systems with faults, and runs of a game in processes that can be killed."""

import contextlib
import errno
import io
import os
import random
import signal
import socket
import time
import uuid
from typing import ClassVar

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from playerid.archive import catalog
from playerid.operate import quarantine
from playerid.operate.compare import published_rows


class FaultyFileSystem(LocalFileSystem):
    """A folder whose requests fail, linger, or end the process; and that may be full.

    Attributes:
        failure_prob: of a request to fail, and as often to take `slow_s`.
        slow_s: seconds.
        room: bytes until the disk is full.
        requests: so many were made in this process.
        dies_at: the request that kills the process; a write is then half done.
    """

    protocol = "faulty"
    failure_prob: ClassVar[float] = 0.0
    slow_s: ClassVar[float] = 0.2
    room: ClassVar[float] = float("inf")
    chance: ClassVar[random.Random] = random.Random(0)
    failures: ClassVar[int] = 0
    requests: ClassVar[int] = 0
    dies_at: ClassVar[int | None] = None

    @classmethod
    def _strip_protocol(cls, path):
        return LocalFileSystem._strip_protocol(str(path).removeprefix("faulty://"))

    @classmethod
    def ask(cls):
        if cls.requests == cls.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        cls.requests += 1
        drawn = cls.chance.random()
        if drawn < cls.failure_prob:
            cls.failures += 1
            raise OSError(errno.EIO, "the storage is not itself")
        if drawn < 2 * cls.failure_prob:
            time.sleep(cls.slow_s)

    def info(self, path, **options):
        self.ask()
        return super().info(path, **options)

    def cat_file(self, path, *arguments, **options):
        self.ask()
        return super().cat_file(path, *arguments, **options)

    def pipe_file(self, path, value, **options):
        if self.requests == self.dies_at:
            super().pipe_file(path, value[: len(value) // 2], **options)
        self.ask()
        if len(value) > type(self).room:
            super().pipe_file(path, value[: int(type(self).room)], **options)
            raise OSError(errno.ENOSPC, "No space left on device", path)
        type(self).room -= len(value)
        super().pipe_file(path, value, **options)

    def mv(self, path1, path2, **options):
        self.ask()
        super().mv(path1, path2, **options)

    def open(self, path, mode="rb", **options):
        self.ask()
        file = super().open(path, mode, **options)
        return FaultyFile(file) if mode == "rb" else file


class FaultyFile:
    """A file whose reads fail as often as the requests of its file system."""

    def __init__(self, file):
        self._file = file

    def read(self, size=-1):
        FaultyFileSystem.ask()
        return self._file.read(size)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __getattr__(self, name):
        return getattr(self._file, name)


class DistantFileSystem(MemoryFileSystem):
    """An object store in memory: every request takes 30 ms, a page of a listing has 1,000 names."""

    protocol = "distant"
    store: ClassVar[dict] = {}
    pseudo_dirs: ClassVar[list] = [""]
    request_s: ClassVar[float] = 0.03
    requests: ClassVar[int] = 0

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(str(path).removeprefix("distant://"))

    @classmethod
    def ask(cls, times=1):
        cls.requests += times
        time.sleep(times * cls.request_s)

    def cat_file(self, path, start=None, end=None, **options):
        self.ask()
        return self._file(path).getvalue()[start:end]

    def info(self, path, **options):
        self.ask()
        return self._facts(self._strip_protocol(path), self._file(path))

    def find(self, path, maxdepth=None, withdirs=False, detail=False, **options):
        prefix = self._strip_protocol(path).rstrip("/") + "/"
        names = sorted(name for name in self.store if name.startswith(prefix))
        self.ask(len(names) // 1000 + 1)
        found = {name: self._facts(name, self.store[name]) for name in names}
        return found if detail else names

    def _open(self, path, mode="rb", **options):
        self.ask()
        if mode == "rb":
            return io.BytesIO(self._file(path).getvalue())
        return super()._open(path, mode, **options)

    def _file(self, path):
        try:
            return self.store[self._strip_protocol(path)]
        except KeyError:
            raise FileNotFoundError(path) from None

    @staticmethod
    def _facts(name, file):
        return {"name": name, "size": file.size, "type": "file", "created": file.created}


fsspec.register_implementation("faulty", FaultyFileSystem, clobber=True)
fsspec.register_implementation("distant", DistantFileSystem, clobber=True)


def free_ports(count):
    """First of some free ports in a row; SeaweedFS takes those 10,000 above them, too.

    They lie below those that the system gives to clients: one of these could take a server's
    port while the server is down.
    """
    for first in random.Random().sample(range(12_000, 22_000, 10), 100):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + count):
                for number in (port, port + 10_000):
                    stack.enter_context(socket.create_server(("127.0.0.1", number)))
            return first
    raise OSError("no free ports")


def distant_url():
    """An empty place in the distant store."""
    return f"distant://{uuid.uuid4().hex}"


def forget(archive):
    """Clear away what was made of the game."""
    for folder in ("tables", "catalog", "interim", "runs"):
        archive.filesystem.rm(archive.path(folder), recursive=True)


def records(archive):
    """Record of each finished step -> its version."""
    return archive.versions("interim/g1/cache", ".json")


def assert_whole(archive, undisturbed):
    """One published game, equal to that of an undisturbed run, and no trace of broken writes."""
    assert published_rows(archive, "g1") == undisturbed
    assert [entry.game_id for entry in catalog.entries(archive)] == ["g1"]
    assert quarantine.find_all(archive) == {}
    assert not [path for path in archive.find("") if path.endswith(".partial")]
    assert archive.names("interim/g1/unfinished") == []


def run_game(server_url, archive_url, pack, game_id, dies_at=None):
    """Process a game with the blank backends; for a process of its own.

    Args:
        server_url: of the Prefect server.
        archive_url: where the game is.
        pack: file of the model pack.
        game_id: the game.
        dies_at: request to the storage, from 0, that kills the process.
    """
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        temporary_settings,
    )

    from flows.process_game import process_game
    from tasks.platform.settings import Settings
    from tests.flows.blank import use_blank

    use_blank()
    FaultyFileSystem.requests, FaultyFileSystem.dies_at = 0, dies_at
    calm = {PREFECT_API_URL: server_url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    with temporary_settings(calm):
        process_game(game_id, Settings(archive_url=archive_url, pack=pack))
