"""The baskets: stanchion, arm, board, ring and net as solids in space."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera
from playerid.arena.kit import Colour
from playerid.leagues.basketball.court_marks import BasketballCourt

Array = NDArray[np.float64]


def ring_points(court: BasketballCourt, side: float) -> Array:
    """(24, 3) points of the ring at the basket of `side` (+1 right, -1 left), metres."""
    angles = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    x = side * court.basket_x + court.rim_radius * np.cos(angles)
    y = court.rim_radius * np.sin(angles)
    return np.column_stack([x, y, np.full(24, court.rim_height)])


def net_points(court: BasketballCourt, side: float) -> Array:
    """(24, 3) points of the net's lower edge, metres."""
    top = ring_points(court, side)
    centre = np.array([side * court.basket_x, 0.0, court.rim_height])
    return np.asarray(centre + (top - centre) * 0.55 - np.array([0, 0, 0.42]))


def basket_box(court: BasketballCourt, side: float, camera: Camera) -> Array | None:
    """Box of ring and net, pixels, not cut to the picture; None when behind the camera."""
    points = np.concatenate([ring_points(court, side), net_points(court, side)])
    points_px, depths = camera.project(points)
    if depths.min() < 0.5:
        return None
    return np.concatenate([points_px.min(axis=0), points_px.max(axis=0)])


def draw_basket(
    picture: NDArray[np.uint8], court: BasketballCourt, side: float, pad: Colour, camera: Camera
) -> None:
    """Draw a basket; players nearer to the camera are drawn after it."""
    half = court.length / 2
    board_x = side * (half - court.backboard_from_baseline)
    base = side * (half + 2.1)
    dark: Colour = tuple(round(c * 0.6) for c in pad)  # type: ignore[assignment]
    pads = [
        ((base, 0.0, 1.0), (0.75, 0.55, 1.0)),
        ((side * (half + 2.9), 0.0, 0.45), (0.7, 0.75, 0.45)),
    ]
    for centre, size in pads:
        _draw_block(picture, np.array(centre), np.array(size), (pad, dark), camera)
    arm = [(base, 0.0, 2.0), (base - side * 0.3, 0.0, 3.1), (board_x + side * 0.1, 0.0, 3.35)]
    points, depths = camera.project(np.array(arm))
    if depths.min() < 0.5:
        return
    thick = max(2, round(0.16 * camera.focal_px / float(depths.mean())))
    path = [np.round(points * 16).astype(np.int32)]
    cv2.polylines(picture, path, False, dark, thick, cv2.LINE_AA, 4)
    cv2.polylines(picture, path, False, pad, max(1, thick // 2), cv2.LINE_AA, 4)
    _draw_board(picture, court, board_x, camera)
    _draw_ring(picture, court, side, camera)


def _draw_block(
    picture: NDArray[np.uint8],
    centre: Array,
    half: Array,
    colours: tuple[Colour, Colour],
    camera: Camera,
) -> None:
    """The faces of a block that look at the camera."""
    for axis in (2, 0, 1):
        sign = 1.0 if camera.position_m[axis] > centre[axis] else -1.0
        others = [i for i in range(3) if i != axis]
        corners = np.tile(centre, (4, 1))
        corners[:, axis] += sign * half[axis]
        corners[:, others[0]] += half[others[0]] * np.array([-1, 1, 1, -1])
        corners[:, others[1]] += half[others[1]] * np.array([-1, -1, 1, 1])
        points, depths = camera.project(corners)
        if depths.min() > 0.5:
            face = np.round(points * 16).astype(np.int32)
            cv2.fillConvexPoly(picture, face, colours[0 if axis == 1 else 1], cv2.LINE_AA, 4)


def _draw_board(
    picture: NDArray[np.uint8], court: BasketballCourt, x: float, camera: Camera
) -> None:
    low = court.rim_height - 0.15
    outer = np.array(
        [(x, s, low + z) for s, z in ((-0.915, 0), (0.915, 0), (0.915, 1.05), (-0.915, 1.05))]
    )
    inner = np.array(
        [(x, s, low + 0.15 + z) for s, z in ((-0.3, 0), (0.3, 0), (0.3, 0.45), (-0.3, 0.45))]
    )
    points, depths = camera.project(outer)
    if depths.min() < 0.5:
        return
    scale = camera.focal_px / float(depths.mean())
    fixed = np.round(points * 16).astype(np.int32)
    low_px = np.clip(np.floor(points.min(axis=0)), 0, None).astype(int)
    high_px = np.ceil(points.max(axis=0)).astype(int) + 1
    window = picture[low_px[1] : max(high_px[1], 0), low_px[0] : max(high_px[0], 0)]
    if window.size:
        pane = window.copy()
        moved = np.round((points - low_px) * 16).astype(np.int32)
        cv2.fillConvexPoly(pane, moved, (205, 212, 220), cv2.LINE_AA, 4)
        window[:] = cv2.addWeighted(window, 0.82, pane, 0.18, 0)
    white = (238, 238, 240)
    cv2.polylines(picture, [fixed], True, white, max(1, round(0.05 * scale)), cv2.LINE_AA, 4)
    square = np.round(camera.project(inner)[0] * 16).astype(np.int32)
    cv2.polylines(picture, [square], True, white, max(1, round(0.045 * scale)), cv2.LINE_AA, 4)


def _draw_ring(
    picture: NDArray[np.uint8], court: BasketballCourt, side: float, camera: Camera
) -> None:
    ring, depths = camera.project(ring_points(court, side))
    net = camera.project(net_points(court, side))[0]
    scale = camera.focal_px / float(depths.mean())
    waist = net + (ring - net) * 0.45
    thin = max(1, round(0.012 * scale))
    for i in range(0, 24, 2):
        for shift in (2, -2):
            thread = np.array([ring[i], waist[(i + shift) % 24], net[i]])
            path = np.round(thread * 16).astype(np.int32)
            cv2.polylines(picture, [path], False, (225, 225, 222), thin, cv2.LINE_AA, 4)
    line = np.round(ring * 16).astype(np.int32)
    cv2.polylines(
        picture, [line], True, (226, 84, 34), max(2, round(0.035 * scale)), cv2.LINE_AA, 4
    )
