"""What the court network is taught about one picture, and how pictures are varied."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.court.geometry import to_court_below_horizon, to_image_in_front
from playerid.training.court_pictures import CourtPicture

HALF = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
"""From the middle of cv2's first pixel at 0 to ours at 0.5."""


@dataclass(frozen=True, slots=True)
class CourtTarget:
    """What one picture shows.

    Attributes:
        cells: (K, 2) float32, places of the points in cells of the heat maps.
        seen: (K,) bool, the point lies in the picture (people may stand in front of it).
        areas: (A, h, w) float32 in [0, 1], of `area_names`.
    """

    cells: NDArray[np.float32]
    seen: NDArray[np.bool_]
    areas: NDArray[np.float32]


def make_target(picture: CourtPicture, stride: int) -> CourtTarget:
    """Work out what a picture shows."""
    height, width = picture.image.shape[0] // stride, picture.image.shape[1] // stride
    image_to_court = picture.image_to_court @ np.diag([stride, stride, 1.0])
    cells = to_image_in_front(picture.court.points().points_m, image_to_court)
    seen = np.asarray(np.isfinite(cells).all(axis=1), np.bool_)
    seen &= (np.nan_to_num(cells, nan=-1) >= 0).all(axis=1)
    seen &= (np.nan_to_num(cells, nan=-1) < [width, height]).all(axis=1)
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    points_m = to_court_below_horizon(np.column_stack([x.ravel(), y.ravel()]), image_to_court)
    inside = picture.court.areas_at(points_m)
    is_left = points_m[:, 0] < 0
    whole, *at_ends, middle = inside.values()
    halves = [part & half for part in at_ends for half in (is_left, ~is_left)]
    flat = [whole, *halves, middle]
    areas = np.stack(flat).reshape(len(flat), height, width).astype(np.float32)
    lines = _draw_lines(picture, image_to_court, (width, height))
    places = np.where(seen[:, None], cells, 0).astype(np.float32)
    return CourtTarget(places, seen, np.concatenate([areas, lines[None]]))


def _draw_lines(
    picture: CourtPicture, image_to_court: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float32]:
    mask = np.zeros((size[1], size[0]), np.uint8)
    for line in picture.court.lines():
        dense = np.vstack(
            [line[:-1] + share * np.diff(line, axis=0) for share in (0, 0.25, 0.5, 0.75)]
        )
        order = np.arange(len(dense)).reshape(4, -1).T.ravel()
        points_px = to_image_in_front(np.vstack([dense[order], line[-1:]]), image_to_court)
        fine = np.asarray(np.isfinite(points_px).all(axis=1), np.bool_)
        fine &= (np.abs(np.nan_to_num(points_px)) < 4000).all(axis=1)
        for run in np.split(np.arange(len(fine)), np.flatnonzero(np.diff(fine)) + 1):
            if fine[run[0]] and len(run) > 1:
                whole = np.round(points_px[run] * 16 - 8).astype(np.int32)
                cv2.polylines(mask, [whole], False, 255, 1, cv2.LINE_AA, shift=4)
    return (mask / 255).astype(np.float32)


def flip(picture: CourtPicture) -> CourtPicture:
    """Mirror a picture from left to right; the left basket becomes the right one."""
    width = picture.image.shape[1]
    mirror_px = np.array([[-1.0, 0, width], [0, 1, 0], [0, 0, 1]])
    mirror_m = np.diag([-1.0, 1.0, 1.0])
    image = np.ascontiguousarray(picture.image[:, ::-1])
    return CourtPicture(image, mirror_m @ picture.image_to_court @ mirror_px, picture.court)


def vary_view(
    picture: CourtPicture, random: np.random.Generator, width_px: int, height_px: int
) -> CourtPicture:
    """Show a picture as another camera might: zoomed, moved, turned and skewed a little."""
    height, width = picture.image.shape[:2]
    if random.random() < 0.5:
        picture = flip(picture)
    zoom = np.exp(random.normal(0.08, 0.16))
    angle = np.radians(random.normal(0, 1.5))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    middle = np.array([width, height]) / 2
    spread = np.array([width, height]) / zoom
    centre = middle + random.normal(0, 0.05, 2) * [width, height]
    jitter = random.normal(0, 0.02, (4, 2)) * [width, height]
    source = centre + ((corners / [width, height] - 0.5) * spread) @ turn + jitter
    target = np.array([[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]], np.float64)
    new_to_old = cv2.getPerspectiveTransform(
        target.astype(np.float32), source.astype(np.float32)
    ).astype(np.float64)
    for_cv2 = np.linalg.inv(HALF) @ new_to_old @ HALF
    border = cv2.BORDER_REPLICATE if random.random() < 0.5 else cv2.BORDER_CONSTANT
    image = cv2.warpPerspective(
        picture.image,
        for_cv2,
        (width_px, height_px),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=border,
    )
    return CourtPicture(image, picture.image_to_court @ new_to_old, picture.court)


def repaint_floor(picture: CourtPicture, random: np.random.Generator) -> CourtPicture:
    """Give parts of the floor another colour, so that the lane of one hall is not learnt."""
    height, width = picture.image.shape[:2]
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    points_m = to_court_below_horizon(
        np.column_stack([x.ravel(), y.ravel()]), picture.image_to_court
    )
    areas = picture.court.areas_at(points_m)
    on_floor = (np.abs(np.nan_to_num(points_m, nan=99)) < [18, 10.5]).all(axis=1)
    parts = [areas["court"], areas["lane"], areas["centre_circle"], on_floor & ~areas["court"]]
    image = picture.image.astype(np.float32)
    for part in parts:
        if random.random() < 0.5:
            continue
        mask = part.reshape(height, width)
        colour = random.uniform(0, 255, 3)
        share = random.uniform(0.15, 0.7)
        image[mask] = (1 - share) * image[mask] + share * colour
    return CourtPicture(image.astype(np.uint8), picture.image_to_court, picture.court)


def vary_look(image: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """Change light, colour and sharpness, and put things in front."""
    image = image.copy()
    height, width = image.shape[:2]
    if random.random() < 0.15:  # the bug of a broadcast
        x, y = int(random.integers(width // 2)), int(random.uniform(0.8, 0.93) * height)
        colour = tuple(int(v) for v in random.integers(0, 256, 3))
        cv2.rectangle(image, (x, y), (x + int(random.integers(60, 250)), y + 22), colour, -1)
    for _ in range(random.poisson(2.0)):
        x, y = int(random.integers(width)), int(random.integers(height))
        wide, tall = int(random.integers(6, 36)), int(random.integers(12, 90))
        colour = tuple(int(v) for v in random.integers(0, 256, 3))
        cv2.ellipse(image, (x, y), (wide // 2, tall // 2), 0, 0, 360, colour, -1)
    return _degrade(_relight(image, random), random)


def _relight(image: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.float32]:
    values = image.astype(np.float32)
    if random.random() < 0.2:
        values[:] = values.mean(axis=2, keepdims=True)
    grey = values.mean(axis=2, keepdims=True)
    values = grey + (values - grey) * random.uniform(0.5, 1.5)
    values = (values - 128) * random.uniform(0.7, 1.35) + 128 + random.uniform(-35, 35)
    return np.asarray(values * (1 + random.normal(0, 0.06, 3)), np.float32)


def _degrade(values: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.uint8]:
    """Blur, noise, compression."""
    height, width = values.shape[:2]
    if random.random() < 0.3:
        values = cv2.GaussianBlur(values, (0, 0), random.uniform(0.4, 1.6))
    if random.random() < 0.15:
        values = cv2.blur(values, (int(random.integers(2, 9)), 1))
    if random.random() < 0.5:
        values += random.normal(0, random.uniform(1, 12), values.shape).astype(np.float32)
    if random.random() < 0.15:
        values[random.random((height, width)) < random.uniform(0.002, 0.03)] = random.integers(256)
    image = np.clip(values, 0, 255).astype(np.uint8)
    if random.random() < 0.3:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 80))]
        encoded = cv2.imencode(".jpg", image, quality)[1]
        return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return image
