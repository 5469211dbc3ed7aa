"""Examples to train trackers on: windows around people, cut from rendered clips."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.frames.crops import decode_jpeg
from playerid.models.tracker.sam2_network import SmallSAM2
from playerid.scores.tracker_clips import WINDOW_HEIGHTS, WINDOW_PX, Clip

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Example:
    """N people over T frames, as the tracker would see them.

    Attributes:
        pictures: T times N square RGB windows.
        masks: (T, N, side, side) bool.
        boxes_px: (N, 4) float32, jittered boxes of the first frame in its windows.
    """

    pictures: list[list[Image]]
    masks: NDArray[np.bool_]
    boxes_px: NDArray[np.float32]


class ExampleSampler:
    """Draws examples from the clips of a folder; clips that appear later join in."""

    def __init__(self, folder: Path, sizes: SmallSAM2) -> None:
        """Start with an empty cache."""
        self._folder = folder
        self._sizes = sizes
        self._clips: dict[Path, Clip] = {}

    def draw(self, rng: np.random.Generator, people: int, frames: int) -> Example:
        """Draw up to `people` people of one clip over `frames` frames, 0.1 or 0.2 s apart."""
        paths = sorted(self._folder.glob("*-[0-9]*.npz"))
        while True:
            path = paths[int(rng.integers(len(paths)))]
            if path not in self._clips:
                self._clips[path] = Clip.load(path)
            clip = self._clips[path]
            stride = int(rng.choice([1, 2])) if frames > 1 else 1
            last_start = len(clip.steps) - (frames - 1) * stride
            start = int(rng.integers(max(last_start, 1)))
            present = np.flatnonzero(clip.visible[start] > 0.4)
            if last_start > 0 and len(present):
                chosen = rng.permutation(present)[:people]
                return self._cut(rng, clip, chosen, start + stride * np.arange(frames))

    def _cut(
        self,
        rng: np.random.Generator,
        clip: Clip,
        people: NDArray[np.int64],
        samples: NDArray[np.int64],
    ) -> Example:
        """Windows of a tracker that is a little off, in pictures that vary."""
        side = self._sizes.side_px
        kept_px = WINDOW_PX * self._sizes.window_heights / WINDOW_HEIGHTS
        mirrored, gain = rng.random() < 0.5, rng.uniform(0.75, 1.25, 3)
        pictures: list[list[Image]] = []
        masks = np.zeros((len(samples), len(people), side, side), np.bool_)
        boxes = np.zeros((len(people), 4), np.float32)
        for t, sample in enumerate(samples):
            window = decode_jpeg(clip.windows[sample])
            inside = decode_jpeg(clip.masks[sample])[..., 0]
            row = []
            for n, person in enumerate(people):
                shift = rng.normal(0, 0.02 if t == 0 else 0.06, 2) * WINDOW_PX
                scale = kept_px / side * rng.uniform(0.92, 1.08)
                matrix = _window_matrix(int(person), shift, scale, side, bool(mirrored))
                picture = _warp(window, matrix, side, cv2.INTER_LINEAR)
                masks[t, n] = _warp(inside, matrix, side, cv2.INTER_LINEAR) > 127
                row.append(np.clip(picture * gain, 0, 255).astype(np.uint8))
            pictures.append(row)
        for n in range(len(people)):
            boxes[n] = _jittered_box(masks[0, n], rng)
        return Example(pictures, masks, boxes)


def _window_matrix(
    person: int, shift: NDArray[np.float64], scale: float, side: int, mirrored: bool
) -> NDArray[np.float64]:
    """(2, 3) map from pixels of a window to pixels of the strip."""
    centre = np.array([(person + 0.5) * WINDOW_PX, 0.5 * WINDOW_PX]) + shift
    flip = -1.0 if mirrored else 1.0
    start = centre - np.array([flip, 1.0]) * scale * (side - 1) / 2
    return np.array([[flip * scale, 0, start[0]], [0, scale, start[1]]])


def _warp(strip: Image, matrix: NDArray[np.float64], side: int, smooth: int) -> Image:
    flags = smooth | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(strip, matrix, (side, side), flags=flags))


def _jittered_box(mask: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float32]:
    """The box of a mask as a detector might give it."""
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    box = np.array([left, top, left + width, top + height], np.float32)
    noise = rng.normal(0, 0.04, 4) * np.array([width, height, width, height])
    return np.asarray(box + noise, np.float32)
