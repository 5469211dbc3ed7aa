"""Segments of a game between its camera cuts, and the parts that they are processed in."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Segment:
    """One camera shot.

    Attributes:
        index: within the game, from 0.
        video_index: video file of the game, from 0.
        video_start_s: time of the game at which that file begins, seconds.
        start_frame, end_frame: frames of the game, half-open.
        start_s, end_s: times of the game, seconds.
        view: "main", the wide camera that shows the play, "other", or "missing".
    """

    index: int
    video_index: int
    video_start_s: float
    start_frame: int
    end_frame: int
    start_s: float
    end_s: float
    view: str

    def to_row(self, game_id: str) -> dict[str, Any]:
        """As a row of `segments`."""
        row = asdict(self)
        return {"game_id": game_id, "segment_index": row.pop("index"), **row}


def segments_from(rows: pa.Table) -> list[Segment]:
    """Segments of the rows of `segments`, in order."""
    records = rows.drop_columns(["game_id"]).rename_columns({"segment_index": "index"})
    return sorted((Segment(**row) for row in records.to_pylist()), key=lambda s: s.index)


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive whole segments of a game: the unit of work and of retry.

    Attributes:
        game_id: the game.
        index: within the game, from 0.
        first_segment, last_segment: inclusive range of segment indices, of one video file.
    """

    game_id: str
    index: int
    first_segment: int
    last_segment: int

    @property
    def bounds(self) -> tuple[int, int]:
        """First and last segment."""
        return self.first_segment, self.last_segment

    def of(self, segments: Sequence[Segment]) -> list[Segment]:
        """The segments of this part."""
        return [s for s in segments if self.first_segment <= s.index <= self.last_segment]


def split_parts(
    game_id: str, segments: Sequence[Segment], *, most_segments: int = 40, longest_s: float = 300.0
) -> list[Part]:
    """Group whole segments into parts of at most `most_segments` and about `longest_s` seconds.

    A part never crosses from one video file to the next; a longer segment is a part of its own.
    """
    return [
        Part(game_id, index, group[0].index, group[-1].index)
        for index, group in enumerate(_groups(segments, most_segments, longest_s))
    ]


def _groups(
    segments: Sequence[Segment], most_segments: int, longest_s: float
) -> Iterator[list[Segment]]:
    group: list[Segment] = []
    for segment in segments:
        full = group and (
            len(group) == most_segments
            or segment.end_s - group[0].start_s > longest_s
            or segment.video_index != group[0].video_index
        )
        if full:
            yield group
            group = []
        group.append(segment)
    if group:
        yield group
