"""How a game is divided, and its parts put together again."""

from collections.abc import Iterable, Sequence
from itertools import chain

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.frames.segments import Part, segments_from, split_parts
from tasks.platform.settings import Settings


def list_parts(game_id: str, sampled: Sequence[Manifest], settings: Settings) -> list[Part]:
    """Divide a game into parts."""
    segments = segments_from(store.read_all(settings.archive, tables.SEGMENTS, sampled))
    return split_parts(game_id, segments)


def together(parts: Iterable[Iterable[Manifest]]) -> list[Manifest]:
    """The outputs of all parts."""
    return list(chain.from_iterable(parts))
