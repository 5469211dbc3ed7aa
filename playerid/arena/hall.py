"""The hall of one game: floor, stands, boards, benches, the rows before the camera."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera
from playerid.arena.floor import Floor, draw_floor
from playerid.arena.kit import Colour, Kit, draw_colour
from playerid.arena.panels import Panel, draw_panel, warp
from playerid.arena.surroundings import (
    Taste,
    draw_courtside,
    draw_ends,
    draw_far_side,
    draw_gym,
    draw_near_side,
)
from playerid.leagues.basketball.court_marks import BasketballCourt


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
    rng: np.random.Generator, court: BasketballCourt, level: str, team: str, kits: tuple[Kit, Kit]
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
    taste = Taste(
        colours=colours,
        dim=float(rng.choice([0.4, 0.65, 0.9, 1.0])),
        seat=draw_colour(rng, "dark") if rng.random() < 0.6 else colours[0],
    )
    shade = int(rng.integers(4, 26))
    gloss = float(rng.choice([0.05, 0.12, 0.22]))
    is_gym = bool(rng.random() < 0.12)
    if is_gym:
        behind, shade = draw_gym(rng, court), shade + 70
    else:
        behind = [*draw_far_side(rng, court, taste), *draw_ends(rng, court, taste)]
    behind += draw_courtside(rng, court, taste, kits, is_gym=is_gym)
    before = [] if level == "easy" or is_gym else draw_near_side(rng, court, taste, level)
    dark = (shade, shade, shade + 3)
    return Hall(floor, tuple(behind), tuple(before), dark, floor.paint[0], gloss)


def draw_background(hall: Hall, camera: Camera) -> NDArray[np.uint8]:
    """Everything behind the players: (height, width, 3) RGB."""
    picture = np.empty((camera.height_px, camera.width_px, 3), np.uint8)
    picture[:] = hall.dark
    boards = [p for p in hall.behind if not p.alpha.size and p.down_m[2] > -1]
    stands = [p for p in hall.behind if not p.alpha.size and p.down_m[2] <= -1]
    for panel in stands:
        draw_panel(picture, None, panel, camera)
    lay_floor(picture, hall.floor, camera)
    for panel in (p for p in hall.behind if p.alpha.size):
        draw_panel(picture, None, panel, camera)
    for panel in boards:
        draw_panel(picture, None, panel, camera)
    return picture


def lay_floor(picture: NDArray[np.uint8], floor: Floor, camera: Camera) -> None:
    """Draw a floor as a camera sees it, from the texture that is fine enough."""
    middle = np.array([camera.width_px / 2, camera.height_px * 0.6, 1.0])
    place = camera.image_to_court @ middle
    finest = floor.textures[0].shape[1] / (np.abs(floor.texture_to_court[0, 2]) * 2)
    depth = 1 / max(place[2], 1e-6)
    level = 1 if place[2] > 0 and camera.focal_px / depth < finest * 0.6 else 0
    step, shift = 2.0**level, 0.5 * level
    scale = np.array([[step, 0, shift], [0, step, shift], [0, 0, 1]])
    to_image = camera.court_to_image @ floor.texture_to_court @ scale
    rows, columns = floor.textures[level].shape[:2]
    warp(picture, floor.textures[level], to_image, (columns, rows))
