"""Ask an object store again when it, or the network before it, fails for a moment."""

import errno
import functools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from playerid.errors import StorageError

if TYPE_CHECKING:
    from tenacity import RetryCallState

P = ParamSpec("P")
R = TypeVar("R")
WAITS_S = (0.1, 0.3, 1.0, 3.0)
FINAL = {
    errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM,
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EINVAL, errno.ENAMETOOLONG, errno.ENOSYS,
    errno.ELOOP,
}  # fmt: skip
"""What asking again cannot change."""
KEYS = "its keys are those of the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


def patiently(request: Callable[P, R]) -> Callable[P, R]:
    """Make a request that may be repeated: again after 0.1, 0.3, 1 and 3 s, then it fails.

    Raises:
        StorageError: The library of an object store cannot ask: no network, no credentials.
        PermissionError: It may not: wrong keys, or keys without the right to do this.
    """

    @functools.wraps(request)
    def plainly(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            try:
                return request(*args, **kwargs)
            except Exception as error:
                if not may_pass(error):
                    raise
                return _ask_again(functools.partial(request, *args, **kwargs), error)
        except PermissionError as error:
            if error.errno is not None:  # of a file
                raise
            raise PermissionError(f"the object store refuses this: {error}; {KEYS}") from error
        except Exception as error:
            if not _is_of_botocore(error):
                raise
            raise StorageError(f"the object store cannot be asked: {error}") from error

    return plainly


def _ask_again(request: Callable[[], R], failure: Exception) -> R:
    """Repeat a request that failed once."""
    from tenacity import retry, retry_if_exception  # noqa: PLC0415, slow, and seldom needed

    failures = [failure]

    def ask() -> R:
        if failures:
            raise failures.pop()
        return request()

    return retry(
        retry=retry_if_exception(may_pass),
        wait=_wait_s,
        stop=_is_enough,
        before_sleep=_say,
        reraise=True,
    )(ask)()


def may_pass(error: BaseException) -> bool:
    """Whether the storage is at fault, not what is stored: asking again may help."""
    if isinstance(error, StorageError):
        return True
    if _is_of_botocore(error):
        return not _names(error) & {"NoCredentialsError", "PartialCredentialsError"}
    is_final = isinstance(error, FileNotFoundError | FileExistsError | PermissionError)
    return isinstance(error, OSError) and not is_final and error.errno not in FINAL


def _is_of_botocore(error: BaseException) -> bool:
    """Whether an error is one of botocore's own, which are no errors of the system (`OSError`)."""
    return "BotoCoreError" in _names(error)


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__ if "botocore" in kind.__module__}


def _is_enough(state: "RetryCallState") -> bool:
    return state.attempt_number > len(WAITS_S)


def _wait_s(state: "RetryCallState") -> float:
    return WAITS_S[min(state.attempt_number, len(WAITS_S)) - 1]


def _say(state: "RetryCallState") -> None:
    error = state.outcome.exception() if state.outcome else None
    logging.getLogger(__name__).warning("%s; asking again", error)
