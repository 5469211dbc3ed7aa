"""Recorded plays of real games with their play-by-play, opened as a warehouse of their own."""

import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from playerid import tables
from playerid.errors import GameError, LabelsError
from playerid.exchange import import_sportvu
from playerid.game.play_by_play import KnownPeople, read_play_by_play
from playerid.publish.answers import answer
from playerid.queries import materialised_digest
from playerid.warehouse.warehouse import connect, disconnect

PARTS = ("clips", "positions", "players_by_game")
CALLS = "play_by_play*.tar.gz"


def open_plays(folder: Path, kept: Path, *, games: int = 30) -> duckdb.DuckDBPyConnection:
    """Tables and views of recorded plays, with the rows that are stored with published games.

    Args:
        folder: `clips`, `positions` and `players_by_game` as Parquet, as `import_sportvu` takes
            them, and an archive of play-by-plays, one file a game, named by it.
        kept: where the tables are made, some games at a time, and found again by the next call.
        games: how many at a time.

    Returns:
        A connection; close it with `disconnect`.

    Raises:
        LabelsError: A file is missing.
    """
    calls = sorted(folder.glob(CALLS))
    missing = [f"{name}.parquet" for name in PARTS if not (folder / f"{name}.parquet").is_file()]
    if missing or not calls:
        raise LabelsError(f"{folder}: expected {', '.join(missing or [CALLS])}")
    ids = sorted(set(pq.read_table(folder / "clips.parquet")["game_id"].to_pylist()))
    files: dict[str, list[str]] = {}
    for first in range(0, len(ids), games):
        batch = kept / f"plays-{materialised_digest()[:8]}" / ids[first]
        if not batch.is_dir():
            _make(folder, calls[0], ids[first : first + games], batch)
        for path in sorted(batch.glob("*.parquet")):
            files.setdefault(path.stem, []).append(str(path))
    return connect(files)


def _make(folder: Path, calls: Path, ids: Sequence[str], batch: Path) -> None:
    """Write the tables of some games; the folder is there once all of them are."""
    unfinished = batch.with_name(batch.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    rows = read_plays(folder, calls, ids)
    for name, table in rows.items():
        pq.write_table(table, unfinished / f"{name}.parquet")
    connection = connect({name: [str(unfinished / f"{name}.parquet")] for name in rows})
    try:
        for made, answers in answer(connection):
            pq.write_table(answers, unfinished / f"{made.name}.parquet")
    finally:
        disconnect(connection)
    unfinished.rename(batch)


def read_plays(folder: Path, calls: Path, ids: Sequence[str]) -> dict[str, pa.Table]:
    """Public tables of the recorded plays of some games, with what was called in them."""
    chosen = pc.field("game_id").isin(list(ids))
    clips = pq.read_table(folder / "clips.parquet", filters=chosen)
    in_clips = pc.field("clip").isin(clips["clip"].to_pylist())
    positions = pq.read_table(folder / "positions.parquet", filters=in_clips)
    players = pq.read_table(folder / "players_by_game.parquet", filters=chosen)
    rows = import_sportvu(clips, positions, players)
    return rows | {"called_events": _read_calls(calls, rows["rosters"])}


def _read_calls(path: Path, rosters: pa.Table) -> pa.Table:
    """Of the games that were recorded."""
    teams: dict[str, dict[str, str]] = {}
    for row in rosters.to_pylist():
        teams.setdefault(row["game_id"], {})[row["player_id"]] = row["team_id"]
    called = [tables.CALLED_EVENTS.schema.empty_table()]
    with tarfile.open(path) as archive:
        for member in archive:
            game_id = member.name.rpartition("/")[2].partition(".")[0]
            file = archive.extractfile(member) if game_id in teams else None
            if file is None:
                continue
            people = KnownPeople(teams[game_id])
            try:
                called.append(read_play_by_play(file.read(), member.name, game_id, people))
            except GameError as error:
                raise LabelsError(str(error)) from error
    return pa.concat_tables(called)
