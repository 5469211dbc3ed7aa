"""The stadium of one match: grass, goals, boards and stands."""

import itertools
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera
from playerid.arena.floor import Floor
from playerid.arena.hall import lay_floor
from playerid.arena.kit import Colour, draw_colour
from playerid.arena.panels import Panel, draw_panel
from playerid.arena.soccer.grass import MARGIN_M, draw_grass
from playerid.arena.stands import Angle, Seating, draw_board, draw_row, draw_spectators, draw_stand
from playerid.leagues.soccer.pitch import Pitch

Array = NDArray[np.float64]
SOUTH = -math.pi / 2
_COVERED = np.zeros((0, 0), np.uint8)


@dataclass(frozen=True, slots=True)
class Stadium:
    """What stands still in a match.

    Attributes:
        pitch: whose lines the grass has.
        grass: the pitch from above.
        stands: panels behind the grass, far ones first.
        boards: panels on the grass, far ones first.
        dark: colour where there is nothing.
        frame: colour of the goals.
        net: how white the nets are, 0 to 1.
    """

    pitch: Pitch
    grass: Floor
    stands: tuple[Panel, ...]
    boards: tuple[Panel, ...]
    dark: Colour
    frame: Colour
    net: float


def draw_stadium(rng: np.random.Generator, pitch: Pitch, colours: tuple[Colour, ...]) -> Stadium:
    """Draw a stadium.

    Args:
        rng: draws everything.
        pitch: of the league.
        colours: of the club, which its crowd wears.
    """
    grass = draw_grass(rng, pitch)
    gap = (rng.uniform(3.0, 7.5), rng.uniform(4.0, MARGIN_M - 0.5))
    stands = _draw_stands(rng, pitch, colours, gap)
    boards = _draw_boards(rng, pitch, gap)
    boards += _draw_bystanders(rng, pitch, gap)
    shade = int(rng.integers(10, 90))
    light = int(rng.integers(215, 256))
    return Stadium(
        pitch, grass, tuple(stands), tuple(boards), (shade, shade, shade + 4),
        (light, light, light), float(rng.uniform(0.1, 0.6)),
    )  # fmt: skip


def draw_background(stadium: Stadium, camera: Camera) -> NDArray[np.uint8]:
    """Everything behind the players: (height, width, 3) RGB."""
    picture = np.empty((camera.height_px, camera.width_px, 3), np.uint8)
    picture[:] = stadium.dark
    for panel in stadium.stands:
        draw_panel(picture, None, panel, camera)
    lay_floor(picture, stadium.grass, camera)
    for panel in stadium.boards:
        draw_panel(picture, None, panel, camera)
    for side in (-1.0, 1.0):
        _draw_goal(picture, stadium, side, camera)
    return picture


def _draw_stands(
    rng: np.random.Generator, pitch: Pitch, colours: tuple[Colour, ...], gap: tuple[float, float]
) -> list[Panel]:
    """The stand opposite and those behind the goals, each of one piece that is repeated."""
    scale, rows = 18.0, int(rng.integers(24, 38))
    lamp, seat = float(rng.uniform(0.45, 1.0)), draw_colour(rng)
    pool = draw_spectators(rng, 26, colours, 0.15, Angle(SOUTH, (0, -60, 14), scale))
    seating = Seating(34.0, rows, scale, rng.uniform(0.55, 1.0), 0.55, seat, (lamp, lamp * 0.8))
    piece = draw_stand(rng, pool, seating)
    piece = cv2.GaussianBlur(piece, (0, 0), rng.uniform(0.4, 1.1))
    flipped = np.ascontiguousarray(piece[:, ::-1])
    depth, rise, base = rows * 0.8, rows * rng.uniform(0.38, 0.55), rng.uniform(0.3, 2.0)
    half, back = pitch.length / 2 + gap[1], pitch.width / 2 + gap[0]
    corner = half + depth * 0.5
    far = [piece, flipped, piece, flipped]
    panels = [_slope(np.hstack(far), (-corner, back), (corner, back), (0, depth), base, rise)]
    end = np.hstack(far[:3])
    panels.append(_slope(end, (-half, -back), (-half, back), (-depth, 0), base, rise))
    panels.append(_slope(end, (half, back), (half, -back), (depth, 0), base, rise))
    return panels


def _slope(
    picture: NDArray[np.uint8],
    left: tuple[float, float],
    right: tuple[float, float],
    away: tuple[float, float],
    base: float,
    rise: float,
) -> Panel:
    """A stand whose lowest row goes from left to right, as seen from the pitch."""
    top = np.array([left[0] + away[0], left[1] + away[1], base + rise])
    along = np.array([right[0] - left[0], right[1] - left[1], 0.0])
    return Panel(picture, _COVERED, top, along, np.array([-away[0], -away[1], -rise]))


def _draw_boards(rng: np.random.Generator, pitch: Pitch, gap: tuple[float, float]) -> list[Panel]:
    """Advertisements along the far side and behind the goals."""
    tall = float(rng.choice([0.9, 1.0, 1.9], p=[0.4, 0.35, 0.25]))
    half, far = pitch.length / 2 + gap[1] - 0.6, pitch.width / 2 + gap[0] - 0.6
    glow, panels = rng.uniform(0.8, 1.2), []
    for left, right in (
        ((-half, far), (half, far)), ((-half, -far), (-half, far)), ((half, far), (half, -far)),
    ):  # fmt: skip
        length = math.dist(left, right)
        board = draw_board(rng, min(length, 60.0), tall, 20.0)
        whole = np.hstack([board, board])[:, : round(length * 20)]
        shown = np.clip(whole * glow, 0, 255).astype(np.uint8)
        along = np.array([right[0] - left[0], right[1] - left[1], 0.0])
        panels.append(
            Panel(shown, _COVERED, np.array([*left, tall]), along, np.array([0, 0, -tall]))
        )
    return panels


def _draw_bystanders(
    rng: np.random.Generator, pitch: Pitch, gap: tuple[float, float]
) -> list[Panel]:
    """Stewards, photographers and ball boys by the boards: people who do not play."""
    scale, panels = 24.0, []
    vests = [(255, 120, 20), (210, 240, 40), (25, 25, 30), (230, 60, 50)]
    vest: Colour = vests[int(rng.integers(4))]
    y = pitch.width / 2 + gap[0] - 1.1
    pool = draw_spectators(rng, 8, (vest, (28, 28, 34)), 0.5, Angle(SOUTH, (0, -60, 14), scale))
    seating = Seating(104.0, 1, scale, rng.uniform(0.1, 0.6), rng.uniform(4.0, 9.0))
    colour, alpha = draw_row(rng, pool, 2.2, seating)
    panels.append(
        Panel(
            colour,
            alpha,
            np.array([-52.0, y, 2.2]),
            np.array([104.0, 0, 0]),
            np.array([0, 0, -2.2]),
        )
    )
    for side in (-1, 1):
        angle = Angle(0.0 if side < 0 else math.pi, (-side * 50.0, -60.0, 16.0), scale)
        pool = draw_spectators(rng, 6, ((28, 28, 34), vest), 0.2, angle)
        seating = Seating(40.0, 1, scale, rng.uniform(0.1, 0.6), rng.uniform(1.5, 5.0))
        colour, alpha = draw_row(rng, pool, 2.2, seating)
        x = side * (pitch.length / 2 + gap[1] - 1.2)
        start, step = (-20.0, 40.0) if side < 0 else (20.0, -40.0)
        panels.append(
            Panel(
                colour, alpha, np.array([x, start, 2.2]), np.array([0, step, 0]),
                np.array([0, 0, -2.2]),
            )
        )  # fmt: skip
    return panels


def _draw_goal(picture: NDArray[np.uint8], stadium: Stadium, side: float, camera: Camera) -> None:
    """Net, then frame."""
    pitch = stadium.pitch
    line, post, bar = side * pitch.length / 2, pitch.goal_width / 2, pitch.goal_height
    back, roof = line + side * 2.2, line + side * 1.0
    net = picture.copy()
    sheets = [
        ((line, post, 0), (back, post, 0), (line, post, bar), (roof, post, bar)),
        ((line, -post, 0), (back, -post, 0), (line, -post, bar), (roof, -post, bar)),
        ((back, -post, 0), (back, post, 0), (roof, -post, bar), (roof, post, bar)),
        ((line, -post, bar), (line, post, bar), (roof, -post, bar), (roof, post, bar)),
    ]
    for sheet in sheets:
        a, b, c, d = np.array(sheet, np.float64)
        for share in np.linspace(0, 1, 13):
            _stroke(net, camera, a + share * (b - a), c + share * (d - c), 0.015, (235, 235, 235))
            _stroke(net, camera, a + share * (c - a), b + share * (d - b), 0.015, (235, 235, 235))
    cv2.addWeighted(net, stadium.net, picture, 1 - stadium.net, 0, dst=picture)
    posts = [(line, -post, 0.0), (line, -post, bar), (line, post, bar), (line, post, 0.0)]
    for start, end in itertools.pairwise(posts):
        _stroke(picture, camera, np.array(start), np.array(end), 0.12, stadium.frame)


def _stroke(
    picture: NDArray[np.uint8],
    camera: Camera,
    start_m: Array,
    end_m: Array,
    thick_m: float,
    colour: Colour,
) -> None:
    """A straight bar between two points of space, if both are in front of the camera."""
    points, depths = camera.project(np.stack([start_m, end_m]))
    if depths.min() < 1 or np.abs(points).max() > 8000:
        return
    thick = max(1, round(thick_m * camera.focal_px / float(depths.mean())))
    ends = np.round(points * 16 - 8).astype(int).tolist()
    cv2.line(picture, ends[0], ends[1], colour, thick, cv2.LINE_AA, 4)
