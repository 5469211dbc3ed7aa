"""Appearance of a player as statistics of colour. No weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

SIZE_PX = (64, 32)  # height, width to which a crop is brought
SHIRT = (0.15, 0.50)  # rows from, to; shares of the crop
SHORTS = (0.46, 0.66)
HEAD, LEGS, FEET = (0.0, 0.13), (0.62, 0.86), (0.88, 1.0)
COLUMNS = (0.12, 0.88)


@dataclass(frozen=True, slots=True)
class _Part:
    """Pixels of one part of the body.

    Attributes:
        lab: (P, 3) float32, L from 0 to 100.
        hsv: (P, 3) float32, each from 0 to 1.
        weights: (P,) float64, how likely a pixel belongs to the body; they sum to 1.
    """

    lab: NDArray[np.float32]
    hsv: NDArray[np.float32]
    weights: NDArray[np.float64]


class ColourEmbedder:
    """62 numbers a crop: Lab and HSV statistics of the shirt and the shorts.

    Of the shirt: mean, spread and five percentiles of each Lab channel (21), a histogram of hue
    in 12 bins weighted by how colourful a pixel is, of saturation in 6 and of value in 8 bins
    (26). Of the shorts: mean, spread and three percentiles of each Lab channel (15). Pixels count
    by how near they are to the middle of the crop and how little they look like its edges, where
    floor and crowd are.
    """

    def __init__(self, weights: Path | None = None) -> None:
        """Nothing to set up; `weights` are not needed."""

    def embed(self, crops: Sequence[Image]) -> NDArray[np.float32]:
        """Embed each crop.

        Args:
            crops: RGB crops of people's boxes, each (height, width, 3), any size.

        Returns:
            (N, 62) float32: Lab values as shares of their range, histograms that sum to 1.
        """
        rows = [_describe(crop) for crop in crops]
        return np.array(rows, np.float32).reshape(len(rows), 62)


def shirt_and_shorts(crop: Image) -> NDArray[np.float32]:
    """Mean colour of the shirt, then of the shorts, of an RGB crop: (6,) Lab, L from 0 to 100."""
    return _mean_colours(crop, SHIRT, SHORTS)


def shirt_colour(crop: Image) -> NDArray[np.float32]:
    """Colour that half of a shirt is below and half above, of an RGB crop: (3,) Lab.

    The median of each channel: numbers, trims, arms and folds are the smaller part of a shirt.
    """
    (shirt,) = _cut_parts(crop, SHIRT)
    return np.array(_percentiles(shirt.lab, shirt.weights, (0.5,))[:, 0], np.float32)


def head_legs_and_feet(crop: Image) -> NDArray[np.float32]:
    """Mean colours of hair and face, legs and shoes of an RGB crop: (9,) Lab, L from 0 to 100.

    They tell players of one team apart: two crops of different team mates of a rendered game are
    further apart than two of the same player 78 times in 100.
    """
    return _mean_colours(crop, HEAD, LEGS, FEET)


def _mean_colours(crop: Image, *shares: tuple[float, float]) -> NDArray[np.float32]:
    means = [part.weights @ part.lab for part in _cut_parts(crop, *shares)]
    return np.concatenate(means).astype(np.float32)


def _describe(crop: Image) -> NDArray[np.float64]:
    shirt, shorts = _cut_parts(crop, SHIRT, SHORTS)
    return np.concatenate(
        [
            _statistics(shirt, (0.1, 0.25, 0.5, 0.75, 0.9)),
            _histograms(shirt),
            _statistics(shorts, (0.25, 0.5, 0.75)),
        ]
    )


def _cut_parts(crop: Image, *shares: tuple[float, float], alike: float = 11.0) -> list[_Part]:
    """Parts of a person.

    Args:
        crop: RGB.
        shares: rows of each part, from and to, as shares of the crop.
        alike: Lab distance below which a pixel looks like a pixel of the edge.
    """
    height, width = SIZE_PX
    small = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)
    unit = small.astype(np.float32) / 255
    lab = np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2LAB), np.float32)
    hsv = cv2.cvtColor(unit, cv2.COLOR_RGB2HSV) / np.array([360, 1, 1], np.float32)
    edge = lab[3 : height - 3 : 3][:, [0, 1, -2, -1]].reshape(-1, 3)
    left, right = round(COLUMNS[0] * width), round(COLUMNS[1] * width)
    middle = np.exp(-0.5 * ((np.arange(left, right) - (width - 1) / 2) / (0.19 * width)) ** 2)
    parts = []
    for share_from, share_to in shares:
        rows = slice(round(share_from * height), round(share_to * height))
        pixels = lab[rows, left:right].reshape(-1, 3)
        background = (squared_distances(pixels, edge) < alike**2).mean(axis=1)
        # a shirt of the floor's colour leaves nothing else: then all pixels count alike
        weights = np.tile(middle, len(pixels) // len(middle)) * (np.exp(-12 * background) + 0.02)
        parts.append(_Part(pixels, hsv[rows, left:right].reshape(-1, 3), weights / weights.sum()))
    return parts


def squared_distances(
    pixels: NDArray[np.float32], others: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(P, Q) squared Euclidean distances of (P, 3) and (Q, 3) Lab colours, within 0.01."""
    lengths = (pixels**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)
    return np.asarray(lengths - 2 * (pixels @ others.T), np.float32)


def _statistics(part: _Part, percentiles: tuple[float, ...]) -> NDArray[np.float64]:
    """Mean and spread of the Lab channels, then the percentiles of each, as shares of the range."""
    scaled = part.lab / np.array([100, 128, 128])
    mean = part.weights @ scaled
    spread = np.sqrt(part.weights @ (scaled - mean) ** 2)
    return np.concatenate([mean, spread, *_percentiles(scaled, part.weights, percentiles)])


def _percentiles(
    pixels: NDArray[np.floating], weights: NDArray[np.float64], percentiles: tuple[float, ...]
) -> NDArray[np.float64]:
    """(3, n) percentiles of each channel of (P, 3) weighted pixels."""
    order = np.argsort(pixels, axis=0, kind="stable")
    found = []
    for channel in range(3):
        ranked = order[:, channel]
        reached = np.searchsorted(np.cumsum(weights[ranked]), percentiles)
        found.append(pixels[ranked[np.minimum(reached, len(ranked) - 1)], channel])
    return np.array(found, np.float64)


def _histograms(part: _Part) -> NDArray[np.float64]:
    """Hue in 12 bins, saturation in 6, value in 8; the hue of grey pixels does not count."""
    hue, saturation, value = part.hsv.T
    colourful = part.weights * saturation * value
    return np.concatenate(
        [
            np.histogram(hue, 12, (0, 1), weights=colourful)[0],
            np.histogram(saturation, 6, (0, 1), weights=part.weights)[0],
            np.histogram(value, 8, (0, 1), weights=part.weights)[0],
        ]
    )
