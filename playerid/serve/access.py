"""Who asks, and what they may: read, or correct, too."""

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from playerid.errors import DeploymentError
from playerid.operate.hand_corrections import this_user

ROLES = {"read": 1, "correct": 2}
COOKIE = "playerid_token"
LEAST_TOKEN = 20
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who asks.

    Attributes:
        name: under which their corrections are kept.
        role: read or correct.
    """

    name: str
    role: str

    def may(self, role: str) -> bool:
        """Whether they have this role, or more."""
        return ROLES[self.role] >= ROLES[role]


@dataclass(frozen=True)
class Access:
    """Who may ask.

    Attributes:
        tokens: SHA-256 of each token -> whose it is; empty where there are none.
        trusted_header: header in which a proxy says who asks, whom it knows; "" without one.
        correctors: whom the proxy names and who may correct; "*" for everybody.
        hosts: names under which the server is asked; empty for any. A page of elsewhere whose
            name was turned to this machine is not among them.
    """

    tokens: Mapping[str, Visitor] = field(default_factory=dict)
    trusted_header: str = ""
    correctors: Collection[str] = ()
    hosts: Collection[str] = ()

    @property
    def is_open(self) -> bool:
        """Whether whoever reaches the server may do everything."""
        return not (self.tokens or self.trusted_header)

    def visitor(self, request: Request) -> Visitor | None:
        """Who asks; None if nobody knows."""
        if self.trusted_header and (name := request.headers.get(self.trusted_header, "").strip()):
            may = "*" in self.correctors or name in self.correctors
            return Visitor(name[:200], "correct" if may else "read")
        if self.tokens:
            return self._of_token(_token(request))
        return Visitor(this_user(), "correct") if self.is_open else None

    def _of_token(self, token: str) -> Visitor | None:
        digest = token_digest(token)
        found = [who for known, who in self.tokens.items() if hmac.compare_digest(known, digest)]
        return found[0] if token and found else None


def make_access(
    host: str, token_file: Path | None, trusted_header: str, correctors: Collection[str]
) -> Access:
    """Who may ask a server that listens at an address.

    Raises:
        DeploymentError: The tokens cannot be read, or anybody could ask from elsewhere.
    """
    if correctors and not trusted_header:
        raise DeploymentError("--corrector names people of --trusted-header; tokens have roles")
    if token_file is None and not trusted_header:
        return open_access(host)
    tokens = read_tokens(token_file) if token_file else {}
    return Access(tokens, trusted_header, frozenset(correctors))


def open_access(host: str) -> Access:
    """Access of a server without tokens: from this machine alone.

    Raises:
        DeploymentError: Others could reach it.
    """
    if host not in LOOPBACK:
        raise DeploymentError(
            f"--host {host}: others could read and correct everything; give --token-file, or"
            " --trusted-header behind a proxy that knows who asks"
        )
    return Access(hosts=LOOPBACK)


def read_tokens(path: Path) -> dict[str, Visitor]:
    """The tokens of a file: a line `NAME ROLE TOKEN` each; `#` begins a comment.

    Raises:
        DeploymentError: It cannot be read, or a line is not like that; the token is not shown.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DeploymentError(f"{path}: cannot be read: {error}") from error
    found: dict[str, Visitor] = {}
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 3 or words[1] not in ROLES:
            raise DeploymentError(
                f"{path}:{number}: expected NAME ROLE TOKEN, ROLE read or correct"
            )
        if len(words[2]) < LEAST_TOKEN:
            raise DeploymentError(f"{path}:{number}: a token has at least {LEAST_TOKEN} characters")
        found[token_digest(words[2])] = Visitor(words[0], words[1])
    if not found:
        raise DeploymentError(f"{path}: no token in it")
    return found


def token_digest(token: str) -> str:
    """SHA-256 of a token: what is kept in memory."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _token(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else request.cookies.get(COOKIE, "")


async def who_reads(request: Request) -> Visitor:
    """Who asks.

    Raises:
        HTTPException: 401: nobody who is known.
    """
    access: Access = request.app.state.access
    if (who := access.visitor(request)) is None:
        raise HTTPException(
            401, "expected a known token: Authorization: Bearer ...", {"WWW-Authenticate": "Bearer"}
        )
    return who


async def who_corrects(request: Request) -> Visitor:
    """Who asks, and may correct.

    Raises:
        HTTPException: 401: nobody who is known. 403: somebody who may only read.
    """
    who = await who_reads(request)
    if not who.may("correct"):
        raise HTTPException(403, f"{who.name} may read; correcting needs the role correct")
    return who


Reader = Annotated[Visitor, Depends(who_reads)]
Corrector = Annotated[Visitor, Depends(who_corrects)]
SAFE = {"GET", "HEAD", "OPTIONS"}


def is_from_elsewhere(request: Request) -> bool:
    """Whether a page of another site sent a request that changes something."""
    if request.method in SAFE:
        return False
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    return origin is not None and re.sub(r"^https?://", "", origin) != host


def host_name(request: Request) -> str:
    """Name under which the server is asked, without its port."""
    host = request.headers.get("host", "")
    return re.sub(r":\d+$", "", host).strip("[]").lower()
