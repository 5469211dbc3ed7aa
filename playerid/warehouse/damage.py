"""What DuckDB says of published files that are missing or torn."""

import duckdb


def is_damage(error: BaseException | None) -> bool:
    """Whether DuckDB met a file that is missing or torn; of a store, it passes on its error."""
    return (
        isinstance(error, duckdb.IOException | duckdb.InvalidInputException)
        or type(error) is duckdb.Error
    )


def damaged(error: duckdb.Error) -> str:
    """What to say of a published file that is missing or is not Parquet."""
    what, *more = str(error).strip().splitlines()
    if more and what.startswith("Traceback"):  # of a store's library; its last line tells
        what = more[-1]
    return (
        f"a published file is missing or damaged: {what}; process its game again, or publish it"
        " again from a copy"
    )
