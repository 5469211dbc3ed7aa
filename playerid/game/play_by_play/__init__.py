"""Play-by-play: what was called in a game, by the league's own files.

Each feed is a file here, behind the protocol of `feed.Feed`; which one a file is, its content says.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from itertools import islice

import pyarrow as pa
from pydantic import ValidationError

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import GameError
from playerid.game.mistakes import describe_mistakes
from playerid.game.play_by_play.atrium import AtriumFeed
from playerid.game.play_by_play.called import Called
from playerid.game.play_by_play.called_rows import to_rows
from playerid.game.play_by_play.data_nba import DataNbaFeed
from playerid.game.play_by_play.espn import EspnFeed
from playerid.game.play_by_play.euroleague import EuroLeagueFeed
from playerid.game.play_by_play.feed import Content, Feed
from playerid.game.play_by_play.fiba import FibaFeed
from playerid.game.play_by_play.live import LiveFeed
from playerid.game.play_by_play.spotting_labels import SpottingFeed
from playerid.game.play_by_play.stats import StatsFeed
from playerid.game.play_by_play.stats_v3 import StatsV3Feed
from playerid.game.play_by_play.who_plays import KnownPeople, people_of_game, people_of_rows
from playerid.game.roster import Game
from playerid.tables import CALLED_EVENTS

__all__ = [
    "FEEDS",
    "Called",
    "KnownPeople",
    "check_play_by_play",
    "people_of_game",
    "people_of_rows",
    "read_called_events",
    "read_play_by_play",
]

FEEDS: tuple[Feed, ...] = (
    StatsFeed(),
    StatsV3Feed(),
    LiveFeed(),
    DataNbaFeed(),
    AtriumFeed(),
    EuroLeagueFeed(),
    FibaFeed(),
    EspnFeed(),
    SpottingFeed(),
)
MISSING = {"NA", "N/A", "NaN", "nan", "null", "NULL", "None"}


def read_play_by_play(content: bytes, file: str, game_id: str, people: KnownPeople) -> pa.Table:
    """Read a play-by-play of one of `FEEDS`.

    Args:
        content: of the file: JSON, or CSV with commas, semicolons or tabs.
        file: its name, for messages.
        game_id: whose it is.
        people: who plays; teams and players are found by their ids, names or numbers.

    Returns:
        Rows of `called_events`, in the order of their clock.

    Raises:
        GameError: The file is of no known feed, a field has a mistake, or it is of another game.
    """
    try:
        parsed = _parse(content.decode(json.detect_encoding(content)))
        feed = next((feed for feed in FEEDS if feed.recognises(parsed)), None)
        if feed is None:
            raise GameError(f"{file}: {_strange(parsed)}")
        return to_rows(game_id, people, feed.read(parsed), file)
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise GameError(f"{file}: neither JSON nor CSV in UTF-8: {error}") from error
    except ValidationError as error:
        raise GameError(describe_mistakes(file, error)) from error
    except (ValueError, OverflowError, RecursionError, pa.ArrowException) as error:
        raise GameError(f"{file}: a value that no game has: {str(error)[:200]}") from error


def _parse(text: str) -> Content:
    if text.lstrip()[:1] in {"{", "["}:
        return json.loads(text)
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    rows = []
    for row in reader:
        if any(row.pop(None, ())):
            raise csv.Error(f"line {reader.line_num} has more cells than the first")
        rows.append({
            name: "" if value is None or value in MISSING else value for name, value in row.items()
        })  # fmt: skip
    return rows


def _strange(parsed: Content) -> str:
    """One line about a file of no known feed."""
    match parsed:
        case {**fields}:
            what = f"JSON with {_names(sorted(map(str, fields))) or 'nothing'}"
        case [{**columns}, *_]:
            what = f"a table with {_names(map(str, columns))}"
        case _:
            what = "without rows"
    known = "; ".join(feed.name for feed in FEEDS)
    return f"no feed that is known: {what}. Known are {known}"


def _names(fields: Iterable[str]) -> str:
    """The first names, each as far as a line has room for it."""
    return ", ".join(name[:40] for name in islice(fields, 8))


def read_called_events(archive: Archive, game: Game) -> pa.Table:
    """Rows of `called_events` of a game of the archive; none if it names no play-by-play.

    Raises:
        GameError: The file is not there, or as `read_play_by_play` says.
    """
    return _read(archive, game)[0]


def check_play_by_play(archive: Archive, game: Game) -> str:
    """SHA-256 of the play-by-play of a game of the archive, once it is read; "" if it has none."""
    return _read(archive, game)[1]


def _read(archive: Archive, game: Game) -> tuple[pa.Table, str]:
    """Rows of `called_events`, and the SHA-256 of the file they are from."""
    if game.play_by_play is None:
        return CALLED_EVENTS.schema.empty_table(), ""
    path = layout.source_file(game.game_id, game.play_by_play)
    if not archive.exists(path):
        raise GameError(
            f"{layout.game_file(game.game_id)}: play_by_play: {game.play_by_play!r} is not in the"
            " folder"
        )
    content = archive.read(path)
    rows = read_play_by_play(content, path, game.game_id, people_of_game(game))
    return rows, hashlib.sha256(content).hexdigest()
