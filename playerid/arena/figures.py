"""Draws one person from a skeleton."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera
from playerid.arena.canvas import (
    LIMB,
    NEUTRAL,
    Array,
    Canvas,
    Polygons,
    Shape,
    draw_limb,
    outline_limbs,
)
from playerid.arena.head import draw_head
from playerid.arena.outfits import Outfit
from playerid.arena.poses import JOINT
from playerid.arena.torso import draw_torso

SHUTTER_S = 0.008
"""How long a camera's shutter is open."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """One person as drawn, cut to a rectangle of the picture.

    Attributes:
        left: column of the picture; may be negative.
        top: row of the picture.
        colour: (height, width, 3) RGB times coverage.
        alpha: (height, width) coverage, 0 to 255.
        digits: (height, width) bool, where digits of the number show.
        digits_full_px: how many pixels the digits would have, seen from straight ahead.
    """

    left: int
    top: int
    colour: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    digits: NDArray[np.bool_]
    digits_full_px: float


def see_bodies(
    joints_m: Array, facing_rad: Array, heights_m: Array, camera: Camera
) -> list[Shape | None]:
    """Project skeletons (N, J, 3); None for those not in front of the camera."""
    joints_px, depths = camera.project(joints_m)
    pelvis = joints_m[:, JOINT["pelvis"]]
    offset = np.array(camera.position_m) - pelvis
    view = np.arctan2(offset[:, 1], offset[:, 0]) - facing_rad
    scale = camera.focal_px * heights_m / np.maximum(depths[:, JOINT["pelvis"]], 0.1)
    return [
        Shape(joints_px[i], depths[i], float(scale[i]), float(view[i]))
        if depths[i].min() > 0.5
        else None
        for i in range(len(joints_m))
    ]


def draw_person(shape: Shape, outfit: Outfit, size_px: tuple[int, int]) -> Sprite | None:
    """Draw a person; None when nothing of the person is inside the picture."""
    canvas = _open_canvas(shape, size_px)
    if canvas is None:
        return None
    joints = canvas.place(shape.joints_px)
    polygons = outline_limbs(joints, shape.scale_px * canvas.over, outfit)
    order = _arm_order(shape)
    _draw_legs(canvas, polygons, shape, outfit)
    for side in order["far"]:
        _draw_arm(canvas, polygons, side, outfit)
    full = draw_torso(canvas, joints, polygons, shape, outfit)
    if math.cos(shape.view_rad) < 0.2:
        draw_head(canvas, joints, shape, outfit)
    for side in order["near"]:
        _draw_arm(canvas, polygons, side, outfit)
    if math.cos(shape.view_rad) >= 0.2:
        draw_head(canvas, joints, shape, outfit)
    return _close_canvas(canvas, shape, full)


def _open_canvas(shape: Shape, size_px: tuple[int, int]) -> Canvas | None:
    margin = 0.13 * shape.scale_px + 2
    low = np.maximum(np.floor(shape.joints_px.min(axis=0) - margin), -60).astype(int)
    high = np.ceil(shape.joints_px.max(axis=0) + margin).astype(int)
    high = np.minimum(high, [size_px[0] + 60, size_px[1] + 60])
    width, height = int(high[0] - low[0]), int(high[1] - low[1])
    outside = low[0] >= size_px[0] or low[1] >= size_px[1] or high[0] <= 0 or high[1] <= 0
    if outside or width < 3 or height < 3:
        return None
    over = 2 if shape.scale_px < 400 else 1
    extent = (height * over, width * over)
    return Canvas(
        low.astype(float),
        over,
        np.zeros((*extent, 3), np.uint8),
        np.zeros(extent, np.uint8),
        np.full(extent, NEUTRAL, np.uint8),
        np.zeros(extent, np.uint8),
    )


def _close_canvas(canvas: Canvas, shape: Shape, full: float) -> Sprite:
    soft = max(1, round(0.02 * shape.scale_px * canvas.over)) | 1
    shade = cv2.blur(cv2.blur(canvas.shade, (soft, soft)), (soft, soft))
    colour = cv2.multiply(canvas.colour, cv2.merge([shade] * 3), scale=1 / NEUTRAL)
    alpha, digits = canvas.mask, canvas.digits
    if canvas.over > 1:
        size = (int(alpha.shape[1]) // canvas.over, int(alpha.shape[0]) // canvas.over)
        colour = cv2.resize(colour, size, interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
        digits = cv2.resize(digits, size, interpolation=cv2.INTER_AREA)
    left, top = canvas.origin.astype(int).tolist()
    return Sprite(left, top, colour, alpha, digits > 100, full)


def _arm_order(shape: Shape) -> dict[str, tuple[str, ...]]:
    trunk = (shape.depths_m[JOINT["pelvis"]] + shape.depths_m[JOINT["neck"]]) / 2
    far = tuple(
        side
        for side in "lr"
        if shape.depths_m[[JOINT[f"elbow_{side}"], JOINT[f"wrist_{side}"]]].mean() > trunk + 0.03
    )
    return {"far": far, "near": tuple(side for side in "lr" if side not in far)}


def _draw_arm(canvas: Canvas, polygons: Polygons, side: str, outfit: Outfit) -> None:
    index = "lr".index(side)
    draw_limb(canvas, polygons, f"hand_{side}", outfit.skin)
    draw_limb(canvas, polygons, f"fore_{side}", outfit.forearms[index])
    draw_limb(canvas, polygons, f"upper_{side}", outfit.upper_arms[index])


def _draw_legs(canvas: Canvas, polygons: Polygons, shape: Shape, outfit: Outfit) -> None:
    depths = [shape.depths_m[[JOINT[f"knee_{s}"], JOINT[f"ankle_{s}"]]].mean() for s in "lr"]
    sides = "lr" if depths[0] > depths[1] else "rl"
    for side in sides:
        index = "lr".index(side)
        draw_limb(canvas, polygons, f"foot_{side}", outfit.shoes)
        draw_limb(canvas, polygons, f"shin_{side}", outfit.shins[index])
        draw_limb(canvas, polygons, f"calf_{side}", outfit.shins[index])
        draw_limb(canvas, polygons, f"sock_{side}", outfit.socks)
        draw_limb(canvas, polygons, f"thigh_{side}", outfit.thighs[index])
        draw_limb(canvas, polygons, f"shorts_{side}", outfit.shorts, 150)
        if outfit.stripe != outfit.shorts:
            _draw_stripe(canvas, polygons, side, shape, outfit)
    draw_limb(canvas, polygons, "hips", outfit.shorts, 170)


def _draw_stripe(
    canvas: Canvas, polygons: Polygons, side: str, shape: Shape, outfit: Outfit
) -> None:
    """The side of the shorts, as far as it is turned to the camera."""
    turn = shape.view_rad - (math.pi / 2 if side == "l" else -math.pi / 2)
    if math.cos(turn) < -0.1:
        return
    outline = polygons[0][LIMB[f"shorts_{side}"]].astype(float)
    right, left = outline[[0, 11]], outline[[5, 6]]
    if right[:, 0].mean() < left[:, 0].mean():
        right, left = left, right
    middle, half = (right + left) / 2, (right - left) / 2
    centre = -math.sin(turn)
    ends = [middle + half * float(np.clip(centre + d, -1, 1)) for d in (-0.3, 0.3)]
    quad = np.array([ends[0][0], ends[1][0], ends[1][1], ends[0][1]])
    cv2.fillConvexPoly(canvas.colour, quad.astype(np.int32), outfit.stripe, cv2.LINE_8, 4)


def blur_person(sprite: Sprite, velocity_mps: Array, camera: Camera, shape: Shape) -> Sprite:
    """Smear a sprite sideways by how far it moves while the shutter is open."""
    right = camera.rotation[0, :2]
    metre_px = camera.focal_px / max(float(shape.depths_m.mean()), 0.5)
    travel = float(velocity_mps @ right) * metre_px * SHUTTER_S
    travel -= camera.pan_rate_radps * camera.focal_px * SHUTTER_S
    if abs(travel) < 1.5:
        return sprite
    kernel = (round(abs(travel)) + 1, 1)
    return Sprite(
        sprite.left,
        sprite.top,
        cv2.blur(sprite.colour, kernel, borderType=cv2.BORDER_CONSTANT),
        cv2.blur(sprite.alpha, kernel, borderType=cv2.BORDER_CONSTANT),
        sprite.digits,
        sprite.digits_full_px,
    )
