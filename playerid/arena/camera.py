"""Pinhole cameras of a broadcast, and the operators who aim them."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playerid.leagues.basketball.court_marks import BasketballCourt

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera without distortion.

    Attributes:
        position_m: (x, y, z) in court coordinates, z up.
        pan_rad: 0 looks along +y, positive turns right, towards +x.
        tilt_rad: positive looks down.
        roll_rad: positive turns the camera clockwise.
        focal_px: focal length.
        width_px: of the picture.
        height_px: of the picture.
        pan_rate_radps: how fast the camera pans while the shutter is open, radians a second.
    """

    position_m: tuple[float, float, float]
    pan_rad: float
    tilt_rad: float
    roll_rad: float
    focal_px: float
    width_px: int = 1280
    height_px: int = 720
    pan_rate_radps: float = 0.0

    @property
    def rotation(self) -> Array:
        """(3, 3), rows are the camera's right, down and forward in court coordinates."""
        return _rotation(self.pan_rad, self.tilt_rad, self.roll_rad)

    @property
    def matrix(self) -> Array:
        """(3, 4) projection of homogeneous court coordinates to pixels."""
        return _projection(self)

    @property
    def court_to_image(self) -> Array:
        """(3, 3) homography from the floor, metres, to pixels."""
        return self.matrix[:, [0, 1, 3]]

    @property
    def image_to_court(self) -> Array:
        """(3, 3) homography from pixels to metres on the floor; positive scale below the horizon.

        References:
            Hartley & Zisserman, Multiple View Geometry, 2nd ed., section 8.1.
        """
        return np.asarray(np.linalg.inv(self.court_to_image), np.float64)

    def project(self, points_m: Array) -> tuple[Array, Array]:
        """Project points of space.

        Args:
            points_m: (..., 3).

        Returns:
            (..., 2) pixels, and (...) depth along the optical axis, metres; pixels of points
            at a depth of 0.1 m or less mean nothing.
        """
        homogeneous = points_m @ self.matrix[:, :3].T + self.matrix[:, 3]
        depth = homogeneous[..., 2]
        return homogeneous[..., :2] / np.maximum(depth, 0.1)[..., None], depth

    def resized(self, width_px: int, height_px: int) -> "Camera":
        """The same view as a picture of another size (of the same shape, or cropped above)."""
        scale = width_px / self.width_px
        return replace(self, focal_px=self.focal_px * scale, width_px=width_px, height_px=height_px)


@lru_cache(maxsize=64)
def _rotation(pan_rad: float, tilt_rad: float, roll_rad: float) -> Array:
    sin_pan, cos_pan = math.sin(pan_rad), math.cos(pan_rad)
    sin_tilt, cos_tilt = math.sin(tilt_rad), math.cos(tilt_rad)
    right = np.array([cos_pan, -sin_pan, 0.0])
    forward = np.array([sin_pan * cos_tilt, cos_pan * cos_tilt, -sin_tilt])
    down = np.cross(forward, right)
    sin_roll, cos_roll = math.sin(roll_rad), math.cos(roll_rad)
    rotation = np.stack(
        [cos_roll * right + sin_roll * down, cos_roll * down - sin_roll * right, forward]
    )
    rotation.setflags(write=False)
    return rotation


@lru_cache(maxsize=64)
def _projection(camera: Camera) -> Array:
    intrinsics = np.array(
        [
            [camera.focal_px, 0, camera.width_px / 2],
            [0, camera.focal_px, camera.height_px / 2],
            [0, 0, 1],
        ]
    )
    translation = -camera.rotation @ np.array(camera.position_m)
    projection = np.asarray(intrinsics @ np.column_stack([camera.rotation, translation]))
    projection.setflags(write=False)
    return projection


def aim(
    position_m: tuple[float, float, float],
    target_m: tuple[float, float, float],
    width_m: float,
    size_px: tuple[int, int] = (1280, 720),
) -> Camera:
    """A camera that looks at a point and shows `width_m` metres across there."""
    offset = np.subtract(target_m, position_m)
    distance = float(np.linalg.norm(offset))
    return Camera(
        position_m=position_m,
        pan_rad=math.atan2(offset[0], offset[1]),
        tilt_rad=math.asin(-offset[2] / distance),
        roll_rad=0.0,
        focal_px=size_px[0] * distance / width_m,
        width_px=size_px[0],
        height_px=size_px[1],
    )


@dataclass(frozen=True, slots=True)
class MainOperator:
    """Who pans and zooms the main camera, from a fixed place in the near stand.

    Attributes:
        position_m: of the camera.
        times_s: (T,) increasing.
        aims_m: (T, 2) smoothed point of the floor in the middle of the picture.
        widths_m: (T,) how much is seen across, at that point.
        roll_rad: a tripod that is not quite level.
        size_px: of the picture.
    """

    position_m: tuple[float, float, float]
    times_s: Array
    aims_m: Array
    widths_m: Array
    roll_rad: float
    size_px: tuple[int, int]

    def camera(self, time_s: float) -> Camera:
        """The camera at a time; any order of times gives the same cameras."""
        x, y, width = self._state(time_s)
        camera = aim(self.position_m, (x, y, 1.0), width, self.size_px)
        step_s = 0.04
        later = aim(self.position_m, (*self._state(time_s + step_s)[:2], 1.0), width)
        rate = (later.pan_rad - camera.pan_rad) / step_s
        return replace(camera, roll_rad=self.roll_rad, pan_rate_radps=rate)

    def _state(self, time_s: float) -> tuple[float, float, float]:
        return (
            float(np.interp(time_s, self.times_s, self.aims_m[:, 0])),
            float(np.interp(time_s, self.times_s, self.aims_m[:, 1])),
            float(np.interp(time_s, self.times_s, self.widths_m)),
        )


def smooth(values: Array, step_s: float, sigma_s: float) -> Array:
    """Gaussian smoothing over time, ends held."""
    radius = max(1, round(3 * sigma_s / step_s))
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) * step_s / sigma_s) ** 2)
    padded = np.pad(values, radius, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def plan_main_camera(
    seed: int,
    court: BasketballCourt,
    times_s: Array,
    focus_m: Array,
    size_px: tuple[int, int] = (1280, 720),
) -> MainOperator:
    """Plan how the main camera of a game follows the play.

    Args:
        seed: draws where the camera stands, how tight it frames and how it lags.
        court: of the league.
        times_s: (T,) evenly spaced.
        focus_m: (T, 2) where the play is: the ball, or ball and players weighed.
        size_px: of the picture.
    """
    rng = np.random.default_rng([seed, 101])
    step_s = float(times_s[1] - times_s[0]) if len(times_s) > 1 else 1.0
    position = (rng.normal(0, 0.7), -rng.uniform(18.0, 29.0), 0.0)
    elevation = rng.uniform(0.27, 0.45)
    position = (position[0], position[1], float(-position[1] * math.tan(elevation)))
    limit = court.length / 2 - rng.uniform(3.5, 6.0)
    x = np.clip(smooth(focus_m[:, 0], step_s, rng.uniform(0.35, 0.8)), -limit, limit)
    y = smooth(focus_m[:, 1], step_s, 1.5) * rng.uniform(0.05, 0.25) + rng.uniform(-1.6, 2.4)
    speed = np.abs(np.gradient(x, step_s)) if len(x) > 1 else np.zeros_like(x)
    wide = rng.uniform(12.5, 18.5)
    widths = wide * (1 + 0.05 * smooth(np.minimum(speed, 6.0), step_s, 1.2))
    settled = smooth((np.abs(x) > limit * 0.8).astype(float), step_s, 2.0)
    widths = widths * (1 - rng.uniform(0.0, 0.16) * settled)
    return MainOperator(
        position, times_s, np.column_stack([x, y]), widths, rng.normal(0, 0.004), size_px
    )


def draw_main_camera(
    rng: np.random.Generator,
    court: BasketballCourt,
    focus_m: Array,
    size_px: tuple[int, int] = (1280, 720),
) -> Camera:
    """A main camera at random that frames a point (x, y) as broadcasts do: training pictures."""
    operator = plan_main_camera(
        int(rng.integers(1 << 31)),
        court,
        np.array([0.0]),
        np.asarray(focus_m, float).reshape(1, 2) + rng.normal(0, [2.5, 0.8], (1, 2)),
        size_px,
    )
    camera = operator.camera(0.0)
    rate = float(rng.normal(0, 0.12)) if rng.random() < 0.4 else 0.0
    return replace(camera, pan_rate_radps=rate)


def aim_close_up(
    rng: np.random.Generator, subject_m: Array, size_px: tuple[int, int] = (1280, 720)
) -> Camera:
    """One person fills the picture; the camera stands low on the near side."""
    position = (subject_m[0] + rng.uniform(-9, 9), -rng.uniform(10, 16), rng.uniform(1.3, 3.5))
    target = (float(subject_m[0]), float(subject_m[1]), rng.uniform(1.2, 1.7))
    return aim(position, target, rng.uniform(2.0, 4.2), size_px)


def aim_replay(
    rng: np.random.Generator,
    court: BasketballCourt,
    subject_m: Array,
    size_px: tuple[int, int] = (1280, 720),
) -> Camera:
    """A replay: lower and tighter, from the far side or from behind the nearer basket."""
    target = (float(subject_m[0]), float(subject_m[1]), 1.3)
    if rng.random() < 0.5:
        side = 1.0 if subject_m[0] >= 0 else -1.0
        place = (side * (court.length / 2 + rng.uniform(2, 6)), rng.uniform(-4, 4))
    else:
        near = -1.0 if rng.random() < 0.75 else 1.0
        place = (subject_m[0] + rng.uniform(-8, 8), near * rng.uniform(10.5, 15))
    position = (float(place[0]), float(place[1]), rng.uniform(1.2, 4.5))
    return aim(position, target, rng.uniform(6.0, 12.0), size_px)


def aim_crowd(rng: np.random.Generator, size_px: tuple[int, int] = (1280, 720)) -> Camera:
    """The stand opposite, without the floor."""
    x = rng.uniform(-10, 10)
    return aim((x, -18.0, 6.0), (x + rng.uniform(-3, 3), 17.0, 4.5), rng.uniform(5, 9), size_px)
