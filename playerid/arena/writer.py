"""Write a rendered broadcast into an archive: the video, the game file, the known answers."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.store import encode
from playerid.arena.broadcast import Broadcast, FilmedGame
from playerid.arena.calls import tell_calls
from playerid.arena.cast import Cast
from playerid.arena.truth_tables import TRUTH_TABLES, TruthRows, list_events
from playerid.frames.video_writing import write_video
from playerid.game.roster import Game, Player, Team
from playerid.tables import Table

# Constant rate factor of the encoder: what a careful, a usual and a poor stream look like.
QUALITY = {"easy": 19, "broadcast": 23, "hard": 29}
PLAY_BY_PLAY = "play_by_play.json"


def write_game(
    archive: Archive,
    broadcast: Broadcast,
    game_id: str,
    season: str,
    date: dt.date,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Game:
    """Render a broadcast and put it into an archive.

    Writes `truth/<game_id>/{people,objects,frames,events}.parquet`, then
    `games/<game_id>/video.mp4` and the play-by-play, then `games/<game_id>/game.json`: the game is
    there once its last file is. Writing the same broadcast again replaces the files by equal ones.

    Args:
        archive: where to.
        broadcast: what to render.
        game_id: a safe file name.
        season: as the league writes it.
        date: day of the game.
        on_progress: called with the frames done and the frames in all.

    Returns:
        The game file's content.

    Raises:
        ArchiveError: `game_id` is no safe name.
        GameError: Game file and rosters contradict each other.
    """
    over_s = broadcast.time_s(broadcast.frame_count)
    calls = broadcast.game.calls
    told = tell_calls(calls, broadcast.game.cast, game_id, over_s) if calls else b""
    game = describe_game(broadcast, game_id, season, date, PLAY_BY_PLAY if calls else None)
    write_filmed(archive, broadcast, game, list_events(broadcast), told, on_progress=on_progress)
    return game


def write_filmed(  # noqa: PLR0913, PLR0917
    archive: Archive,
    broadcast: FilmedGame,
    game: Game,
    events: list[dict[str, Any]],
    play_by_play: bytes = b"",
    more: Mapping[Table, list[dict[str, Any]]] = MappingProxyType({}),
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Render a broadcast of any sport and put it into an archive, the game file last.

    Args:
        archive: where to.
        broadcast: what to render.
        game: its game file.
        events: rows of the truth table `events`.
        play_by_play: content of the file that the game file names.
        more: further truth tables, with their rows.
        on_progress: called with the frames done and the frames in all.

    Raises:
        ArchiveError: The id is no safe name.
    """
    layout.safe_name(game.game_id, "game")
    rows = TruthRows(broadcast, events)

    def render() -> Iterator[NDArray[np.uint8]]:
        for index in range(broadcast.frame_count):
            frame = broadcast.frame(index)
            rows.add(frame)
            on_progress(index + 1, broadcast.frame_count)
            yield frame.image

    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "video.mp4"
        write_video(str(video), render(), broadcast.fps, QUALITY[broadcast.level])
        tables = rows.tables()
        truth = {table: tables[table.name] for table in TRUTH_TABLES} | {
            table: pa.Table.from_pylist(told, schema=table.schema) for table, told in more.items()
        }
        put_game(archive, game, video, truth, play_by_play)


def put_game(
    archive: Archive, game: Game, video: Path, truth: Mapping[Table, pa.Table], play_by_play: bytes
) -> None:
    """Put a rendered game into an archive: what is true, the video, the game file last.

    Args:
        archive: where to.
        game: its game file, which names the video.
        video: rendered.
        truth: rows of the truth tables.
        play_by_play: content of the file that the game file names, if it names one.
    """
    game_id = game.game_id
    for table, content in truth.items():
        archive.write(layout.truth_table(game_id, table.name), encode(table, content))
    archive.write_file(layout.source_file(game_id, video.name), video)
    if game.play_by_play:
        archive.write(layout.source_file(game_id, game.play_by_play), play_by_play)
    archive.write(layout.game_file(game_id), game.model_dump_json(indent=1).encode())


def describe_game(
    broadcast: FilmedGame,
    game_id: str,
    season: str,
    date: dt.date,
    play_by_play: str | None = None,
) -> Game:
    """The game file of a broadcast."""
    cast = broadcast.game.cast
    return Game(
        game_id=game_id,
        season=season,
        date=date,
        league=broadcast.game.league.name,
        home=describe_team(cast, 0),
        away=describe_team(cast, 1),
        videos=["video.mp4"],
        play_by_play=play_by_play,
    )


def describe_team(cast: Cast, team: int) -> Team:
    """The roster of home (0) or away (1), as the game file has it."""
    sheet = cast.teams[team]
    return Team(
        team_id=sheet.team_id,
        name=sheet.name,
        players=[
            Player(player_id=p.person_id, name=p.name, number=p.number, role=p.role)
            for p in cast.people
            if p.team == team
        ],
    )
