"""Appearance of a player as statistics of colour. No weights."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

TORSO = (0.17, 0.48, 0.28, 0.72)  # rows from, to; columns from, to; shares of the crop
SHORTS = (0.47, 0.64, 0.25, 0.75)
PERCENTILES = (10, 25, 50, 75, 90)
SIZE_PX = (96, 48)  # height, width to which a crop is brought


class ColourEmbedder:
    """62 numbers a crop: Lab and HSV statistics of the shirt and the shorts.

    Of the shirt: mean, spread and five percentiles of each Lab channel (21), a histogram of hue
    in 12 bins weighted by how colourful a pixel is, of saturation in 6 and of value in 8 bins
    (26). Of the shorts: mean, spread and three percentiles of each Lab channel (15).
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


def _describe(crop: Image) -> NDArray[np.float64]:
    small = cv2.resize(crop, SIZE_PX[::-1], interpolation=cv2.INTER_AREA)
    unit = small.astype(np.float32) / 255
    lab = cv2.cvtColor(unit, cv2.COLOR_RGB2LAB) / np.array([100, 128, 128], np.float32)
    hsv = cv2.cvtColor(unit, cv2.COLOR_RGB2HSV) / np.array([360, 1, 1], np.float32)
    shirt, shorts = _part(lab, TORSO), _part(lab, SHORTS)
    return np.concatenate(
        [
            shirt.mean(axis=0),
            shirt.std(axis=0),
            np.percentile(shirt, PERCENTILES, axis=0).ravel(),
            _histograms(_part(hsv, TORSO)),
            shorts.mean(axis=0),
            shorts.std(axis=0),
            np.percentile(shorts, PERCENTILES[1:4], axis=0).ravel(),
        ]
    )


def _part(
    image: NDArray[np.float32], shares: tuple[float, float, float, float]
) -> NDArray[np.float32]:
    """The pixels of one part of the body: (P, 3)."""
    height, width = image.shape[:2]
    top, bottom = round(shares[0] * height), round(shares[1] * height)
    left, right = round(shares[2] * width), round(shares[3] * width)
    return image[top:bottom, left:right].reshape(-1, 3)


def _histograms(hsv: NDArray[np.float32]) -> NDArray[np.float64]:
    """Hue in 12 bins, saturation in 6, value in 8; the hue of grey pixels does not count."""
    colourful = hsv[:, 1] * hsv[:, 2]
    hue = np.histogram(hsv[:, 0], 12, (0, 1), weights=colourful)[0] / len(hsv)
    saturation = np.histogram(hsv[:, 1], 6, (0, 1))[0] / len(hsv)
    value = np.histogram(hsv[:, 2], 8, (0, 1))[0] / len(hsv)
    return np.concatenate([hue, saturation, value])
