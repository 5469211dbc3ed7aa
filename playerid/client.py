"""An archive that somebody serves, from Python: the same answers as Arrow tables.

from playerid.client import Archive
archive = Archive("http://127.0.0.1:8765")
archive.statistics("lane_time", season="2024-25").to_pandas()
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import httpx
import pyarrow as pa

from playerid.errors import ArchiveError, StorageError

ARROW = "application/vnd.apache.arrow.stream"
"""Media type of a stream of rows, which the server gives to who asks for it."""


@dataclass
class ServedArchive:
    """An archive behind `playerid serve`.

    Attributes:
        url: of the server, as http://127.0.0.1:8765.
        token: of whoever asks; None where none is needed.
        timeout_s: longest wait for an answer.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    timeout_s: float = 60.0
    _http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=self.timeout_s)

    def __enter__(self) -> "ServedArchive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the server."""
        self._http.close()

    def seasons(self) -> pa.Table:
        """Seasons with a published game."""
        return self._rows("/v1/seasons", {})

    def games(self, **filters: Any) -> pa.Table:
        """Published games: season, team_id, player_id, from_date, to_date choose of them."""
        return self._rows("/v1/games", filters, page=1000)

    def players(self, **filters: Any) -> pa.Table:
        """Players of the rosters: season, team_id, game_id, name choose of them."""
        return self._rows("/v1/players", filters, page=1000)

    def game(self, game_id: str) -> dict[str, Any]:
        """Everything about a game that is not a table of many rows."""
        return self._json(f"/v1/games/{game_id}")

    def frames(self, game_id: str, from_s: float, to_s: float) -> pa.Table:
        """Everybody in the sampled frames of a stretch of the video, seconds."""
        return self._rows(f"/v1/games/{game_id}/frames", {"from": from_s, "to": to_s})

    def segments(self, game_id: str) -> pa.Table:
        """The camera shots of a game."""
        return self._rows(f"/v1/games/{game_id}/segments", {})

    def identities(self, game_id: str, **filters: Any) -> pa.Table:
        """Who each tracklet of a game is, and why."""
        return self._rows(f"/v1/games/{game_id}/identities", filters)

    def events(self, game_id: str, **filters: Any) -> pa.Table:
        """Events of a game: kind, player_id, team_id, from, to choose of them."""
        return self._rows(f"/v1/games/{game_id}/events", filters)

    def views(self) -> dict[str, str]:
        """Name of every statistic -> what a row of it is."""
        rows = self._json("/v1/statistics")["rows"]
        return {row["name"]: row["about"] for row in rows}

    def statistics(self, view: str, **filters: Any) -> pa.Table:
        """All rows of a statistic, all of one published state.

        Args:
            view: its name.
            filters: columns of it, a value or several; game_id, season, from_date, to_date, order
                and columns, too.
        """
        return self._rows(f"/v1/statistics/{view}", filters, page=10_000)

    def sql(self, query: str, **chosen: Any) -> pa.Table:
        """Rows of a question; of a game_id or a season, where these are given.

        Raises:
            ArchiveError: The server answers no SQL, or the question is wrong.
        """
        answer = self._ask("POST", "/v1/sql", json={"query": query, **chosen})
        return _table(answer)

    def clip(self, game_id: str, from_s: float, to_s: float) -> bytes:
        """A stretch of the video as MP4."""
        params = {"from": from_s, "to": to_s}
        return self._ask("GET", f"/v1/games/{game_id}/clip", params=params).content

    def _json(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._ask("GET", path, accept="application/json").json()
        return answer

    def _rows(self, path: str, filters: Mapping[str, Any], page: int | None = None) -> pa.Table:
        """The rows of all pages; if something is published in between, from the beginning again."""
        for _ in range(5):
            rows = self._one_state(path, dict(filters), page)
            if rows is not None:
                return rows
        raise StorageError(f"{self.url}{path}: the archive moved while it was read; try again")

    def _one_state(self, path: str, params: dict[str, Any], page: int | None) -> pa.Table | None:
        if page is None:
            return _table(self._ask("GET", path, params=params))
        found: list[pa.Table] = []
        offset: int | None = 0
        tags = set[str]()
        while offset is not None:
            asked = params | {"limit": page, "offset": offset}
            answer = self._ask("GET", path, params=asked)
            tags.add(answer.headers.get("etag", ""))
            if len(tags) > 1:
                return None
            found.append(_table(answer))
            offset = json.loads(found[-1].schema.metadata[b"about"])["next_offset"]
        return pa.concat_tables(found).replace_schema_metadata(None)

    def _ask(self, method: str, path: str, accept: str = ARROW, **options: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, headers={"Accept": accept}, **options)
        except httpx.HTTPError as error:
            raise StorageError(f"{self.url}: {error}; is playerid serve running there?") from error
        if answer.is_success:
            return answer
        try:
            detail = answer.json()["detail"]
        except (ValueError, KeyError):
            detail = answer.text[:200]
        wrong = f"{self.url}{path}: {answer.status_code}: {detail}"
        raise StorageError(wrong) if answer.status_code >= 500 else ArchiveError(wrong)


def _table(answer: httpx.Response) -> pa.Table:
    return pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()


Archive = ServedArchive
"""The name under which it is imported."""
