"""Turns an instant of a match and a camera into a frame, with everything that is true of it."""

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera
from playerid.arena.cast import Cast
from playerid.arena.effects import compress, draw_look, finish
from playerid.arena.figures import SHUTTER_S, Sprite, blur_person, draw_person
from playerid.arena.outfits import Outfit
from playerid.arena.picture import draw_shadows, paste_person, see_people
from playerid.arena.scorebug import ScoreBug, draw_bug_style, lay_bug
from playerid.arena.soccer.ball_play import RADIUS_M
from playerid.arena.soccer.stadium import draw_background, draw_stadium
from playerid.arena.soccer.strips import draw_strips, dress
from playerid.arena.visibility import BALL_CODE, Seen, collect_truth
from playerid.arena.world import FrameTruth, World
from playerid.leagues import League
from playerid.leagues.soccer.pitch import Pitch

Array = NDArray[np.float64]
PERIODS = ("1H", "2H")


class PitchScene:
    """One match's stadium, kits, people, score bug and grade; renders any instant of it.

    Attributes:
        cast: who plays.
        league: whose pitch and clock it is.
        strips: what everybody wears.
    """

    def __init__(self, seed: int, level: str, league: League[Pitch], cast: Cast) -> None:
        """Draw everything that does not change during the match."""
        rng = np.random.default_rng([seed, 303])
        self.seed, self.league, self.cast = seed, league, cast
        self.strips = draw_strips(rng, level)
        bodies = (self.strips.teams[0].kit.body, self.strips.teams[1].kit.body)
        self._stadium = draw_stadium(rng, league.court, (bodies[0], self.strips.teams[0].kit.trim))
        names = (cast.teams[0].name, cast.teams[1].name)
        self._bug = _in_the_corner(rng, draw_bug_style(rng, names, bodies))
        self._look = draw_look(rng, level)
        self._outfits: dict[int, Outfit] = {}

    def render(
        self, world: World, camera: Camera, seed: int, *, compressed: bool = False
    ) -> tuple[NDArray[np.uint8], FrameTruth]:
        """Render one frame of the main view; the same arguments give the same frame.

        Args:
            world: the instant.
            camera: where from, and the size of the picture.
            seed: of noise; the index of the frame, say.
            compressed: pass the frame through JPEG, as training frames should be that no video
                encoder sees.

        Returns:
            RGB picture (camera.height_px, camera.width_px, 3), and its truth.
        """
        rng = np.random.default_rng([self.seed, seed, 404])
        picture = draw_background(self._stadium, camera)
        pan_px = abs(camera.pan_rate_radps) * camera.focal_px * SHUTTER_S
        if pan_px >= 1.5:
            picture = cv2.blur(picture, (round(pan_px) + 1, 1))
        ids = np.zeros(picture.shape[:2], np.int32)
        seen = self._draw_play(picture, ids, world, camera)
        picture = finish(picture, self._look, rng)
        elapsed_s = self.league.clock.period_s * world.period - world.game_clock_s
        clock = f"{int(elapsed_s) // 60:02d}:{int(elapsed_s) % 60:02d}"
        clocks = (PERIODS[min(world.period, 2) - 1], clock, "")
        ids[lay_bug(picture, self._bug, world.scores, clocks)] = 0
        if compressed:
            picture = compress(picture, self._look.jpeg_quality)
        return picture, collect_truth(
            seen, ids, world, self.cast, camera.image_to_court, label_of=self._label
        )

    def _label(self, world: World, code: int) -> str:
        return self.cast.people[int(world.people[code])].role

    def _outfit(self, index: int) -> Outfit:
        if index not in self._outfits:
            person = self.cast.people[index]
            strips = {
                "player": self.strips.teams, "goalkeeper": self.strips.keepers,
                "referee": (self.strips.referees,) * 2,
            }[person.role]  # fmt: skip
            is_keeper = person.role == "goalkeeper"
            self._outfits[index] = dress(person, strips[max(person.team, 0)], has_gloves=is_keeper)
        return self._outfits[index]

    def _draw_play(
        self, picture: NDArray[np.uint8], ids: NDArray[np.int32], world: World, camera: Camera
    ) -> Seen:
        """People and ball, far ones first."""
        shapes = see_people(world, self.cast.people, camera)
        sprites: dict[int, Sprite] = {}
        draw_shadows(picture, world, camera)
        depths = {i: float(s.depths_m[:2].mean()) for i, s in enumerate(shapes) if s is not None}
        centre, ball_depth = camera.project(world.ball_m)
        depths[_BALL] = float(ball_depth)
        ball = None
        for code in sorted(depths, key=lambda code: -depths[code]):
            if code == _BALL:
                ball = _draw_ball(picture, ids, centre, camera.focal_px / depths[code])
                continue
            shape = shapes[code]
            assert shape is not None
            size_px = (camera.width_px, camera.height_px)
            sprite = draw_person(shape, self._outfit(int(world.people[code])), size_px)
            if sprite is not None:
                sprite = blur_person(sprite, world.velocities_mps[code], camera, shape)
                paste_person(picture, ids, sprite, code + 1)
                sprites[code] = sprite
        facing = np.array([0.0 if s is None else math.cos(s.view_rad) for s in shapes])
        return Seen(sprites, facing, ball, ())


_BALL = -1


def _in_the_corner(rng: np.random.Generator, style: ScoreBug) -> ScoreBug:
    """Most broadcasters of soccer put the bug in the upper left corner."""
    if rng.random() < 0.15:
        return style
    return replace(
        style, left=rng.uniform(0.03, 0.08), top=rng.uniform(0.04, 0.08),
        width=rng.uniform(0.18, 0.32), height=rng.uniform(0.026, 0.04), banner="",
    )  # fmt: skip


def _draw_ball(
    picture: NDArray[np.uint8], ids: NDArray[np.int32], centre_px: Array, metre_px: float
) -> Array:
    """Draw the ball, white with dark patches where it is large enough; returns its box."""
    radius = max(RADIUS_M * metre_px, 1.1)
    centre = np.clip(np.round(centre_px * 16), -30000, 60000).astype(int).tolist()
    cv2.circle(picture, centre, round(radius * 16), (205, 205, 200), -1, cv2.LINE_AA, 4)
    lit = [centre[0] - round(3 * radius), centre[1] - round(4 * radius)]
    cv2.circle(picture, lit, round(radius * 11), (248, 248, 246), -1, cv2.LINE_AA, 4)
    if radius > 3.5:
        spot = [centre[0] + round(4 * radius), centre[1] + round(3 * radius)]
        cv2.circle(picture, spot, round(radius * 5), (70, 70, 78), -1, cv2.LINE_AA, 4)
    cv2.circle(ids, centre, round(radius * 16), BALL_CODE, -1, cv2.LINE_8, 4)
    return np.concatenate([centre_px - radius, centre_px + radius])
