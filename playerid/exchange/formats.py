"""Which formats there are: a published game out, a file of others in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from playerid import tables
from playerid.archive.archive import Archive
from playerid.archive.catalog import Entry, find_game
from playerid.errors import GameError, TableError
from playerid.exchange.cdf import read_cdf_jsonl, write_cdf_jsonl
from playerid.exchange.mot import read_mot, write_mot
from playerid.exchange.pictures import Pictures, read_pictures
from playerid.exchange.publication import publish_tables
from playerid.exchange.recordings import tables_of
from playerid.exchange.sportvu import read_sportvu_json
from playerid.exchange.sportvu_csv import read_sportvu_csv
from playerid.exchange.writers import write_coco, write_sportvu_csv
from playerid.game.play_by_play import people_of_rows, read_play_by_play
from playerid.game.roster import read_game
from playerid.warehouse.published import open_game

Writer = Callable[[duckdb.DuckDBPyConnection, Path, Pictures], list[Path]]
WRITERS: Mapping[str, Writer] = {
    "sportvu-csv": lambda connection, folder, _: write_sportvu_csv(connection, folder),
    "mot": lambda connection, folder, pictures: write_mot(connection, folder, pictures.size_px(0)),
    "coco": write_coco,
    "cdf-jsonl": lambda connection, folder, _: write_cdf_jsonl(connection, folder),
}
OF_PICTURES = ("mot", "coco")


def export_game(archive: Archive, game_id: str, kind: str, folder: Path) -> list[Path]:
    """Write a published game as files of another format.

    Args:
        archive: where it is published.
        game_id: the game.
        kind: one of `WRITERS`; what it cannot hold is in its docstring.
        folder: where to; made if it is not there.

    Raises:
        ArchiveError: The game is not published.
        TableError: There is no such format.
    """
    if kind not in WRITERS:
        raise TableError(f"format {kind!r}: expected one of {', '.join(WRITERS)}")
    folder.mkdir(parents=True, exist_ok=True)
    with open_game(archive, find_game(archive, game_id)) as connection:
        pictures = read_pictures(archive, game_id) if kind in OF_PICTURES else Pictures()
        return WRITERS[kind](connection, folder, pictures)


@dataclass(frozen=True, slots=True)
class Given:
    """What is said beside a file to be imported.

    Attributes:
        game_file: which game it is, with its rosters; None if nobody says.
        season: of the games; "" if nobody says.
        frame_rate: of a file that does not say its times; None if nobody says.
    """

    game_file: Path | None
    season: str
    frame_rate: float | None


def import_file(  # noqa: PLR0913
    archive: Archive,
    path: Path,
    kind: str,
    *,
    game_file: Path | None = None,
    season: str = "",
    frame_rate: float | None = None,
    play_by_play: Path | None = None,
) -> list[Entry]:
    """Publish the games of a file of another format, so that the SQL runs on them.

    Args:
        archive: where to.
        path: the file.
        kind: one of `READERS`.
        game_file: which game it is, with its rosters; MOTChallenge needs one.
        season: of the games; SportVU-like CSV and JSON lines need it.
        frame_rate: of a file that does not say its times; other formats refuse it.
        play_by_play: what was called in the game, if the file is of one game.

    Raises:
        TableError: The file is not of that format, or there is no such format.
        GameError: The game file is missing or wrong, or the play-by-play is of another game.
    """
    if kind not in READERS:
        raise TableError(f"format {kind!r}: expected one of {', '.join(READERS)}")
    if not path.is_file():
        raise TableError(f"{path}: there is no such file")
    if frame_rate is not None and kind not in RATED:
        raise TableError(f"{path}: --frame-rate is of {' and '.join(RATED)}; {kind} says times")
    rows = READERS[kind](path, Given(game_file, season, frame_rate))
    if play_by_play is not None:
        rows |= {tables.CALLED_EVENTS.name: _read_called(play_by_play, path, rows)}
    return publish_tables(archive, rows)


def _read_json(path: Path, _: Given) -> dict[str, pa.Table]:
    return tables_of([read_sportvu_json(path)])


def _read_csv(path: Path, given: Given) -> dict[str, pa.Table]:
    season = _season(path, given)
    return tables_of(read_sportvu_csv(path, season=season, frame_rate=given.frame_rate))


def _read_cdf(path: Path, given: Given) -> dict[str, pa.Table]:
    return tables_of(read_cdf_jsonl(path, season=_season(path, given)))


def _read_mot(path: Path, given: Given) -> dict[str, pa.Table]:
    file = given.game_file
    if file is None:
        raise GameError(f"{path}: the file does not say which game it is; name a --game file")
    return read_mot(path, read_game(file.read_bytes(), str(file)), given.frame_rate)


def _season(path: Path, given: Given) -> str:
    if not given.season:
        raise GameError(f"{path}: the file does not say the season; name it with --season")
    return given.season


RATED = ("sportvu-csv", "mot")
READERS: Mapping[str, Callable[[Path, Given], dict[str, pa.Table]]] = {
    "sportvu-json": _read_json,
    "sportvu-csv": _read_csv,
    "mot": _read_mot,
    "cdf-jsonl": _read_cdf,
}


def _read_called(file: Path, path: Path, rows: Mapping[str, pa.Table]) -> pa.Table:
    if not file.is_file():
        raise GameError(f"{file}: there is no such file")
    game_ids = rows["games"]["game_id"].to_pylist()
    if len(game_ids) != 1:
        raise GameError(f"{file}: a play-by-play is of one game; {path} holds {len(game_ids)}")
    (game,) = rows["games"].to_pylist()
    people = people_of_rows(rows["rosters"], game["home_team_id"], game["away_team_id"])
    return read_play_by_play(file.read_bytes(), str(file), game["game_id"], people)
