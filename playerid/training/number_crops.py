"""Crops of jersey numbers to train on: drawn at random, and real ones drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Rng = np.random.Generator
Picture = NDArray[np.uint8]

GLYPH_PX = 64
FONT_PACKAGES = ("matplotlib", "hotcoco", "prefect")
FONTS = (
    "DejaVuSans-Bold.ttf",
    "DejaVuSansMono-Bold.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSans-BoldOblique.ttf",
    "STIXGeneralBol.ttf",
    "cmb10.ttf",
    "Geist-VariableFont_wght.ttf",
    "GeistMono-VariableFont_wght.ttf",
)
UNSEEN_FONTS = ("IBMPlexSans-SemiBold.ttf", "DejaVuSans.ttf", "STIXGeneralBolIta.ttf")
"""Never trained on: they tell how the reader fares on lettering it does not know."""

_UPPER_LOOP = [(0, 1), (1, 0), (3, 0), (4, 1), (4, 3), (3, 4), (1, 4), (0, 3), (0, 1)]
_LOWER_LOOP = [(x, y + 4) for x, y in _UPPER_LOOP]
_BLOCK_DIGITS: dict[str, list[list[tuple[float, float]]]] = {
    "0": [[(0, 1), (1, 0), (3, 0), (4, 1), (4, 7), (3, 8), (1, 8), (0, 7), (0, 1)]],
    "1": [[(0.8, 1.2), (2.2, 0), (2.2, 8)]],
    "2": [[(0, 1), (1, 0), (3, 0), (4, 1), (4, 3), (0, 7), (0, 8), (4, 8)]],
    "3": [
        [(0, 1), (1, 0), (3, 0), (4, 1), (4, 3), (3, 4), (1.5, 4)],
        [(3, 4), (4, 5), (4, 7), (3, 8), (1, 8), (0, 7)],
    ],
    "4": [[(3, 8), (3, 0), (0, 5.4), (4.4, 5.4)]],
    "5": [[(4, 0), (0, 0), (0, 3.5), (3, 3.5), (4, 4.5), (4, 7), (3, 8), (1, 8), (0, 7)]],
    "6": [_LOWER_LOOP, [(4, 1), (3, 0), (1, 0), (0, 1), (0, 5)]],
    "7": [[(0, 0), (4, 0), (4, 1), (1.6, 8)]],
    "8": [_UPPER_LOOP, _LOWER_LOOP],
    "9": [_UPPER_LOOP, [(0, 7), (1, 8), (3, 8), (4, 7), (4, 3)]],
}
"""Strokes of block digits on a grid 4 wide and 8 high, x to the right and y down."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """How a kit writes its digits.

    Attributes:
        font: a TrueType file, or None for block digits.
        stroke: width of a stroke of block digits, in units of their grid.
        slant: share of the height by which the top leans to the right.
        width: digits are stretched by it.
    """

    font: Path | None
    stroke: float
    slant: float
    width: float


@lru_cache(maxsize=4)
def font_files(names: Sequence[str]) -> tuple[Path, ...]:
    """Those of the named TrueType files that installed packages bring along."""
    found: dict[str, Path] = {}
    for package in FONT_PACKAGES:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for path in Path(folder).rglob("*.ttf"):
                found.setdefault(path.name, path)
    return tuple(found[name] for name in names if name in found)


@lru_cache(maxsize=4096)
def _font_glyph(path: Path, text: str) -> Picture:
    font = ImageFont.truetype(str(path), 2 * GLYPH_PX)
    if "Variable" in path.name:
        font.set_variation_by_axes([800])
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (int(right - left), int(bottom - top)))
    ImageDraw.Draw(image).text((-left, -top), text, fill=255, font=font)
    width = max(4, round(image.width * GLYPH_PX / image.height))
    return np.asarray(image.resize((width, GLYPH_PX), Image.Resampling.BOX), np.uint8)


@lru_cache(maxsize=4096)
def _block_glyph(text: str, stroke: float) -> Picture:
    unit = 2 * GLYPH_PX / (8 + stroke)
    offset = stroke / 2
    height, width = 2 * GLYPH_PX, round((4.4 + stroke) * unit)
    picture = np.zeros((height, width), np.uint8)
    for line in _BLOCK_DIGITS[text]:
        points = ((np.array(line, float) + offset) * unit).round().astype(np.int32)
        cv2.polylines(picture, [points], False, 255, round(stroke * unit), cv2.LINE_AA)
    columns = np.flatnonzero(picture.any(axis=0))
    picture = picture[:, columns[0] : columns[-1] + 1]
    size = (max(4, picture.shape[1] // 2), GLYPH_PX)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def draw_lettering(rng: Rng, fonts: Sequence[Path], block_share: float) -> Lettering:
    """Choose how a kit writes its digits."""
    font = None if not fonts or rng.random() < block_share else fonts[rng.integers(len(fonts))]
    slant = rng.uniform(-0.1, 0.25) if rng.random() < 0.3 else 0.0
    return Lettering(
        font, float(rng.choice([1.0, 1.3, 1.6, 1.9, 2.2])), slant, rng.uniform(0.5, 1.1)
    )


def number_mask(rng: Rng, number: str, lettering: Lettering) -> Picture:
    """The digits of a number, white on black, `GLYPH_PX` high."""
    gap = np.zeros((GLYPH_PX, int(rng.integers(1, 10))), np.uint8)
    pieces: list[Picture] = []
    for digit in number:
        if lettering.font is None:
            glyph = _block_glyph(digit, lettering.stroke)
        else:
            glyph = _font_glyph(lettering.font, digit)
        pieces += [gap, glyph] if pieces else [glyph]
    mask = np.hstack(pieces)
    lean = abs(lettering.slant) * GLYPH_PX
    width = round((mask.shape[1] + lean) * lettering.width)
    shift = lean if lettering.slant > 0 else 0.0
    warp = np.array([[1, -lettering.slant, shift], [0, 1, 0]]) * [[lettering.width], [1]]
    return np.asarray(cv2.warpAffine(mask, warp, (width, GLYPH_PX)), np.uint8)


def _colours(rng: Rng) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Fabric, digits, outline, RGB 0 to 255; digits stand out from the fabric."""
    while True:
        fabric, digits, outline = rng.uniform(0, 255, (3, 3))
        for colour in (fabric, digits, outline):
            draw = rng.random()
            if draw < 0.25:
                colour[:] = rng.uniform(190, 255)
            elif draw < 0.45:
                colour[:] = rng.uniform(0, 60)
        if np.abs(fabric - digits).max() > 90 and abs(np.mean(fabric - digits)) > 25:
            return fabric, digits, outline


def _scene(rng: Rng, mask: Picture) -> Picture:
    """The digits on fabric with folds, perhaps with outlines, letters above and other things."""
    high, wide = int(GLYPH_PX * 2.6), mask.shape[1] + int(GLYPH_PX * 1.6)
    fabric, digits, outline = _colours(rng)
    picture = np.full((high, wide, 3), fabric, np.float32)
    top, left = (high - GLYPH_PX) // 2, (wide - mask.shape[1]) // 2
    plane = np.zeros((high, wide), np.uint8)
    plane[top : top + GLYPH_PX, left : left + mask.shape[1]] = mask
    if rng.random() < 0.35:
        letters = "".join(rng.choice(list("ACEHILMNORSTUVW"), 6))
        scale = rng.uniform(0.8, 1.3)
        y = top - int(rng.integers(4, 16))
        cv2.putText(plane, letters, (int(rng.integers(0, wide // 3)), y), 2, scale, 255, 3)
    if rng.random() < 0.6:
        size = int(rng.integers(2, 8))
        ring = cv2.dilate(plane, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1,) * 2))
        if rng.random() < 0.2:
            ring = np.roll(ring, rng.integers(-5, 6, 2), (0, 1))
        picture += (outline - picture) * (ring[..., None] / np.float32(255))
    picture += (digits - picture) * (plane[..., None] / np.float32(255))
    waves = rng.normal(0, rng.uniform(0, 0.25), (int(rng.integers(2, 6)), int(rng.integers(2, 6))))
    folds = cv2.resize(waves.astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    picture *= 1 + folds[..., None]
    if rng.random() < 0.5:
        _add_edges(rng, picture, left, mask.shape[1])
    return np.clip(picture, 0, 255).astype(np.uint8)


def _add_edges(rng: Rng, picture: NDArray[np.float32], left: int, width: int) -> None:
    """Draw what stands beside the jersey: an arm, the floor, trim; the digits stay whole."""
    high, wide = picture.shape[:2]
    for side in rng.permutation(2)[: rng.integers(1, 3)]:
        near, far = (left - 6, -40) if side == 0 else (left + width + 6, wide + 40)
        inner = near + (far - near) * rng.uniform(0.0, 0.6, 2)
        corners = [(inner[0], -9), (inner[1], high + 9), (far, high + 9), (far, -9)]
        colour = tuple(rng.uniform(0, 255, 3))
        cv2.fillPoly(picture, [np.array(corners, np.int32)], colour, cv2.LINE_AA)


def render_number_crop(
    rng: Rng, number: str, fonts: Sequence[Path], block_share: float = 0.5
) -> Picture:
    """Draw one crop of a number box with about 10 px of padding, (height, width, 3) RGB.

    Args:
        rng: Decides lettering, colours, view, blur, noise and compression.
        number: What is to be read; "" draws fabric without a whole number.
        fonts: TrueType files to letter with, beside the block digits.
        block_share: how often block digits are used.
    """
    shown = number or str(rng.integers(0, 100))
    mask = number_mask(rng, shown, draw_lettering(rng, fonts, block_share))
    blank = not number and rng.random() < 0.4
    scene = _scene(rng, np.zeros_like(mask) if blank else mask)
    centre = np.array([scene.shape[1], scene.shape[0]]) / 2
    half = np.array([mask.shape[1], GLYPH_PX]) / 2
    if not number and not blank:
        cut = rng.uniform(0.9, 1.4, 2) * half * rng.choice([-1, 1], 2)
        centre += cut * rng.permutation([1, int(rng.random() < 0.3)])
    digit_px = rng.uniform(11, 34)
    margins = rng.uniform(0.15, 0.6, 4) * GLYPH_PX
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners += np.sign(corners) * margins[[[0, 2], [1, 2], [1, 3], [0, 3]]]
    size = np.ptp(corners, axis=0) * digit_px / GLYPH_PX
    corners = turn(rng, corners) + rng.normal(0, 0.05, (4, 2)) * GLYPH_PX + centre
    return _film(rng, scene, corners, (max(8, round(size[0])), max(8, round(size[1]))))


def turn(rng: Rng, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn and shear points about the origin a little, as a player leans; narrow turned ones."""
    angle, shear = rng.normal(0, 0.12), rng.normal(0, 0.1)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    narrow = 1 + abs(rng.normal(0, 0.35))
    return np.asarray(points @ (turned @ [[narrow, shear], [shear * rng.normal(), 1]]).T)


def _film(rng: Rng, scene: Picture, corners: NDArray[np.float64], size: tuple[int, int]) -> Picture:
    """Look at a quadrilateral of the scene through a camera, at twice the size, then shrink."""
    double = (2 * size[0], 2 * size[1])
    target = np.array([[0, 0], [double[0], 0], double, [0, double[1]]], np.float32)
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    picture = cv2.warpPerspective(scene, warp, double, borderMode=cv2.BORDER_REPLICATE)
    picture = blur(rng, picture, 2.0)
    return degrade(rng, cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def blur(rng: Rng, picture: Picture, scale: float) -> Picture:
    """Blur as defocus or motion does; `scale` is pixels of the picture per pixel of the video."""
    draw = rng.random()
    if draw < 0.4:
        return np.asarray(
            cv2.GaussianBlur(picture, (0, 0), scale * rng.uniform(0.3, 1.3)), np.uint8
        )
    if draw < 0.7:
        length = max(3, round(scale * rng.uniform(1, 5)))
        kernel = np.zeros((length, length), np.float32)
        angle, middle = rng.normal(0, 0.6), (length - 1) / 2
        reach = middle * np.array([np.cos(angle), np.sin(angle)])
        ends = [tuple(round(v) for v in middle + sign * reach) for sign in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0)
        return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)
    return picture


def degrade(rng: Rng, picture: Picture) -> Picture:
    """Vary light, add sensor noise, sharpen and compress as a broadcast does."""
    values = picture.astype(np.float32)
    values = (values - values.mean()) * rng.uniform(0.55, 1.25) + values.mean() + rng.normal(0, 18)
    values *= rng.uniform(0.88, 1.12, 3)
    if rng.random() < 0.3:
        values += (values - cv2.GaussianBlur(values, (0, 0), 1.0)) * rng.uniform(0.3, 1.5)
    if rng.random() < 0.5:
        values += rng.normal(0, rng.uniform(1, 9), values.shape)
    picture = np.clip(values, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        quality = int(rng.integers(25, 90))
        encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        picture = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return picture


def redraw_crop(rng: Rng, crop: Picture, height_px: int, width_px: int) -> Picture:
    """Show a real crop in another light, from slightly elsewhere, cut a little differently.

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
    picture = cv2.warpPerspective(crop, warp, (width_px, height_px), borderMode=border)
    if rng.random() < 0.4:
        picture = np.ascontiguousarray(picture[..., rng.permutation(3)])
    if rng.random() < 0.15:
        picture = 255 - picture
    if rng.random() < 0.5:
        picture = blur(rng, picture, 0.8)
    return degrade(rng, picture)
