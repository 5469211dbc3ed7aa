"""Clips of arena games to train and measure trackers on: windows around people, masks, truth."""

import argparse
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.archive.local_files import in_one_step
from playerid.arena.broadcast import Broadcast, Frame, plan_broadcast
from playerid.models.detector import PERSON_LABELS
from playerid.models.tracker.motion import CameraMotion, move_boxes
from playerid.models.tracker.sam2_views import FrameWindow, cut_view, view_of_person

log = logging.getLogger(__name__)

WINDOW_HEIGHTS = 3.0
WINDOW_PX = 176


@dataclass(frozen=True, slots=True)
class Clip:
    """T samples of one main-view segment, P people.

    Attributes:
        seed: of the game.
        sample_rate_hz: samples a second.
        teams: (P,) 0 home, 1 away, -1 referee.
        boxes_px: (T, P, 4) float32, box of what is visible; of a hidden person the last one,
            moved with the camera.
        visible: (T, P) float32 visible share; 0 when hidden, -1 before the first sight.
        labels: (T, P) str, "" when hidden.
        steps: (T, 3, 3) transform from the last sample's pixels.
        windows: T JPEG strips (WINDOW_PX, P * WINDOW_PX, 3) of the windows around the boxes.
        masks: T PNG strips of the same size, 255 inside.
    """

    seed: int
    sample_rate_hz: float
    teams: NDArray[np.int8]
    boxes_px: NDArray[np.float32]
    visible: NDArray[np.float32]
    labels: NDArray[np.str_]
    steps: NDArray[np.float64]
    windows: tuple[bytes, ...]
    masks: tuple[bytes, ...]

    def save(self, path: Path) -> None:
        """Write an npz, in one step."""
        with in_one_step(path) as partial, partial.open("wb") as file:
            np.savez(
                file,
                seed=self.seed,
                sample_rate_hz=self.sample_rate_hz,
                teams=self.teams,
                boxes_px=self.boxes_px,
                visible=self.visible,
                labels=self.labels,
                steps=self.steps,
                windows=np.frombuffer(b"".join(self.windows), np.uint8),
                window_ends=np.cumsum([len(w) for w in self.windows]),
                masks=np.frombuffer(b"".join(self.masks), np.uint8),
                mask_ends=np.cumsum([len(m) for m in self.masks]),
            )

    @classmethod
    def load(cls, path: Path) -> "Clip":
        """Read what `save` wrote."""
        with np.load(path) as file:
            data = dict(file)

        def pieces(name: str, ends: str) -> tuple[bytes, ...]:
            starts = [0, *data[ends][:-1]]
            return tuple(data[name][a:b].tobytes() for a, b in zip(starts, data[ends], strict=True))

        return cls(
            int(data["seed"]),
            float(data["sample_rate_hz"]),
            data["teams"],
            data["boxes_px"],
            data["visible"],
            data["labels"],
            data["steps"],
            pieces("windows", "window_ends"),
            pieces("masks", "mask_ends"),
        )


def sample_main_view(
    broadcast: Broadcast, sample_rate_hz: float = 10.0, count: int = 40
) -> Iterator[Frame]:
    """Evenly spaced frames of the longest main-view segment, as an encoder leaves them."""
    segment = max(
        (s for s in broadcast.segments if s.view == "main"),
        key=lambda s: s.end_frame - s.start_frame,
    )
    step = float(broadcast.fps) / sample_rate_hz
    for sample in range(count):
        index = segment.start_frame + round(sample * step)
        if index >= segment.end_frame:
            return
        yield broadcast.frame(index, compressed=True)


def render_clip(seed: int, level: str = "broadcast", count: int = 40) -> Clip:
    """Render a clip; the same arguments give the same clip."""
    broadcast = plan_broadcast(seed, level, duration_s=count / 10 + 1)
    frames = list(sample_main_view(broadcast, count=count))
    people = sorted({int(p) for f in frames for p in _people(f)})
    camera, boxes_px = CameraMotion(), np.zeros((len(people), 4), np.float32)
    known = np.zeros(len(people), np.bool_)
    rows: dict[str, list[NDArray[np.generic]]] = {"boxes": [], "visible": [], "labels": []}
    steps, windows, masks = [], [], []
    for frame in frames:
        steps.append(camera.follow(frame.image))
        boxes_px = move_boxes(boxes_px, steps[-1])
        visible, labels = np.where(known, 0, -1).astype(np.float32), [""] * len(people)
        owners = np.full(len(people), -1)
        for row in np.flatnonzero(np.isin(frame.truth.labels, PERSON_LABELS)):
            slot = people.index(int(frame.truth.people[row]))
            boxes_px[slot], known[slot] = frame.truth.boxes_px[row], True
            visible[slot], labels[slot] = frame.truth.visible[row], str(frame.truth.labels[row])
            owners[slot] = row + 1
        window, mask = _cut_strips(frame, boxes_px, owners)
        windows.append(window)
        masks.append(mask)
        rows["boxes"].append(boxes_px.copy())
        rows["visible"].append(visible)
        rows["labels"].append(np.array(labels, "<U24"))
    cast = broadcast.game.cast
    return Clip(
        seed,
        10.0,
        np.array([cast.people[p].team for p in people], np.int8),
        np.stack(rows["boxes"]),
        np.stack(rows["visible"]),
        np.stack(rows["labels"]),
        np.stack(steps),
        tuple(windows),
        tuple(masks),
    )


def _people(frame: Frame) -> NDArray[np.int32]:
    truth = frame.truth
    return truth.people[np.isin(truth.labels, PERSON_LABELS)]


def _cut_strips(
    frame: Frame, boxes_px: NDArray[np.float32], owners: NDArray[np.int64]
) -> tuple[bytes, bytes]:
    """The windows around P people side by side, as JPEG, and their masks as PNG."""
    pictures, masks = [], []
    for box_px, owner in zip(boxes_px, owners, strict=True):
        view = view_of_person(box_px, WINDOW_HEIGHTS)
        if box_px[3] <= box_px[1]:
            view = FrameWindow(-2, -2, 1, 1)
        pictures.append(cut_view(frame.image, view, WINDOW_PX))
        inside = np.repeat((frame.truth.masks == owner)[..., None], 3, axis=2).astype(np.uint8)
        masks.append(cut_view(inside * 255, view, WINDOW_PX)[..., 0])
    strip = cv2.cvtColor(np.hstack(pictures), cv2.COLOR_RGB2BGR)
    jpeg = cv2.imencode(".jpg", strip, [cv2.IMWRITE_JPEG_QUALITY, 92])[1]
    return jpeg.tobytes(), cv2.imencode(".png", np.hstack(masks))[1].tobytes()


def render_clips(out: Path, seeds: range, level: str = "broadcast", count: int = 40) -> None:
    """Write one clip per seed; those that are there already are left alone."""
    out.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        path = out / f"{level}-{seed}.npz"
        if not path.exists():
            render_clip(seed, level, count).save(path)
            log.info("%s", path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", type=int, nargs=2, required=True)
    parser.add_argument("--level", default="broadcast")
    parser.add_argument("--count", type=int, default=40)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    cv2.setNumThreads(1)
    render_clips(arguments.out, range(*arguments.seeds), arguments.level, arguments.count)
