"""The layers a person is drawn on, and the limbs that are drawn there."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.kit import Colour
from playerid.arena.outfits import Outfit
from playerid.arena.poses import JOINT

Array = NDArray[np.float64]
Polygon = NDArray[np.int32]  # points of a canvas, sixteenths of a pixel
Polygons = tuple[Polygon, Polygon]
NEUTRAL = 200  # shade that leaves a colour as it is

# Tapered limbs: joints, radii in body heights, share of the way at which they end.
LIMBS: dict[str, tuple[str, str, float, float, float]] = {
    "foot_l": ("ankle_l", "toe_l", 0.025, 0.021, 1.0),
    "foot_r": ("ankle_r", "toe_r", 0.025, 0.021, 1.0),
    "shin_l": ("knee_l", "ankle_l", 0.034, 0.019, 1.0),
    "shin_r": ("knee_r", "ankle_r", 0.034, 0.019, 1.0),
    "calf_l": ("knee_l", "ankle_l", 0.031, 0.034, 0.36),
    "calf_r": ("knee_r", "ankle_r", 0.031, 0.034, 0.36),
    "sock_l": ("ankle_l", "knee_l", 0.021, 0.027, 0.3),
    "sock_r": ("ankle_r", "knee_r", 0.021, 0.027, 0.3),
    "thigh_l": ("hip_l", "knee_l", 0.055, 0.036, 1.0),
    "thigh_r": ("hip_r", "knee_r", 0.055, 0.036, 1.0),
    "shorts_l": ("hip_l", "knee_l", 0.061, 0.062, 0.9),
    "shorts_r": ("hip_r", "knee_r", 0.061, 0.062, 0.9),
    "upper_l": ("shoulder_l", "elbow_l", 0.034, 0.025, 1.0),
    "upper_r": ("shoulder_r", "elbow_r", 0.034, 0.025, 1.0),
    "fore_l": ("elbow_l", "wrist_l", 0.026, 0.017, 1.0),
    "fore_r": ("elbow_r", "wrist_r", 0.026, 0.017, 1.0),
    "hand_l": ("wrist_l", "hand_l", 0.019, 0.021, 1.0),
    "hand_r": ("wrist_r", "hand_r", 0.019, 0.021, 1.0),
    "neck": ("neck", "head", 0.033, 0.031, 0.6),
    "yoke": ("shoulder_l", "shoulder_r", 0.036, 0.036, 1.0),
    "hips": ("hip_l", "hip_r", 0.066, 0.066, 1.0),
}
LIMB = {name: i for i, name in enumerate(LIMBS)}
_FROM = np.array([JOINT[v[0]] for v in LIMBS.values()])
_TO = np.array([JOINT[v[1]] for v in LIMBS.values()])
_RADII = np.array([v[2:4] for v in LIMBS.values()])
_END = np.array([v[4] for v in LIMBS.values()])
_BULGE = np.ones((len(LIMBS), 12))
_SHORTS = [LIMB["shorts_l"], LIMB["shorts_r"]]
_BULGE[_SHORTS, 6:] = 0.15  # a hem is flat
_CIRCLE = np.stack(
    [f(np.linspace(0, 2 * math.pi, 14, endpoint=False)) for f in (np.cos, np.sin)], axis=-1
)
_CAP = np.linspace(-math.pi / 2, math.pi / 2, 6)


@dataclass(frozen=True, slots=True)
class Shape:
    """One skeleton as the camera sees it.

    Attributes:
        joints_px: (J, 2).
        depths_m: (J,).
        scale_px: pixels of one body height at the pelvis.
        view_rad: direction from the body to the camera against the chest's, counter-clockwise.
    """

    joints_px: Array
    depths_m: Array
    scale_px: float
    view_rad: float


@dataclass(frozen=True, slots=True)
class Canvas:
    """Layers a person is drawn on, `over` times finer than the picture."""

    origin: Array
    over: int
    colour: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    shade: NDArray[np.uint8]
    digits: NDArray[np.uint8]

    def place(self, points_px: Array) -> Array:
        """Points of the picture as points of the canvas."""
        return (points_px - self.origin) * self.over

    def fill(self, points: Polygon, colour: Colour, shade: int = NEUTRAL) -> None:
        """Draw a convex polygon on every layer."""
        cv2.fillConvexPoly(self.colour, points, colour, cv2.LINE_8, 4)
        cv2.fillConvexPoly(self.mask, points, 255, cv2.LINE_8, 4)
        cv2.fillConvexPoly(self.shade, points, shade, cv2.LINE_8, 4)
        cv2.fillConvexPoly(self.digits, points, 0, cv2.LINE_8, 4)

    def light(self, points: Polygon, shade: int) -> None:
        """Make a convex polygon lighter or darker."""
        cv2.fillConvexPoly(self.shade, points, shade, cv2.LINE_8, 4)


def fix(points: Array) -> Polygon:
    """Points of a canvas in the sixteenths of a pixel that OpenCV draws with."""
    return np.asarray(np.rint(points * 16), np.int32)


def outline_limbs(joints: Array, scale: float, outfit: Outfit) -> Polygons:
    """Outlines and inner, lit outlines of all limbs: each (L, 12, 2), fixed."""
    start = joints[_FROM]
    share = _END.copy()
    share[_SHORTS] = outfit.hem
    end = start + (joints[_TO] - start) * share[:, None]
    radii = _RADII * scale * outfit.breadth
    direction = np.arctan2(end[:, 1] - start[:, 1], end[:, 0] - start[:, 0])
    turn = np.concatenate([_CAP + math.pi, _CAP])[None]
    bulge = np.cos(turn) * _BULGE
    angles = direction[:, None]
    circle = np.stack(
        [
            bulge * np.cos(angles) - np.sin(turn) * np.sin(angles),
            bulge * np.sin(angles) + np.sin(turn) * np.cos(angles),
        ],
        axis=-1,
    )
    centre = np.concatenate(
        [np.repeat(start[:, None], 6, axis=1), np.repeat(end[:, None], 6, axis=1)], axis=1
    )
    radius = np.repeat(radii, 6, axis=1)[..., None]
    lit = centre + circle * radius * 0.62 - radius * np.array([0.12, 0.22])
    return fix(centre + circle * radius), fix(lit)


def draw_limb(
    canvas: Canvas, polygons: Polygons, name: str, colour: Colour, dark: int = 150
) -> None:
    """Draw one of `LIMBS`, dark at the edge and light towards the lamps."""
    index = LIMB[name]
    canvas.fill(polygons[0][index], colour, dark)
    canvas.light(polygons[1][index], 236)


def draw_ellipse(centre: Array, radii: tuple[float, float], tilt_rad: float) -> Polygon:
    """(14, 2) fixed points of an ellipse."""
    cos, sin = math.cos(tilt_rad), math.sin(tilt_rad)
    axes = np.array([[radii[0] * cos, radii[0] * sin], [-radii[1] * sin, radii[1] * cos]])
    return fix(centre + _CIRCLE @ axes)
