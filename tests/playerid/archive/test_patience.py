import errno
import logging

import pytest

from playerid.archive import patience
from playerid.archive.patience import patiently
from playerid.errors import StorageError


@pytest.fixture
def request_of(monkeypatch):
    """Make a request that raises these errors in turn, then answers: (request, its calls)."""
    monkeypatch.setattr(patience, "WAITS_S", (0, 0, 0, 0))

    def make(*errors):
        left, calls = list(errors), []

        @patiently
        def request(value):
            """Ask."""
            calls.append(value)
            if left:
                raise left.pop(0)
            return value

        return request, calls

    return make


def test_a_failing_store_is_asked_again_and_it_is_said(request_of, caplog):
    request, calls = request_of(OSError(errno.EIO, "away"), TimeoutError("slow"))
    with caplog.at_level(logging.WARNING):
        assert request(7) == 7
    assert calls == [7, 7, 7]
    assert "away" in caplog.text
    assert "slow" in caplog.text


def test_after_five_times_the_error_is_the_store_s_own(request_of):
    errors = [OSError(errno.EIO, str(number)) for number in range(6)]
    request, calls = request_of(*errors)
    with pytest.raises(OSError, match="4"):
        request(7)
    assert len(calls) == 5


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError("gone"), FileExistsError("there"), PermissionError(errno.EACCES, "no"),
        OSError(errno.ENOSPC, "full"), ValueError("not the store's"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_what_asking_again_cannot_change_fails_at_once(request_of, error):
    request, calls = request_of(error)
    with pytest.raises(type(error)):
        request(7)
    assert calls == [7]


def test_a_request_keeps_its_name(request_of):
    request, _ = request_of()
    assert (request.__name__, request.__doc__) == ("request", "Ask.")


def test_errors_of_the_store_s_own_library_are_asked_again_and_plain(request_of):
    from botocore.exceptions import EndpointConnectionError, NoCredentialsError

    away = [EndpointConnectionError(endpoint_url="http://storage") for _ in range(6)]
    request, calls = request_of(*away)
    with pytest.raises(StorageError, match=r"cannot be asked: .*http://storage"):
        request(7)
    assert len(calls) == 5
    request, calls = request_of(NoCredentialsError())
    with pytest.raises(StorageError, match="credentials"):
        request(7)
    assert calls == [7]


def test_a_refusal_is_not_asked_again(request_of):
    request, calls = request_of(PermissionError("Access Denied"))
    with pytest.raises(PermissionError):
        request(7)
    assert calls == [7]
