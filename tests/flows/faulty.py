"""File systems with faults, and what a published game is, row for row."""

import errno
import io
import os
import random
import time
import uuid
from typing import ClassVar

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from playerid import catalog, store, tables

CHANGING = {
    "published_at",
    "wall_s",
    "cpu_s",
    "gpu_s",
    "bytes_read",
    "bytes_written",
    "stage_costs",
}
"""Columns that differ from run to run."""


def rows_of(archive, game_id, season="2024-25"):
    """Rows of every declared public table of a game, without when and at what cost."""
    entry = catalog.find_entry(archive, season, game_id)
    found = {}
    for table in tables.PUBLIC_TABLES:
        rows = store.read(archive, table, entry.tables[table.name])
        kept = [name for name in rows.column_names if name not in CHANGING]
        found[table.name] = rows.select(kept).to_pylist()
    return found


class FaultyFileSystem(LocalFileSystem):
    """A folder whose requests fail with a probability, or which is full after so many bytes."""

    protocol = "faulty"
    failure_prob: ClassVar[float] = 0.0
    room: ClassVar[float] = float("inf")
    chance: ClassVar[random.Random] = random.Random(0)
    failures: ClassVar[int] = 0

    @classmethod
    def _strip_protocol(cls, path):
        return LocalFileSystem._strip_protocol(str(path).removeprefix("faulty://"))

    @classmethod
    def may_fail(cls):
        if cls.chance.random() < cls.failure_prob:
            cls.failures += 1
            raise OSError(errno.EIO, "the storage is not itself")

    def info(self, path, **options):
        self.may_fail()
        return super().info(path, **options)

    def cat_file(self, path, *arguments, **options):
        self.may_fail()
        return super().cat_file(path, *arguments, **options)

    def pipe_file(self, path, value, **options):
        self.may_fail()
        if len(value) > type(self).room:
            super().pipe_file(path, value[: int(type(self).room)], **options)
            raise OSError(errno.ENOSPC, "No space left on device", path)
        type(self).room -= len(value)
        super().pipe_file(path, value, **options)

    def mv(self, path1, path2, **options):
        self.may_fail()
        super().mv(path1, path2, **options)

    def open(self, path, mode="rb", **options):
        self.may_fail()
        file = super().open(path, mode, **options)
        return FaultyFile(file) if mode == "rb" else file


class FaultyFile:
    """A file whose reads fail as often as the requests of its file system."""

    def __init__(self, file):
        self._file = file

    def read(self, size=-1):
        FaultyFileSystem.may_fail()
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


def distant_url():
    """An empty place in the distant store."""
    return f"distant://{uuid.uuid4().hex}"


def run_game(archive_url, pack, game_id):
    """Process a game with the blank backends; for a process of its own, which leads a session."""
    os.setsid()
    from flows.process_game import process_game
    from playerid import backends
    from tasks.settings import Settings
    from tests.flows.blank import NAMES

    backends.BACKENDS |= {name: f"tests.flows.blank:{cls}" for name, cls in NAMES.items()}
    process_game(game_id, Settings(archive_url=archive_url, pack=pack))
