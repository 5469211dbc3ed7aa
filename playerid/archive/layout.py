"""Where everything of an archive lies: one function or constant for each place.

games/<game>/game.json, its videos, its play-by-play            what comes in
tables/<table>/season=<s>/game_id=<game>/<content>.parquet      published, immutable
catalog/<season>/<game>.json                                    names the objects of a game
index/                                          a copy of the catalog, and other small objects
interim/<game>/                                                 working tables, records, marks
runs/<game>.json                                                how the last run of a game went
quarantine/<game>.json                                          why a game was set aside
corrections/<game>.json                                         what was said by hand
truth/<game>/                                                   known answers, where there are any
pictures/<game>/                                                videos and pages for people

Paths are relative to the archive. Names are checked: none can leave its folder.
"""

import datetime as dt
import re
from functools import lru_cache

from playerid.errors import ArchiveError

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
PAGE_NAME = re.compile(r"index\.html|night-.*\.html")

GAMES = "games"
TABLES = "tables"
CATALOG = "catalog"
INTERIM = "interim"
RUNS = "runs"
QUARANTINE = "quarantine"
PICTURES = "pictures"
INDEX = "index"
TRUTH = "truth"
CORRECTIONS = "corrections"

CATALOG_COPY = "index/catalog.parquet"
COMMIT_LOCK = "index/commit.lock"
VERIFIED = "index/verified.json"
SCORES = "score.json"
PROBES = "index/probe-"
"""How the paths of small objects begin that are written only to see whether that works."""


@lru_cache(maxsize=1024)
def safe_name(name: str, what: str) -> str:
    """Return `name` if it can be one component of a path.

    Raises:
        ArchiveError: It could leave its folder, or is no file name.
    """
    if not SAFE_NAME.fullmatch(name):
        raise ArchiveError(
            f"{what} {name!r}: expected letters, digits, '.', '_' and '-', not starting with '.'"
        )
    return name


def partial(path: str, unique: str) -> str:
    """Where an object is written before it is renamed; no safe name begins with a dot."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name}.{unique}.partial" if folder else f".{name}.{unique}.partial"


def is_trace(path: str) -> bool:
    """Whether a path is that of a write that was broken off, or only a trial."""
    return is_partial(path) or path.startswith(PROBES)


def game_of_table(path: str) -> str:
    """Game of an object of a published table, "" for any other path."""
    parts = path.split("/")
    is_table = parts[0] == TABLES and len(parts) > 4
    return parts[3].removeprefix("game_id=") if is_table else ""


def is_partial(path: str) -> bool:
    """Whether a path is that of a write that goes on, or was broken off."""
    name = path.rpartition("/")[2]
    return name.startswith(".") and name.endswith(".partial")


def game_folder(game_id: str) -> str:
    """What a game consists of before anything is computed."""
    return f"{GAMES}/{safe_name(game_id, 'game')}"


def game_file(game_id: str) -> str:
    """The game file: its teams, its rosters, its videos."""
    return f"{game_folder(game_id)}/game.json"


def source_file(game_id: str, name: str) -> str:
    """A video or the play-by-play that the game file names."""
    return f"{game_folder(game_id)}/{safe_name(name, 'file')}"


def season_folder(season: str) -> str:
    """The catalog entries of a season."""
    return f"{CATALOG}/{safe_name(season, 'season')}"


def catalog_entry(season: str, game_id: str) -> str:
    """The one small file whose replacement publishes a game."""
    return f"{season_folder(season)}/{safe_name(game_id, 'game')}.json"


def published_season(table: str, season: str) -> str:
    """The objects of a public table of a season."""
    return f"{TABLES}/{safe_name(table, 'table')}/season={safe_name(season, 'season')}"


def published_folder(table: str, season: str, game_id: str) -> str:
    """The objects of a public table of a game."""
    return of_game(published_season(table, season), safe_name(game_id, "game"))


def of_game(published: str, game_id: str) -> str:
    """The objects of a game among those of `published_season`; the id must be a safe name."""
    return f"{published}/game_id={game_id}"


def working_folder(game_id: str) -> str:
    """All that runs of a game keep for the next one."""
    return f"{INTERIM}/{safe_name(game_id, 'game')}"


def working_table(table: str, game_id: str) -> str:
    """The objects of a working table of a game."""
    return f"{working_folder(game_id)}/{safe_name(table, 'table')}"


def records_folder(game_id: str) -> str:
    """The records of the steps of a game: what each made, and from what."""
    return f"{working_folder(game_id)}/cache"


def step_record(game_id: str, name: str) -> str:
    """The record of one step."""
    return f"{records_folder(game_id)}/{safe_name(name, 'record')}"


def marks_folder(game_id: str) -> str:
    """The marks of runs of a game that have begun and not ended."""
    return f"{working_folder(game_id)}/unfinished"


def run_record(game_id: str) -> str:
    """How the last run of a game went."""
    return f"{RUNS}/{safe_name(game_id, 'game')}.json"


def quarantine_record(game_id: str) -> str:
    """Why a game is set aside."""
    return f"{QUARANTINE}/{safe_name(game_id, 'game')}.json"


def corrections_file(game_id: str) -> str:
    """What was said of a game by hand."""
    return f"{CORRECTIONS}/{safe_name(game_id, 'game')}.json"


def truth_table(game_id: str, name: str) -> str:
    """A table of the known answers of a game."""
    return f"{TRUTH}/{safe_name(game_id, 'game')}/{safe_name(name, 'table')}.parquet"


def truth_scores(game_id: str) -> str:
    """How a published game compares with its known answers."""
    return f"{TRUTH}/{safe_name(game_id, 'game')}/scores.json"


def page(game_id: str) -> str:
    """The page of a game."""
    return f"{_pictures(game_id)}/report.html"


def page_record(game_id: str) -> str:
    """What the page of a game shows."""
    return f"{_pictures(game_id)}/report.json"


def annotated_video(game_id: str) -> str:
    """The annotated video of a game."""
    return f"{_pictures(game_id)}/annotated.mp4"


def annotated_record(game_id: str) -> str:
    """What the annotated video of a game shows."""
    return f"{_pictures(game_id)}/annotated.json"


def night_page(date: dt.date | None) -> str:
    """The page that links the games of a date, or of all dates."""
    return f"{PICTURES}/night-{date}.html" if date else f"{PICTURES}/index.html"


def _pictures(game_id: str) -> str:
    if PAGE_NAME.fullmatch(game_id):
        raise ArchiveError(f"game {game_id!r}: the name is kept for a page of many games")
    return f"{PICTURES}/{safe_name(game_id, 'game')}"
