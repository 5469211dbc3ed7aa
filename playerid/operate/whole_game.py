"""A broadcast as long as a real one: a rendered game, with breaks of other views and real clips."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from playerid.archive.archive import Archive
from playerid.arena.broadcast import Broadcast, plan_broadcast
from playerid.arena.calls import tell_calls
from playerid.arena.night import DATE, SEASON, WORKERS
from playerid.arena.simulation import play_game
from playerid.arena.truth_tables import TRUE_EVENTS, TRUTH_TABLES, TruthRows, list_events
from playerid.arena.writer import PLAY_BY_PLAY, QUALITY, describe_game, put_game
from playerid.frames.video import read_every_frame
from playerid.frames.video_writing import join_videos, write_video
from playerid.processes import pool_of

GAME_ID = "whole-game"
VIDEO = "video.mp4"
FPS = Fraction(30)
REPEATS = 3
"""So often each picture that is drawn is shown."""
PLAY_SHARE = 0.38
"""Play and what is cut into it, of a broadcast: the clock runs for 36 % of one (592 games of
2015-16), and main views are 30 to 45 % of its frames."""
BREAK_EACH_S = 450.0
"""Of a broadcast: about 13.5 timeouts and the ends of periods in 134 minutes."""
HALF_TIME = 2
"""So many times as long as the other breaks."""
CALM = 3.0
"""Main cameras of games stay on the air for 34 s (clips of SportsMOT without a cut)."""
REEL_S = 240.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the broadcast: frames of the game, of another game's other views, or of a clip.

    Attributes:
        name: of its file.
        is_play: whether it is of the game.
        frames: half-open range of frames of the planned broadcast.
        clip: a real video, whole, instead.
    """

    name: str
    is_play: bool = False
    frames: tuple[int, int] = (0, 0)
    clip: Path | None = None

    @property
    def begin_s(self) -> float:
        """Where it begins in the planned broadcast, seconds."""
        return float(self.frames[0] * REPEATS / FPS)

    @property
    def end_s(self) -> float:
        """Where it ends there, seconds."""
        return float(self.frames[1] * REPEATS / FPS)


@dataclass(frozen=True, slots=True)
class WholeGame:
    """A planned broadcast of a whole game.

    Attributes:
        game: the play, as if it were shown without a break.
        reel: another game, whose other views fill the breaks.
        pieces: all there are.
        order: those that are shown, one after the other; those of breaks again and again.
    """

    game: Broadcast
    reel: Broadcast
    pieces: tuple[Piece, ...]
    order: tuple[Piece, ...]


def plan_whole_game(seed: int, minutes: float, clips: Sequence[Path] = ()) -> WholeGame:
    """Plan a broadcast in the proportions of real ones; the same arguments give the same.

    Args:
        seed: draws the game.
        minutes: length of the broadcast.
        clips: real videos, one shown in each break, in turn.
    """
    rate, play_s = FPS / REPEATS, minutes * 60 * PLAY_SHARE
    played = play_game(seed, duration_s=play_s, from_tip_off=True)
    game = plan_broadcast(seed, duration_s=play_s, fps=rate, game=played, calm=CALM)
    reel = plan_broadcast(seed + 1, duration_s=REEL_S, fps=rate)
    plays = [
        Piece(f"play-{start}", is_play=True, frames=(start, end))
        for start, end in _stretches(game, round(minutes * 60 / BREAK_EACH_S))
    ]
    aways = [
        Piece(f"other-{segment.index}", frames=(segment.start_frame, segment.end_frame))
        for segment in reel.segments
        if segment.view != "main"
    ]
    shown = [Piece(f"clip-{index}", clip=clip) for index, clip in enumerate(clips)]
    lengths = np.ones(len(plays) - 1)
    lengths[len(lengths) // 2 :][:1] = HALF_TIME
    breaks_s = lengths / lengths.sum() * (minutes * 60 - play_s)
    others, turn = cycle(aways), cycle(shown)
    order = plays[:1]
    for play, break_s in zip(plays[1:], breaks_s.tolist(), strict=True):
        order += [next(turn)] if shown else []
        filled_s = 0.0
        while filled_s < break_s:
            order.append(next(others))
            filled_s += order[-1].end_s - order[-1].begin_s
        order.append(play)
    return WholeGame(game, reel, (*plays, *aways, *shown), tuple(order))


def _stretches(game: Broadcast, breaks: int) -> Iterator[tuple[int, int]]:
    """Cut the play where the main camera comes back, at about even distances."""
    backs = np.array([s.start_frame for s in game.segments if s.view == "main"][1:])
    wanted = np.linspace(0, game.frame_count, breaks + 2)[1:-1]
    cuts = {int(backs[np.abs(backs - frame).argmin()]) for frame in wanted if len(backs)}
    edges = [0, *sorted(cuts), game.frame_count]
    return pairwise(edges)


def write_whole_game(
    archive: Archive,
    pieces: Path,
    whole: WholeGame,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Render a whole game into an archive; a broken run goes on with the pieces it has.

    Args:
        archive: where to, as `GAME_ID`.
        pieces: folder for the pieces.
        whole: what.
        on_progress: called with the pieces done and the pieces in all.
    """
    pieces.mkdir(parents=True, exist_ok=True)
    missing = [piece for piece in whole.pieces if not (pieces / f"{piece.name}.mp4").exists()]
    with pool_of(WORKERS) as pool:
        running = [pool.submit(_make, pieces, whole, piece) for piece in missing]
        for done, future in enumerate(running, start=len(whole.pieces) - len(missing) + 1):
            future.result()
            on_progress(done, len(whole.pieces))
    joined = pieces / VIDEO
    counts = join_videos(str(joined), [str(pieces / f"{p.name}.mp4") for p in whole.order])
    starts = dict(zip(whole.order, np.cumsum([0, *counts]).tolist(), strict=False))
    plays = [piece for piece in whole.order if piece.is_play]
    truth = {
        table: pa.concat_tables(
            _moved(pq.read_table(pieces / f"{play.name}-{table.name}.parquet"), starts[play])
            for play in plays
        )
        for table in TRUTH_TABLES
        if table != TRUE_EVENTS
    }
    truth[TRUE_EVENTS] = pa.Table.from_pylist(
        [_moved_event(row, plays, starts) for row in list_events(whole.game)], TRUE_EVENTS.schema
    )
    over_s = whole.game.time_s(whole.game.frame_count)
    told = tell_calls(whole.game.game.calls, whole.game.game.cast, GAME_ID, over_s)
    described = describe_game(whole.game, GAME_ID, SEASON, DATE, PLAY_BY_PLAY)
    put_game(archive, described, joined, truth, told)
    joined.unlink()


def _make(folder: Path, whole: WholeGame, piece: Piece) -> None:
    """Write a piece's video, the last of its files, and what is true of it."""
    partial = folder / f"{piece.name}.partial.mp4"
    broadcast = whole.game if piece.is_play else whole.reel
    truth = TruthRows(broadcast, [])

    def draw() -> Iterator[NDArray[np.uint8]]:
        for index in range(*piece.frames):
            frame = broadcast.frame(index)
            place = REPEATS * (index - piece.frames[0])
            truth.add(replace(frame, index=place, time_s=float(place / FPS)))
            yield from [frame.image] * REPEATS

    images = _clip(piece.clip, broadcast.size_px) if piece.clip else draw()
    write_video(str(partial), images, FPS, QUALITY[broadcast.level], joinable=True)
    if piece.is_play:
        for name, rows in truth.tables().items():
            pq.write_table(rows, folder / f"{piece.name}-{name}.parquet")
    partial.replace(folder / f"{piece.name}.mp4")


def _clip(clip: Path, size_px: tuple[int, int]) -> Iterator[NDArray[np.uint8]]:
    with clip.open("rb") as source:
        for image in read_every_frame(source, clip.name):
            yield np.asarray(cv2.resize(image, size_px, interpolation=cv2.INTER_AREA), np.uint8)


def _moved(rows: pa.Table, frames: int) -> pa.Table:
    """Truth of a piece that begins at this frame of the broadcast."""
    index = pc.add(rows["frame_index"], pa.scalar(frames, rows["frame_index"].type))
    time_s = pc.add(rows["time_s"], float(frames / FPS))
    rows = rows.set_column(rows.column_names.index("frame_index"), "frame_index", index)
    return rows.set_column(rows.column_names.index("time_s"), "time_s", time_s)


def _moved_event(
    row: Mapping[str, Any], plays: Iterable[Piece], starts: Mapping[Piece, int]
) -> dict[str, Any]:
    """A stay in the lane, at its time in the broadcast."""
    piece = next(piece for piece in plays if row["start_s"] < piece.end_s)
    later_s = float(starts[piece] / FPS) - piece.begin_s
    return {**row, "start_s": row["start_s"] + later_s, "end_s": row["end_s"] + later_s}
