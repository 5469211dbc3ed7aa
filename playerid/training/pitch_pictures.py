"""Plain pictures of pitches: any grass, any main camera, strokes for people."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.camera import Camera, aim
from playerid.arena.kit import draw_colour
from playerid.arena.soccer.stadium import Stadium, draw_background, draw_stadium
from playerid.leagues.soccer.pitch import Pitch
from playerid.training.court_pictures import CourtPicture, draw_people

LENGTHS_M, WIDTHS_M = (98.0, 110.0), (62.0, 74.0)
"""Of pitches that are not the standard's: Law 1 allows more, professionals play on these."""


class PitchPainter:
    """Draws random pictures; keeps a few stadiums, because a new one takes longer."""

    def __init__(
        self, seed: int, pitch: Pitch, *, stadiums: int = 16, new_share: float = 0.1
    ) -> None:
        """Start from a seed; the same seed gives the same pictures.

        Args:
            seed: of the random numbers.
            pitch: the standard; one in three has another length and width.
            stadiums: how many are kept.
            new_share: how often one of them is replaced.
        """
        self._random = np.random.default_rng(seed)
        self._pitch, self._count, self._new_share = pitch, stadiums, new_share
        self._stadiums: list[Stadium] = []

    def paint(self, width_px: int, height_px: int) -> CourtPicture:
        """Draw a picture."""
        random = self._random
        if len(self._stadiums) < self._count or random.random() < self._new_share:
            self._stadiums = [*self._stadiums, self._build()][-self._count :]
        stadium = self._stadiums[random.integers(len(self._stadiums))]
        over = float(random.choice([1.0, 1.5, 2.0]))
        size_px = (round(over * width_px), round(over * height_px))
        camera = random_camera(random, stadium.pitch, size_px)
        image = draw_background(stadium, camera)
        half = np.array([stadium.pitch.length, stadium.pitch.width]) / 2 + 1

        def project(points_m: NDArray[np.float64]) -> NDArray[np.float64]:
            points_px, depths = camera.project(points_m)
            return np.where(depths[:, None] > 1, points_px, np.nan)

        crowd = random.uniform(-half, half, (int(random.integers(4, 26)), 2))
        draw_people(image, project, crowd, random)
        small = cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
        scale = np.diag([size_px[0] / width_px, size_px[1] / height_px, 1.0])
        return CourtPicture(small, camera.image_to_court @ scale, stadium.pitch)

    def _build(self) -> Stadium:
        random, pitch = self._random, self._pitch
        if random.random() < 0.33:
            pitch = replace(
                pitch, length=random.uniform(*LENGTHS_M), width=random.uniform(*WIDTHS_M)
            )
        return draw_stadium(random, pitch, (draw_colour(random), draw_colour(random)))


def random_camera(random: np.random.Generator, pitch: Pitch, size_px: tuple[int, int]) -> Camera:
    """Put a camera where broadcasters put theirs, or somewhat lower, nearer and off the middle."""
    x, y, z = random.normal(0, 3.0), -random.uniform(45, 80), random.uniform(11, 30)
    if random.random() < 0.15:
        x, y, z = random.uniform(-25, 25), -random.uniform(42, 60), random.uniform(7, 16)
    half = pitch.length / 2
    target = (random.uniform(-half, half) * 0.92, random.uniform(-18, 18), 0.0)
    wide = np.exp(random.uniform(np.log(20), np.log(85)))
    camera = aim((x, y, z), target, float(wide), size_px)
    return replace(camera, roll_rad=random.normal(0, 0.012))
