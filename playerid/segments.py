"""Camera shots: where the cuts are, which show the play, and how they are grouped into parts."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scenedetect import FrameTimecode, HashDetector, HistogramDetector

from playerid.court import CourtView
from playerid.detect import PERSON_LABELS, Detections
from playerid.video import SmallFrame


@dataclass(frozen=True, slots=True)
class Segment:
    """One camera shot.

    Attributes:
        index: within the game, from 0.
        video_index: video file of the game, from 0.
        video_start_s: time of the game at which that file begins, seconds.
        start_frame, end_frame: frames of the game, half-open.
        start_s, end_s: times of the game, seconds.
        view: "main", the wide camera that shows the play, or "other".
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

    def of(self, segments: Sequence[Segment]) -> list[Segment]:
        """The segments of this part."""
        return [s for s in segments if self.first_segment <= s.index <= self.last_segment]


def find_cuts(
    frames: Iterable[SmallFrame],
    frame_rate: float,
    *,
    shortest_s: float = 0.6,
    least_change: float = 0.15,
) -> list[int]:
    """Find the first frame of every camera shot but the first.

    Two detectors of PySceneDetect, each blind to what the other sees: perceptual hashes (hard
    cuts between similar colours) and luma histograms (dissolves). A photographer's flash fools
    both; it is told from a cut by the picture being the same before and after.

    Args:
        frames: all frames of a video file, in order.
        frame_rate: of the file.
        shortest_s: shots are at least this long, seconds.
        least_change: smallest change of the picture from before to after a cut, see
            `_change`. A flash of a broadcast clip changed 0.05; cuts from the main camera to
            replays of the same hall, in three rendered games, 0.19 and more.
    """
    detectors = [
        HashDetector(min_scene_len=shortest_s),
        HistogramDetector(min_scene_len=shortest_s),
    ]
    found: list[FrameTimecode] = []
    looks = _Looks(max(round(frame_rate / 15), 1))
    cuts: list[int] = []

    def confirm(*, ended: bool) -> None:
        for cut in sorted({cut.frame_num for cut in found}):
            if ended or looks.reach_beyond(cut):
                is_new = not cuts or cut - cuts[-1] >= shortest_s * frame_rate
                if is_new and looks.change_across(cut) >= least_change:
                    cuts.append(cut)
                found[:] = [other for other in found if other.frame_num > cut]

    time = FrameTimecode(0, frame_rate)
    for frame in frames:
        time = FrameTimecode(frame.index, frame_rate)
        looks.add(frame)
        for detector in detectors:
            found += detector.process_frame(time, frame.image_bgr)
        confirm(ended=False)
    for detector in detectors:
        found += detector.post_process(time)
    confirm(ended=True)
    return cuts


class _Looks:
    """What the last seconds of a video look like, 15 times a second: colours and a thumbnail."""

    REACHES = (3, 4, 5)
    """Looks before and after a cut that are compared: about 0.4, 0.53 and 0.67 s apart."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._looks: dict[int, tuple[NDArray[np.float32], NDArray[np.uint8]]] = {}

    def add(self, frame: SmallFrame) -> None:
        """Look at every `step`-th frame."""
        if frame.index % self._step == 0:
            place = frame.index // self._step
            hsv = cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2HSV)
            colours = cv2.calcHist([hsv], [0, 1], None, [32, 16], [0, 180, 0, 256])
            thumbnail = cv2.resize(frame.image_bgr, (40, 22), interpolation=cv2.INTER_AREA)
            self._looks[place] = np.asarray(colours, np.float32).ravel(), np.asarray(thumbnail)
            self._looks.pop(place - 40, None)

    def reach_beyond(self, cut: int) -> bool:
        """Whether enough was seen after a cut to judge it."""
        return math.ceil(cut / self._step) + self.REACHES[-1] in self._looks

    def change_across(self, cut: int) -> float:
        """Smallest change over some times, because a flash is not in all of them."""
        first, last = min(self._looks), max(self._looks)
        return min(
            _change(
                *self._looks[max(cut // self._step - reach, first)],
                *self._looks[min(math.ceil(cut / self._step) + reach, last)],
            )
            for reach in self.REACHES
        )


def _change(
    colours: NDArray[np.float32],
    thumbnail: NDArray[np.uint8],
    later_colours: NDArray[np.float32],
    later_thumbnail: NDArray[np.uint8],
) -> float:
    """The larger of two changes, each 1 minus a correlation.

    That of the colours, and that of the layout: the middle of a thumbnail, looked for in the
    other, because the camera pans.
    """
    height, width = thumbnail.shape[:2]
    middle = thumbnail[height // 6 : height - height // 6, width // 5 : width - width // 5]
    layout = cv2.matchTemplate(later_thumbnail, middle, cv2.TM_CCOEFF_NORMED).max()
    return 1 - min(float(np.corrcoef(colours, later_colours)[0, 1]), float(layout))


def horizon_height(
    people: Sequence[Detections],
    courts: Sequence[CourtView],
    size_px: tuple[int, int],
    *,
    fewest_people: int = 5,
    tallest: float = 0.42,
    least_court: float = 0.4,
) -> float:
    """How high the horizon is in a segment that shows the play; the higher the camera, the higher.

    Wide views show the people on the court in most frames, and the court in some. Close-ups,
    crowds and benches do not.

    Args:
        people: what the detector found in frames spread over the segment.
        courts: how these frames show the court.
        size_px: width and height of the frames.
        fewest_people: players and referees that a wide view shows in the middle of its frames.
        tallest: largest median height of a person, as a share of the frame; players fill 12 to
            35 % of a wide view.
        least_court: share of the frames that must have the horizon there, or higher.

    Returns:
        From the upper edge down, as a share of the picture's height, negative above it; infinite
        if the segment does not show the play.
    """
    crowds = []
    for found in people:
        persons = found.where(np.isin(found.labels, PERSON_LABELS) & (found.scores >= 0.5))
        heights = (persons.boxes_px[:, 3] - persons.boxes_px[:, 1]) / size_px[1]
        crowds.append(len(persons) >= fewest_people and float(np.median(heights)) <= tallest)
    if sum(crowds) * 2 <= len(crowds):
        return math.inf
    horizons = sorted(_horizon(court, size_px) for court in courts)
    return horizons[math.ceil(least_court * len(horizons)) - 1]


def _horizon(court: CourtView, size_px: tuple[int, int]) -> float:
    """The lower end of the horizon, as `horizon_height` has it; infinite without a court."""
    if court.image_to_court is None or court.image_to_court[2, 1] <= 0:
        return math.inf
    across, down, rest = court.image_to_court[2]
    return float(max(-rest, -rest - across * size_px[0]) / down / size_px[1])


def choose_main(
    horizons: Sequence[float],
    lengths_s: Sequence[float],
    *,
    margin: float = 0.05,
    lowest: float = 0.25,
) -> list[bool]:
    """Tell the segments of the wide camera, which shows most of the play, from low replays.

    A camera high in the stand sees the horizon above the picture. Where it stands lower, its own
    segments say how low the horizon may be: those of rendered games had it down to 0.11.

    Args:
        horizons: `horizon_height` of each segment of a game.
        lengths_s: of the segments, seconds.
        margin: added to the usual height of the game.
        lowest: no wide camera sees it lower.
    """
    heights, weights = np.array(horizons), np.array(lengths_s)
    shown = np.isfinite(heights)
    if not shown.any():
        return [False] * len(heights)
    order = np.flatnonzero(shown)[np.argsort(heights[shown])]
    passed = np.cumsum(weights[order])
    usual = heights[order[np.searchsorted(passed, passed[-1] / 2)]]
    limit = min(max(0.0, float(usual) + margin), lowest)
    return [height <= limit for height in horizons]


def sample_times(times_s: NDArray[np.float64], frames_per_second: float) -> NDArray[np.int64]:
    """Choose evenly spaced frames by their times, whatever the frame rate.

    Args:
        times_s: (F,) increasing times of the frames of one segment.
        frames_per_second: of the sampling; at or above the video's rate every frame is taken.

    Returns:
        (S,) increasing indices into `times_s`; the first frame is always among them.
    """
    grid = np.arange(times_s[0], times_s[-1] + 1e-6, 1 / frames_per_second)
    right = np.clip(np.searchsorted(times_s, grid), 1, max(len(times_s) - 1, 1))
    left = right - 1
    right = np.minimum(right, len(times_s) - 1)
    nearest = np.where(grid - times_s[left] <= times_s[right] - grid, left, right)
    return np.unique(nearest)


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
