"""Replace a small object only if it is still the one that was read: compare and swap."""

import fcntl
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.patience import patiently
from playerid.errors import ArchiveError

_IN_PROCESS = threading.Lock()


@patiently
def read_version(archive: Archive, relative: str) -> tuple[bytes | None, str | None]:
    """Read an object and what tells its present version from every other.

    Returns:
        Content and version; None and None if there is no such object.
    """
    filesystem, path = archive.filesystem, archive.path(relative)
    try:
        # The version first: content that is newer than it makes `swap` refuse, never lose.
        tag = filesystem.info(path).get("ETag")
        content = filesystem.cat_file(path)
    except FileNotFoundError:
        archive.check_bucket()
        return None, None
    return content, str(tag) if tag else hashlib.sha256(content).hexdigest()


@patiently
def swap(archive: Archive, relative: str, content: bytes, seen: str | None) -> bool:
    """Write an object if its version is still `seen`, in one step among all machines.

    S3 decides by If-Match and If-None-Match. In a folder an advisory lock does, which the
    operating system takes back from a process that is killed.

    Args:
        archive: where the object is.
        relative: its path.
        content: what to write.
        seen: version of the object that it replaces; None if there was none.

    Returns:
        Whether it was written; False if someone else wrote first.

    Raises:
        ArchiveError: The file system cannot write conditionally.
    """
    protocols = archive.protocols
    if protocols & {"s3", "s3a"}:
        return _put_if(archive, relative, content, seen)
    if not (archive.is_local or "memory" in protocols):
        raise ArchiveError(
            f"archive {archive.url}: publishing needs conditional writes; expected a folder or s3://"
        )
    with _locked(archive):
        if read_version(archive, relative)[1] != seen:
            return False
        archive.write(relative, content)
    return True


def _put_if(archive: Archive, relative: str, content: bytes, seen: str | None) -> bool:
    condition = {"IfMatch": seen} if seen else {"IfNoneMatch": "*"}
    try:
        archive.filesystem.pipe_file(archive.path(relative), content, **condition)
    except OSError as error:
        if _is_refusal(error):
            return False
        raise
    return True


def _is_refusal(error: OSError) -> bool:
    """Whether the store answered 412, or 409 because of a concurrent write."""
    response = getattr(error.__cause__, "response", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return isinstance(error, FileExistsError) or status in {409, 412}


@contextmanager
def _locked(archive: Archive) -> Iterator[None]:
    with _IN_PROCESS:
        if not archive.is_local:
            yield
            return
        path = Path(archive.path(layout.COMMIT_LOCK))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
