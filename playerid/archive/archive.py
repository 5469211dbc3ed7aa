"""A folder of any fsspec file system that holds games and tables; `layout` says what lies where."""

import contextlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from playerid.archive import layout
from playerid.archive.metering import CountedFile, count_read, count_written
from playerid.archive.patience import patiently
from playerid.errors import ArchiveError

VERSION = ("size", "mtime", "created", "ino")


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of any fsspec file system. Paths below are relative to it, with "/" between.

    Attributes:
        url: fsspec URL or local folder.
    """

    url: str

    @property
    def filesystem(self) -> fsspec.AbstractFileSystem:
        """The file system of the URL; instances are shared by fsspec.

        Listings are not remembered: other machines write to the archive too.
        """
        return fsspec.core.url_to_fs(self.url, use_listings_cache=False)[0]

    @property
    def root(self) -> str:
        """Path of the archive inside its file system."""
        return cast(str, fsspec.core.url_to_fs(self.url)[1]).rstrip("/")

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
            raise ArchiveError(f"{relative}: not in the archive {self.url}") from error
        count_read(len(content))
        return content

    @patiently
    def write(self, relative: str, content: bytes) -> None:
        """Write or replace an object in one step: readers see the old one or the new one.

        Object stores do so by themselves; a local file is written beside and renamed.
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
        filesystem.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        if not self.is_local:
            fill(path)
            return
        partial = f"{path}.{_unique()}.partial"
        try:
            fill(partial)
            filesystem.mv(partial, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                patiently(filesystem.rm_file)(partial)
            raise

    def read_json(self, relative: str) -> dict[str, Any]:
        """Read a JSON object.

        Raises:
            ArchiveError: The object is missing or is not JSON.
        """
        try:
            return cast(dict[str, Any], json.loads(self.read(relative)))
        except ValueError as error:
            raise ArchiveError(f"{relative}: expected JSON ({error})") from error

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
            return []
        names = (str(path).rstrip("/").rsplit("/", 1)[-1] for path in found)
        return sorted(name for name in names if name.endswith(suffix))

    @patiently
    def find(self, relative: str) -> dict[str, Mapping[str, Any]]:
        """Everything below a folder: path -> what the file system knows about the object."""
        found = self.filesystem.find(self.path(relative), detail=True)
        start = len(self.root) + 1
        return {path[start:]: info for path, info in found.items()}

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
        return self.names(layout.CATALOG)

    def probe(self) -> None:
        """Write, read and remove a small object, before anything is spent.

        Raises:
            ArchiveError: The archive cannot be written.
        """
        name = f"{layout.PROBES}{_unique()}"
        try:
            self.write(name, b"probe")
            self.remove(name)
        except OSError as error:
            raise ArchiveError(f"archive {self.url} cannot be written: {error}") from error


def _unique() -> str:
    return uuid.uuid4().hex[:12]
