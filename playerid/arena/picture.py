"""Turns a world and a camera into a frame of a broadcast, with everything that is true of it."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.baskets import basket_box, draw_basket
from playerid.arena.camera import Camera
from playerid.arena.canvas import Shape
from playerid.arena.cast import Cast
from playerid.arena.effects import compress, draw_look, finish
from playerid.arena.figures import SHUTTER_S, Sprite, blur_person, draw_person, see_bodies
from playerid.arena.hall import draw_background, draw_hall
from playerid.arena.kit import draw_kits, draw_referee_kit
from playerid.arena.outfits import Outfit, dress_player, dress_referee
from playerid.arena.panels import draw_panel
from playerid.arena.poses import Stance, make_stance, pose_bodies
from playerid.arena.scorebug import draw_bug, draw_bug_style
from playerid.arena.visibility import BALL_CODE, Seen, collect_truth
from playerid.arena.world import FrameTruth, Person, World
from playerid.leagues import BasketballLeague
from playerid.leagues.basketball.court_marks import BasketballCourt

Array = NDArray[np.float64]
VIEWS = ("main", "replay", "close-up", "crowd")
BALL_RADIUS_M = 0.12


class Scene:
    """One game's hall, kits, people, score bug and grade; renders any instant of it.

    Attributes:
        cast: who plays.
        league: whose court and clock it is.
        level: "easy", "broadcast" or "hard".
        kits: of home and away.
    """

    def __init__(self, seed: int, level: str, league: BasketballLeague, cast: Cast) -> None:
        """Draw everything that does not change during the game."""
        rng = np.random.default_rng([seed, 303])
        self.seed, self.level, self.league, self.cast = seed, level, league, cast
        names = (cast.teams[0].name, cast.teams[1].name)
        words = (names[0].split()[-1].upper(), names[1].split()[0].upper())
        self.kits = draw_kits(rng, level, words)
        self._referee_kit = draw_referee_kit(rng)
        self._hall = draw_hall(rng, league.court, level, names[0], self.kits)
        self._bug = draw_bug_style(rng, names, (self.kits[0].body, self.kits[1].body))
        self._look = draw_look(rng, level)
        self._outfits: dict[int, Outfit] = {}

    def render(
        self, world: World, camera: Camera, view: str, seed: int, *, compressed: bool = False
    ) -> tuple[NDArray[np.uint8], FrameTruth]:
        """Render one frame; the same arguments give the same frame.

        Args:
            world: the instant.
            camera: where from, and the size of the picture.
            view: one of `VIEWS`; replays and crowds have no score bug.
            seed: of noise; the index of the frame, say.
            compressed: pass the frame through JPEG, as training frames should be that no video
                encoder sees.

        Returns:
            RGB picture (camera.height_px, camera.width_px, 3), and its truth.
        """
        assert view in VIEWS, view
        rng = np.random.default_rng([self.seed, seed, 404])
        picture = draw_background(self._hall, camera)
        pan_px = abs(camera.pan_rate_radps) * camera.focal_px * SHUTTER_S
        if pan_px >= 1.5:
            picture = cv2.blur(picture, (round(pan_px) + 1, 1))
        if view == "close-up":
            picture = cv2.GaussianBlur(picture, (0, 0), camera.width_px / 400)
        ids = np.zeros(picture.shape[:2], np.int32)
        seen = self._draw_play(picture, ids, world, camera)
        for panel in self._hall.before if view == "main" else ():
            draw_panel(picture, ids, panel, camera)
        picture = finish(picture, self._look, rng)
        if view in {"main", "close-up"}:
            ids[draw_bug(picture, self._bug, world)] = 0
        if compressed:
            picture = compress(picture, self._look.jpeg_quality)
        homography = camera.image_to_court if view in {"main", "replay"} else None
        return picture, collect_truth(seen, ids, world, self.cast, homography)

    def _outfit(self, index: int) -> Outfit:
        if index not in self._outfits:
            person = self.cast.people[index]
            self._outfits[index] = (
                dress_player(person, self.kits[person.team])
                if person.role == "player"
                else dress_referee(person, self._referee_kit)
            )
        return self._outfits[index]

    def _draw_play(
        self, picture: NDArray[np.uint8], ids: NDArray[np.int32], world: World, camera: Camera
    ) -> Seen:
        """People, ball and baskets, far ones first."""
        shapes = see_people(world, self.cast.people, camera)
        court = self.league.court
        sprites: dict[int, Sprite] = {}
        ball = None
        draw_shadows(picture, world, camera)
        for depth, code in _far_to_near(shapes, world, court, camera):
            if code == _BALL:
                centre = camera.project(world.ball_m)[0]
                ball = _draw_ball(picture, ids, centre, camera.focal_px / depth)
            elif code in _SIDES:
                draw_basket(picture, court, _SIDES[code], self._hall.pad, camera)
            elif (sprite := self._draw_person(world, code, shapes[code], camera)) is not None:
                if world.lift_m[code] < 0.1:
                    foot = camera.project(np.append(world.positions_m[code], 0.0))[0]
                    row = int(np.clip(foot[1], -10, 10000)) + 2
                    _draw_reflection(picture, sprite, row, self._hall.gloss)
                paste_person(picture, ids, sprite, code + 1)
                sprites[code] = sprite
        facing = np.array([0.0 if s is None else math.cos(s.view_rad) for s in shapes])
        rims = [basket_box(court, side, camera) for side in _SIDES.values()]
        return Seen(sprites, facing, ball, tuple(r for r in rims if r is not None))

    def _draw_person(
        self, world: World, code: int, shape: Shape | None, camera: Camera
    ) -> Sprite | None:
        assert shape is not None
        outfit = self._outfit(int(world.people[code]))
        sprite = draw_person(shape, outfit, (camera.width_px, camera.height_px))
        if sprite is None:
            return None
        return blur_person(sprite, world.velocities_mps[code], camera, shape)


_BALL = -1
_SIDES = {-2: -1.0, -3: 1.0}


def _far_to_near(
    shapes: list[Shape | None], world: World, court: BasketballCourt, camera: Camera
) -> list[tuple[float, int]]:
    """Depth and code of everything that stands on the floor; people have their place as code."""
    items = [(float(s.depths_m[:2].mean()), i) for i, s in enumerate(shapes) if s is not None]
    ball_depth = float(camera.project(world.ball_m)[1])
    if ball_depth > 0.5:
        items.append((ball_depth, _BALL))
    for code, side in _SIDES.items():
        place = np.array([side * court.basket_x, 0.0, court.rim_height])
        depth = float(camera.project(place)[1])
        if depth > 0.5:
            items.append((depth, code))
    return sorted(items, reverse=True)


def see_people(world: World, people: tuple[Person, ...], camera: Camera) -> list[Shape | None]:
    """Everybody on the floor as the camera sees them, in the order of `World.people`.

    Args:
        world: the instant.
        people: of the cast.
        camera: where from.

    Returns:
        None for those not in front of the camera.
    """
    cast = [people[int(i)] for i in world.people]
    heights = np.array([p.height_m for p in cast])
    stances = [_take_stance(world, i, person) for i, person in enumerate(cast)]
    feet = np.column_stack([world.positions_m, world.lift_m])
    joints = pose_bodies(stances, feet, world.facing_rad, heights)
    return see_bodies(joints, world.facing_rad, heights, camera)


def _take_stance(world: World, index: int, person: Person) -> Stance:
    velocity = world.velocities_mps[index]
    facing = float(world.facing_rad[index])
    habit = math.floor(world.game_s / 3.1 + (person.look_seed % 97) / 97)
    variant = (person.look_seed * 0.6180339 + habit * 0.7548777) % 1.0
    ball = None
    if world.holder == index:
        offset = world.ball_m[:2] - world.positions_m[index]
        along = float(offset @ [math.cos(facing), math.sin(facing)])
        left = float(offset @ [-math.sin(facing), math.cos(facing)])
        ball = (
            along / person.height_m,
            left / person.height_m,
            float(world.ball_m[2] - world.lift_m[index]) / person.height_m,
        )
    return make_stance(
        str(world.actions[index]),
        speed_mps=float(np.hypot(*velocity)),
        heading_rad=math.atan2(velocity[1], velocity[0]) - facing,
        phase_rad=2 * math.pi * 1.4 * world.game_s + person.look_seed % 628 / 100,
        variant=variant,
        ball=ball,
    )


def paste_person(
    picture: NDArray[np.uint8], ids: NDArray[np.int32], sprite: Sprite, code: int
) -> None:
    """Lay a person over the picture and write `code` where it covers."""
    height, width = ids.shape
    rows, columns = sprite.alpha.shape
    y0, x0 = max(0, sprite.top), max(0, sprite.left)
    y1, x1 = min(height, sprite.top + rows), min(width, sprite.left + columns)
    if y1 <= y0 or x1 <= x0:
        return
    cut = np.s_[y0 - sprite.top : y1 - sprite.top, x0 - sprite.left : x1 - sprite.left]
    alpha = sprite.alpha[cut]
    window = picture[y0:y1, x0:x1]
    rest = cv2.merge([255 - alpha] * 3)
    cv2.add(cv2.multiply(window, rest, scale=1 / 255), sprite.colour[cut], dst=window)
    ids[y0:y1, x0:x1][alpha > 127] = code


def draw_shadows(picture: NDArray[np.uint8], world: World, camera: Camera) -> None:
    """Soft dark spots under people and ball: a hall has many lamps."""
    angles = np.linspace(0, 2 * math.pi, 16, endpoint=False)
    ring = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(16)])
    spots = [
        (p, 0.26 + 0.2 * float(z)) for p, z in zip(world.positions_m, world.lift_m, strict=True)
    ]
    spots.append((world.ball_m[:2], 0.14))
    for place, radius in spots:
        points, depths = camera.project(np.append(place, 0.0) + ring * radius)
        soft = max(3, int(points[:, 1].max() - points[:, 1].min()) // 2) | 1
        low = np.clip(np.floor(points.min(axis=0)) - 2 * soft, 0, None).astype(int)
        high = np.clip(np.ceil(points.max(axis=0)) + 2 * soft, 0, None).astype(int)
        window = picture[low[1] : high[1], low[0] : high[0]]
        if depths.min() < 0.5 or not window.size:
            continue
        shade = np.full(window.shape[:2], 255, np.uint8)
        cv2.fillConvexPoly(shade, np.round((points - low) * 16).astype(np.int32), 175, 8, 4)
        shade = cv2.blur(cv2.blur(shade, (2 * soft + 1, soft)), (2 * soft + 1, soft))
        cv2.multiply(window, cv2.merge([shade] * 3), dst=window, scale=1 / 255)


def _draw_reflection(
    picture: NDArray[np.uint8], sprite: Sprite, foot_row: int, gloss: float
) -> None:
    """The person upside down in the varnish, below the feet."""
    height, width = picture.shape[:2]
    shown = sprite.alpha.shape[0]
    foot_row = min(foot_row, sprite.top + shown)  # who is cut off below has no feet in the picture
    rows = min(shown // 2, height - foot_row, foot_row - sprite.top)
    x0, x1 = max(0, sprite.left), min(width, sprite.left + sprite.alpha.shape[1])
    if rows < 4 or x1 <= x0 or foot_row < 0:
        return
    last = foot_row - sprite.top
    cut = np.s_[last - rows : last, x0 - sprite.left : x1 - sprite.left]
    colour, alpha = cv2.flip(sprite.colour[cut], 0), cv2.flip(sprite.alpha[cut], 0)
    colour = cv2.blur(colour, (3, 7))
    fade = np.linspace(1, 0.1, rows)[:, None]
    alpha = (alpha * fade).astype(np.uint8)
    colour = (colour * fade[..., None]).astype(np.uint8)
    window = picture[foot_row : foot_row + rows, x0:x1]
    rest = 255 - cv2.convertScaleAbs(cv2.blur(alpha, (3, 7)), alpha=gloss)
    under = cv2.multiply(window, cv2.merge([rest] * 3), scale=1 / 255)
    cv2.scaleAdd(colour, gloss, under, dst=window)


@dataclass(frozen=True, slots=True)
class _BallLook:
    colour: tuple[int, int, int] = (196, 98, 40)
    dark: tuple[int, int, int] = (120, 54, 22)
    bright: tuple[int, int, int] = (232, 148, 86)


def _draw_ball(
    picture: NDArray[np.uint8], ids: NDArray[np.int32], centre_px: Array, metre_px: float
) -> Array:
    """Draw the ball; returns its box."""
    radius = BALL_RADIUS_M * metre_px
    look = _BallLook()
    centre = np.clip(np.round(centre_px * 16), -30000, 60000).astype(int).tolist()
    cv2.circle(picture, centre, round(radius * 16), look.dark, -1, cv2.LINE_AA, 4)
    inner = [centre[0] - round(2 * radius), centre[1] - round(3 * radius)]
    cv2.circle(picture, inner, round(radius * 13), look.colour, -1, cv2.LINE_AA, 4)
    lit = [centre[0] - round(4 * radius), centre[1] - round(6 * radius)]
    cv2.circle(picture, lit, round(radius * 4), look.bright, -1, cv2.LINE_AA, 4)
    if radius > 5:
        axes = (round(radius * 5), round(radius * 15))
        cv2.ellipse(picture, centre, axes, 30, 0, 360, look.dark, 1, cv2.LINE_AA, 4)
    cv2.circle(ids, centre, round(radius * 16), BALL_CODE, -1, cv2.LINE_8, 4)
    return np.concatenate([centre_px - radius, centre_px + radius])
