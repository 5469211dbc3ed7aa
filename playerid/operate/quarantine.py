"""Games that were set aside, each with its reason. What is published of them stays."""

import datetime as dt
from dataclasses import asdict, dataclass

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import ArchiveError, DamagedError


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


def plain_reason(error: Exception, *, longest: int = 2000) -> str:
    """What an error says, short enough to be shown, and text that any store takes."""
    said = str(error).encode("utf-8", "backslashreplace").decode()
    return said if len(said) <= longest else f"{said[:longest]} ..."


def set_aside(archive: Archive, game_id: str, reason: str, error: str) -> None:
    """Record that a game is set aside; a later reason replaces an earlier one."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    record = asdict(Quarantine(game_id, reason, error, now))
    archive.write_json(layout.quarantine_record(game_id), record)


def clear(archive: Archive, game_id: str) -> None:
    """Take a game out of the quarantine, if it is there."""
    archive.remove(layout.quarantine_record(game_id))


def find(archive: Archive, game_id: str) -> Quarantine | None:
    """Why a game is set aside, or None if it is not; of a damaged record, that it is damaged."""
    path = layout.quarantine_record(game_id)
    if not archive.exists(path):
        return None
    try:
        found = Quarantine(**archive.read_json(path))
    except (ArchiveError, TypeError) as error:
        return Quarantine(game_id, f"{path}: damaged ({error})", DamagedError.__name__, "")
    texts = (found.reason, found.error, found.at)
    if found.game_id != game_id or not all(isinstance(text, str) for text in texts):
        reason = f"{path}: damaged: it is of game {found.game_id!r}"
        return Quarantine(game_id, reason, DamagedError.__name__, "")
    return found


def find_all(archive: Archive) -> dict[str, Quarantine]:
    """Game -> why it is set aside."""
    names = archive.names(layout.QUARANTINE, ".json")
    ids = [name.removesuffix(".json") for name in names if layout.SAFE_NAME.fullmatch(name)]
    return {game_id: found for game_id in ids if (found := find(archive, game_id))}
