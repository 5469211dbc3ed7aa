"""Games that were set aside, each with its reason. What is published of them stays."""

import datetime as dt
from dataclasses import asdict, dataclass

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A game that was set aside.

    Attributes:
        game_id: the game.
        reason: what is wrong, for people.
        error: kind of the error.
        at: when, UTC.
    """

    game_id: str
    reason: str
    error: str
    at: str


def set_aside(archive: Archive, game_id: str, reason: str, error: str) -> None:
    """Record that a game is set aside; a later reason replaces an earlier one."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    record = asdict(Quarantine(game_id, reason, error, now))
    archive.write_json(layout.quarantine_record(game_id), record)


def clear(archive: Archive, game_id: str) -> None:
    """Take a game out of the quarantine, if it is there."""
    archive.remove(layout.quarantine_record(game_id))


def find(archive: Archive, game_id: str) -> Quarantine | None:
    """Why a game is set aside, or None if it is not.

    Raises:
        ArchiveError: The record is damaged.
    """
    path = layout.quarantine_record(game_id)
    if not archive.exists(path):
        return None
    try:
        return Quarantine(**archive.read_json(path))
    except TypeError as error:
        raise ArchiveError(f"{path}: damaged ({error}); remove it") from error


def find_all(archive: Archive) -> dict[str, Quarantine]:
    """Game -> why it is set aside."""
    ids = [name.removesuffix(".json") for name in archive.names(layout.QUARANTINE, ".json")]
    return {game_id: found for game_id in ids if (found := find(archive, game_id))}
