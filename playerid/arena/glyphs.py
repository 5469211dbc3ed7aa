"""Shapes of jersey numbers and names: block digits drawn here, letters of installed typefaces."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from matplotlib import get_data_path
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

TYPEFACES = (
    "DejaVuSans-Bold",
    "DejaVuSerif-Bold",
    "DejaVuSansMono-Bold",
    "DejaVuSans-BoldOblique",
    "STIXGeneralBol",
    "cmb10",
)

# Strokes in a unit box, y down. A third value of 1 keeps the corner sharp.
Stroke = tuple[bool, tuple[tuple[float, float, int], ...]]
STROKES: dict[str, tuple[Stroke, ...]] = {
    "0": ((True, ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0))),),
    "1": ((False, ((0.2, 0.2, 1), (0.6, 0, 1), (0.6, 1, 1))),),
    "2": (
        (
            False,
            (
                (0, 0.24, 1),
                (0, 0, 0),
                (1, 0, 0),
                (1, 0.42, 0),
                (0, 0.85, 1),
                (0, 1, 1),
                (1, 1, 1),
            ),
        ),
    ),
    "3": (
        (False, ((0, 0.22, 1), (0, 0, 0), (1, 0, 0), (1, 0.48, 0), (0.35, 0.48, 1))),
        (False, ((0.35, 0.48, 1), (1, 0.48, 0), (1, 1, 0), (0, 1, 0), (0, 0.78, 1))),
    ),
    "4": ((False, ((0.72, 1, 1), (0.72, 0, 1), (0, 0.7, 1), (1, 0.7, 1))),),
    "5": (
        (
            False,
            (
                (1, 0, 1),
                (0, 0, 1),
                (0, 0.44, 1),
                (1, 0.44, 0),
                (1, 1, 0),
                (0, 1, 0),
                (0, 0.78, 1),
            ),
        ),
    ),
    "6": (
        (False, ((1, 0.2, 1), (1, 0, 0), (0, 0, 0), (0, 0.6, 1))),
        (True, ((0, 0.44, 1), (1, 0.44, 0), (1, 1, 0), (0, 1, 0))),
    ),
    "7": ((False, ((0, 0, 1), (1, 0, 1), (0.38, 1, 1))),),
    "8": (
        (True, ((0, 0, 0), (1, 0, 0), (1, 0.49, 0), (0, 0.49, 0))),
        (True, ((0, 0.49, 0), (1, 0.49, 0), (1, 1, 0), (0, 1, 0))),
    ),
    "9": (
        (False, ((0, 0.8, 1), (0, 1, 0), (1, 1, 0), (1, 0.4, 1))),
        (True, ((1, 0.56, 1), (0, 0.56, 0), (0, 0, 0), (1, 0, 0))),
    ),
}


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a team draws its numbers.

    Attributes:
        typeface: one of `TYPEFACES`, or "" for block digits.
        width: width of a digit over its height.
        stroke: (across, along) thickness of block strokes over the height.
        cut: size of cut corners over the width of the digit; 0 is square.
        is_rounded: whether block corners are arcs.
        serif: length of the bars of 1 and 7 over the width; 0 draws none.
        slant: shear to the right.
        gap: space between digits over the height.
        outline: width of the outline over the height; 0 draws none.
        shadow: offset of the drop colour over the height; 0 draws none.
    """

    typeface: str
    width: float
    stroke: tuple[float, float]
    cut: float
    is_rounded: bool
    serif: float
    slant: float
    gap: float
    outline: float
    shadow: float


def draw_number_style(rng: np.random.Generator) -> NumberStyle:
    """One team's way to draw numbers; block digits four times in five, as the leagues do."""
    width = rng.uniform(0.46, 0.76)
    across = width * rng.uniform(0.2, 0.33)
    return NumberStyle(
        typeface=str(rng.choice(TYPEFACES)) if rng.random() < 0.22 else "",
        width=width,
        stroke=(across, min(0.19, across * rng.uniform(0.75, 1.0))),
        cut=float(rng.choice([0.0, 0.14, 0.22, 0.32, 0.45])),
        is_rounded=bool(rng.random() < 0.35),
        serif=float(rng.choice([0.0, 0.0, 0.35, 0.5])),
        slant=float(rng.choice([0.0, 0.0, 0.0, 0.1, 0.2])),
        gap=rng.uniform(0.03, 0.14),
        outline=float(rng.choice([0.0, 0.035, 0.05, 0.07])),
        shadow=float(rng.choice([0.0, 0.0, 0.0, 0.04])),
    )


def draw_number(
    text: str, style: NumberStyle, height_px: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw a number.

    Returns:
        Coverage of the digits and of digits with outline and shadow, each (height, width) in
        0 to 255 and of the same size, with room for the outline.
    """
    if style.typeface:
        fill = _typeface_text(text, style.typeface, height_px, style.width / 0.62)
    else:
        digits = [_block_digit(digit, style, height_px) for digit in text]
        space = np.zeros((height_px, max(1, round(style.gap * height_px))), np.uint8)
        parts = [part for digit in digits for part in (digit, space)][:-1]
        fill = np.hstack(parts)
    margin = max(2, round((style.outline * 2 + style.shadow) * height_px) + 2)
    fill = cv2.copyMakeBorder(fill, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    if style.slant:
        height, width = fill.shape
        reach = round(style.slant * height)
        shear = np.array([[1, -style.slant, reach], [0, 1, 0]], float)
        fill = cv2.warpAffine(fill, shear, (width + reach, height))
    return fill, _outlined(fill, style, height_px)


def _outlined(fill: NDArray[np.uint8], style: NumberStyle, height_px: int) -> NDArray[np.uint8]:
    outer = fill
    if style.outline:
        size = 2 * max(1, round(style.outline * height_px)) + 1
        outer = cv2.dilate(outer, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    if style.shadow:
        shift = max(1, round(style.shadow * height_px))
        moved = np.zeros_like(outer)
        moved[shift:, shift:] = outer[:-shift, :-shift]
        outer = np.maximum(outer, moved)
    return outer


def _corners(
    stroke: Stroke, cut: float, aspect: float, is_rounded: bool
) -> list[NDArray[np.float64]]:
    """The points of a stroke with its corners cut or rounded, in the unit box."""
    closed, raw = stroke
    points = [np.array(p[:2], float) for p in raw]
    result: list[NDArray[np.float64]] = []
    scale = np.array([1.0, aspect])
    for i, point in enumerate(points):
        is_end = not closed and i in {0, len(points) - 1}
        if is_end or raw[i][2] or cut == 0:
            result.append(point)
            continue
        before, after = points[i - 1], points[(i + 1) % len(points)]
        ends = []
        for other in (before, after):
            step = (other - point) / scale
            reach = min(cut, 0.48 * float(np.hypot(*(step))))
            ends.append(point + step / max(float(np.hypot(*step)), 1e-9) * reach * scale)
        if is_rounded:
            result.extend(
                (1 - t) ** 2 * ends[0] + 2 * t * (1 - t) * point + t**2 * ends[1]
                for t in (0.0, 0.25, 0.5, 0.75, 1.0)
            )
        else:
            result.extend(ends)
    return result


def _block_digit(digit: str, style: NumberStyle, height_px: int) -> NDArray[np.uint8]:
    over = 2
    across, along = (max(2, round(s * height_px * over)) for s in style.stroke)
    height = height_px * over
    width = round(style.width * height * (0.72 if digit == "1" and not style.serif else 1.0))
    inner = np.array([max(1, width - across), height - along], float)
    canvas = np.zeros((height, width), np.uint8)
    strokes = list(STROKES[digit])
    if style.serif and digit == "1":
        strokes.append((False, ((0.6 - style.serif, 1, 1), (min(1, 0.6 + style.serif), 1, 1))))
    if style.serif and digit == "7":
        strokes.append((False, ((0, 0, 1), (0, 0.2, 1))))
    for stroke in strokes:
        path = np.array(
            _corners(stroke, style.cut, inner[0] / inner[1], style.is_rounded)
        ) * inner + np.array([across / 2, along / 2])
        cv2.polylines(canvas, [np.round(path).astype(np.int32)], stroke[0], 255, 2)
    shape = cv2.MORPH_ELLIPSE if style.is_rounded else cv2.MORPH_RECT
    kernel = cv2.getStructuringElement(shape, (max(1, across - 1), max(1, along - 1)))
    solid = cv2.dilate(canvas, kernel)
    size = (max(1, width // over), height_px)
    return np.asarray(cv2.resize(solid, size, interpolation=cv2.INTER_AREA), np.uint8)


@cache
def _font(typeface: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(get_data_path()) / "fonts/ttf" / f"{typeface}.ttf"), size)


def _typeface_text(text: str, typeface: str, height_px: int, stretch: float) -> NDArray[np.uint8]:
    font = _font(typeface, 96)
    left, top, right, bottom = font.getbbox(text)
    canvas = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
    ImageDraw.Draw(canvas).text((1 - left, 1 - top), text, fill=255, font=font)
    picture = np.asarray(canvas)
    width = max(1, round(picture.shape[1] * height_px / picture.shape[0] * stretch))
    return np.asarray(
        cv2.resize(picture, (width, height_px), interpolation=cv2.INTER_AREA), np.uint8
    )


def draw_text(
    text: str, height_px: int, stretch: float = 0.8, typeface: str = "DejaVuSans-Bold"
) -> NDArray[np.uint8]:
    """Coverage (height_px, width) of a line of text, 0 to 255: names, wordmarks, boards."""
    if not text.strip():
        return np.zeros((height_px, 1), np.uint8)
    return _typeface_text(text, typeface, height_px, stretch)
