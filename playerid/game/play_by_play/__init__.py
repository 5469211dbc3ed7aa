"""Play-by-play: what was called in a game, by the league's own files."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence

import pyarrow as pa
from pydantic import TypeAdapter, ValidationError

from playerid.archive.archive import Archive
from playerid.errors import GameError
from playerid.game.play_by_play.called import Called, to_rows
from playerid.game.play_by_play.live import LiveAction
from playerid.game.play_by_play.stats import StatsEvent
from playerid.game.roster import Game, describe_mistakes
from playerid.tables import CALLED_EVENTS

__all__ = ["Called", "check_play_by_play", "read_called_events", "read_play_by_play"]

STATS, LIVE = TypeAdapter(list[StatsEvent]), TypeAdapter(list[LiveAction])
EXPECTED = (
    "expected rows of stats.nba.com (playbyplayv2) as CSV or JSON, or the live feed's JSON with"
    " game.actions"
)


def read_play_by_play(
    content: bytes, file: str, game_id: str, teams_of: Mapping[str, str]
) -> pa.Table:
    """Read a play-by-play.

    Args:
        content: of the file.
        file: its name, which ends in .csv or .json; for messages, too.
        game_id: whose it is.
        teams_of: player of either roster -> team. Teams are found by their ids or short names.

    Returns:
        Rows of `called_events`.

    Raises:
        GameError: The file is of no known format, a field has a mistake, or an event is of
            somebody who does not play in this game.
    """
    try:
        text = content.decode("utf-8-sig")
        return to_rows(game_id, teams_of, _parse(text, file), file)
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise GameError(f"{file}: {EXPECTED}: {error}") from error
    except ValidationError as error:
        raise GameError(describe_mistakes(file, error)) from error


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
    folder = f"games/{game.game_id}"
    path = f"{folder}/{game.play_by_play}"
    if not archive.exists(path):
        raise GameError(
            f"{folder}/game.json: play_by_play: {game.play_by_play!r} is not in the folder"
        )
    content = archive.read(path)
    rows = read_play_by_play(content, path, game.game_id, game.teams_of)
    return rows, hashlib.sha256(content).hexdigest()


def _parse(text: str, file: str) -> list[Called]:
    if file.lower().endswith(".csv"):
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
        return [event.called() for event in STATS.validate_python(rows)]
    content = json.loads(text)
    match content:
        case {"resultSets": [{"headers": list(headers), "rowSet": list(values)}, *_]}:
            rows = [dict(zip(headers, row, strict=False)) for row in _lists(values, file)]
            return [event.called() for event in STATS.validate_python(rows)]
        case {"game": {"actions": list(actions)}}:
            return [action.called() for action in LIVE.validate_python(actions)]
    raise GameError(f"{file}: {EXPECTED}")


def _lists(values: Sequence[object], file: str) -> list[list[object]]:
    rows = [row for row in values if isinstance(row, list)]
    if len(rows) < len(values):
        raise GameError(f"{file}: resultSets: rowSet: expected a list for each row")
    return rows
