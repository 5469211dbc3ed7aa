"""Routes of the statistics: every view of `sql/`, with checked filters and limited rows."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import duckdb
from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from playerid.queries import views
from playerid.serve.answer_schemas import PAGE, TEXT, described, list_of, one, rows_of, thing
from playerid.serve.answering import answer_rows, check_tag
from playerid.serve.archive_routes import between
from playerid.serve.house import PLAIN, Ask, Asked, Word
from playerid.serve.published_state import digest
from playerid.warehouse.column_types import column_types
from playerid.warehouse.published import sports_of

MOST_VALUES = 100
"""Of one filter."""

_COLUMN = thing({"name": TEXT, "type": described(TEXT, "As SQL names it."), "meaning": TEXT})
_VIEW = {
    "name": TEXT,
    "layer": TEXT,
    "sport": TEXT,
    "about": TEXT,
    "columns": list_of(_COLUMN),
    "href": TEXT,
}
VIEWS = thing({"rows": list_of(thing(_VIEW))})
router = APIRouter(prefix="/v1/statistics", tags=["statistics"])


class RowsAsked(BaseModel):
    """Of which games, which rows and columns; any column of the view is a filter beside these."""

    model_config = ConfigDict(frozen=True, extra="allow")

    game_id: Annotated[list[str], Field(default_factory=list, max_length=2000)]
    season: Word = None
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    order: Annotated[str | None, Field(max_length=500, description="name, or -name")] = None
    columns: Annotated[str | None, Field(max_length=2000)] = None
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


@router.get("", dependencies=PLAIN, responses=one(VIEWS))
def names(asked: Ask) -> Response:
    """Every view: what a row of it is, and the name, type and meaning of its columns."""
    types = column_types()
    tag = check_tag(asked.request, digest(str(sorted(types.items()))))
    listed = [
        {
            "name": view.name,
            "layer": view.layer,
            "sport": view.sport or None,
            "about": view.about,
            "columns": [
                {"name": name, "type": types[view.name][name], "meaning": meaning}
                for name, meaning in view.columns
            ],
            "href": f"/v1/statistics/{view.name}",
        }
        for view in views()
    ]
    return asked.answer_one({"rows": listed}, tag)


@router.get("/{view}", responses=rows_of(None, next_offset=PAGE["next_offset"]))
def rows(asked: Ask, view: str, given: Annotated[RowsAsked, Query()]) -> Response:
    """Rows of a view over the chosen games; its columns are filters: `?game_id=...&player_id=...`.

    A filter that is given several times allows each of its values. Rows are in the order that is
    asked for, then in that of their columns, so that pages never overlap.
    """
    found = {each.name: each for each in views()}.get(view)
    if found is None:
        raise HTTPException(404, f"no statistic {view[:80]!r}; GET /v1/statistics lists them")
    query, values = _query(found.name, asked.request, given)
    chosen = _chosen(asked, given)
    playing = sports_of(asked.state.entries[name] for name in chosen)
    if found.sport and chosen and playing is not None and found.sport not in playing:
        raise HTTPException(404, f"{view} is a view of {found.sport}, which none of them plays")
    tags = [asked.state.tags[name] for name in chosen]
    key = tags[0] if len(tags) == 1 else digest("\n".join(tags))
    tag = check_tag(asked.request, key)
    entries = [asked.state.entries[name] for name in chosen]
    values += [given.limit + 1, given.offset]
    try:
        answer = asked.house.opened.rows(key, entries, query, values)
    except duckdb.ConversionException as error:
        raise HTTPException(422, f"a filter is not of its column's type: {error}") from error
    after = given.offset + given.limit if answer.num_rows > given.limit else None
    answer = answer.slice(0, given.limit)
    return answer_rows(asked.request, answer, tag, {"next_offset": after})


def _query(view: str, request: Request, given: RowsAsked) -> tuple[str, list[Any]]:
    """The query of a page, whose values end with its limit and its offset."""
    types = column_types()[view]
    asked = set(request.query_params) - set(RowsAsked.model_fields)
    if unknown := sorted(asked - set(types)):
        raise HTTPException(422, f"no filter {unknown[0][:80]!r}; {view} has {', '.join(types)}")
    chosen = _names(given.columns, types) if given.columns else list(types)
    filters, values = [], list[Any]()
    for name in sorted(asked):
        allowed = request.query_params.getlist(name)[:MOST_VALUES]
        filters.append(f"{name} in ({', '.join(len(allowed) * [f'cast(? as {types[name]})'])})")
        values += allowed
    where = f"where {' and '.join(filters)}" if filters else ""
    order = ", ".join(_ordering(given.order, types)) if given.order else "all"
    return (
        f"select {', '.join(chosen)} from {view} {where} order by {order} limit ? offset ?",
        values,
    )


def _names(listed: str, types: Mapping[str, str]) -> list[str]:
    names = [name.strip() for name in listed.split(",")]
    if unknown := [name for name in names if name not in types]:
        raise HTTPException(422, f"no column {unknown[0][:80]!r}; expected of {list(types)}")
    return names


def _ordering(order: str, types: Mapping[str, str]) -> list[str]:
    directions = [each.strip() for each in order.split(",")]
    names = _names(",".join(each.removeprefix("-") for each in directions), types)
    first = [
        f"{name} {'desc' if each.startswith('-') else 'asc'} nulls last"
        for name, each in zip(names, directions, strict=True)
    ]
    return [*first, *(f"{name} asc nulls last" for name in types if name not in names)]


def _chosen(asked: Asked, given: RowsAsked) -> list[str]:
    """The games that may have rows, so that only their files are opened."""
    entries = {name: asked.entry(name) for name in given.game_id} or asked.state.entries
    chosen = {name for name, entry in entries.items() if given.season in {None, entry.season}}
    if given.from_date or given.to_date:
        games = asked.house.summaries.games(asked.state)
        chosen &= set(between(games, given.from_date, given.to_date)["game_id"].to_pylist())
    return sorted(chosen)
