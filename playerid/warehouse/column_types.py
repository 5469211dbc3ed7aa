"""Types of the columns of every table and view, as SQL names them."""

from collections.abc import Mapping
from functools import cache

from playerid.warehouse.warehouse import connect, disconnect


@cache
def column_types() -> Mapping[str, Mapping[str, str]]:
    """Table or view -> column -> type, in the order of the columns."""
    connection = connect({})
    try:
        rows = connection.sql("""
            select
                table_name,
                map_from_entries(list((column_name, data_type) order by column_index)) as types
            from duckdb_columns() where schema_name = 'main' group by table_name
        """).fetchall()
    finally:
        disconnect(connection)
    return dict(rows)
