"""Upper bodies to train on: numbers set into real people, seen as a broadcast shows them."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.drawn_numbers import NAMES
from playerid.arena.glyphs import draw_number, draw_number_style, draw_text
from playerid.arena.kit import Colour, contrast, draw_colour
from playerid.training.number_crops import Crops, blur, degrade

Rng = np.random.Generator
Picture = NDArray[np.uint8]
NO_BOX = (np.nan, np.nan, np.nan, np.nan)


@dataclass(frozen=True, slots=True)
class Torsos:
    """Labelled upper bodies, as `playerid.frames.crops.cut_torsos` cuts them.

    Attributes:
        pictures: (height, width, 3) RGB each.
        numbers: what a person reads on each, one of `playerid.tables.NUMBERS`.
        boxes: around the number, fractions of width and height (x_min, y_min, x_max, y_max);
            NaN where there is none, or nobody said where.
    """

    pictures: list[Picture] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    boxes: list[tuple[float, ...]] = field(default_factory=list)

    def __add__(self, other: "Torsos") -> "Torsos":
        """These, then those."""
        return Torsos(
            self.pictures + other.pictures,
            self.numbers + other.numbers,
            self.boxes + other.boxes,
        )

    def subset(self, indices: NDArray[np.integer]) -> "Torsos":
        """Those at `indices`."""
        chosen = [int(i) for i in indices]
        return Torsos(*([rows[i] for i in chosen] for rows in self._columns()))

    def __len__(self) -> int:
        return len(self.numbers)

    def at(self, index: int) -> "Seen":
        """One of them."""
        return self.pictures[index], self.numbers[index], self.boxes[index]

    def _columns(self) -> tuple[list, list, list]:  # type: ignore[type-arg]
        return self.pictures, self.numbers, self.boxes


Seen = tuple[Picture, str, tuple[float, ...]]
"""A picture, the number on it, and its box; the box is NaN where the number is ""."""


def dress(rng: Rng, torso: Picture, crops: Crops) -> Seen:
    """Set a number into an upper body whose own number, if it has one, is covered by it.

    Half of the numbers are cut from real crops, half drawn; a third of the bodies get cloth
    without a number, or a word.

    Args:
        rng: draws everything.
        torso: (height, width, 3) RGB.
        crops: real crops, upright.
    """
    picture = cv2.resize(torso, (112, 144), interpolation=cv2.INTER_LINEAR)
    kind = rng.random()
    if kind < 0.36 and crops.numbers:
        place = int(rng.integers(len(crops.numbers)))
        return _paste_crop(rng, picture, crops.pictures[place], crops.numbers[place])
    if kind < 0.70:
        return _paint(rng, picture, "00" if rng.random() < 0.01 else _draw_text(rng))
    return _paint(rng, picture, "")


def _draw_text(rng: Rng) -> str:
    return str(rng.integers(10)) if rng.random() < 0.3 else str(rng.integers(100))


def _paste_crop(rng: Rng, picture: Picture, crop: Picture, number: str) -> Seen:
    """A real crop with soft edges on a body that was tinted as the crop's cloth."""
    high, wide = picture.shape[:2]
    tall = rng.uniform(0.16, 0.34) * high * 1.7
    broad = float(np.clip(tall * crop.shape[1] / crop.shape[0] * rng.uniform(0.8, 1.1), 12, 80))
    matrix = _place(rng, picture, (broad, tall), (crop.shape[1], crop.shape[0]))
    edge = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]]).astype(np.float32)
    cloth = np.median(edge, axis=0)
    if rng.random() < 0.8:
        picture = _tint(picture, cloth)
    alpha = np.zeros(crop.shape[:2], np.float32)
    inset = max(1, round(0.08 * min(crop.shape[:2])))
    alpha[inset:-inset, inset:-inset] = 1
    alpha = cv2.GaussianBlur(alpha, (0, 0), max(0.5, inset * rng.uniform(0.5, 1.2)))
    cover = cv2.warpPerspective(alpha, matrix, (wide, high))[..., None]
    seen = cv2.warpPerspective(crop, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    mixed = picture * (1 - cover) + seen * cover
    corners = np.array([[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]) * crop.shape[1::-1]
    return np.clip(mixed, 0, 255).astype(np.uint8), number, _box_of(matrix, corners, (wide, high))


def _tint(picture: Picture, cloth: NDArray[np.float32]) -> Picture:
    """Move the colours of the middle of a body to those of a cloth; its sides less."""
    high, wide = picture.shape[:2]
    middle = picture[high // 4 : 3 * high // 4, wide // 3 : 2 * wide // 3].reshape(-1, 3)
    shift = cloth - np.median(middle.astype(np.float32), axis=0)
    distance = np.abs(picture.astype(np.float32) - np.median(middle, axis=0)).max(axis=2)
    share = np.exp(-((distance / 70) ** 2))[..., None]
    return np.asarray(np.clip(picture + share * shift, 0, 255), np.uint8)


def _paint(rng: Rng, picture: Picture, number: str) -> Seen:
    """Cover what stood on the chest with cloth and draw a number, a word, or nothing on it."""
    high, wide = picture.shape[:2]
    tall = rng.uniform(0.13, 0.27) * high
    style = draw_number_style(rng)
    fill, outer = draw_number(number or "8", style, 40)
    scale = tall / 40
    broad = fill.shape[1] * scale
    matrix = _place(rng, picture, (broad, fill.shape[0] * scale), (fill.shape[1], fill.shape[0]))
    picture, cloth = _cover(rng, picture, matrix, fill.shape)
    colour = _ink(rng, cloth)
    if number:
        edge = draw_colour(rng) if rng.random() < 0.6 else colour
        for layer, ink in ((outer, edge), (fill, colour)):
            alpha = cv2.warpPerspective(layer, matrix, (wide, high)).astype(np.float32) / 255
            fade = rng.uniform(0.75, 1.0)
            cover = fade * alpha[..., None]
            picture = np.asarray(picture * (1 - cover) + cover * np.array(ink), np.uint8)
    if rng.random() < (0.35 if number else 0.45):
        picture = _write_name(rng, picture, matrix, fill.shape, colour)
    if not number:
        return picture, "", NO_BOX
    rows, columns = np.nonzero(fill > 100)
    box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)
    corners = box[[0, 1, 2, 1, 2, 3, 0, 3]].reshape(4, 2)
    return picture, number, _box_of(matrix, corners, (wide, high))


def _ink(rng: Rng, cloth: NDArray[np.floating]) -> Colour:
    """A colour that can be told from the cloth; sometimes just so."""
    red, green, blue = (int(value) for value in cloth)
    least = float(rng.choice([35.0, 60.0, 90.0, 130.0]))
    for _ in range(30):
        colour = draw_colour(rng)
        if contrast(colour, (red, green, blue)) >= least:
            return colour
    return (245, 245, 245) if sum((red, green, blue)) < 380 else (20, 20, 20)


def _cover(
    rng: Rng, picture: Picture, matrix: NDArray[np.floating], shape: tuple[int, ...]
) -> tuple[Picture, NDArray[np.float64]]:
    """Smooth the cloth where the number will stand; also says its colour."""
    high, wide = picture.shape[:2]
    grown = np.zeros((shape[0], shape[1]), np.float32)
    grown[:] = 1
    area = cv2.warpPerspective(grown, matrix, (wide, high))
    inside = area > 0.5
    if not inside.any():
        return picture, np.array([128.0, 128.0, 128.0])
    cloth = np.median(picture[inside].astype(np.float64), axis=0)
    size = round(0.22 * high) | 1
    area = cv2.GaussianBlur(cv2.dilate(area, np.ones((9, 9), np.uint8)), (0, 0), 3.0)[..., None]
    smooth = cv2.medianBlur(picture, min(size, 31)).astype(np.float32)
    smooth = 0.5 * cv2.GaussianBlur(smooth, (0, 0), 5.0) + 0.5 * cloth
    grain = cv2.GaussianBlur(rng.normal(0, 14, (high, wide, 1)).astype(np.float32), (0, 0), 2.0)
    covered = picture * (1 - area) + (smooth + grain[..., None]) * area
    return np.clip(covered, 0, 255).astype(np.uint8), cloth


def _write_name(
    rng: Rng,
    picture: Picture,
    matrix: NDArray[np.floating],
    shape: tuple[int, ...],
    colour: Colour,
) -> Picture:
    """A word above the number, or where it would be."""
    high, wide = picture.shape[:2]
    text = draw_text(str(rng.choice(NAMES)).upper(), int(rng.integers(9, 18)), 0.75)
    above = np.array([[1, 0, (shape[1] - text.shape[1]) / 2], [0, 1, rng.uniform(-16, 4)]])
    if text.shape[1] > 90:
        above[0, 0] = 90 / text.shape[1]
        above[0, 2] = (shape[1] - 90) / 2
    above[1, 2] -= text.shape[0] - 8
    moved = matrix @ np.vstack([above, [0, 0, 1]])
    alpha = cv2.warpPerspective(text, moved, (wide, high)).astype(np.float32)[..., None] / 255
    return np.asarray(picture * (1 - alpha) + alpha * np.array(colour), np.uint8)


def _place(
    rng: Rng, picture: Picture, size: tuple[float, float], source: tuple[int, int]
) -> NDArray[np.float64]:
    """The warp that puts art of `source` pixels somewhere on the trunk, about `size` large."""
    high, wide = picture.shape[:2]
    middle = np.array([rng.normal(0.5, 0.11) * wide, rng.normal(0.43, 0.09) * high])
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array(size) / 2
    half[:, 0] *= rng.uniform(0.6, 1.05)
    half[[0, 3], 1] *= rng.uniform(0.85, 1.1)
    angle, shear = rng.normal(0, 0.13), rng.normal(0, 0.08)
    turn = np.array([[np.cos(angle), shear - np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = half @ turn.T + middle
    art = np.array([[0, 0], [source[0], 0], [source[0], source[1]], [0, source[1]]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(art, corners.astype(np.float32)), np.float64)


def _box_of(
    matrix: NDArray[np.floating], corners: NDArray[np.floating], size: tuple[int, int]
) -> tuple[float, ...]:
    moved = np.column_stack([corners, np.ones(4)]) @ matrix.T
    points = moved[:, :2] / moved[:, 2:] / np.array(size)
    return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())


def film(
    rng: Rng,
    seen: Seen,
    *,
    width_px: tuple[float, float] = (22, 80),
    unreadable_px: float = 6.0,
    readable_px: float = 7.5,
) -> Seen | None:
    """Show an upper body from slightly elsewhere, as small and as blurred as broadcasts do.

    Args:
        rng: draws everything.
        seen: an upper body at any size.
        width_px: least and most width of the body's box in the picture that is filmed.
        unreadable_px: digits lower than this are not legible: the number becomes "".
        readable_px: digits from here on are.

    Returns:
        None where the digits are between the two.
    """
    picture, number, box = seen
    width = float(np.exp(rng.uniform(*np.log(width_px))))
    width = min(width, 1.5 * picture.shape[1])
    size = (max(10, round(width)), max(13, round(width * rng.uniform(1.1, 1.5))))
    matrix = _look(rng, picture.shape[1::-1], size)
    shrinks = picture.shape[1] / size[0]
    if shrinks > 1.3:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 * shrinks), np.uint8)
    small = cv2.warpPerspective(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    if number and not np.isnan(box[0]):
        corners = np.array(box)[[0, 1, 2, 1, 2, 3, 0, 3]].reshape(4, 2) * picture.shape[1::-1]
        box = _box_of(matrix, corners, size)
        tall = (box[3] - box[1]) * size[1]
        inside = min(box[0], box[1], 1 - box[2], 1 - box[3])
        if unreadable_px < tall < readable_px or inside < -0.03:
            return None
        if tall <= unreadable_px:
            number, box = "", NO_BOX
    if rng.random() < 0.35:
        small = blur(rng, small)
    small = degrade(rng, small)
    return small, number, box


def _look(rng: Rng, source: tuple[int, ...], size: tuple[int, int]) -> NDArray[np.float64]:
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * rng.uniform(0.88, 1.1, 2) / 2
    corners = corners + 0.5 + rng.normal(0, 0.04, 2) + rng.normal(0, 0.015, (4, 2))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    return np.asarray(
        cv2.getPerspectiveTransform((corners * source).astype(np.float32), target), np.float64
    )
