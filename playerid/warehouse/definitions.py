"""SQL of tables, views, macros and what they mean, as the warehouse and its script are made of."""

from collections.abc import Sequence

import pyarrow as pa

from playerid.tables import Table

Columns = Sequence[tuple[str, str]]
"""Name and meaning of each column."""

SQL_TYPES = {
    pa.string(): "varchar",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.binary(): "blob",
    pa.date32(): "date",
    pa.timestamp("s", tz="UTC"): "timestamptz",
    pa.list_(pa.float32()): "float[]",
    pa.list_(pa.float64()): "double[]",
    pa.list_(pa.string()): "varchar[]",
}


def meaning_of(table: Table) -> tuple[str, Columns]:
    """What a row of a table is, and its columns."""
    columns = [(f.name, f.metadata[b"meaning"].decode()) for f in table.schema]
    return f"One row per {table.about}.", columns


def make_view(name: str, query: str, about: str, columns: Columns) -> str:
    """SQL that makes a view, and says what it is."""
    made = f"create or replace view {name} as\n{query};"
    return f"{made}\n{describe('view', name, about, columns)}"


def no_rows(columns: Sequence[pa.Field]) -> str:
    """A query without rows that has these columns."""
    blanks = ", ".join(f"null::{SQL_TYPES[f.type]} as {f.name}" for f in columns)
    return f"select {blanks} where false"


def describe(kind: str, name: str, about: str, columns: Columns) -> str:
    """SQL that says what a table or view and its columns are."""
    described = [f"comment on {kind} {name} is {quoted(about)};"]
    described += [f"comment on column {name}.{c} is {quoted(meaning)};" for c, meaning in columns]
    return "\n".join(described)


def describe_macro(name: str, about: str, kind: str = "macro") -> str:
    """SQL that says what a macro is."""
    return f"comment on {kind} {name} is {quoted(about)};"


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
