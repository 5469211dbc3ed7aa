"""The hall of one game: floor, stands, boards, benches, the rows before the camera."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera
from playerid.arena.floor import Floor, draw_floor
from playerid.arena.kit import Colour, Kit, draw_colour
from playerid.arena.outfits import dress_player, dress_spectator
from playerid.arena.stands import (
    NORTH,
    SOUTH,
    Panel,
    draw_board,
    draw_people,
    draw_row,
    draw_stand,
    spectators,
)
from playerid.arena.world import Person
from playerid.league import Court

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hall:
    """What stands still in a game.

    Attributes:
        floor: painted floor.
        behind: panels behind the players, far ones first.
        before: panels between the main camera and the court, far ones first.
        dark: colour where there is nothing.
        pad: colour of the baskets' padding.
        gloss: how much of people the varnish mirrors, 0 to 1.
    """

    floor: Floor
    behind: tuple[Panel, ...]
    before: tuple[Panel, ...]
    dark: Colour
    pad: Colour
    gloss: float


def draw_hall(
    rng: np.random.Generator, court: Court, level: str, team: str, kits: tuple[Kit, ...]
) -> Hall:
    """Draw a hall.

    Args:
        rng: draws everything.
        court: of the league.
        level: "easy" has an empty near side, "hard" a crowd on its feet.
        team: the home team's name.
        kits: of home and away; halls wear the home team's colours.
    """
    colours = (kits[0].body, kits[0].trim)
    floor = draw_floor(rng, court, team, colours)
    dim = float(rng.choice([0.35, 0.6, 0.85, 1.0]))
    seat = draw_colour(rng, "dark") if rng.random() < 0.6 else colours[0]
    shade = int(rng.integers(4, 26))
    gloss = float(rng.choice([0.04, 0.1, 0.18]))
    if rng.random() < 0.12:
        behind = [*draw_gym(rng, court), *_courtside(rng, court, colours, kits, is_gym=True)]
        return Hall(floor, tuple(behind), (), (shade + 70,) * 3, floor.paint[0], gloss)
    behind = [
        *_far_side(rng, court, colours, dim, seat),
        *_ends(rng, court, colours, dim, seat),
        *_courtside(rng, court, colours, kits),
    ]
    before = () if level == "easy" else _near_side(rng, court, colours, level, dim)
    dark = (shade, shade, shade + 3)
    return Hall(floor, tuple(behind), tuple(before), dark, floor.paint[0], gloss)


def _solid(colour: NDArray[np.uint8], corner: tuple[float, float, float],
           right: tuple[float, float, float], down: tuple[float, float, float]) -> Panel:  # fmt: skip
    return Panel(
        colour, np.zeros((0, 0), np.uint8), np.array(corner), np.array(right), np.array(down)
    )


def _far_side(
    rng: np.random.Generator, court: Court, colours: tuple[Colour, ...], dim: float, seat: Colour
) -> list[Panel]:
    rows, density = 17, 44.0
    pool = spectators(
        rng, 44, colours, facing_rad=SOUTH, looked_at_from=(0, -40, 9),
        pixels_per_m=density, standing=float(rng.choice([0.02, 0.1, 0.7], p=[0.5, 0.35, 0.15])),
    )  # fmt: skip
    stand = draw_stand(
        pool, rng, length_m=64, rows=rows, pixels_per_m=density,
        filled=rng.uniform(0.6, 1.0), seat=seat, light=(dim, dim * rng.uniform(0.2, 0.9)),
    )  # fmt: skip
    front = court.width / 2 + rng.uniform(3.0, 4.2)
    depth, rise = rows * 0.85, rows * rng.uniform(0.34, 0.45)
    return [_solid(stand, (-32, front + depth, rise), (64, 0, 0), (0, -depth, -rise))]


def _ends(
    rng: np.random.Generator, court: Court, colours: tuple[Colour, ...], dim: float, seat: Colour
) -> list[Panel]:
    """Stands behind the baselines; upright and stretched, for they are seen from the side."""
    density, rows, stretch = 40.0, 11, 1.5
    panels = []
    for side in (-1, 1):
        pool = spectators(
            rng, 24, colours, facing_rad=0.0 if side < 0 else math.pi,
            looked_at_from=(-side * 14.0, -24.0, 9.0), pixels_per_m=density, standing=0.05,
        )  # fmt: skip
        stand = draw_stand(
            pool, rng, length_m=24 / stretch, rows=rows, pixels_per_m=density,
            filled=rng.uniform(0.7, 1.0), seat=seat, light=(dim, dim * 0.5),
        )  # fmt: skip
        front = side * (court.length / 2 + rng.uniform(4.0, 5.5))
        tall = stand.shape[0] / density
        start, step = (-12.0, 24.0) if side < 0 else (12.0, -24.0)
        lean = side * tall * 0.5
        panels.append(_solid(stand, (front + lean, start, tall), (0, step, 0), (-lean, 0, -tall)))
    return panels


def _bench(rng: np.random.Generator, court: Court, kits: tuple[Kit, ...], y: float) -> list[Panel]:
    """Substitutes in their kits and coaches in dark clothes: people who do not play."""
    density, panels = 64.0, []
    for side, kit in zip((-1, 1), kits, strict=False):
        players = [
            Person(
                "",
                "player",
                0,
                str(rng.integers(0, 60)),
                "Reserve",
                1.95,
                int(rng.integers(1 << 30)),
            )
            for _ in range(7)
        ]
        outfits = [dress_player(person, kit) for person in players]
        outfits += [dress_spectator(rng, ((24, 25, 32), (60, 60, 66)), 0.9) for _ in range(3)]
        actions = ["stand" if rng.random() < 0.12 else "sit" for _ in players] + ["stand"] * 3
        pool = draw_people(
            outfits, actions, facing_rad=SOUTH, looked_at_from=(0, -34, 9),
            pixels_per_m=density, rng=rng,
        )  # fmt: skip
        colour, alpha = draw_row(
            pool, rng, length_m=8, height_m=2.3, pixels_per_m=density, filled=0.9, step_m=0.72,
            light=1.0,
        )  # fmt: skip
        x = side * rng.uniform(6.0, 10.0) - 4
        panels.append(
            Panel(colour, alpha, np.array([x, y, 2.3]), np.array([8.0, 0, 0]),
                  np.array([0, 0, -2.3]))
        )  # fmt: skip
    return panels


def _courtside(
    rng: np.random.Generator,
    court: Court,
    colours: tuple[Colour, ...],
    kits: tuple[Kit, ...],
    *,
    is_gym: bool = False,
) -> list[Panel]:
    """The scorer's table with its board, benches and the seats beside them."""
    density = 60.0
    y = court.width / 2 + rng.uniform(1.7, 2.6)
    panels = []
    if not is_gym:
        pool = spectators(
            rng, 26, colours, facing_rad=SOUTH, looked_at_from=(0, -36, 11),
            pixels_per_m=density, standing=0.08,
        )  # fmt: skip
        for back, tall in ((0.9, 2.4), (0.0, 2.2)):
            colour, alpha = draw_row(
                pool, rng, length_m=34, height_m=tall, pixels_per_m=density,
                filled=rng.uniform(0.75, 1.0), step_m=0.6, light=rng.uniform(0.75, 1.0),
            )  # fmt: skip
            base = tall + 0.2 * (back > 0)
            panels.append(
                Panel(colour, alpha, np.array([-17.0, y + back, base]), np.array([34.0, 0, 0]),
                      np.array([0, 0, -tall]))
            )  # fmt: skip
    panels += _bench(rng, court, kits, y - 0.25)
    length = rng.uniform(6.0, 20.0)
    start = rng.uniform(-12.0, 12.0 - length)
    board = draw_board(rng, length, 0.8, density)
    glow = np.clip(board * rng.uniform(0.8, 1.2), 0, 255).astype(np.uint8)
    panels.append(_solid(glow, (start, y - 0.5, 0.8), (length, 0, 0), (0, 0, -0.8)))
    if rng.random() < 0.6:
        for side in (-1, 1):
            end = draw_board(rng, 5.0, 0.8, 40.0)
            x = side * (court.length / 2 + 2.9)
            y0, step = (1.5, 5.0) if side < 0 else (6.5, -5.0)
            panels.append(_solid(end, (x, y0, 0.8), (0, step, 0), (0, 0, -0.8)))
    return panels


def draw_gym(rng: np.random.Generator, court: Court) -> list[Panel]:
    """Walls of a gymnasium without stands."""
    base = np.array(
        rng.choice([[215, 208, 195], [150, 150, 150], [190, 180, 160], [235, 235, 232]])
    )
    panels = []
    y, x = court.width / 2 + 4.0, court.length / 2 + 5.5
    walls = [
        ((-x, y, 7.0), (2 * x, 0, 0)),
        ((-x, -12.0, 7.0), (0, y + 12.0, 0)),
        ((x, y, 7.0), (0, -y - 12.0, 0)),
    ]
    pad = draw_colour(rng, "vivid")
    for corner, right in walls:
        width = round(float(np.linalg.norm(right)) * 30)
        wall = base + rng.normal(0, 4, (210, width // 8 + 1, 1)).repeat(8, axis=1)[:, :width]
        wall = np.clip(wall, 0, 255).astype(np.uint8)
        wall[150:] = pad if rng.random() < 0.6 else base * 0.7
        for _ in range(int(rng.integers(2, 7))):
            left, top = int(rng.integers(width)), int(rng.integers(20, 150))
            wall[top : top + 60, left : left + int(rng.integers(20, 150))] = rng.integers(40, 200)
        panels.append(_solid(wall, corner, right, (0, 0, -7.0)))
    return panels


def _near_side(
    rng: np.random.Generator, court: Court, colours: tuple[Colour, ...], level: str, dim: float
) -> list[Panel]:
    """People between the camera and the court, seen from behind."""
    density = 56.0
    standing = 0.25 if level == "hard" else float(rng.choice([0.0, 0.0, 0.08]))
    pool = spectators(
        rng, 30, colours, facing_rad=NORTH, looked_at_from=(0, -18, 7),
        pixels_per_m=density, standing=standing,
    )  # fmt: skip
    panels = []
    start = court.width / 2 + rng.uniform(1.6, 3.0)
    for row in range(int(rng.integers(2, 5))):
        colour, alpha = draw_row(
            pool, rng, length_m=40, height_m=2.4, pixels_per_m=density,
            filled=rng.uniform(0.55, 1.0), step_m=0.62, light=rng.uniform(0.5, 1.0) * max(dim, 0.6),
        )  # fmt: skip
        y, base = -(start + row * 0.95), 2.4 + row * 0.28 - 0.35
        panels.append(
            Panel(colour, alpha, np.array([-20.0, y, base]), np.array([40.0, 0, 0]),
                  np.array([0, 0, -2.4]))
        )  # fmt: skip
    return panels


def draw_background(hall: Hall, camera: Camera) -> NDArray[np.uint8]:
    """Everything behind the players: (height, width, 3) RGB."""
    picture = np.empty((camera.height_px, camera.width_px, 3), np.uint8)
    picture[:] = hall.dark
    boards = [p for p in hall.behind if not p.alpha.size and p.down_m[2] > -1]
    stands = [p for p in hall.behind if not p.alpha.size and p.down_m[2] <= -1]
    for panel in stands:
        draw_panel(picture, None, panel, camera)
    _draw_floor(picture, hall.floor, camera)
    for panel in (p for p in hall.behind if p.alpha.size):
        draw_panel(picture, None, panel, camera)
    for panel in boards:
        draw_panel(picture, None, panel, camera)
    return picture


def _draw_floor(picture: NDArray[np.uint8], floor: Floor, camera: Camera) -> None:
    middle = np.array([camera.width_px / 2, camera.height_px * 0.6, 1.0])
    place = camera.image_to_court @ middle
    finest = floor.textures[0].shape[1] / (np.abs(floor.texture_to_court[0, 2]) * 2)
    depth = 1 / max(place[2], 1e-6)
    level = 1 if place[2] > 0 and camera.focal_px / depth < finest * 0.6 else 0
    scale = np.diag([2.0**level, 2.0**level, 1.0])
    to_image = camera.court_to_image @ floor.texture_to_court @ scale
    rows, columns = floor.textures[level].shape[:2]
    warp(picture, floor.textures[level], to_image, (columns, rows))


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
    return camera.matrix @ np.vstack([plane, [0.0, 0.0, 1.0]])


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
