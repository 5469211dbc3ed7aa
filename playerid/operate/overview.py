"""How an archive stands: every game, whether it is published, how well, and at what cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.archive.verify import whole_games
from playerid.operate import quarantine
from playerid.operate.attempts import has_unfinished
from playerid.operate.runs import read_runs
from playerid.warehouse.warehouse import connect, disconnect

COLUMNS = (
    "identity_coverage", "court_coverage", "duration_s",
    "wall_s", "cpu_s", "gpu_s", "bytes_read", "bytes_written",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GameState:
    """Where a game stands.

    Attributes:
        game_id: the game.
        season: its season; None if it was never published.
        state: "published", "set aside", "published, set aside since", "running", "damaged" or
            "new".
        reason: why it is set aside, or what is damaged.
        made: parts that its last run computed; None if no run of it ended well.
        remembered: parts that it found made.
        facts: of the published game: the columns `COLUMNS` of `games`.
    """

    game_id: str
    season: str | None
    state: str
    reason: str
    made: int | None
    remembered: int | None
    facts: Mapping[str, float | None]


def overview(archive: Archive, season: str | None = None) -> list[GameState]:
    """State of every game; with a season, of its published games and of those never published."""
    found = catalog.read_catalog(archive)
    published = {entry.game_id: entry for entry in found.entries}
    damaged = {PurePosixPath(path).stem: why for path, why in found.damaged.items()}
    aside = quarantine.find_all(archive)
    facts = published_facts(archive, found.entries)
    ids = sorted({*archive.game_ids(), *published, *damaged, *aside})
    runs = read_runs(archive, ids)
    states = []
    for game_id in ids:
        entry = published.get(game_id)
        if season and entry and entry.season != season:
            continue
        run = runs.get(game_id)
        states.append(
            GameState(
                game_id,
                entry.season if entry else None,
                "damaged"
                if game_id in damaged
                else _state(archive, game_id, is_published=bool(entry), is_aside=game_id in aside),
                aside[game_id].reason if game_id in aside else damaged.get(game_id, ""),
                run.steps_made if run else None,
                run.steps_remembered if run else None,
                facts.get(game_id, {}),
            )
        )
    return states


def published_facts(
    archive: Archive, entries: Sequence[Entry]
) -> dict[str, Mapping[str, float | None]]:
    """Game -> the columns `COLUMNS` of its row of `games`."""
    files = {"games": catalog.table_files(archive, whole_games(archive, entries))["games"]}
    connection = connect(files, None if archive.is_local else archive.filesystem)
    try:
        rows: list[Any] = connection.sql(
            f"select game_id, {', '.join(COLUMNS)} from games"
        ).fetchall()
    finally:
        disconnect(connection)
    return {row[0]: dict(zip(COLUMNS, row[1:], strict=True)) for row in rows}


def _state(archive: Archive, game_id: str, *, is_published: bool, is_aside: bool) -> str:
    if is_aside:
        return "published, set aside since" if is_published else "set aside"
    if has_unfinished(archive, game_id):
        return "running"
    return "published" if is_published else "new"
