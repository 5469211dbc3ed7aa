"""What every route stands on: the archive, the state that is published, who asks."""

from dataclasses import dataclass, field
from typing import Annotated, Any

import pyarrow as pa
from fastapi import Depends, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.serve.answering import answer_json, answer_rows, check_tag
from playerid.serve.correcting import Correcting, Decider
from playerid.serve.open_games import OpenGames
from playerid.serve.publications import Publications
from playerid.serve.published_state import CurrentState, PublishedState
from playerid.serve.summaries import GameSummary, Summaries


@dataclass
class House:
    """An archive, the state of it that is published, and what is kept open of it.

    Attributes:
        archive: where the games are.
        decider: decides games again; None where they are only read.
        status: how every game stood at `status_at_s`, of the monotonic clock.
    """

    archive: Archive
    decider: Decider | None = None
    current: CurrentState = field(init=False)
    opened: OpenGames = field(init=False)
    summaries: Summaries = field(init=False)
    correcting: Correcting = field(init=False)
    publications: Publications = field(init=False)
    status: list[dict[str, Any]] = field(default_factory=list, init=False)
    status_at_s: float = field(default=-float("inf"), init=False)

    def __post_init__(self) -> None:
        self.current = CurrentState(self.archive)
        self.opened = OpenGames(self.archive)
        self.summaries = Summaries(self.archive)
        self.correcting = Correcting(self.archive, self.decider)
        publish = self.correcting.publish
        self.publications = Publications(publish, self.current.look)

    def close(self) -> None:
        """Close what is open, and wait for what is being published."""
        self.publications.close()
        self.opened.close()


Word = Annotated[str | None, Field(max_length=200)]
"""A name or an id."""


class Parameters(BaseModel):
    """Parameters of a route. A misspelt one is refused: its filter would let too much through."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Asked:
    """One question: who asks, and the one state from which it is answered."""

    request: Request
    house: House
    state: PublishedState

    def entry(self, game_id: str) -> Entry:
        """The entry of a published game.

        Raises:
            HTTPException: 404: it is not published.
        """
        if (entry := self.state.entries.get(game_id)) is None:
            raise HTTPException(404, f"game {game_id[:100]!r} is not published")
        return entry

    def summary(self, game_id: str) -> GameSummary:
        """The summary of a published game."""
        self.entry(game_id)
        return self.house.summaries.of_game(self.state, game_id)

    def tag(self, game_id: str | None = None) -> str:
        """The ETag of answers about a published game, or about all of them.

        Raises:
            NotModified: Who asks has the answer.
            HTTPException: 404: the game is not published.
        """
        if game_id is not None:
            self.entry(game_id)
        return check_tag(self.request, self.state.tags[game_id] if game_id else self.state.tag)

    def of_game(self, game_id: str, query: str, values: tuple[Any, ...] = ()) -> pa.Table:
        """Ask the tables and views of one game."""
        entry = self.entry(game_id)
        return self.house.opened.rows(self.state.tags[game_id], [entry], query, values)

    def answer_game(self, game_id: str, query: str, values: tuple[Any, ...] = ()) -> Response:
        """The rows of a question to one game."""
        tag = self.tag(game_id)
        return answer_rows(self.request, self.of_game(game_id, query, values), tag)

    def answer_page(self, rows: pa.Table, limit: int, offset: int, tag: str) -> Response:
        """A page of rows: how many there are in all, and where the next page begins."""
        after = offset + limit
        about = {"total": rows.num_rows, "next_offset": after if after < rows.num_rows else None}
        return answer_rows(self.request, rows.slice(offset, limit), tag, about)

    def answer_one(self, content: dict[str, Any], tag: str) -> Response:
        """One thing, as JSON."""
        return answer_json(content, tag)


async def asked(request: Request) -> Asked:
    """The question that a request is."""
    house: House = request.app.state.house
    state = house.current.at_hand()
    if state is None:
        state = await run_in_threadpool(house.current.now)
    return Asked(request, house, state)


async def no_parameters(request: Request) -> None:
    """Refuse every parameter.

    Raises:
        HTTPException: 422: there is one.
    """
    if unknown := sorted(request.query_params):
        raise HTTPException(422, f"unknown parameter {unknown[0][:100]!r}; there is none")


Ask = Annotated[Asked, Depends(asked)]
PLAIN = [Depends(no_parameters)]
"""Dependencies of a route without parameters."""
