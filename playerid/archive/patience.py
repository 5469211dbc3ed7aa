"""Ask an object store again when it, or the network before it, fails for a moment."""

import errno
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from tenacity import RetryCallState, retry, retry_if_exception

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
    return retry(
        retry=retry_if_exception(_may_pass),
        wait=_wait_s,
        stop=_is_enough,
        before_sleep=_say,
        reraise=True,
    )(request)


def _may_pass(error: BaseException) -> bool:
    """Whether asking again may help."""
    is_final = isinstance(error, FileNotFoundError | FileExistsError)
    return isinstance(error, OSError) and not is_final and error.errno not in FINAL


def _is_enough(state: RetryCallState) -> bool:
    return state.attempt_number > len(WAITS_S)


def _wait_s(state: RetryCallState) -> float:
    return WAITS_S[min(state.attempt_number, len(WAITS_S)) - 1]


def _say(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    logging.getLogger(__name__).warning("%s; asking again", error)
