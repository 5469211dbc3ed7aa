"""Files that readers and resumed runs find whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def in_one_step(path: Path) -> Iterator[Path]:
    """Give another name to write to; what lies there replaces `path` when all went well."""
    partial = path.with_suffix(".partial")
    yield partial
    partial.replace(path)
