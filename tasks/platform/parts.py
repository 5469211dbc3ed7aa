"""How a game is divided, its parts looked at, and put together again."""

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.frames.main_view import SampledFrame, read_main_view
from playerid.frames.segments import Part, Segment, segments_from, split_parts
from playerid.game.inputs import GameInputs
from tasks.platform.settings import Settings
from tasks.platform.step import Work


def list_parts(game_id: str, sampled: Sequence[Manifest], settings: Settings) -> list[Part]:
    """Divide a game into parts."""
    segments = segments_from(store.read_all(settings.archive, tables.SEGMENTS, sampled))
    return split_parts(game_id, segments)


def segments_of(part: Part, work: Work) -> list[Segment]:
    """The segments of a part."""
    return part.of(segments_from(work.rows(tables.SEGMENTS)))


def main_view(
    segments: Sequence[Segment],
    inputs: GameInputs,
    work: Work,
    choose: Callable[[pa.Table], pa.Table] = lambda frames: frames,
) -> Iterator[SampledFrame]:
    """Decode the sampled frames of the main view of some segments, or those chosen of them."""
    frames = choose(work.rows(tables.SAMPLED_FRAMES))
    return read_main_view(inputs.videos(work.settings.archive), segments, frames)
