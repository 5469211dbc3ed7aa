"""A folder of any fsspec file system that holds games and tables; `layout` says what lies where."""

import contextlib
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from playerid.archive import layout
from playerid.archive.buckets import check_bucket
from playerid.archive.local_files import flush
from playerid.archive.metering import CountedFile, count_read, count_written
from playerid.archive.patience import patiently
from playerid.errors import ArchiveError, DamagedError, StorageError

KEYS = re.compile(r"[?&;][^=&;]*(sig|token|key|secret|password|credential)[^=&;]*=", re.IGNORECASE)
VERSION = ("size", "mtime", "created", "ino")


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of any fsspec file system. Paths below are relative to it, with "/" between.

    Attributes:
        url: fsspec URL or local folder.
    """

    url: str

    def __post_init__(self) -> None:
        check_url(self.url)

    @property
    def filesystem(self) -> fsspec.AbstractFileSystem:
        """The file system of the URL; instances are shared by fsspec.

        Listings are not remembered: other machines write to the archive too.
        """
        return fsspec.core.url_to_fs(self.url, use_listings_cache=False)[0]

    @property
    def root(self) -> str:
        """Path of the archive inside its file system."""
        return _root(self.url)

    @property
    def protocols(self) -> set[str]:
        """Names of the file system, as "s3"."""
        protocol = self.filesystem.protocol
        return {protocol} if isinstance(protocol, str) else set(protocol)

    @property
    def is_local(self) -> bool:
        """Whether the archive is a folder of this machine."""
        return isinstance(self.filesystem, LocalFileSystem)

    def path(self, relative: str) -> str:
        """Full path inside the file system.

        Raises:
            ArchiveError: `relative` would leave the archive.
        """
        if PurePosixPath(relative).is_absolute() or ".." in PurePosixPath(relative).parts:
            raise ArchiveError(f"path {relative!r} leaves the archive")
        return f"{self.root}/{relative}"

    @patiently
    def exists(self, relative: str) -> bool:
        """Whether an object is there; an unreachable storage raises instead of answering."""
        try:
            self.filesystem.info(self.path(relative))
        except FileNotFoundError:
            self.check_bucket()
            return False
        return True

    def open(self, relative: str) -> BinaryIO:
        """Open an object for reading in ranges.

        Raises:
            ArchiveError: There is no such object.
        """
        try:
            file = patiently(self.filesystem.open)(self.path(relative), "rb")
        except FileNotFoundError as error:
            self.check_bucket()
            raise ArchiveError(f"{relative}: not in the archive {self.url}") from error
        return cast(BinaryIO, CountedFile(file, relative))

    @patiently
    def read(self, relative: str) -> bytes:
        """Read a whole object.

        Raises:
            ArchiveError: There is no such object.
        """
        try:
            content = cast(bytes, self.filesystem.cat_file(self.path(relative)))
        except FileNotFoundError as error:
            self.check_bucket()
            raise ArchiveError(f"{relative}: not in the archive {self.url}") from error
        count_read(len(content))
        return content

    @patiently
    def read_range(self, relative: str, start: int, end: int) -> bytes:
        """Read bytes of an object, half-open, in one request and nothing beyond them."""
        content = cast(bytes, self.filesystem.cat_file(self.path(relative), start=start, end=end))
        count_read(len(content))
        return content

    @patiently
    def write(self, relative: str, content: bytes) -> None:
        """Write or replace an object in one step: readers see the old one or the new one.

        Object stores do so by themselves; a local file is written beside, flushed to the disk and
        renamed.
        """
        count_written(len(content))
        self._replace(relative, lambda path: self.filesystem.pipe_file(path, content))

    @patiently
    def write_file(self, relative: str, source: Path) -> None:
        """Write or replace an object by the content of a file of this machine, in one step.

        The file itself is never written to, also where the object is a link to it, or it to the
        object: these are left as they are.
        """
        with contextlib.suppress(FileNotFoundError):
            if self.is_local and source.samefile(self.path(relative)):
                return
        count_written(source.stat().st_size)
        self._replace(relative, lambda path: self.filesystem.put_file(str(source), path))

    def _replace(self, relative: str, fill: Callable[[str], object]) -> None:
        filesystem, path = self.filesystem, self.path(relative)
        if not self.is_local:
            fill(path)
            return
        folder = path.rsplit("/", 1)[0]
        filesystem.makedirs(folder, exist_ok=True)
        partial = self.path(layout.partial(relative, _unique()))
        try:
            fill(partial)
            flush(Path(partial))
            filesystem.mv(partial, path)
            flush(Path(folder))
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                patiently(filesystem.rm_file)(partial)
            raise

    def read_json(self, relative: str) -> dict[str, Any]:
        """Read a JSON object.

        Raises:
            DamagedError: The object is not JSON.
            ArchiveError: It is missing.
        """
        return parse_json(relative, self.read(relative))

    def write_json(self, relative: str, content: Mapping[str, Any]) -> None:
        """Write a JSON object in one step."""
        self.write(relative, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())

    @patiently
    def remove(self, relative: str) -> None:
        """Remove an object if it is there."""
        with contextlib.suppress(FileNotFoundError):
            self.filesystem.rm_file(self.path(relative))

    @patiently
    def names(self, relative: str, suffix: str = "") -> list[str]:
        """Names in a folder that end in `suffix`, sorted; none where there is no folder."""
        try:
            found = self.filesystem.ls(self.path(relative), detail=False, refresh=True)
        except FileNotFoundError:
            self.check_bucket()
            return []
        folder = self.path(relative).strip("/")  # object stores may list a placeholder of it
        paths = (str(path).strip("/") for path in found)
        names = (path.rsplit("/", 1)[-1] for path in paths if path != folder)
        return sorted(name for name in names if name.endswith(suffix))

    @patiently
    def find(self, relative: str) -> dict[str, Mapping[str, Any]]:
        """Everything below a folder: path -> what the file system knows about the object.

        Placeholders of folders, which some object stores keep, are no objects.
        """
        try:
            found = self.filesystem.find(self.path(relative), detail=True)
        except FileNotFoundError:
            found = {}
        if not found:
            self.check_bucket()
        start = len(self.root) + 1
        return {
            path[start:]: info
            for path, info in found.items()
            if not path.endswith("/") and info.get("type") != "directory"
        }

    def versions(self, relative: str, suffix: str = "") -> dict[str, str]:
        """Objects below a folder whose name ends in `suffix`, and what tells their versions apart.

        Returns:
            Path -> version: an ETag, or size, time of change and number of the file.
        """
        return {
            path: str(info.get("ETag") or [info.get(name) for name in VERSION])
            for path, info in self.find(relative).items()
            if path.endswith(suffix)
        }

    def game_ids(self) -> list[str]:
        """Games whose folder is there, sorted."""
        names = self.names(layout.GAMES)
        return [name for name in names if layout.SAFE_NAME.fullmatch(name)]

    def seasons(self) -> list[str]:
        """Seasons with a published game, sorted."""
        names = self.names(layout.CATALOG)
        return [name for name in names if layout.SAFE_NAME.fullmatch(name)]

    def probe(self) -> None:
        """Write, read and remove a small object, before anything is spent.

        Raises:
            ArchiveError: The archive cannot be written.
        """
        name = f"{layout.PROBES}{_unique()}"
        try:
            patiently(self.check_bucket)()
            self.write(name, b"probe")
            self.remove(name)
        except (OSError, StorageError) as error:
            raise ArchiveError(f"archive {self.url} cannot be written: {error}") from error

    def check_bucket(self) -> None:
        """Refuse an archive whose bucket is not there, where nothing was found in it.

        Raises:
            ArchiveError: There is no such bucket.
        """
        check_bucket(self.filesystem, self.root)


@lru_cache
def _root(url: str) -> str:
    return cast(str, fsspec.core.url_to_fs(url)[1]).rstrip("/")


def check_url(url: str) -> None:
    """Refuse what would be shown, or would name more than one place.

    Raises:
        ArchiveError: The URL holds a key, as its logs would, or a character that stands for others.
    """
    if holds_key(url):
        raise ArchiveError(
            "the archive's URL holds a key or a password, which logs would show; give it by the"
            " environment instead, as AWS_SECRET_ACCESS_KEY"
        )
    if special := sorted(set("*?[]\n") & set(url)):
        raise ArchiveError(f"archive {url!r}: its name cannot hold {special[0]!r}")


def holds_key(url: str) -> bool:
    """Whether a URL holds a key or a password: it is never shown, then."""
    _, is_url, place = url.partition("://")
    return bool(is_url and (":" in place.rpartition("@")[0] or KEYS.search(place)))


def parse_json(path: str, content: bytes | str) -> dict[str, Any]:
    """A JSON object of the archive.

    Raises:
        DamagedError: It is none.
    """
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DamagedError(f"{path}: damaged: expected JSON ({error})") from error
    if not isinstance(parsed, dict):
        raise DamagedError(f"{path}: damaged: expected a JSON object")
    return parsed


def _unique() -> str:
    return uuid.uuid4().hex[:12]
