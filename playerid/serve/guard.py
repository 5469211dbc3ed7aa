"""What holds for every request: who may ask, from where, how much; and what a browser may do."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playerid.serve.access import Access, host_name, is_from_elsewhere

POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
        " media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MOST_BYTES = 1 << 20
"""Of a request's body."""
OPEN_TO_ALL = {"/v1/session"}
"""Paths under /v1 that say themselves who may ask."""


class _Body:
    """A body, taken up to the limit, whatever its headers say."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._taken = receive, 0

    @property
    def is_too_large(self) -> bool:
        return self._taken > MOST_BYTES

    async def receive(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_too_large else message


class Guard:
    """Looks at every request before the application does.

    Args:
        app: the application.
        access: who may ask.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        body = _Body(receive)

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_policy(message)
            await send(message)

        async def send_unless_too_large(message: Message) -> None:
            if not body.is_too_large:
                await send_with_policy(message)

        answer = self._refusal(Request(scope))
        if answer is None:
            await self._app(scope, body.receive, send_unless_too_large)
            answer = _too_large() if body.is_too_large else None
        if answer is not None:
            await answer(scope, receive, send_with_policy)

    def _refusal(self, request: Request) -> JSONResponse | None:
        hosts = self._access.hosts
        if hosts and host_name(request) not in hosts:
            return _refused(
                421, f"asked as {host_name(request)[:100]!r}; expected of {sorted(hosts)}"
            )
        if is_from_elsewhere(request):
            return _refused(403, "sent by a page of another site")
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            return _too_large()
        path = request.url.path
        is_kept = path.startswith("/v1") and path not in OPEN_TO_ALL
        if is_kept and self._access.visitor(request) is None:
            headers = {"WWW-Authenticate": "Bearer"}
            return _refused(401, "expected a known token: Authorization: Bearer ...", headers)
        return None


def _refused(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers)


def _too_large() -> JSONResponse:
    return _refused(413, f"expected a body of at most {MOST_BYTES} bytes", {"Connection": "close"})


def _add_policy(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in POLICY.items():
        headers.setdefault(name, value)
