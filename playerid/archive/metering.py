"""What a step costs: time, processors, and the bytes it moves from and to the archive."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, astuple, dataclass
from typing import Any, BinaryIO, cast

from playerid.archive.patience import patiently
from playerid.errors import StorageError


@dataclass(frozen=True, slots=True)
class Cost:
    """What was spent.

    Attributes:
        wall_s: from start to end.
        cpu_s: of all threads of the process and of the processes it started.
        gpu_s: for which the process held a GPU, busy or not.
        bytes_read, bytes_written: of the archive.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0
    gpu_s: float = 0.0
    bytes_read: int = 0
    bytes_written: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


def add_up(costs: Iterable[Cost]) -> Cost:
    """All of them together."""
    sums = [sum(values) for values in zip(*map(astuple, costs), strict=True)]
    return Cost(*sums)


class Meter:
    """Counts bytes; tells the cost since it was made."""

    def __init__(self) -> None:
        self.bytes_read = 0
        self.bytes_written = 0
        self._wall_s, self._cpu_s = time.monotonic(), _cpu_s()

    def cost(self, *, has_gpu: bool) -> Cost:
        """What was spent until now."""
        wall_s = round(time.monotonic() - self._wall_s, 3)
        cpu_s = round(_cpu_s() - self._cpu_s, 3)
        return Cost(wall_s, cpu_s, wall_s * has_gpu, self.bytes_read, self.bytes_written)


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """Count what the archive reads and writes inside the block."""
    meter = Meter()
    token = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(token)


def count_read(size: int) -> None:
    """Note bytes that were read."""
    if meter := _METER.get():
        meter.bytes_read += size


def count_written(size: int) -> None:
    """Note bytes that were written."""
    if meter := _METER.get():
        meter.bytes_written += size


class CountedFile:
    """A file opened for reading: counts what is read, and asks again where a read fails."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name, self._meter = file, name, _METER.get()

    def read(self, size: int = -1) -> bytes:
        """Read bytes.

        Raises:
            StorageError: The storage fails, again and again; the file is not at fault.
        """
        position = self._file.tell()

        @patiently
        def read() -> bytes:
            self._file.seek(position)
            return self._file.read(size)

        try:
            content = read()
        except OSError as error:
            raise StorageError(f"{self._name}: cannot be read now: {error}") from error
        if self._meter:
            self._meter.bytes_read += len(content)
        return content

    def __enter__(self) -> BinaryIO:
        return cast(BinaryIO, self)

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
