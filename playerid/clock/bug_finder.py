"""Where the texts of the score bug stand: looked for once per video, in frames spread over it."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa

from playerid.clock.bug_places import find_places
from playerid.frames.boxes import BOX
from playerid.frames.main_view import VideoSource, read_main_view
from playerid.frames.segments import Segment
from playerid.game.roster import Game
from playerid.models.text_reader import TextLines, TextReader
from playerid.tables import SCORE_BUG

LOOKS = (6, 16)
"""Fewest and most frames of a video that are looked at: half a second of a core each.

As many as possible where fewer show no clock; six to eight show it in each of 49 rendered games.
"""
APART_S = 3.0
"""A bug changes little in less: more frames than the fewest are so far apart."""


def find_score_bug(
    game: Game,
    videos: Sequence[VideoSource],
    segments: Sequence[Segment],
    frames: pa.Table,
    reader: TextReader,
) -> pa.Table:
    """Find the score bug of each video of a game, in a few frames spread over its main view.

    Args:
        game: its game file. Where the names of the teams do not stand beside their scores, the
            visitors are taken to stand first, left or above, as American broadcasters have it.
        videos: of the game, in order of play.
        segments: of the game.
        frames: rows of `sampled_frames`.
        reader: finds and reads text.

    Returns:
        Rows of `score_bug`; none for a video in which no clock is found.
    """
    rows: list[dict[str, Any]] = []
    for index in range(len(videos)):
        of_video = [s for s in segments if s.video_index == index and s.view == "main"]
        found = _find_in_main_view(game, videos, of_video, frames, reader)
        rows += [
            {"game_id": game.game_id, "video_index": index, "field": field}
            | dict(zip(BOX, box, strict=True))
            for field, box in sorted(found.items())
        ]
    return pa.Table.from_pylist(rows, SCORE_BUG.schema)


def _find_in_main_view(
    game: Game,
    videos: Sequence[VideoSource],
    segments: Sequence[Segment],
    frames: pa.Table,
    reader: TextReader,
) -> dict[str, list[float]]:
    """As `search_places`, in the segments of one video."""
    is_shown = np.isin(np.asarray(frames["segment_index"]), [s.index for s in segments])
    shown = frames.filter(pa.array(is_shown))

    def read(ranks: Sequence[int]) -> Iterable[TextLines]:
        images = [f.image for f in read_main_view(videos, segments, shown.take(ranks))]
        with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
            return list(pool.map(reader.find, images))

    seen_s = sum(segment.end_s - segment.start_s for segment in segments)
    fewest = int(np.clip(seen_s / APART_S, *LOOKS))
    return search_places(read, len(shown), fewest, game) if len(shown) else {}


def boxes_in_video(places: pa.Table, video_index: int) -> dict[str, list[float]]:
    """Field -> box of its place in a video, (x_min, y_min, x_max, y_max) pixels.

    Args:
        places: rows of `score_bug`.
        video_index: the video.
    """
    rows = [row for row in places.to_pylist() if row["video_index"] == video_index]
    return {row["field"]: [row[name] for name in BOX] for row in rows}


def search_places(
    read: Callable[[Sequence[int]], Iterable[TextLines]], count: int, fewest: int, game: Game
) -> dict[str, list[float]]:
    """Find the texts of a bug in few frames, and in more where these show no clock.

    Args:
        read: reads the text of frames, by their ranks in rising order.
        count: frames that there are.
        fewest: frames to read at first.
        game: its game file.

    Returns:
        As `find_places`.
    """
    looks: dict[int, TextLines] = {}
    for most in sorted({fewest, LOOKS[1]}):
        ranks = np.unique(np.linspace(0, count - 1, most).astype(np.int64)).tolist()
        new = [rank for rank in ranks if rank not in looks]
        looks |= zip(new, read(new), strict=True)
        if found := find_places([looks[rank] for rank in ranks], game):
            return found
    return {}
