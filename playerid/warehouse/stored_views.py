"""SQL that puts published files into the views of an empty warehouse.

DuckDB looks at every file that a view names whenever it binds the view, so the names stand in
macros of the schema `files`, of which there is one for each table and each set of its columns.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from playerid.archive.store import kind_of
from playerid.errors import TableError
from playerid.queries import views
from playerid.tables import MATERIALISED, PUBLIC_TABLES
from playerid.warehouse.definitions import (
    Columns,
    describe_macro,
    make_view,
    meaning_of,
    no_rows,
    quoted,
)

NAMED_END = len("-01234567.parquet")
"""Characters at the end of an object's name that say which columns it has."""


@dataclass(frozen=True, slots=True)
class FileList:
    """Files of a table or view that have the same columns.

    Attributes:
        name: of the table or view.
        macro: the macro that names them.
        kind: digest of their columns; "" if their names do not say it.
        paths: where they are.
    """

    name: str
    macro: str
    kind: str
    paths: Sequence[str]

    @property
    def is_partitioned(self) -> bool:
        """Whether their folders say season and game."""
        names = "\n".join(self.paths)
        return all(names.count(part) == len(self.paths) for part in ("/season=", "/game_id="))

    def define(self, paths: Sequence[str]) -> str:
        """SQL that has the macro name these of them."""
        return f"create or replace macro {self.macro}() as {_listed(paths)};"


def file_lists(files: Mapping[str, Sequence[str]]) -> list[FileList]:
    """The files of each table and view, those with other columns apart; see `connect`.

    Raises:
        TableError: A table is not public.
    """
    public = {table.name for table in PUBLIC_TABLES} | set(MATERIALISED)
    if unknown := sorted(set(files) - public):
        raise TableError(f"{unknown[0]!r} is not a public table: {', '.join(sorted(public))}")
    return [
        FileList(name, f"files.{name}_{number}", kind, paths)
        for name, listed in files.items()
        for number, (kind, paths) in enumerate(_by_columns(listed).items(), 1)
    ]


def name_files(lists: Sequence[FileList]) -> Iterator[str]:
    """SQL that has the views read these files, and says what each macro is."""
    for one in lists:
        yield one.define(one.paths)
        about = f"Published files of {one.name}, with the same columns."
        yield describe_macro(one.macro, about)


def views_of(lists: Sequence[FileList]) -> Iterator[str]:
    """SQL that makes the views of files, whose macros then name one file each."""
    by_name: dict[str, list[FileList]] = {}
    for one in lists:
        by_name.setdefault(one.name, []).append(one)
    for table in PUBLIC_TABLES:
        if listed := by_name.get(table.name):
            added = [field for field in table.schema if field.nullable]
            yield from _stored_view(listed, *meaning_of(table), added)
    for view in views():
        if listed := by_name.get(view.name):
            yield from _stored_view(listed, view.about, view.columns, [])


def _stored_view(
    lists: Sequence[FileList], about: str, columns: Columns, added: Sequence[pa.Field]
) -> Iterator[str]:
    """A view of files; older ones may lack columns that were added since: these are null.

    DuckDB takes the columns of the first file for those of all, so files with other columns are
    read apart.
    """
    sources = [f"from read_parquet({one.macro}(), {_partitioning(one)})" for one in lists]
    blank = [no_rows(added)] if added else []
    query = f"select {', '.join(c for c, _ in columns)}\nfrom (" + (
        "\n    union all by name ".join([*blank, *sources]) + ")"
    )
    yield from (one.define(one.paths[:1]) for one in lists)
    yield make_view(lists[0].name, query, about, columns)


def _by_columns(paths: Sequence[str]) -> dict[str, list[str]]:
    """Digest of columns -> files; what a name ends in tells most of them apart at once."""
    ends: dict[str, list[str]] = {}
    for path in paths:
        ends.setdefault(path[-NAMED_END:], []).append(path)
    kinds: dict[str, list[str]] = {}
    for found in ends.values():
        kinds.setdefault(kind_of(found[0]), []).extend(found)
    return kinds


def _partitioning(files: FileList) -> str:
    if files.is_partitioned:
        return "hive_partitioning = true, hive_types = {'season': varchar, 'game_id': varchar}"
    return "hive_partitioning = false"


def _listed(paths: Sequence[str]) -> str:
    """SQL of a list of paths.

    What all begin with stands there once: the names of the files of 24,600 games are 3 MB a
    table, which every opening would parse.
    """
    first, last = min(paths, default=""), max(paths, default="")
    start = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    ends = quoted("\n".join([path[start:] for path in paths]))
    if not start:
        return f"string_split({ends}, chr(10))"
    begin = quoted(paths[0][:start])
    return f"string_split({begin} || replace({ends}, chr(10), chr(10) || {begin}), chr(10))"
