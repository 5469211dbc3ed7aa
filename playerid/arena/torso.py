"""Draws the trunk: skin, cloth that wraps around it, and the number on the cloth."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.canvas import NEUTRAL, Array, Canvas, Polygons, Shape, draw_limb
from playerid.arena.kit import BACK_U, FRONT_U
from playerid.arena.outfits import Outfit
from playerid.arena.poses import JOINT

# Outlines of the torso's cloth: across in half widths, down from the neck to the hem.
_VEST = np.array(
    [(0.0, 0.12), (0.22, 0.08), (0.36, 0.0), (0.56, 0.02), (0.62, 0.16), (0.72, 0.27), (0.93, 0.34),
     (0.92, 0.55), (0.86, 0.78), (0.94, 1.0)]
)  # fmt: skip
_SHIRT = np.array(
    [(0.0, 0.05), (0.25, 0.02), (0.4, -0.01), (0.8, 0.05), (1.02, 0.16), (1.0, 0.34), (0.94, 0.6),
     (0.9, 0.8), (0.96, 1.0)]
)  # fmt: skip


def draw_torso(
    canvas: Canvas,
    joints: Array,
    polygons: Polygons,
    shape: Shape,
    outfit: Outfit,
) -> float:
    """Draw trunk, cloth and number; returns the pixels of the number if seen from ahead."""
    scale = shape.scale_px * canvas.over
    draw_limb(canvas, polygons, "neck", outfit.skin, 150)
    draw_limb(canvas, polygons, "yoke", outfit.upper_arms[0] if outfit.has_sleeves else outfit.skin)
    pelvis, neck = joints[JOINT["pelvis"]], joints[JOINT["neck"]]
    axis = pelvis - neck
    length = max(float(np.hypot(*axis)), 0.06 * scale)
    along = axis / max(float(np.hypot(*axis)), 1e-6)
    across = np.array([along[1], -along[0]])
    half = (
        scale
        * outfit.breadth
        * math.hypot(0.104 * math.cos(shape.view_rad), 0.075 * math.sin(shape.view_rad))
    )
    top, long = neck - along * 0.012 * scale, length + 0.045 * scale
    cloth, alpha, digits, ratio = _unroll(outfit, shape.view_rad, long, half)
    rows, columns = alpha.shape
    corners = np.array(
        [top - across * half, top + across * half, top - across * half + along * long]
    )
    source = np.array([[0, 0], [columns, 0], [0, rows]], np.float32)
    matrix = cv2.getAffineTransform(source, corners.astype(np.float32))
    _stamp(canvas, (cloth, alpha, digits), matrix)
    return ratio * abs(float(np.linalg.det(matrix[:, :2]))) / canvas.over**2


def _unroll(
    outfit: Outfit, view_rad: float, long: float, half: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], float]:
    """The cloth as seen from one side, flat: colour, outline, digits, and full digit area."""
    level = 0
    while level + 1 < len(outfit.textures) and outfit.textures[level + 1].shape[0] >= long * 0.9:
        level += 1
    texture, digits = outfit.textures[level], outfit.digits[level]
    rows, around = texture.shape[:2]
    columns = max(6, round(rows * 2 * half / long))
    across = (np.arange(columns) + 0.5) / columns * 2 - 1
    angle = np.arcsin(across) * 0.95
    is_front = math.cos(view_rad) > 0
    u = FRONT_U + (view_rad + angle) / (2 * math.pi)
    pick = (u * around).astype(int) % around
    shade = 0.66 + 0.42 * np.cos(np.clip(angle + 0.35, -1.5, 1.5))
    seen = np.take(texture, pick, axis=1)
    seen = np.clip(seen * shade[None, :, None], 0, 255).astype(np.uint8)
    centre = FRONT_U if is_front else BACK_U
    distance = np.abs((u - centre + 0.5) % 1 - 0.5)
    number = np.take(digits, pick, axis=1) * (distance < 0.23)[None]
    alpha = np.zeros((rows, columns), np.uint8)
    outline = _SHIRT if outfit.has_sleeves else _VEST
    both = np.concatenate([outline, outline[::-1] * np.array([-1, 1])])
    points = (both + np.array([1, 0])) * np.array([columns / 2, rows])
    cv2.fillPoly(alpha, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    window = slice(int((centre - 0.23) * around), int((centre + 0.23) * around))
    full = float(np.count_nonzero(digits[:, window] > 100))
    per_column = 0.95 / math.pi * around / columns  # texture columns of a middle column
    return seen, alpha, number.astype(np.uint8), full / per_column


def _stamp(
    canvas: Canvas,
    layers: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]],
    matrix: Array,
) -> None:
    """Put the torso's cloth on the canvas."""
    cloth, alpha, digits = layers
    rows, columns = alpha.shape
    corners = np.array([[0, 0, 1], [columns, 0, 1], [columns, rows, 1], [0, rows, 1]]) @ matrix.T
    height, width = canvas.mask.shape
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 1, 0, [width, height])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 1, 0, [width, height])
    size = (high - low).tolist()
    if min(size) <= 0:
        return
    moved = matrix.copy()
    moved[:, 2] -= low
    window = np.s_[low[1] : high[1], low[0] : high[0]]
    cover = cv2.warpAffine(alpha, moved, size)
    colour = cv2.warpAffine(cloth, moved, size, borderMode=cv2.BORDER_REPLICATE)
    number = cv2.warpAffine(digits, moved, size)
    inside = (cover > 127).astype(np.uint8)
    cv2.copyTo(colour, inside, canvas.colour[window])
    cv2.copyTo(number, inside, canvas.digits[window])
    canvas.mask[window][inside > 0] = 255
    canvas.shade[window][inside > 0] = NEUTRAL
