"""Draws the head: skull, hair, face."""

import math

import numpy as np

from playerid.arena.canvas import Array, Canvas, Shape, draw_ellipse
from playerid.arena.kit import Colour
from playerid.arena.outfits import Outfit
from playerid.arena.poses import JOINT


def draw_head(
    canvas: Canvas,
    joints: Array,
    shape: Shape,
    outfit: Outfit,
) -> None:
    """Draw the head over what is there already."""
    scale = shape.scale_px * canvas.over
    head, neck = joints[JOINT["head"]], joints[JOINT["neck"]]
    up = head - neck
    tilt = math.atan2(up[0], -up[1])
    turn, front = -math.sin(shape.view_rad), math.cos(shape.view_rad)
    radius = 0.054 * scale
    style = outfit.hair_style
    wide = radius * (0.8 + 0.1 * abs(turn))
    skull = draw_ellipse(head, (wide, radius * 1.1), tilt)
    canvas.fill(skull, outfit.skin, 150)
    canvas.light(draw_ellipse(head - [0, 0.3 * radius], (wide * 0.6, radius * 0.6), tilt), 235)
    if style != "shaved":
        grow = {"afro": 1.42, "dreads": 1.25, "long": 1.16, "bun": 1.1}.get(style, 1.05)
        colour = outfit.band if style == "cap" else outfit.hair
        lift = (0.28 if front > 0 else 0.12) * radius
        cap = draw_ellipse(
            head - np.array([turn * 0.2 * radius, lift]),
            (wide * grow, radius * (0.86 if front > 0 else 0.98) * grow),
            tilt,
        )
        canvas.fill(cap, colour, 165)
        canvas.light(draw_ellipse(head - [0, 0.7 * radius], (wide * 0.5, radius * 0.3), tilt), 230)
        _draw_extra_hair(canvas, (head, radius, tilt), style, outfit)
    if front > -0.35:
        _draw_face(canvas, (head, radius, tilt), (turn, front), outfit)
    if style == "headband":
        band = draw_ellipse(head - [0, 0.35 * radius], (wide * 1.07, radius * 0.2), tilt)
        canvas.fill(band, outfit.band)


def _draw_extra_hair(
    canvas: Canvas, head: tuple[Array, float, float], style: str, outfit: Outfit
) -> None:
    centre, radius, tilt = head
    if style == "bun":
        canvas.fill(
            draw_ellipse(centre - [0, 1.25 * radius], (radius * 0.4, radius * 0.4), tilt),
            outfit.hair,
        )
    elif style in {"dreads", "long"}:
        low = draw_ellipse(
            centre + np.array([0, 0.45 * radius]), (radius * 0.92, radius * 0.85), tilt
        )
        canvas.fill(low, outfit.hair)


def _draw_face(
    canvas: Canvas,
    head: tuple[Array, float, float],
    look: tuple[float, float],
    outfit: Outfit,
) -> None:
    centre, radius, tilt = head
    turn, front = look
    shift = np.array([turn * 0.34 * radius, 0.22 * radius])
    wide = radius * (0.5 + 0.2 * max(0.0, front))
    face = draw_ellipse(centre + shift, (wide, radius * 0.84), tilt)
    canvas.fill(face, outfit.skin, 190)
    canvas.light(draw_ellipse(centre + shift, (wide * 0.5, radius * 0.5), tilt), 222)
    eyes = draw_ellipse(centre + shift * [1.2, 0.2], (wide * 0.7, radius * 0.09), tilt)
    canvas.light(eyes, 120)
    if outfit.beard:
        low = centre + shift * [1.1, 1] + [0, 0.55 * radius]
        mixed = np.multiply(outfit.hair, 0.6) + np.multiply(outfit.skin, 0.4)
        shade: Colour = (int(mixed[0]), int(mixed[1]), int(mixed[2]))
        radii = (wide * 0.8, radius * 0.4 * outfit.beard)
        canvas.fill(draw_ellipse(low, radii, tilt), shade)
