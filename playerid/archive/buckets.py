"""Buckets of an object store: one that is missing is said, and is no empty archive."""

from functools import lru_cache
from typing import Any

from playerid.errors import ArchiveError

PROTOCOLS = {"s3", "s3a"}


@lru_cache
def check_bucket(filesystem: Any, root: str) -> None:
    """Refuse a bucket that is not there; one that was there once is not asked for again.

    Some object stores make a bucket for whoever writes to it: it is named wrongly, then. Who may
    not ask is not told either way; what is done next says so.

    Args:
        filesystem: of fsspec; any that is no object store passes.
        root: path of the archive inside it.

    Raises:
        ArchiveError: There is no such bucket.
    """
    protocol = filesystem.protocol
    if not PROTOCOLS & ({protocol} if isinstance(protocol, str) else set(protocol)):
        return
    bucket = root.partition("/")[0]
    try:
        filesystem.call_s3("head_bucket", Bucket=bucket)
    except FileNotFoundError as error:
        raise ArchiveError(
            f"there is no bucket {bucket!r} at this object store; make it first, or name another"
        ) from error
    except PermissionError:
        return
