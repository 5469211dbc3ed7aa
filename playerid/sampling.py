"""A game's videos -> segments and the frames that the models look at; those frames, decoded."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables
from playerid.court import CourtModel, CourtView
from playerid.detect import Detections, Detector
from playerid.errors import VideoError
from playerid.homography import solve_view
from playerid.league import Court
from playerid.segments import Segment, choose_main, find_cuts, horizon_height, sample_times
from playerid.video import VideoFile, VideoScan, read_frames


@dataclass(frozen=True, slots=True)
class VideoSource:
    """A video file that can be opened: its name for errors, and how."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class SampledFrame:
    """A decoded frame: its place in the game, and (height, width, 3) RGB."""

    frame_index: int
    time_s: float
    segment_index: int
    image: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sampling:
    """What a game's videos consist of.

    Attributes:
        segments: rows of `segments`.
        frames: rows of `sampled_frames`.
        files: the videos, in order of play.
    """

    segments: pa.Table
    frames: pa.Table
    files: tuple[VideoFile, ...]


@dataclass(frozen=True, slots=True)
class Sampler:
    """What tells the views of segments, and how densely frames are chosen.

    Attributes:
        detector: finds the people in some frames of each segment.
        court_model: finds the court in them.
        court: of the league.
        samples_per_second: frames to choose, per second.
        probes: frames of each segment that are looked at.
    """

    detector: Detector
    court_model: CourtModel
    court: Court
    samples_per_second: float
    probes: int = 5

    def horizon(self, source: BinaryIO, name: str, times_s: NDArray[np.float64]) -> float:
        """`horizon_height` of the segment with frames at these times."""
        probed = np.linspace(0, len(times_s) - 1, self.probes + 2).astype(int)[1:-1]
        people: list[Detections] = []
        courts: list[CourtView] = []
        size_px = (0, 0)
        for image in read_frames(source, name, times_s[np.unique(probed)]):
            size_px = (image.shape[1], image.shape[0])
            people += self.detector.detect([image])
            points = self.court_model.find([image])[0]
            courts.append(solve_view(points, self.court, size_px))
        return horizon_height(people, courts, size_px)


def sample_game(
    game_id: str,
    videos: Sequence[VideoSource],
    sampler: Sampler,
) -> Sampling:
    """Cut a game's videos into segments, tell their views, and choose the frames to look at.

    Args:
        game_id: the game.
        videos: in order of play; frames are counted and time goes on across them.
        sampler: how to look at them.

    Raises:
        VideoError: A video cannot be decoded, or none shows the play.
    """
    segments: list[Segment] = []
    horizons: list[float] = []
    samples: list[dict[str, object]] = []
    files: list[VideoFile] = []
    for video_index, video in enumerate(videos):
        with video.open() as source:
            scan = VideoScan(source, video.name)
            cuts = find_cuts(scan, scan.frame_rate)
        first_frame = sum(len(file.times_s) for file in files)
        start_s = sum(file.duration_s for file in files)
        files.append(scan.file)
        bounds = [0, *cuts, len(scan.file.times_s)]
        for start, end in itertools.pairwise(bounds):
            times_s = scan.file.times_s[start:end]
            with video.open() as source:
                horizons.append(sampler.horizon(source, video.name, times_s))
            last = end == len(scan.file.times_s)
            segment = Segment(
                index=len(segments),
                video_index=video_index,
                video_start_s=start_s,
                start_frame=first_frame + start,
                end_frame=first_frame + end,
                start_s=start_s + float(times_s[0]),
                end_s=start_s + float(scan.file.duration_s if last else scan.file.times_s[end]),
                view="other",
            )
            segments.append(segment)
            samples += [
                {
                    "game_id": game_id,
                    "frame_index": segment.start_frame + int(i),
                    "time_s": start_s + float(times_s[i]),
                    "segment_index": segment.index,
                }
                for i in sample_times(times_s, sampler.samples_per_second)
            ]
    is_main = choose_main(horizons, [s.end_s - s.start_s for s in segments])
    if not any(is_main):
        names = ", ".join(video.name for video in videos)
        raise VideoError(
            f"{names}: expected the play, seen by a wide camera;"
            f" none of the {len(segments)} segments shows a court with players on it from above"
        )
    rows = [
        replace(segment, view="main" if main else "other").to_row(game_id)
        for segment, main in zip(segments, is_main, strict=True)
    ]
    return Sampling(
        pa.Table.from_pylist(rows, tables.SEGMENTS.schema),
        pa.Table.from_pylist(samples, tables.SAMPLED_FRAMES.schema),
        tuple(files),
    )


def read_main_view(
    videos: Sequence[VideoSource], segments: Sequence[Segment], frames: pa.Table
) -> Iterator[SampledFrame]:
    """Decode the sampled frames of the segments that are in the main view, in order.

    Args:
        videos: of the game, in order of play.
        segments: those to read; the others are skipped.
        frames: rows of `sampled_frames`.
    """
    by_segment = np.asarray(frames["segment_index"])
    indices, times = np.asarray(frames["frame_index"]), np.asarray(frames["time_s"])
    for segment in segments:
        if segment.view != "main":
            continue
        chosen = np.flatnonzero(by_segment == segment.index)
        chosen = chosen[np.argsort(indices[chosen])]
        video = videos[segment.video_index]
        with video.open() as source:
            images = read_frames(source, video.name, times[chosen] - segment.video_start_s)
            for row, image in zip(chosen, images, strict=True):
                yield SampledFrame(int(indices[row]), float(times[row]), segment.index, image)
