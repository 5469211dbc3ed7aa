"""A file system for readers of the catalog: it knows what is there without asking the store."""

import datetime as dt
import io
from collections.abc import Mapping
from glob import has_magic
from typing import Any

from fsspec import AbstractFileSystem
from fsspec.spec import AbstractBufferedFile

SMALL, ROOM = 1 << 20, 64 << 20
"""Bytes of a file that is kept once it is read, and of all of them."""


class KnownFiles(AbstractFileSystem):  # type: ignore[misc]  # DuckDB accepts nothing else
    """Reads the files of another file system, and takes every full path for one that exists.

    Nothing is written through it.

    DuckDB looks for each file of a list before it reads any, and asks its size whenever it opens
    it: one request per file and question, minutes for twenty seasons. The catalog names immutable
    objects and their sizes, so that looking tells nothing new.
    """

    cachable = False

    def __init__(self, files: AbstractFileSystem, sizes: Mapping[str, int]) -> None:
        super().__init__()
        self._files, self._sizes = files, sizes
        self._kept: dict[str, bytes] = {}
        self._room = ROOM
        self.protocol = files.protocol

    def glob(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """A path without wildcards is itself."""
        return self._files.glob(path, *args, **kwargs) if has_magic(path) else [path]

    def open(self, path: str, mode: str = "rb", *args: Any, **kwargs: Any) -> Any:
        """Open a file to read it."""
        if mode != "rb":
            raise PermissionError(f"{path}: published files are only read")
        if (size := self._size(path)) is None:
            return self._files.open(path, mode, *args, **kwargs)
        if size <= SMALL and (content := self._content(path, size)) is not None:
            return io.BytesIO(content)
        opened = self._files.open(path, mode, *args, size=size, **kwargs)
        if isinstance(opened, AbstractBufferedFile):
            opened.details = self.info(path)  # else it asks for them before it reads
        return opened

    def info(self, path: str, **kwargs: Any) -> Any:
        """Facts of a file."""
        if (size := self._size(path)) is not None:
            return {"name": path, "size": size, "type": "file"}
        return self._files.info(path, **kwargs)

    def modified(self, path: str) -> Any:
        """When a file was written; the same for all that never change."""
        if self._size(path) is not None:
            return dt.datetime.fromtimestamp(0, dt.UTC)
        return self._files.modified(path)

    def _content(self, path: str, size: int) -> bytes | None:
        """A small file, read once for all questions of a connection while there is room."""
        if path not in self._kept:
            if size > self._room:
                return None
            self._kept[path] = self._files.cat_file(path)
            self._room -= size
        return self._kept[path]

    def _size(self, path: str) -> int | None:
        return self._sizes.get(path.rpartition("/")[2])

    def unstrip_protocol(self, name: str) -> Any:
        """Path with its protocol."""
        return self._files.unstrip_protocol(name)
