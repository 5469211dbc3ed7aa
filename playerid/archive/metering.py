"""What a step costs: time, processors, and the bytes it moves from and to the archive."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import asdict, astuple, dataclass
from threading import Lock, get_ident
from typing import Any, BinaryIO, ClassVar, cast

from playerid.archive.patience import patiently
from playerid.errors import StorageError


@dataclass(frozen=True, slots=True)
class Cost:
    """What was spent.

    Attributes:
        wall_s: from start to end; its share of it where steps ran side by side.
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
    """Counts bytes; tells the cost since it was made.

    What passes while several meters of a process run is shared out among them by the processor
    time of their threads, so that costs of steps side by side add up to what was spent.
    """

    _running: ClassVar[list["Meter"]] = []
    _lock: ClassVar[Lock] = Lock()
    _settled: ClassVar[tuple[float, float]] = (0.0, 0.0)

    def __init__(self) -> None:
        self.bytes_read = 0
        self.bytes_written = 0
        self._wall_s = self._cpu_s = 0.0
        self._threads: dict[int, float] = {}

    @contextmanager
    def count_thread(self) -> Iterator[None]:
        """Count what this thread spends inside the block."""
        with Meter._lock:
            self._settle()
            self._threads[get_ident()] = _thread_s(get_ident())
            if len(self._threads) == 1:
                Meter._running.append(self)
        try:
            yield
        finally:
            with Meter._lock:
                self._settle()
                del self._threads[get_ident()]
                if not self._threads:
                    Meter._running.remove(self)

    def cost(self, *, has_gpu: bool) -> Cost:
        """What was spent until now."""
        with Meter._lock:
            self._settle()
        wall_s, cpu_s = round(self._wall_s, 3), round(self._cpu_s, 3)
        return Cost(wall_s, cpu_s, wall_s * has_gpu, self.bytes_read, self.bytes_written)

    @classmethod
    def _settle(cls) -> None:
        """Share out what was spent since the last time."""
        now = time.monotonic(), _cpu_s()
        wall_s, cpu_s = (after - before for after, before in zip(now, cls._settled, strict=True))
        cls._settled = now
        busy_s = [meter._busy_s() for meter in cls._running]
        for meter, own_s in zip(cls._running, busy_s, strict=True):
            share = own_s / sum(busy_s)
            meter._wall_s += share * wall_s
            meter._cpu_s += share * cpu_s

    def _busy_s(self) -> float:
        """Processor time of its threads since the last time; a little more than nothing."""
        before_s = sum(self._threads.values())
        self._threads = {thread: _thread_s(thread) for thread in self._threads}
        return sum(self._threads.values()) - before_s + 1e-9


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """Count what the archive reads and writes inside the block."""
    meter = Meter()
    token = _METER.set(meter)
    try:
        with meter.count_thread():
            yield meter
    finally:
        _METER.reset(token)


@contextmanager
def helping() -> Iterator[None]:
    """Count what this thread spends for the step in whose context it runs, if that is counted."""
    with meter.count_thread() if (meter := _METER.get()) else nullcontext():
        yield


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


def _thread_s(thread: int) -> float:
    """Processor time of a thread that runs; 0 where the system does not tell: all share alike."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return 0.0
    return time.clock_gettime(time.pthread_getcpuclockid(thread))


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
