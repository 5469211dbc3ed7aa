"""Plain pictures of courts that never were: any colours, any camera, and where everything is."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.leagues import league_names, load_basketball
from playerid.leagues.basketball.court_marks import (
    BasketballCourt,
    lane_polygon,
    three_point_polygon,
)
from playerid.leagues.marks import SIDES, Court, circle, outline

PX_PER_M = 36
MARGIN_M = 4.0


@dataclass(frozen=True, slots=True)
class CourtPicture:
    """One picture of a court to learn from.

    Attributes:
        image: RGB, (height, width, 3).
        image_to_court: (3, 3) pixels to metres; the first pixel begins at 0 and ends at 1.
        court: the rules it was drawn by.
    """

    image: NDArray[np.uint8]
    image_to_court: NDArray[np.float64]
    court: Court


@dataclass(frozen=True, slots=True)
class PaintedCamera:
    """A camera above the near side of a court.

    Attributes:
        projection: (3, 4) from court metres (x, y, z up) to pixels.
    """

    projection: NDArray[np.float64]

    @property
    def image_to_court(self) -> NDArray[np.float64]:
        """Homography of the floor, positive in front of the camera."""
        return np.asarray(np.linalg.inv(self.projection[:, [0, 1, 3]]), np.float64)

    def project(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels (N, 2) of points in space (N, 3); NaN behind the camera."""
        homogeneous = np.column_stack([points_m, np.ones(len(points_m))]) @ self.projection.T
        depth = np.where(homogeneous[:, 2:] > 0.5, homogeneous[:, 2:], np.nan)
        return homogeneous[:, :2] / depth


def random_camera(random: np.random.Generator, width_px: int, height_px: int) -> PaintedCamera:
    """Put a camera where broadcasters, and parents in school halls, put theirs."""
    place = np.array([random.normal(0, 2.0), -random.uniform(12, 32), random.uniform(3.5, 14)])
    if random.random() < 0.25:
        place = np.array([random.normal(0, 4.0), -random.uniform(9.5, 16), random.uniform(2, 6)])
    aim = np.array([random.uniform(-11, 11), random.normal(0.5, 1.8), 0.0])
    forward = (aim - place) / np.linalg.norm(aim - place)
    right = np.cross(forward, [0, 0, 1])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    roll = random.normal(0, math.radians(1.2))
    right, down = (
        math.cos(roll) * right + math.sin(roll) * down,
        math.cos(roll) * down - math.sin(roll) * right,
    )
    rotation = np.stack([right, down, forward])
    focal = width_px * np.linalg.norm(aim - place) / random.uniform(9.5, 24)
    inner = np.array(
        [
            [focal, 0, width_px / 2],
            [0, focal, height_px * random.uniform(0.42, 0.68)],
            [0, 0, 1.0],
        ]
    )
    return PaintedCamera(inner @ np.column_stack([rotation, -rotation @ place]))


class CourtPainter:
    """Draws random pictures; keeps a few floors, because a new one takes longer than a picture."""

    def __init__(self, seed: int, *, floors: int = 24, new_floor_share: float = 0.08) -> None:
        """Start from a seed; the same seed gives the same pictures.

        Args:
            seed: of the random numbers.
            floors: how many floors are kept.
            new_floor_share: how often one of them is replaced.
        """
        self._random = np.random.default_rng(seed)
        self._floors: list[tuple[BasketballCourt, NDArray[np.uint8]]] = []
        self._count = floors
        self._new_share = new_floor_share

    def paint(self, width_px: int, height_px: int) -> CourtPicture:
        """Draw a picture."""
        random = self._random
        if len(self._floors) < self._count or random.random() < self._new_share:
            court = load_basketball(str(random.choice(league_names("basketball")))).court
            self._floors = [*self._floors, (court, paint_floor(court, random))][-self._count :]
        court, floor = self._floors[random.integers(len(self._floors))]
        camera = random_camera(random, 2 * width_px, 2 * height_px)
        image = _background(random, camera, court, 2 * width_px, 2 * height_px)
        _lay_floor(image, floor, camera, court)
        _draw_stands(image, camera, court, random)
        _draw_people(image, camera, random)
        small = cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
        return CourtPicture(small, camera.image_to_court @ np.diag([2.0, 2.0, 1.0]), court)


def _colour(random: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(v) for v in random.integers(0, 256, 3))


def _wood(random: np.random.Generator) -> NDArray[np.float64]:
    light = random.uniform(110, 240)
    shade = np.array([1.0, random.uniform(0.7, 1), random.uniform(0.4, 1)])
    return np.clip(light * shade, 0, 255)


def _to_floor_px(points_m: NDArray[np.float64], court: BasketballCourt) -> NDArray[np.int32]:
    """Pixels of the floor picture, with 4 bits of fraction."""
    corner = np.array([-court.length / 2 - MARGIN_M, -court.width / 2 - MARGIN_M])
    return np.asarray(np.round((points_m - corner) * PX_PER_M * 16 - 8), np.int32)


def paint_floor(court: BasketballCourt, random: np.random.Generator) -> NDArray[np.uint8]:
    """Draw a floor seen from below (y grows downwards), `PX_PER_M`, with `MARGIN_M` around."""
    height = int((court.width + 2 * MARGIN_M) * PX_PER_M)
    width = int((court.length + 2 * MARGIN_M) * PX_PER_M)
    floor = np.empty((height, width, 3), np.uint8)
    floor[:] = _colour(random) if random.random() < 0.6 else _wood(random)
    inside = _wood(random) if random.random() < 0.8 else np.array(_colour(random), float)
    if random.random() < 0.2:
        inside = floor[0, 0].astype(float)

    def fill(polygon_m: NDArray[np.float64], colour: tuple[float, ...]) -> None:
        cv2.fillPoly(floor, [_to_floor_px(polygon_m, court)], colour, cv2.LINE_AA, shift=4)

    fill(outline(court.length, court.width), tuple(inside))
    lane_colour, arc_colour = _colour(random), tuple(_wood(random))
    fills = random.random(3) < [0.3, 0.6, 0.5]
    for side in SIDES:
        if fills[0]:
            fill(three_point_polygon(court, side), arc_colour)
        if fills[1]:
            fill(lane_polygon(court, side), lane_colour)
    if fills[2]:
        fill(circle(court.circle_radius), _colour(random))
    _draw_marks(floor, random)
    line_colour = (255, 255, 255) if random.random() < 0.6 else _colour(random)
    thickness = max(round(court.line_width * PX_PER_M * random.uniform(0.8, 1.6)), 1)
    lines = [_to_floor_px(line, court) for line in court.lines()]
    cv2.polylines(floor, lines, False, line_colour, thickness, cv2.LINE_AA, shift=4)
    planks = cv2.resize(
        random.normal(0, random.uniform(0, 9), (height // 5, 14)).astype(np.float32),
        (width, height),
        interpolation=cv2.INTER_NEAREST,
    )
    return np.asarray(np.clip(floor + planks[..., None], 0, 255), np.uint8)


def _draw_marks(floor: NDArray[np.uint8], random: np.random.Generator) -> None:
    """Logos, writing, and the lines of other sports."""
    height, width = floor.shape[:2]
    for _ in range(random.integers(0, 7)):
        centre = (int(random.integers(width)), int(random.integers(height)))
        axes = (int(random.integers(15, 110)), int(random.integers(15, 70)))
        cv2.ellipse(floor, centre, axes, 0, 0, 360, _colour(random), -1, cv2.LINE_AA)
    for _ in range(random.integers(0, 7)):
        text = "".join(chr(c) for c in random.integers(65, 91, random.integers(3, 10)))
        place = (int(random.integers(width)), int(random.integers(height)))
        size, weight = random.uniform(1, 4), int(random.integers(2, 12))
        word = np.zeros(floor.shape[:2], np.uint8)
        cv2.putText(word, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, 255, weight, cv2.LINE_AA)
        word = word[::-1] if random.random() < 0.5 else word.T[:height, :width]
        if word.shape == floor.shape[:2]:
            floor[word > 127] = _colour(random)
    if random.random() < 0.3:
        for _ in range(random.integers(1, 8)):
            x, y = int(random.integers(width)), int(random.integers(height))
            across = random.random() < 0.5
            start, end = ((x, 0), (x, height)) if across else ((0, y), (width, y))
            cv2.line(floor, start, end, _colour(random), 2, cv2.LINE_AA)


def _background(
    random: np.random.Generator,
    camera: PaintedCamera,
    court: BasketballCourt,
    width: int,
    height: int,
) -> NDArray[np.uint8]:
    """A hall: a wall or a crowd, and boards along the far side."""
    image = np.empty((height, width, 3), np.uint8)
    image[:] = _colour(random)
    if random.random() < 0.7:
        step = int(random.integers(4, 14))
        crowd = random.normal(random.uniform(30, 130), 50, (height // step, width // step, 3))
        image = cv2.resize(
            np.clip(crowd, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR
        )
    for _ in range(random.integers(0, 8)):
        x, y = random.integers(0, width), random.integers(0, height // 2)
        cv2.rectangle(
            image,
            (int(x), int(y)),
            (int(x + random.integers(20, 300)), int(y + 60)),
            _colour(random),
            -1,
        )
    far = court.width / 2 + random.uniform(1.5, 4)
    reach = court.length / 2 + random.uniform(1.5, 4)
    top = random.uniform(0.5, 1.3)
    edges = np.linspace(-reach, reach, int(random.integers(2, 9)))
    for start, end in itertools.pairwise(edges):
        _quad(image, camera, [(start, far), (end, far)], (0, top), _colour(random))
    return image


def _quad(
    image: NDArray[np.uint8],
    camera: PaintedCamera,
    foot_m: list[tuple[float, float]],
    heights_m: tuple[float, float],
    colour: tuple[int, ...],
) -> None:
    """Draw an upright rectangle that stands on a line of the floor."""
    (x0, y0), (x1, y1) = foot_m
    low, high = heights_m
    corners = camera.project(
        np.array([[x0, y0, low], [x1, y1, low], [x1, y1, high], [x0, y0, high]])
    )
    if np.isfinite(corners).all() and np.abs(corners).max() < 20000:
        cv2.fillPoly(image, [np.round(corners).astype(np.int32)], colour, cv2.LINE_AA)


def _lay_floor(
    image: NDArray[np.uint8],
    floor: NDArray[np.uint8],
    camera: PaintedCamera,
    court: BasketballCourt,
) -> None:
    corner = [-court.length / 2 - MARGIN_M, -court.width / 2 - MARGIN_M]
    scale = 1 / PX_PER_M
    # cv2 counts from the middle of the first pixel.
    floor_to_court = np.array([[scale, 0, corner[0]], [0, scale, corner[1]], [0, 0, 1]])
    floor_to_court = floor_to_court @ np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    floor_to_image = half @ np.linalg.inv(camera.image_to_court) @ floor_to_court
    size = (image.shape[1], image.shape[0])
    rows = np.array([[1, 1], [floor.shape[1] - 2, floor.shape[0] - 2]])
    depth = (floor_to_image[2, :2] * rows).sum(axis=1) + floor_to_image[2, 2]
    if depth.min() <= 0:  # part of the floor is behind the camera
        image_to_floor = np.linalg.inv(floor_to_image)
        _lay_part(image, floor, image_to_floor)
        return
    mask = cv2.warpPerspective(np.full(floor.shape[:2], 255, np.uint8), floor_to_image, size)
    drawn = cv2.warpPerspective(floor, floor_to_image, size, flags=cv2.INTER_LINEAR)
    image[mask > 127] = drawn[mask > 127]


def _lay_part(
    image: NDArray[np.uint8], floor: NDArray[np.uint8], image_to_floor: NDArray[np.float64]
) -> None:
    height, width = image.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u, v, w = np.tensordot(image_to_floor, np.stack([x, y, np.ones_like(x)]), axes=1)
    ahead = w > 1e-9
    w = np.where(ahead, w, 1.0)
    u, v = np.where(ahead, u / w, -1), np.where(ahead, v / w, -1)
    inside = (u > 0) & (v > 0) & (u < floor.shape[1] - 1) & (v < floor.shape[0] - 1)
    drawn = cv2.remap(floor, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR)
    image[inside] = drawn[inside]


def _draw_stands(
    image: NDArray[np.uint8],
    camera: PaintedCamera,
    court: BasketballCourt,
    random: np.random.Generator,
) -> None:
    """Baskets and, sometimes, a rail or spectators in front."""
    for side in (-1, 1):
        board = side * (court.length / 2 - court.backboard_from_baseline)
        foot = side * (court.length / 2 + 1.8)
        colour = _colour(random)
        _quad(image, camera, [(foot, -0.2), (foot, 0.2)], (0, 2.6), colour)
        _quad(image, camera, [(foot, 0.0), (board, 0.0)], (2.5, 2.9), colour)
        _quad(image, camera, [(board, -0.9), (board, 0.9)], (2.9, 3.95), (225, 225, 225))
        _quad(image, camera, [(board, -0.3), (board, 0.3)], (3.05, 3.5), (190, 60, 40))
    height, width = image.shape[:2]
    if random.random() < 0.3:
        for x in range(-60, width, int(random.integers(40, 120))):
            y = height - int(random.integers(0, height // 6))
            cv2.circle(image, (x, y + 40), int(random.integers(20, 60)), _colour(random), -1)
    if random.random() < 0.15:
        y = int(random.uniform(0.7, 0.95) * height)
        cv2.line(image, (0, y), (width, y + int(random.normal(0, 60))), _colour(random), 6)


def _draw_people(
    image: NDArray[np.uint8], camera: PaintedCamera, random: np.random.Generator
) -> None:
    count = int(random.integers(4, 15))
    feet = np.column_stack([random.uniform(-14, 14, count), random.uniform(-8, 8, count)])
    draw_people(image, camera.project, feet, random)


def draw_people(
    image: NDArray[np.uint8],
    project: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    feet_m: NDArray[np.float64],
    random: np.random.Generator,
) -> None:
    """Draw people as a few strokes each, far ones first.

    Args:
        image: to draw on.
        project: pixels (N, 2) of points in space (N, 3); NaN behind the camera.
        feet_m: (N, 2) where they stand, metres.
        random: draws kits, skin and stance.
    """
    kits = [_colour(random) for _ in range(3)]
    for foot in feet_m[np.argsort(-feet_m[:, 1])]:
        low, high = project(np.array([[*foot, 0.0], [*foot, random.uniform(1.7, 2.1)]]))
        tall = low[1] - high[1]
        if not np.isfinite(tall) or not 8 < tall < 900:
            continue
        kit, skin = kits[random.integers(3)], tuple(int(v) for v in random.integers(40, 220, 3))
        x, wide = low[0], tall * random.uniform(0.16, 0.3)
        hip = low[1] - 0.5 * tall
        for step in (-1, 1):
            knee = (int(x + step * wide * random.uniform(0.2, 0.9)), int(low[1]))
            cv2.line(image, (int(x), int(hip)), knee, skin, max(int(0.07 * tall), 1), cv2.LINE_AA)
        trunk = (int(x), int(low[1] - 0.62 * tall)), (int(wide / 2), int(0.2 * tall))
        cv2.ellipse(image, trunk[0], trunk[1], 0, 0, 360, kit, -1, cv2.LINE_AA)
        head = (int(x), int(high[1] + 0.07 * tall))
        cv2.circle(image, head, max(int(0.065 * tall), 1), skin, -1, cv2.LINE_AA)
