"""What camera, cable and encoder do to a picture."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ColourGrade:
    """The grade of one broadcast, the same in every frame.

    Attributes:
        matrix: (3, 3) white balance and saturation, applied to RGB.
        curve: (256,) uint8, gamma and contrast.
        defocus_px: sigma of the lens.
        sharpening: strength of the halos that broadcasters add; 0 adds none.
        noise: standard deviation of sensor noise, grey levels.
        jpeg_quality: what `compress` gets for training frames.
    """

    matrix: NDArray[np.float32]
    curve: NDArray[np.uint8]
    defocus_px: float
    sharpening: float
    noise: float
    jpeg_quality: int


def draw_look(rng: np.random.Generator, level: str) -> ColourGrade:
    """The grade of one broadcast; levels "easy", "broadcast" and "hard" differ in strength."""
    rough = {"easy": 0.3, "broadcast": 1.0, "hard": 1.8}[level]
    matrix, curve = _draw_grade(rng, rough)
    return ColourGrade(
        matrix=matrix,
        curve=curve,
        defocus_px=rng.uniform(0.0, 0.75) * rough,
        sharpening=float(rng.choice([0.0, 0.0, 0.4, 0.8])),
        noise=rng.uniform(0.5, 3.0) * rough,
        jpeg_quality=int(np.clip(rng.integers(45, 92) - 10 * (rough - 1), 30, 95)),
    )


def _draw_grade(
    rng: np.random.Generator, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    saturation = 1 + rng.uniform(-0.35, 0.3) * strength
    grey = np.full((3, 3), 1 / 3)
    balance = np.diag(1 + rng.uniform(-0.09, 0.09, 3) * strength)
    matrix = balance @ (grey + (np.eye(3) - grey) * max(saturation, 0.2))
    gamma = math.exp(rng.uniform(-0.25, 0.25) * strength)
    gain = 1 + rng.uniform(-0.12, 0.15) * strength
    lift = rng.uniform(-8, 12) * strength
    levels = np.linspace(0, 1, 256) ** gamma * 255 * gain + lift
    return matrix.astype(np.float32), np.clip(levels, 0, 255).astype(np.uint8)


def grade(
    picture: NDArray[np.uint8], rng: np.random.Generator, strength: float = 1.0
) -> NDArray[np.uint8]:
    """Change colours and contrast at random."""
    matrix, curve = _draw_grade(rng, strength)
    return np.asarray(cv2.LUT(cv2.transform(picture, matrix), curve), np.uint8)


def blur_motion(
    picture: NDArray[np.uint8], length_px: float, direction_rad: float
) -> NDArray[np.uint8]:
    """Smear along a line, as a moving camera or limb does."""
    half = max(1, math.ceil(length_px / 2))
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    steps = np.linspace(-length_px / 2, length_px / 2, 4 * half + 1)
    columns = np.round(half + steps * math.cos(direction_rad)).astype(int)
    rows = np.round(half + steps * math.sin(direction_rad)).astype(int)
    np.add.at(kernel, (rows, columns), 1.0)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def compress(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Encode and decode as JPEG: the blocks and the chroma loss of a video encoder."""
    encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )[1]
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def finish(
    picture: NDArray[np.uint8], look: ColourGrade, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Lens, sensor and grade of a whole frame; deterministic in `rng`."""
    result = picture
    if look.defocus_px > 0.3:
        result = cv2.GaussianBlur(result, (3, 3), look.defocus_px)
    if look.sharpening and look.defocus_px <= 0.8:
        soft = cv2.GaussianBlur(result, (3, 3), 0)
        result = cv2.addWeighted(result, 1 + look.sharpening, soft, -look.sharpening, 0)
    result = cv2.LUT(cv2.transform(result, look.matrix), look.curve)
    if look.noise:
        result = _add_noise(result, look.noise, rng)
    return np.asarray(result, np.uint8)


def _add_noise(
    picture: NDArray[np.uint8], deviation: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Grain of about two pixels, drawn once small and laid down at a random place."""
    height, width = picture.shape[:2]
    tile = np.clip(rng.normal(128, 40, (128, 128, 3)), 0, 255).astype(np.uint8)
    tile = cv2.GaussianBlur(tile, (3, 3), 0.5)
    noise = np.tile(tile, (height // 128 + 1, width // 128 + 1, 1))[:height, :width]
    share = deviation / 28
    return np.asarray(cv2.addWeighted(picture, 1.0, noise, share, -128 * share), np.uint8)
