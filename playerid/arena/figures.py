"""Draws one person from a skeleton: limbs, head, clothes, number."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera
from playerid.arena.kit import BACK_U, FRONT_U, Colour
from playerid.arena.outfits import Outfit
from playerid.arena.poses import JOINT

Array = NDArray[np.float64]
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
_CAP = np.linspace(-math.pi / 2, math.pi / 2, 6)

# Outlines of the torso's cloth: across in half widths, down from the neck to the hem.
_VEST = np.array(
    [(0.0, 0.12), (0.22, 0.08), (0.36, 0.0), (0.56, 0.02), (0.62, 0.16), (0.72, 0.27), (0.93, 0.34),
     (0.92, 0.55), (0.86, 0.78), (0.94, 1.0)]
)  # fmt: skip
_SHIRT = np.array(
    [(0.0, 0.05), (0.25, 0.02), (0.4, -0.01), (0.8, 0.05), (1.02, 0.16), (1.0, 0.34), (0.94, 0.6),
     (0.9, 0.8), (0.96, 1.0)]
)  # fmt: skip


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
class _Canvas:
    """Layers a person is drawn on, `over` times finer than the picture."""

    origin: Array
    over: int
    colour: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    shade: NDArray[np.uint8]
    digits: NDArray[np.uint8]

    def place(self, points_px: Array) -> Array:
        return (points_px - self.origin) * self.over

    def fill(self, polygon: Array, colour: Colour) -> None:
        """Draw a convex polygon of canvas points on every layer."""
        points = np.round(polygon * 16).astype(np.int32)
        cv2.fillConvexPoly(self.colour, points, colour, cv2.LINE_8, 4)
        cv2.fillConvexPoly(self.mask, points, 255, cv2.LINE_8, 4)
        cv2.fillConvexPoly(self.shade, points, NEUTRAL, cv2.LINE_8, 4)
        cv2.fillConvexPoly(self.digits, points, 0, cv2.LINE_8, 4)

    def light(self, polygon: Array, shade: int) -> None:
        points = np.round(polygon * 16).astype(np.int32)
        cv2.fillConvexPoly(self.shade, points, shade, cv2.LINE_8, 4)


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
    polygons = _limb_polygons(joints, shape.scale_px * canvas.over, outfit)
    order = _arm_order(shape)
    _draw_legs(canvas, polygons, shape, outfit)
    for side in order["far"]:
        _draw_arm(canvas, polygons, side, outfit)
    full = _draw_torso(canvas, joints, polygons, shape, outfit)
    if math.cos(shape.view_rad) < 0.2:
        _draw_head(canvas, joints, polygons, shape, outfit)
    for side in order["near"]:
        _draw_arm(canvas, polygons, side, outfit)
    if math.cos(shape.view_rad) >= 0.2:
        _draw_head(canvas, joints, polygons, shape, outfit)
    return _close_canvas(canvas, shape, full)


def _open_canvas(shape: Shape, size_px: tuple[int, int]) -> _Canvas | None:
    margin = 0.13 * shape.scale_px + 2
    low = np.maximum(np.floor(shape.joints_px.min(axis=0) - margin), -60).astype(int)
    high = np.ceil(shape.joints_px.max(axis=0) + margin).astype(int)
    high = np.minimum(high, [size_px[0] + 60, size_px[1] + 60])
    width, height = (high - low).tolist()
    outside = low[0] >= size_px[0] or low[1] >= size_px[1] or high[0] <= 0 or high[1] <= 0
    if outside or width < 3 or height < 3:
        return None
    over = 2 if shape.scale_px < 400 else 1
    extent = (height * over, width * over)
    return _Canvas(
        low.astype(float),
        over,
        np.zeros((*extent, 3), np.uint8),
        np.zeros(extent, np.uint8),
        np.full(extent, NEUTRAL, np.uint8),
        np.zeros(extent, np.uint8),
    )


def _close_canvas(canvas: _Canvas, shape: Shape, full: float) -> Sprite:
    size = max(1, round(0.013 * shape.scale_px * canvas.over)) | 1
    shade = cv2.blur(cv2.blur(canvas.shade, (size, size)), (size, size))
    colour = cv2.multiply(canvas.colour, cv2.merge([shade] * 3), scale=1 / NEUTRAL)
    alpha, digits = canvas.mask, canvas.digits
    if canvas.over > 1:
        size = (alpha.shape[1] // canvas.over, alpha.shape[0] // canvas.over)
        colour = cv2.resize(colour, size, interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
        digits = cv2.resize(digits, size, interpolation=cv2.INTER_AREA)
    left, top = canvas.origin.astype(int).tolist()
    return Sprite(left, top, colour, alpha, digits > 100, full)


def _limb_polygons(joints: Array, scale: float, outfit: Outfit) -> tuple[Array, Array]:
    """Outlines and inner, lit outlines of all limbs: each (L, 12, 2)."""
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
    lit = centre + circle * radius * 0.55 - radius * np.array([0.12, 0.22])
    return centre + circle * radius, lit


def _draw_limb(
    canvas: _Canvas, polygons: tuple[Array, Array], name: str, colour: Colour, dark: int = 158
) -> None:
    index = LIMB[name]
    canvas.fill(polygons[0][index], colour)
    canvas.light(polygons[0][index], dark)
    canvas.light(polygons[1][index], 236)


def _arm_order(shape: Shape) -> dict[str, tuple[str, ...]]:
    trunk = (shape.depths_m[JOINT["pelvis"]] + shape.depths_m[JOINT["neck"]]) / 2
    far = tuple(
        side
        for side in "lr"
        if shape.depths_m[[JOINT[f"elbow_{side}"], JOINT[f"wrist_{side}"]]].mean() > trunk + 0.03
    )
    return {"far": far, "near": tuple(side for side in "lr" if side not in far)}


def _draw_arm(canvas: _Canvas, polygons: tuple[Array, Array], side: str, outfit: Outfit) -> None:
    index = "lr".index(side)
    _draw_limb(canvas, polygons, f"hand_{side}", outfit.skin)
    _draw_limb(canvas, polygons, f"fore_{side}", outfit.forearms[index])
    _draw_limb(canvas, polygons, f"upper_{side}", outfit.upper_arms[index])


def _draw_legs(
    canvas: _Canvas, polygons: tuple[Array, Array], shape: Shape, outfit: Outfit
) -> None:
    depths = [shape.depths_m[[JOINT[f"knee_{s}"], JOINT[f"ankle_{s}"]]].mean() for s in "lr"]
    sides = "lr" if depths[0] > depths[1] else "rl"
    for side in sides:
        index = "lr".index(side)
        _draw_limb(canvas, polygons, f"foot_{side}", outfit.shoes)
        _draw_limb(canvas, polygons, f"shin_{side}", outfit.shins[index])
        _draw_limb(canvas, polygons, f"calf_{side}", outfit.shins[index])
        _draw_limb(canvas, polygons, f"sock_{side}", outfit.socks)
        _draw_limb(canvas, polygons, f"thigh_{side}", outfit.thighs[index])
        _draw_limb(canvas, polygons, f"shorts_{side}", outfit.shorts, 150)
        if outfit.stripe != outfit.shorts:
            _draw_stripe(canvas, polygons, side, shape, outfit)
    _draw_limb(canvas, polygons, "hips", outfit.shorts, 170)


def _draw_stripe(
    canvas: _Canvas, polygons: tuple[Array, Array], side: str, shape: Shape, outfit: Outfit
) -> None:
    """The side of the shorts, as far as it is turned to the camera."""
    turn = shape.view_rad - (math.pi / 2 if side == "l" else -math.pi / 2)
    if math.cos(turn) < -0.1:
        return
    outline = polygons[0][LIMB[f"shorts_{side}"]]
    right, left = outline[[0, 11]], outline[[5, 6]]
    if right[:, 0].mean() < left[:, 0].mean():
        right, left = left, right
    middle, half = (right + left) / 2, (right - left) / 2
    centre = -math.sin(turn)
    ends = [middle + half * float(np.clip(centre + d, -1, 1)) for d in (-0.3, 0.3)]
    quad = np.array([ends[0][0], ends[1][0], ends[1][1], ends[0][1]])
    points = np.round(quad * 16).astype(np.int32)
    cv2.fillConvexPoly(canvas.colour, points, outfit.stripe, cv2.LINE_8, 4)


def _draw_torso(
    canvas: _Canvas,
    joints: Array,
    polygons: tuple[Array, Array],
    shape: Shape,
    outfit: Outfit,
) -> float:
    """Draw trunk, cloth and number; returns the pixels of the number if seen from ahead."""
    scale = shape.scale_px * canvas.over
    _draw_limb(canvas, polygons, "neck", outfit.skin, 150)
    _draw_limb(
        canvas, polygons, "yoke", outfit.upper_arms[0] if outfit.has_sleeves else outfit.skin
    )
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
    both = np.concatenate([outline, outline[::-1] * (-1, 1)])
    points = (both + (1, 0)) * (columns / 2, rows)
    cv2.fillPoly(alpha, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    window = slice(int((centre - 0.23) * around), int((centre + 0.23) * around))
    full = float(np.count_nonzero(digits[:, window] > 100))
    per_column = 0.95 / math.pi * around / columns  # texture columns of a middle column
    return seen, alpha, number.astype(np.uint8), full / per_column


def _stamp(
    canvas: _Canvas,
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


def _ellipse(centre: Array, radii: tuple[float, float], tilt_rad: float) -> Array:
    angles = np.linspace(0, 2 * math.pi, 14, endpoint=False)
    x, y = np.cos(angles) * radii[0], np.sin(angles) * radii[1]
    cos, sin = math.cos(tilt_rad), math.sin(tilt_rad)
    return centre + np.stack([x * cos - y * sin, x * sin + y * cos], axis=-1)


def _draw_head(
    canvas: _Canvas,
    joints: Array,
    polygons: tuple[Array, Array],
    shape: Shape,
    outfit: Outfit,
) -> None:
    scale = shape.scale_px * canvas.over
    head, neck = joints[JOINT["head"]], joints[JOINT["neck"]]
    up = head - neck
    tilt = math.atan2(up[0], -up[1])
    turn, front = -math.sin(shape.view_rad), math.cos(shape.view_rad)
    radius = 0.056 * scale
    style = outfit.hair_style
    wide = radius * (0.8 + 0.1 * abs(turn))
    skull = _ellipse(head, (wide, radius * 1.1), tilt)
    canvas.fill(skull, outfit.skin)
    canvas.light(skull, 150)
    canvas.light(_ellipse(head - [0, 0.3 * radius], (wide * 0.6, radius * 0.6), tilt), 235)
    if style != "shaved":
        grow = {"afro": 1.42, "dreads": 1.25, "long": 1.16, "bun": 1.1}.get(style, 1.05)
        colour = outfit.band if style == "cap" else outfit.hair
        lift = (0.28 if front > 0 else 0.12) * radius
        cap = _ellipse(
            head - np.array([turn * 0.2 * radius, lift]),
            (wide * grow, radius * (0.86 if front > 0 else 0.98) * grow),
            tilt,
        )
        canvas.fill(cap, colour)
        canvas.light(cap, 165)
        canvas.light(_ellipse(head - [0, 0.7 * radius], (wide * 0.5, radius * 0.3), tilt), 230)
        _draw_extra_hair(canvas, (head, radius, tilt), style, outfit)
    if front > -0.35:
        _draw_face(canvas, (head, radius, tilt), (turn, front), outfit)
    if style == "headband":
        band = _ellipse(head - [0, 0.35 * radius], (wide * 1.07, radius * 0.2), tilt)
        canvas.fill(band, outfit.band)


def _draw_extra_hair(
    canvas: _Canvas, head: tuple[Array, float, float], style: str, outfit: Outfit
) -> None:
    centre, radius, tilt = head
    if style == "bun":
        canvas.fill(
            _ellipse(centre - [0, 1.25 * radius], (radius * 0.4, radius * 0.4), tilt), outfit.hair
        )
    elif style in {"dreads", "long"}:
        low = _ellipse(centre + [0, 0.45 * radius], (radius * 0.92, radius * 0.85), tilt)
        canvas.fill(low, outfit.hair)


def _draw_face(
    canvas: _Canvas,
    head: tuple[Array, float, float],
    look: tuple[float, float],
    outfit: Outfit,
) -> None:
    centre, radius, tilt = head
    turn, front = look
    shift = np.array([turn * 0.34 * radius, 0.22 * radius])
    wide = radius * (0.5 + 0.2 * max(0.0, front))
    face = _ellipse(centre + shift, (wide, radius * 0.84), tilt)
    canvas.fill(face, outfit.skin)
    canvas.light(face, 190)
    canvas.light(_ellipse(centre + shift, (wide * 0.5, radius * 0.5), tilt), 222)
    eyes = _ellipse(centre + shift * [1.2, 0.2], (wide * 0.7, radius * 0.09), tilt)
    canvas.light(eyes, 120)
    if outfit.beard:
        low = centre + shift * [1.1, 1] + [0, 0.55 * radius]
        canvas.fill(_ellipse(low, (wide * 0.85, radius * 0.42 * outfit.beard), tilt), outfit.hair)
