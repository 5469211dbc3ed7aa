"""Routes about many games: seasons, games, players."""

import datetime as dt
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Query, Response
from pydantic import Field

from playerid.serve.answer_schemas import NUMBER, PAGE, TEXT, WHOLE, columns, described, rows_of
from playerid.serve.answering import answer_rows
from playerid.serve.house import PLAIN, Ask, Asked, Parameters, Word
from playerid.serve.summaries import LEFT_OUT
from playerid.tables import GAMES, ROSTERS

SEASON = columns(GAMES, "season") | {
    "games": described(WHOLE, "Published games."),
    "first_date": described(TEXT, "Day of the first."),
    "last_date": described(TEXT, "Day of the last."),
    "duration_s": described(NUMBER, "Length of all videos, seconds."),
}
GAME = columns(GAMES, without=LEFT_OUT) | {
    f"{side}_team_name": described(TEXT, "Name, of the game file; else the id.")
    for side in ("home", "away")
}
PLAYER = columns(ROSTERS, "player_id", "team_id", "player_name", "jersey_number") | {
    "games": described(WHOLE, "Games with this team."),
    "last_date": described(TEXT, "Day of the last of them."),
}
router = APIRouter(prefix="/v1", tags=["archive"])


class Paged(Parameters):
    """Which of the rows: at most `limit`, after the first `offset`."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class GamesAsked(Paged):
    """Which games: of a season, of a team, with a player on a roster, between two days."""

    season: Word = None
    team_id: Word = None
    player_id: Word = None
    from_date: dt.date | None = None
    to_date: dt.date | None = None


class PlayersAsked(Paged):
    """Which players: of a season, a team, a game; with this in their name."""

    season: Word = None
    team_id: Word = None
    game_id: Word = None
    name: Word = None


@router.get("/seasons", dependencies=PLAIN, responses=rows_of(SEASON))
def seasons(asked: Ask) -> Response:
    """Seasons with a published game: how many games, from which day to which, how much video."""
    tag = asked.tag()
    rows = asked.house.summaries.games(asked.state)
    rows = _grouped(
        rows,
        ["season"],
        [
            ("game_id", "count", "games"),
            ("date", "min", "first_date"),
            ("date", "max", "last_date"),
            ("duration_s", "sum", "duration_s"),
        ],
    )
    return answer_rows(asked.request, rows.sort_by([("season", "descending")]), tag)


@router.get("/games", responses=rows_of(GAME, **PAGE))
def games(asked: Ask, given: Annotated[GamesAsked, Query()]) -> Response:
    """Published games, the last played first: rows of `games` with the names of the teams."""
    tag = asked.tag()
    rows = asked.house.summaries.games(asked.state)
    if given.season is not None:
        rows = rows.filter(pc.equal(rows["season"], given.season))
    if given.team_id is not None:
        home, away = (rows[f"{side}_team_id"] for side in ("home", "away"))
        rows = rows.filter(pc.or_(pc.equal(home, given.team_id), pc.equal(away, given.team_id)))
    if given.player_id is not None:
        rows = rows.filter(pc.is_in(rows["game_id"], value_set=_games_of(asked, given.player_id)))
    rows = between(rows, given.from_date, given.to_date)
    return asked.answer_page(rows, given.limit, given.offset, tag)


@router.get("/players", responses=rows_of(PLAYER, **PAGE))
def players(asked: Ask, given: Annotated[PlayersAsked, Query()]) -> Response:
    """Players of the rosters, by name: with their last name and number in each team of theirs."""
    tag = asked.tag()
    rows = asked.house.summaries.rosters(asked.state)
    for column in ("season", "team_id", "game_id"):
        if (value := getattr(given, column)) is not None:
            rows = rows.filter(pc.equal(rows[column], value))
    if given.name is not None:
        rows = rows.filter(pc.match_substring(rows["player_name"], given.name, ignore_case=True))
    rows = _grouped(
        rows.sort_by([("date", "ascending"), ("game_id", "ascending")]),
        ["player_id", "team_id"],
        [
            ("player_name", "last", "player_name"),
            ("jersey_number", "last", "jersey_number"),
            ("game_id", "count", "games"),
            ("date", "max", "last_date"),
        ],
    )
    rows = rows.sort_by([(name, "ascending") for name in ("player_name", "player_id", "team_id")])
    return asked.answer_page(rows, given.limit, given.offset, tag)


def between(rows: pa.Table, from_date: dt.date | None, to_date: dt.date | None) -> pa.Table:
    """Games from one day to another, both included; those without a day are in no such range."""
    if from_date is not None:
        rows = rows.filter(pc.greater_equal(rows["date"], pa.scalar(from_date)))
    if to_date is not None:
        rows = rows.filter(pc.less_equal(rows["date"], pa.scalar(to_date)))
    return rows


def _games_of(asked: Asked, player_id: str) -> pa.Array:
    rosters = asked.house.summaries.rosters(asked.state)
    return rosters.filter(pc.equal(rosters["player_id"], player_id))["game_id"].combine_chunks()


def _grouped(rows: pa.Table, by: list[str], made: list[tuple[str, str, str]]) -> pa.Table:
    """Rows put together: (column, function, name) of each column that is made."""
    found = rows.group_by(by, use_threads=False).aggregate([(name, how) for name, how, _ in made])
    return found.select([*by, *(f"{n}_{how}" for n, how, _ in made)]).rename_columns(
        [*by, *(name for _, _, name in made)]
    )
