"""Ask an object store again when it, or the network before it, fails for a moment."""

import errno
import functools
import logging
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
WAITS_S = (0.1, 0.3, 1.0, 3.0)
FINAL = {
    errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM,
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EINVAL, errno.ENAMETOOLONG, errno.ENOSYS,
}  # fmt: skip
"""What asking again cannot change."""


def patiently(request: Callable[P, R]) -> Callable[P, R]:
    """Make a request that may be repeated: again after 0.1, 0.3, 1 and 3 s, then it fails."""

    @functools.wraps(request)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        for wait_s in WAITS_S:
            try:
                return request(*args, **kwargs)
            except OSError as error:
                if error.errno in FINAL or isinstance(error, FileNotFoundError | FileExistsError):
                    raise
                logging.getLogger(__name__).warning("%s; asking again", error)
                time.sleep(wait_s)
        return request(*args, **kwargs)

    return asked
