"""The row and the rosters of every published game, kept as long as it is published so."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from playerid import tables
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.errors import ArchiveError, PlayerIdError
from playerid.game.inputs import stored_game
from playerid.game.roster import Game
from playerid.serve.published_state import PublishedState
from playerid.tables import Table

LEFT_OUT = ("models", "stage_costs")
"""Columns of `games` that are long, and only shown of one game."""


@dataclass(frozen=True, slots=True)
class GameSummary:
    """What is known of a game without a question.

    Attributes:
        row: its row of `games`.
        rosters: its rows of `rosters`.
        team_names: team -> name, of the game file; empty where there is none.
        videos: names of its video files, in order of play; empty where there are none.
    """

    row: pa.Table
    rosters: pa.Table
    team_names: dict[str, str]
    videos: tuple[str, ...]

    def to_row(self) -> dict[str, Any]:
        """The row of `games`, with the names of the teams."""
        row: dict[str, Any] = self.row.to_pylist()[0]
        home, away = row["home_team_id"], row["away_team_id"]
        return row | {
            "home_team_name": self.team_names.get(home, home),
            "away_team_name": self.team_names.get(away, away),
        }


@dataclass
class Summaries:
    """Summaries by publication: each is read once."""

    archive: Archive
    _known: dict[str, GameSummary] = field(default_factory=dict, init=False)
    _answers: dict[str, bytes] = field(default_factory=dict, init=False)
    _answering: threading.Lock = field(default_factory=threading.Lock, init=False)
    _lists: tuple[str, pa.Table, pa.Table] | None = field(default=None, init=False)
    _listing: threading.Lock = field(default_factory=threading.Lock, init=False)

    def of_game(self, state: PublishedState, game_id: str) -> GameSummary:
        """The summary of a published game."""
        tag = state.tags[game_id]
        if (found := self._known.get(tag)) is None:
            found = self._known[tag] = self._read(state.entries[game_id])
        return found

    def answer(
        self,
        state: PublishedState,
        game_id: str,
        make: Callable[[GameSummary, str, str], bytes],
        *,
        most: int = 4000,
    ) -> bytes:
        """What `make` makes of a summary, its game and its tag; the last `most` are kept."""
        tag = state.tags[game_id]
        if (content := self._answers.get(tag)) is None:
            content = make(self.of_game(state, game_id), game_id, tag)
            with self._answering:
                self._answers[tag] = content
                while len(self._answers) > most:
                    self._answers.pop(next(iter(self._answers)))
        return content

    def games(self, state: PublishedState) -> pa.Table:
        """Rows of `games` of all games, the last played first, with the names of the teams."""
        return self._of_all(state)[1]

    def rosters(self, state: PublishedState) -> pa.Table:
        """Rows of `rosters` of all games, with their season and date."""
        return self._of_all(state)[2]

    def _of_all(self, state: PublishedState) -> tuple[str, pa.Table, pa.Table]:
        with self._listing:
            if self._lists is None or self._lists[0] != state.tag:
                with ThreadPoolExecutor(8) as readers:
                    found = list(readers.map(lambda g: self.of_game(state, g), state.entries))
                self._forget(state.tags.values())
                self._lists = state.tag, _games(found), _rosters(found)
            return self._lists

    def _forget(self, held: Iterable[str]) -> None:
        """Let go of publications that were replaced."""
        for tag in set(self._known) - set(held):
            self._known.pop(tag, None)

    def _read(self, entry: Entry) -> GameSummary:
        row, rosters = (_rows(self.archive, entry, t) for t in (tables.GAMES, tables.ROSTERS))
        game = read_game_file(self.archive, entry.game_id)
        names = {team.team_id: team.name for team in game.teams} if game else {}
        return GameSummary(row, rosters, names, tuple(game.videos) if game else ())


def read_game_file(archive: Archive, game_id: str) -> Game | None:
    """The game file; None where there is none that can be read, as after an import."""
    try:
        return stored_game(archive, game_id)
    except PlayerIdError:
        return None


def _rows(archive: Archive, entry: Entry, table: Table) -> pa.Table:
    """Rows of a small published table; columns that were added since are null."""
    path = entry.tables[table.name].path
    try:
        rows = pq.read_table(pa.BufferReader(archive.read(path)))
    except pa.ArrowException as error:
        raise ArchiveError(f"{path}: damaged; process game {entry.game_id} again") from error
    known = [name for name in table.schema.names if name in rows.column_names]
    return pa.Table.from_pylist(rows.select(known).to_pylist(), table.schema)


def _games(found: Iterable[GameSummary]) -> pa.Table:
    names = [pa.field("home_team_name", pa.string()), pa.field("away_team_name", pa.string())]
    kept = [f for f in tables.GAMES.schema if f.name not in LEFT_OUT]
    rows = pa.Table.from_pylist([each.to_row() for each in found], pa.schema([*kept, *names]))
    order = [("season", "descending"), ("date", "descending"), ("game_id", "ascending")]
    return rows.sort_by(order)


def _rosters(found: Iterable[GameSummary]) -> pa.Table:
    added = [tables.GAMES.schema.field(name) for name in ("season", "date")]
    rows = [
        rosters.append_column(added[0], pa.repeat(row["season"], len(rosters))).append_column(
            added[1], pa.repeat(row["date"], len(rosters)).cast(pa.date32())
        )
        for each in found
        for rosters, row in [(each.rosters, each.row.to_pylist()[0])]
    ]
    schema = pa.schema([*tables.ROSTERS.schema, *added])
    return pa.concat_tables(rows).cast(schema) if rows else schema.empty_table()
