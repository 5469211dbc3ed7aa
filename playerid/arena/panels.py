"""Flat pictures that stand in the hall, and how they are drawn in perspective."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Panel:
    """A flat picture in the hall.

    Attributes:
        colour: (height, width, 3) RGB, times coverage.
        alpha: (height, width) coverage 0 to 255; empty (0, 0) where it is all covered.
        corner_m: (3,) where the upper left corner is.
        right_m: (3,) from the left to the right edge.
        down_m: (3,) from the upper to the lower edge.
    """

    colour: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    corner_m: Array
    right_m: Array
    down_m: Array


def warp(
    picture: NDArray[np.uint8],
    texture: NDArray[np.uint8],
    to_image: Array,
    size: tuple[int, int],
) -> tuple[slice, slice] | None:
    """Draw a texture where a homography puts it; returns the window that was touched."""
    window = _window(to_image, size, picture.shape)
    if window is None:
        return None
    shift = np.eye(3)
    shift[:2, 2] = -window[1].start, -window[0].start
    view = picture[window]
    patch = np.ascontiguousarray(view)
    cv2.warpPerspective(
        texture, shift @ to_image, (view.shape[1], view.shape[0]), dst=patch,
        flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT,
    )  # fmt: skip
    view[:] = patch
    return window


def _window(
    to_image: Array, size: tuple[int, int], shape: tuple[int, ...]
) -> tuple[slice, slice] | None:
    """The part of the picture that a textured rectangle covers; None when it is out of sight."""
    corners = np.array([[0, 0, 1], [size[0], 0, 1], [size[0], size[1], 1], [0, size[1], 1]], float)
    seen = _clip_near(corners @ to_image.T)
    if len(seen) < 3:
        return None
    points = seen[:, :2] / seen[:, 2:]
    low = np.clip(np.floor(points.min(axis=0)), 0, [shape[1], shape[0]]).astype(int)
    high = np.clip(np.ceil(points.max(axis=0)), 0, [shape[1], shape[0]]).astype(int)
    if (high - low).min() <= 0:
        return None
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def _clip_near(polygon: Array, near: float = 0.2) -> Array:
    """Cut a polygon of homogeneous image points at a depth (Sutherland-Hodgman)."""
    result = []
    for i, point in enumerate(polygon):
        before = polygon[i - 1]
        if (point[2] > near) != (before[2] > near):
            share = (near - before[2]) / (point[2] - before[2])
            result.append(before + share * (point - before))
        if point[2] > near:
            result.append(point)
    return np.array(result)


def panel_to_image(panel: Panel, camera: Camera) -> Array:
    """(3, 3) from pixels of a panel to pixels of the picture."""
    rows, columns = panel.colour.shape[:2]
    plane = np.column_stack([panel.right_m / columns, panel.down_m / rows, panel.corner_m])
    return np.asarray(camera.matrix @ np.vstack([plane, [0.0, 0.0, 1.0]]))


def draw_panel(
    picture: NDArray[np.uint8],
    ids: NDArray[np.int32] | None,
    panel: Panel,
    camera: Camera,
) -> None:
    """Draw a panel; where it covers, `ids` becomes 0."""
    to_image = panel_to_image(panel, camera)
    rows, columns = panel.colour.shape[:2]
    if not panel.alpha.size:
        warp(picture, panel.colour, to_image, (columns, rows))
        return
    window = _window(to_image, (columns, rows), picture.shape)
    if window is None:
        return
    shift = np.eye(3)
    shift[:2, 2] = -window[1].start, -window[0].start
    view = picture[window]
    size = (view.shape[1], view.shape[0])
    colour = cv2.warpPerspective(panel.colour, shift @ to_image, size)
    cover = cv2.warpPerspective(panel.alpha, shift @ to_image, size)
    rest = cv2.merge([255 - cover] * 3)
    cv2.add(cv2.multiply(view, rest, scale=1 / 255), colour, dst=view)
    if ids is not None:
        ids[window][cover > 127] = 0
