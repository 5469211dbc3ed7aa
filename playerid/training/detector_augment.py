"""Random views of a labelled frame: what a camera, a grading desk and an encoder may do to it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.models.detector import LABELS, PLAYER_LABELS
from playerid.models.detector.second_look import Sheet, find_torsos
from playerid.scores.labelled_frames import LabelledFrame

Image = NDArray[np.uint8]


def random_view(
    frame: LabelledFrame,
    size_px: tuple[int, int],
    zooms: tuple[float, float],
    rng: np.random.Generator,
    min_visible: float = 0.4,
) -> tuple[Image, NDArray[np.float32], NDArray[np.int64]]:
    """Cut a random window out of a frame, and change its light, sharpness and compression.

    Only real frames are mirrored: their labels name no numbers, which a mirror would falsify.

    Args:
        frame: what to cut from.
        size_px: (height, width) of the result.
        zooms: the window is the frame's size divided by something between these.
        rng: draws everything.
        min_visible: boxes with a smaller share inside the window are dropped.

    Returns:
        The picture, its boxes (N, 4) as fractions of it, and their labels (N,).
    """
    window = _random_window(zooms, rng)
    image = _cut(frame.image(), window, size_px, rng)
    boxes, kept = _boxes_in_window(frame.boxes, window, min_visible)
    labels = frame.labels[kept]
    if frame.is_real and rng.random() < 0.5:
        image = np.ascontiguousarray(image[:, ::-1])
        boxes = (1 - boxes[:, [2, 1, 0, 3]]) * [1, 0, 1, 0] + boxes * [0, 1, 0, 1]
    return _regrade(image, rng), boxes.astype(np.float32), labels


def random_torsos(
    frame: LabelledFrame,
    size_px: tuple[int, int],
    cell_px: int,
    rng: np.random.Generator,
    min_visible: float = 0.6,
) -> tuple[Image, NDArray[np.float32], NDArray[np.int64]]:
    """Lay out torsos of a rendered frame as the detector's second look does, and their numbers.

    Returns:
        As `random_view`; every label is "number".
    """
    image = frame.image()
    height_px, width_px = image.shape[:2]
    boxes_px = frame.boxes * np.array([width_px, height_px] * 2, np.float32)
    count = Sheet.capacity(*size_px, cell_px)
    people = boxes_px[np.isin(frame.labels, [LABELS.index(name) for name in PLAYER_LABELS])]
    corner = rng.uniform(0, [width_px, height_px])
    anywhere = np.append(corner, corner + 70.0)[None]
    chosen = np.concatenate([people, anywhere])[rng.integers(len(people) + 1, size=count)]
    heights = chosen[:, 3:] - chosen[:, 1:2]
    chosen = chosen + rng.normal(0, 0.05, (count, 4)) * heights
    sheet = Sheet(find_torsos(chosen), *size_px, cell_px)
    numbers = boxes_px[frame.labels == LABELS.index("number")]
    found = [_inside_cell(sheet, numbers, cell, min_visible) for cell in range(count)]
    boxes = np.concatenate(found) / np.array([size_px[1], size_px[0]] * 2)
    labels = np.full(len(boxes), LABELS.index("number"), np.int64)
    return _regrade(sheet.draw(image), rng), boxes.astype(np.float32), labels


def _inside_cell(
    sheet: Sheet, boxes_px: NDArray[np.float32], cell: int, min_visible: float
) -> NDArray[np.float32]:
    moved = sheet.to_sheet(boxes_px, cell)
    corner = sheet.corners_px[cell]
    clipped = np.clip(moved, np.tile(corner, 2), np.tile(corner + sheet.cell_px, 2))
    area = np.prod(np.maximum(moved[:, 2:] - moved[:, :2], 1e-6), axis=1)
    seen = np.prod(clipped[:, 2:] - clipped[:, :2], axis=1)
    return np.asarray(clipped[seen >= min_visible * area], np.float32)


def _random_window(zooms: tuple[float, float], rng: np.random.Generator) -> NDArray[np.float64]:
    """A window (x_min, y_min, x_max, y_max) in fractions; it may reach beyond the frame."""
    zoom = np.exp(rng.uniform(*np.log(zooms)))
    stretch = np.exp(rng.normal(0, 0.06))
    size = np.array([stretch, 1 / stretch]) / zoom
    centre = 0.5 + rng.uniform(-0.5, 0.5, 2) * np.abs(1 - size)
    return np.concatenate([centre - size / 2, centre + size / 2])


def _cut(
    image: Image, window: NDArray[np.float64], size_px: tuple[int, int], rng: np.random.Generator
) -> Image:
    """Resize the window to `size_px`; what is beyond the frame is grey."""
    height_px, width_px = image.shape[:2]
    frame_px = np.array([width_px, height_px, width_px, height_px])
    x_min, y_min, x_max, y_max = np.round(window * frame_px).astype(int)
    inside = image[max(y_min, 0) : y_max, max(x_min, 0) : x_max]
    missing = (max(-y_min, 0), max(y_max - height_px, 0), max(-x_min, 0), max(x_max - width_px, 0))
    if any(missing):
        grey = int(rng.integers(0, 160))
        inside = cv2.copyMakeBorder(inside, *missing, cv2.BORDER_CONSTANT, value=(grey, grey, grey))
    shrinks = inside.shape[1] > size_px[1]
    method = cv2.INTER_AREA if shrinks and rng.random() < 0.7 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(inside, size_px[::-1], interpolation=method), np.uint8)


def _boxes_in_window(
    boxes: NDArray[np.float32], window: NDArray[np.float64], min_visible: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    size = np.tile(window[2:] - window[:2], 2)
    moved = (boxes - np.tile(window[:2], 2)) / size
    clipped = np.clip(moved, 0, 1)
    area = np.prod(np.maximum(moved[:, 2:] - moved[:, :2], 1e-9), axis=1)
    kept = np.prod(clipped[:, 2:] - clipped[:, :2], axis=1) >= min_visible * area
    return clipped[kept], kept


def _regrade(image: Image, rng: np.random.Generator) -> Image:
    """Change contrast, brightness, gamma, saturation and hue; blur, add noise, compress."""
    gain = np.exp(rng.normal(0, 0.18, 3) * [1, 0.35, 0.35])
    levels = np.arange(256) / 255
    tables = []
    for channel in range(3):
        channel_gain = gain[0] * (1.0 if channel == 0 else gain[channel])
        table = levels ** np.exp(rng.normal(0, 0.1)) * channel_gain + rng.normal(0, 0.02)
        tables.append(np.clip((table - 0.45) * np.exp(rng.normal(0, 0.12)) + 0.45, 0, 1))
    lut = (np.stack(tables, -1) * 255).astype(np.uint8)[None]
    image = np.asarray(cv2.LUT(image, lut), np.uint8)
    if rng.random() < 0.4:
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        share = float(rng.uniform(-0.4, 0.8))
        image = np.asarray(cv2.addWeighted(image, 1 - share, grey, share, 0), np.uint8)
    if rng.random() < 0.06:
        image = np.ascontiguousarray(image[:, :, rng.permutation(3)])
    return _degrade(image, rng)


def _degrade(image: Image, rng: np.random.Generator) -> Image:
    if rng.random() < 0.2:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.3, 1.0))), np.uint8)
    if rng.random() < 0.2:
        noise = rng.normal(0, rng.uniform(2, 9), image.shape[:2])[..., None]
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.25:
        quality = int(rng.integers(25, 80))
        _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
    return image
