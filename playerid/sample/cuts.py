"""Camera cuts of a video, told from flashes, and the shots between them."""

import itertools
import math
from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scenedetect import FrameTimecode, HashDetector, HistogramDetector

from playerid.frames.video import SmallFrame, Stretch, VideoFile


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


def shots_of(file: VideoFile, cuts: Sequence[int]) -> list[Stretch]:
    """The camera shots of a file and what is missing of it, in order: all of its frames.

    Args:
        file: what was found in it.
        cuts: the first frame of every camera shot but the first.
    """
    shots: list[Stretch] = []
    begin, begin_s = 0, 0.0
    for hole in (*file.missing, None):
        end = hole.start_frame if hole else len(file.times_s)
        end_s = hole.start_s if hole else file.duration_s
        bounds = [begin, *(cut for cut in cuts if begin < cut < end), end]
        for start, stop in itertools.pairwise(bounds):
            if start < stop:
                start_s = begin_s if start == begin else float(file.times_s[start])
                stop_s = end_s if stop == end else float(file.times_s[stop])
                shots.append(Stretch(start, stop, start_s, stop_s))
        if hole:
            shots.append(hole)
            begin, begin_s = hole.end_frame, hole.end_s
    return shots
