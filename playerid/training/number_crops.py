"""Crops of jersey numbers to train on: a pool of drawn ones, and any crop shown in a new way."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.drawn_numbers import render_number_crop

Rng = np.random.Generator
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Crops:
    """Labelled crops.

    Attributes:
        pictures: (height, width, 3) RGB each.
        numbers: the answer of each, one of `playerid.tables.NUMBERS`.
    """

    pictures: list[Picture] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    def __add__(self, other: "Crops") -> "Crops":
        """These crops, then those."""
        return Crops(self.pictures + other.pictures, self.numbers + other.numbers)

    def subset(self, indices: NDArray[np.integer]) -> "Crops":
        """The crops at `indices`."""
        return Crops([self.pictures[i] for i in indices], [self.numbers[i] for i in indices])


@dataclass(slots=True)
class Pool:
    """Drawn crops that are shown more than once: drawing takes longer than learning from them.

    Attributes:
        size: crops that it holds when full.
        crops: the crops; the oldest give way.
        drawn: how many were ever drawn.
    """

    size: int
    crops: Crops = field(default_factory=Crops)
    drawn: int = 0

    def add(self, rng: Rng, count: int) -> None:
        """Draw `count` more crops."""
        for _ in range(count):
            picture, number = render_number_crop(rng)
            if len(self.crops.numbers) < self.size:
                self.crops.pictures.append(picture)
                self.crops.numbers.append(number)
            else:
                place = self.drawn % self.size
                self.crops.pictures[place], self.crops.numbers[place] = picture, number
            self.drawn += 1


def draw_crops(count: int, seed: int) -> Crops:
    """Drawn crops; the same seed draws the same."""
    pool = Pool(count)
    pool.add(np.random.default_rng(seed), count)
    return pool.crops


def trim_bars(crop: Picture, darkest: float = 60, even: float = 7) -> Picture:
    """Cut off the plain dark bars that turning a picture inside its frame leaves.

    Args:
        crop: (height, width, 3) RGB.
        darkest: A bar is darker than this, 0 to 255.
        even: The middle half of the values of a bar's row or column lies within this range.

    Returns:
        (height, width, 3) RGB, at least a third of the crop's size each way; the crop itself
        where it has no bars.
    """
    kept = []
    for axis in (1, 0):
        low, high = np.quantile(crop, [0.25, 0.75], axis=(axis, 2))
        pictured = np.flatnonzero((high > darkest) | (high - low > even))
        least = crop.shape[1 - axis] / 3
        spans = len(pictured) > 0 and pictured[-1] + 1 - pictured[0] >= least
        kept.append(slice(pictured[0], pictured[-1] + 1) if spans else slice(None))
    return np.ascontiguousarray(crop[kept[0], kept[1]])


def redraw_crop(rng: Rng, crop: Picture, height_px: int, width_px: int) -> Picture:
    """Show a crop in another light, from slightly elsewhere, cut a little differently.

    Returns:
        (height_px, width_px, 3) RGB.
    """
    high, wide = crop.shape[:2]
    half = np.array([wide, high]) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half * rng.uniform(0.78, 1.22, 2)
    angle, shear = rng.normal(0, 0.08), rng.normal(0, 0.06)
    corners = corners @ np.array([[np.cos(angle), shear - np.sin(angle)], [np.sin(angle), 1]]).T
    corners += half + rng.normal(0, 0.05, 2) * (wide, high) + rng.normal(0, 0.02, (4, 2)) * high
    target = np.array([[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]], np.float32)
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    border = cv2.BORDER_REPLICATE if rng.random() < 0.7 else cv2.BORDER_REFLECT
    shrinks = max(high / height_px, wide / width_px)
    if shrinks > 1.3:
        crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), 0.4 * shrinks), np.uint8)
    picture = cv2.warpPerspective(crop, warp, (width_px, height_px), borderMode=border)
    if rng.random() < 0.2:
        picture = np.ascontiguousarray(picture[..., rng.permutation(3)])
    if rng.random() < 0.1:
        picture = 255 - picture
    if rng.random() < 0.4:
        picture = blur(rng, picture)
    return degrade(rng, picture)


def blur(rng: Rng, picture: Picture) -> Picture:
    """Blur as defocus or, more often than not sideways, as motion does."""
    if rng.random() < 0.6:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.2)), np.uint8)
    length = int(rng.integers(3, 6))
    kernel = np.zeros((length, length), np.float32)
    angle, middle = rng.normal(0, 0.6), (length - 1) / 2
    reach = middle * np.array([np.cos(angle), np.sin(angle)])
    ends = [tuple(round(v) for v in middle + sign * reach) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def degrade(rng: Rng, picture: Picture) -> Picture:
    """Vary light, sharpen, add sensor noise and compress as a broadcast does."""
    values = picture.astype(np.float32)
    values = (values - values.mean()) * rng.uniform(0.55, 1.25) + values.mean() + rng.normal(0, 18)
    values *= rng.uniform(0.88, 1.12, 3)
    if rng.random() < 0.3:
        values += (values - cv2.GaussianBlur(values, (0, 0), 1.0)) * rng.uniform(0.3, 1.5)
    if rng.random() < 0.4:
        values += rng.normal(0, rng.uniform(1, 9), values.shape)
    picture = np.clip(values, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = int(rng.integers(25, 90))
        encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        picture = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return picture
