"""Which formats there are: a published game out, a file of others in."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from playerid import tables
from playerid.archive.archive import Archive
from playerid.archive.catalog import find_game
from playerid.archive.entry import Entry
from playerid.errors import GameError, TableError
from playerid.exchange.cdf import read_cdf_jsonl, write_cdf_jsonl
from playerid.exchange.cvat import write_cvat
from playerid.exchange.described import describe_game
from playerid.exchange.game_state import read_sequence, sequence_folders
from playerid.exchange.game_state_predictions import write_game_state
from playerid.exchange.game_state_tables import sequence_tables
from playerid.exchange.game_state_truth import keep_sequence
from playerid.exchange.label_studio import write_label_studio
from playerid.exchange.mot import read_mot, write_mot
from playerid.exchange.pictures import Pictures, read_pictures
from playerid.exchange.publication import publish_tables
from playerid.exchange.recordings import tables_of
from playerid.exchange.skillcorner import write_skillcorner
from playerid.exchange.sportvu import read_sportvu_json
from playerid.exchange.sportvu_csv import read_sportvu_csv
from playerid.exchange.spotting import write_spotting
from playerid.exchange.writers import write_coco, write_sportvu_csv
from playerid.game.play_by_play import people_of_rows, read_play_by_play
from playerid.game.roster import read_game
from playerid.game.score_sheet import ScoreSheet, read_score_sheet, sheet_of_game
from playerid.warehouse.published import open_game

Writer = Callable[[duckdb.DuckDBPyConnection, Path, Pictures], list[Path]]
WRITERS: Mapping[str, Writer] = {
    "sportvu-csv": lambda connection, folder, _: write_sportvu_csv(connection, folder),
    "mot": lambda connection, folder, pictures: write_mot(connection, folder, pictures.size_px(0)),
    "coco": write_coco,
    "cdf-jsonl": lambda connection, folder, _: write_cdf_jsonl(connection, folder),
    "cvat": write_cvat,
    "label-studio": write_label_studio,
    "soccernet-gsr": write_game_state,
    "skillcorner": lambda connection, folder, _: write_skillcorner(connection, folder),
    "soccernet-spotting": lambda connection, folder, _: write_spotting(connection, folder),
}
OF_PICTURES = ("mot", "coco", "cvat", "label-studio", "soccernet-gsr")


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
    """What is said beside a file to be imported; nothing of it must be.

    Attributes:
        game_file: which game it is, with its rosters, sides, season and day.
        box_score: who played in it: a file that `playerid.game.score_sheet` reads.
        season: of the games.
        date: of the game.
        home: the home team of the game.
        frame_rate: of a file that does not say its times; other formats refuse it.
        play_by_play: what was called in the game.
    """

    game_file: Path | None = None
    box_score: Path | None = None
    season: str = ""
    date: dt.date | None = None
    home: str = ""
    frame_rate: float | None = None
    play_by_play: Path | None = None


def import_file(archive: Archive, path: Path, kind: str, given: Given | None = None) -> list[Entry]:
    """Publish the games of a file of another format, so that the SQL runs on them.

    Args:
        archive: where to.
        path: the file; of labelled sequences, a folder of one or of many.
        kind: one of `READERS`, or of `FOLDERS`.
        given: what is said beside it. MOTChallenge needs a game file, SportVU-like CSV and JSON
            lines a season; box score, day, home team and play-by-play are of a file of one game.

    Raises:
        TableError: The file is not of that format, or there is no such format.
        GameError: What is said beside it is missing or wrong, or of another game.
    """
    given = given or Given()
    if kind in FOLDERS:
        return FOLDERS[kind](archive, path, given)
    if kind not in READERS:
        raise TableError(f"format {kind!r}: expected one of {', '.join([*READERS, *FOLDERS])}")
    if not path.is_file():
        raise TableError(f"{path}: there is no such file")
    if given.frame_rate is not None and kind not in RATED:
        raise TableError(f"{path}: --frame-rate is of {' and '.join(RATED)}; {kind} says times")
    rows = READERS[kind](path, given)
    if (told := _read_sheet(given)) is not None:
        sheet, file = told
        rows = describe_game(rows, sheet, file)
    if given.play_by_play is not None:
        called = _read_called(given.play_by_play, path, rows)
        rows |= {tables.CALLED_EVENTS.name: called}
    return publish_tables(archive, rows)


def _read_sheet(given: Given) -> tuple[ScoreSheet, str] | None:
    """What is known of the game, and the file that says it; what is said by an option rules."""
    sheet, file = ScoreSheet(tables.ROSTERS.schema.empty_table()), "--home, --date"
    if given.game_file is not None:
        file = str(given.game_file)
        sheet = sheet_of_game(read_game(_content(given.game_file), file))
    if given.box_score is not None:
        file = str(given.box_score)
        sheet = read_score_sheet(_content(given.box_score), file)
    if given.home:
        sheet = replace(sheet, home_team_id=given.home, away_team_id="")
    if given.date is not None:
        sheet = replace(sheet, date=given.date)
    is_told = given.game_file or given.box_score or given.home or given.date
    return (sheet, file) if is_told else None


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise GameError(f"{file}: there is no such file")
    return file.read_bytes()


def _read_json(path: Path, _: Given) -> dict[str, pa.Table]:
    return tables_of([read_sportvu_json(path)])


def _read_csv(path: Path, given: Given) -> dict[str, pa.Table]:
    season = _season(path, given)
    return tables_of(read_sportvu_csv(path, season=season, frame_rate=given.frame_rate))


def _read_cdf(path: Path, given: Given) -> dict[str, pa.Table]:
    league = "nba"
    if given.game_file is not None:
        league = read_game(_content(given.game_file), str(given.game_file)).league
    return tables_of(read_cdf_jsonl(path, season=_season(path, given), league=league))


def _read_mot(path: Path, given: Given) -> dict[str, pa.Table]:
    file = given.game_file
    if file is None:
        raise GameError(f"{path}: the file does not say which game it is; name a --game file")
    return read_mot(path, read_game(_content(file), str(file)), given.frame_rate)


def _season(path: Path, given: Given) -> str:
    if given.season:
        return given.season
    if given.game_file is not None:
        return read_game(_content(given.game_file), str(given.game_file)).season
    raise GameError(f"{path}: the file does not say the season; name it with --season")


RATED = ("sportvu-csv", "mot")
READERS: Mapping[str, Callable[[Path, Given], dict[str, pa.Table]]] = {
    "sportvu-json": _read_json,
    "sportvu-csv": _read_csv,
    "mot": _read_mot,
    "cdf-jsonl": _read_cdf,
}


def _import_sequences(archive: Archive, path: Path, given: Given) -> list[Entry]:
    """Publish labelled sequences as games, and keep them as truth of games of their names."""
    entries: list[Entry] = []
    for folder in sequence_folders(path):
        sequence = read_sequence(folder)
        keep_sequence(archive, sequence, given.season)
        entries += publish_tables(archive, sequence_tables(sequence, given.season))
    return entries


FOLDERS: Mapping[str, Callable[[Archive, Path, Given], list[Entry]]] = {
    "soccernet-gsr": _import_sequences,
}


def _read_called(file: Path, path: Path, rows: Mapping[str, pa.Table]) -> pa.Table:
    content = _content(file)
    games = rows["games"].to_pylist()
    if len(games) != 1:
        raise GameError(f"{file}: a play-by-play is of one game; {path} holds {len(games)}")
    (game,) = games
    people = people_of_rows(rows["rosters"], game["home_team_id"], game["away_team_id"])
    return read_play_by_play(content, str(file), game["game_id"], people)
