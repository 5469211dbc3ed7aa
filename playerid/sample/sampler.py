"""A game's videos -> segments and the frames that the models look at; those frames, decoded."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables
from playerid.court.homography import solve_view
from playerid.errors import VideoError
from playerid.frames.main_view import VideoSource
from playerid.frames.read_ahead import read_ahead
from playerid.frames.segments import Segment
from playerid.frames.video import ImageReader, VideoFile, VideoScan
from playerid.leagues.marks import Court
from playerid.models.court import CourtModel
from playerid.models.detector import Detections, Detector
from playerid.sample.cuts import find_cuts, shots_of
from playerid.sample.views import choose_main, horizon_height


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

    def horizon(
        self, reader: ImageReader, times_s: NDArray[np.float64], size_px: tuple[int, int]
    ) -> float:
        """`horizon_height` of the segment with frames at these times."""
        probed = np.unique(np.linspace(0, len(times_s) - 1, self.probes + 2).astype(int)[1:-1])
        images: list[NDArray[np.uint8]] = []

        def people() -> Iterator[Detections]:
            for image in reader.read(times_s[probed]):
                images.append(image)
                yield from self.detector.detect([image])

        courts = (
            solve_view(self.court_model.find([image])[0], self.court, size_px) for image in images
        )
        return horizon_height(people(), courts, size_px, len(probed))


def sample_frames(
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
    files: list[VideoFile] = []
    samples: list[dict[str, object]] = []
    for video_index, video in enumerate(videos):
        with video.open() as source:
            scan = VideoScan(source, video.name)
            cuts = find_cuts(read_ahead(iter(scan), most=16), scan.frame_rate)
        file = scan.file
        first_frame = sum(len(before.times_s) for before in files)
        start_s = sum(before.duration_s for before in files)
        files.append(file)
        size_px = (file.width_px, file.height_px)
        with video.open() as source:
            reader = ImageReader(source, video.name)
            for shot in shots_of(file, cuts):
                segment = Segment(
                    index=len(segments),
                    video_index=video_index,
                    video_start_s=start_s,
                    start_frame=first_frame + shot.start_frame,
                    end_frame=first_frame + shot.end_frame,
                    start_s=start_s + shot.start_s,
                    end_s=start_s + shot.end_s,
                    view="missing" if shot in file.missing else "other",
                )
                segments.append(segment)
                times_s = file.times_s[shot.start_frame : shot.end_frame]
                is_missing = segment.view == "missing"
                horizons.append(
                    math.inf if is_missing else sampler.horizon(reader, times_s, size_px)
                )
                chosen: Iterable[int] = (
                    () if is_missing else sample_times(times_s, sampler.samples_per_second)
                )
                samples += [
                    {
                        "game_id": game_id,
                        "frame_index": segment.start_frame + int(i),
                        "time_s": start_s + float(times_s[i]),
                        "segment_index": segment.index,
                    }
                    for i in chosen
                ]
    is_main = choose_main(horizons, [s.end_s - s.start_s for s in segments])
    if not any(is_main):
        names = ", ".join(video.name for video in videos)
        raise VideoError(
            f"{names}: expected the play, seen by a wide camera;"
            f" none of the {len(segments)} segments shows a court with players on it from above"
        )
    rows = [
        replace(segment, view="main" if main else segment.view).to_row(game_id)
        for segment, main in zip(segments, is_main, strict=True)
    ]
    return Sampling(
        pa.Table.from_pylist(rows, tables.SEGMENTS.schema),
        pa.Table.from_pylist(samples, tables.SAMPLED_FRAMES.schema),
        tuple(files),
    )


def sample_times(times_s: NDArray[np.float64], frames_per_second: float) -> NDArray[np.int64]:
    """Choose evenly spaced frames by their times, whatever the frame rate.

    Args:
        times_s: (F,) increasing times of the frames of one segment.
        frames_per_second: of the sampling; at or above the video's rate every frame is taken.

    Returns:
        (S,) increasing indices into `times_s`; the first frame is always among them.
    """
    first_s, step_s = times_s[0], 1 / frames_per_second
    last = int(np.ceil((times_s[-1] + 1e-6 - first_s) / step_s)) - 1
    # Moments that are more than a step from every frame choose none that others do not choose: a
    # gap of years takes no memory.
    beside = ((times_s - first_s) / step_s).astype(np.int64)[:, None] + np.arange(-1, 3)
    grid = first_s + np.unique(np.clip(beside, 0, last)) * ((first_s + step_s) - first_s)
    right = np.clip(np.searchsorted(times_s, grid), 1, max(len(times_s) - 1, 1))
    left = right - 1
    right = np.minimum(right, len(times_s) - 1)
    nearest = np.where(grid - times_s[left] <= times_s[right] - grid, left, right)
    return np.unique(nearest)
