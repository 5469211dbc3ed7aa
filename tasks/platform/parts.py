"""How a game is divided."""

from collections.abc import Sequence

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.frames.segments import Part, segments_from, split_parts
from tasks.platform.settings import Settings


def list_parts(game_id: str, sampled: Sequence[Manifest], settings: Settings) -> list[Part]:
    """Divide a game into parts."""
    segments = segments_from(store.read_all(settings.archive, tables.SEGMENTS, sampled))
    return split_parts(game_id, segments)
