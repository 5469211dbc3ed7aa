"""What every process would make anew, kept on this machine under the digest of its sources."""

import hashlib
import os
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from platformdirs import user_cache_path


def keep(
    name: str,
    sources: Iterable[bytes],
    make: Callable[[Path], None],
    *,
    folder: Path | None = None,
    unused_days: float = 30,
) -> Path:
    """The file that `make` writes, of this or an earlier process.

    Many processes may ask at once: each writes a file of its own and renames it, and the files of
    equal sources are equal. Where the cache of the user cannot be written, the file lasts as long
    as the process.

    Args:
        name: of the file; the digest is put before its suffix.
        sources: everything that the file depends on.
        make: writes the file to the path that it is given.
        folder: where it is kept; by default the cache folder of the user, or of the process.
        unused_days: files of other sources go once nobody asked for them for so long.
    """
    digest = hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in sources))
    stem, _, suffix = name.rpartition(".")
    folder = folder or _cache_folder()
    path = folder / f"{stem}-{digest.hexdigest()[:16]}.{suffix}"
    if path.exists():
        if time.time() - path.stat().st_mtime > 24 * 3600:  # seldom: it is read by every process
            path.touch()
        return path
    with TemporaryDirectory(dir=folder, prefix="making-") as scratch:
        made = Path(scratch) / path.name
        make(made)
        made.replace(path)
    for other in folder.glob(f"{stem}-*.{suffix}"):
        if time.time() - other.stat().st_mtime > unused_days * 24 * 3600:
            other.unlink(missing_ok=True)
    return path


def _cache_folder() -> Path:
    folder = user_cache_path("playerid")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(_folder_of_process().name)
    return folder if os.access(folder, os.W_OK) else Path(_folder_of_process().name)


@cache
def _folder_of_process() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="playerid-")
