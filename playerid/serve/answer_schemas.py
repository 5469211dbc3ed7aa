"""What the routes return, as OpenAPI says it: JSON schemas, from the columns that are declared."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from playerid.client import ARROW
from playerid.tables import Table

PARQUET = "application/vnd.apache.parquet"
Schema = dict[str, Any]
TEXT: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": ["number", "null"]}
WHOLE: Schema = {"type": ["integer", "null"]}
YES_OR_NO: Schema = {"type": ["boolean", "null"]}
NAMED: Schema = {"type": "object", "additionalProperties": True}
FILE: Schema = {"type": "string", "format": "binary"}


def thing(properties: Mapping[str, Schema], about: str = "") -> Schema:
    """An object that has just these properties."""
    described = {"description": about} if about else {}
    return {
        "type": "object",
        **described,
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def list_of(each: Schema) -> Schema:
    """A list of any length."""
    return {"type": "array", "items": each}


def described(schema: Schema, about: str) -> Schema:
    """A schema that says what it is."""
    return {**schema, "description": about}


def columns(table: Table, *only: str, without: Sequence[str] = ()) -> dict[str, Schema]:
    """Columns of a declared table, all or `only` these, as properties of a row."""
    names = only or [name for name in table.schema.names if name not in without]
    fields = [table.schema.field(name) for name in names]
    return {field.name: _column(field) for field in fields}


def _column(field: pa.Field) -> Schema:
    meaning = (field.metadata or {}).get(b"meaning", b"").decode()
    return described(_type(field.type), meaning)


def _type(kind: pa.DataType) -> Schema:
    if pa.types.is_list(kind):
        return {"type": ["array", "null"], "items": _type(kind.value_type)}
    if pa.types.is_boolean(kind):
        return dict(YES_OR_NO)
    if pa.types.is_integer(kind):
        return dict(WHOLE)
    return dict(NUMBER) if pa.types.is_floating(kind) else dict(TEXT)


def rows_of(properties: Mapping[str, Schema] | None, **beside: Schema) -> dict[int | str, Any]:
    """The answer of a route of rows, in each of its forms.

    Args:
        properties: of a row; None where they depend on what is asked for.
        beside: what else the JSON holds.
    """
    row = thing(properties) if properties is not None else NAMED
    content = {
        "application/json": {"schema": thing({**beside, "rows": list_of(row)})},
        ARROW: {"schema": described(FILE, "the rows as a stream of Arrow, for who accepts it")},
        PARQUET: {"schema": described(FILE, "the rows as a Parquet file, for who accepts it")},
    }
    return {200: {"description": "The rows.", "content": content}, **_UNCHANGED}


def one(schema: Schema, status: int = 200, about: str = "The answer.") -> dict[int | str, Any]:
    """The answer of a route of one thing."""
    content = {"application/json": {"schema": schema}}
    return {status: {"description": about, "content": content}}


def file_of(kind: str, about: str, status: int = 200) -> dict[int | str, Any]:
    """The answer of a route of a file."""
    return {status: {"description": about, "content": {kind: {"schema": FILE}}}}


_UNCHANGED: dict[int | str, Any] = {304: {"description": "Who asks has it already (ETag)."}}
PAGE = {
    "total": described({"type": "integer"}, "Rows of all pages."),
    "next_offset": described(WHOLE, "Where the next page begins; null after the last."),
}
