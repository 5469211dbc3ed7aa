"""Processes that are killed at a named moment: of a write to a folder, or to an object store.

In a folder the moments are events of the interpreter (`sys.addaudithook`), and a limit of the
system on the size of a file. On the way to an object store a relay reads the requests.
"""

import contextlib
import os
import re
import resource
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

EVENTS = {"open": "write", "os.rename": "rename", "os.remove": "remove", "DELETE": "remove",
          "PUT": "write"}  # fmt: skip
BEFORE, HALF, UNSEEN = "before", "half", "unseen"


@dataclass(frozen=True)
class Moment:
    """When a process dies.

    Attributes:
        what: it does: "write", "remove", or, in a folder alone, "rename".
        path: pattern of what that is done to.
        when: before it is done; half done; or done, and nobody was told.
        number: of the requests that match, from 0.
        size: bytes of a half written object, at most.
    """

    what: str
    path: str
    when: str
    number: int = 0
    size: int = 100


def die_at(moment: Moment) -> None:
    """Have this process die at a moment of its work in a folder."""
    seen, is_next = 0, False

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen, is_next
        if EVENTS.get(event) is None:
            return
        if is_next:
            os.kill(os.getpid(), signal.SIGKILL)
        if not _is_meant(event, arguments, moment):
            return
        seen += 1
        if seen != moment.number + 1:
            return
        if moment.when == BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        elif moment.when == HALF:  # the system ends who writes more
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (moment.size, moment.size))
        else:
            is_next = True

    sys.addaudithook(watch)


def _is_meant(event: str, arguments: tuple[object, ...], moment: Moment) -> bool:
    """A write that is done ends in a rename."""
    is_done = moment.when == UNSEEN and moment.what == "write"
    wanted = "rename" if is_done else moment.what
    if EVENTS[event] != wanted or not isinstance(arguments[0], str | bytes | os.PathLike):
        return False
    if event == "open" and not re.search("[wax+]", str(arguments[1] or "")):
        return False
    path = arguments[1] if event == "os.rename" else arguments[0]
    return re.search(moment.path, os.fsdecode(path)) is not None  # type: ignore[arg-type]


class Relay:
    """A way to an object store on which somebody is killed at a moment.

    Attributes:
        asked: method of a request -> how many were made.
        port: of this machine that leads there.
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._moment: Moment | None = None
        self._victim = self._seen = 0
        self.asked = Counter[str]()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def kill_at(self, moment: Moment, victim: int) -> None:
        """Kill a process at a moment, once."""
        with self._lock:
            self._moment, self._victim, self._seen = moment, victim, 0

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """Pass requests on, one after the other, and their answers."""
        ending = contextlib.suppress(OSError, EOFError)
        with ending, client, socket.create_connection(self._target) as store:
            asked, answers = client.makefile("rb"), store.makefile("rb")
            while head := _head(asked):
                meant = self._is_meant(head)
                if meant and meant.when == BEFORE:
                    self._kill()
                store.sendall(head)
                if re.search(rb"(?i)\r\nexpect: 100", head):
                    client.sendall(_head(answers))
                most = meant.size if meant and meant.when == HALF else None
                _copy(asked, store, head, most)
                if most is not None:
                    self._kill()
                answer = _head(answers)
                if meant:
                    self._kill()
                client.sendall(answer)
                if not head.startswith(b"HEAD"):
                    _copy(answers, client, answer)

    def _is_meant(self, head: bytes) -> Moment | None:
        method, path = head.decode("latin-1").split()[:2]
        with self._lock:
            self.asked[method] += 1
            moment = self._moment
            if not moment or EVENTS.get(method) != moment.what:
                return None
            if not re.search(moment.path, path):
                return None
            self._seen += 1
            return moment if self._seen == moment.number + 1 else None

    def _kill(self) -> None:
        with self._lock:
            self._moment = None
            os.kill(self._victim, signal.SIGKILL)
        raise EOFError


def _head(stream) -> bytes:
    lines = []
    while not lines or lines[-1] != b"\r\n":
        lines.append(stream.readline())
        if not lines[-1]:
            raise EOFError
    return b"".join(lines)


def _copy(source, target: socket.socket, head: bytes, most: int | None = None) -> None:
    """Pass the body on that a head announces; at most so many bytes, and not the last one."""
    if re.search(rb"(?i)\r\ntransfer-encoding: chunked", head):
        _copy_chunks(source, target)
        return
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    left = int(length[1]) if length else 0
    if most is not None:
        left = min(most, left - 1)
    while left > 0:
        block = source.read(min(left, 1 << 16))
        if not block:
            raise EOFError
        target.sendall(block)
        left -= len(block)


def _copy_chunks(source, target: socket.socket) -> None:
    while True:
        size = source.readline()
        body = source.read(int(size.split(b";")[0], 16) + 2)
        target.sendall(size + body)
        if len(body) == 2:
            return


@contextmanager
def relay_to(port: int) -> Iterator[Relay]:
    """A relay to an object store."""
    found = Relay(port)
    try:
        yield found
    finally:
        found.close()
