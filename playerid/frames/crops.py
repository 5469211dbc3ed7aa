"""Cut people and numbers out of a frame, and keep the cuts as JPEG."""

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.errors import VideoError
from playerid.frames.boxes import areas, intersections, pad_boxes, scale_boxes, to_pixels
from playerid.frames.containers import LIMITS

Image = NDArray[np.uint8]


def cut_people(image: Image, boxes_px: NDArray[np.floating]) -> list[Image]:
    """Cut (N, 4) boxes out of an RGB image: N crops, clipped to the picture, never empty."""
    pixels = to_pixels(boxes_px, image.shape[0], image.shape[1])
    return [image[top:bottom, left:right].copy() for left, top, right, bottom in pixels]


def cut_numbers(
    image: Image, boxes_px: NDArray[np.floating], padding_px: float = 10.0
) -> list[Image]:
    """Cut number boxes with their surroundings out of an RGB image.

    Args:
        image: (height, width, 3).
        boxes_px: (N, 4), pixels.
        padding_px: added on every side before clipping; 10 is what the reference's readers were
            trained with.
    """
    return cut_people(image, pad_boxes(boxes_px, padding_px))


def torso_boxes(boxes_px: NDArray[np.floating]) -> NDArray[np.float64]:
    """The upper bodies of (N, 4) people: where a number is in all but odd postures.

    A twentieth is added on both sides; from a twentieth below the top of the box to 0.65 of it.
    """
    boxes = boxes_px.astype(np.float64)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    return np.column_stack(
        [
            boxes[:, 0] - 0.05 * width,
            boxes[:, 1] + 0.05 * height,
            boxes[:, 2] + 0.05 * width,
            boxes[:, 1] + 0.65 * height,
        ]
    )


def cut_torsos(image: Image, boxes_px: NDArray[np.floating]) -> list[Image]:
    """Cut the upper bodies of (N, 4) people out of an RGB image, clipped to the picture."""
    return cut_people(image, torso_boxes(boxes_px))


def central_part(crop: Image, share: float = 0.4) -> Image:
    """The middle of a person's crop, `share` of its sides: shirt rather than floor and crowd."""
    height, width = crop.shape[:2]
    whole = np.array([[0.0, 0.0, width, height]])
    return cut_people(crop, scale_boxes(whole, share))[0]


def are_clear(boxes_px: NDArray[np.floating], max_covered: float = 0.15) -> NDArray[np.bool_]:
    """Which of (N, 4) people stand alone: whose torso no other person's box covers.

    Args:
        boxes_px: all people of one frame.
        max_covered: share of the central 0.4 of a box that others may cover, summed over them.

    Returns:
        (N,) boolean. Crops of the others show two shirts.
    """
    torsos = scale_boxes(boxes_px, 0.4)
    shared = intersections(torsos, boxes_px)
    np.fill_diagonal(shared, 0)
    return np.asarray(shared.sum(axis=1) <= max_covered * np.maximum(areas(torsos), 1e-9))


def encode_jpeg(crop: Image, quality: int = 95) -> bytes:
    """An RGB crop as JPEG."""
    done, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    assert done
    return bytes(encoded.tobytes())


def decode_jpeg(jpeg: bytes, *, most_pixels: int = LIMITS.most_pixels) -> Image:
    """The RGB crop behind a JPEG, or a PNG.

    Args:
        jpeg: the encoded picture.
        most_pixels: a few kilobytes can hold a picture that fills the memory.

    Raises:
        VideoError: The bytes are no picture, or one that is too large.
    """
    width, height = _stated_size(jpeg)
    if width * height > most_pixels:
        raise VideoError(f"a picture of {width}x{height}; expected at most {most_pixels} pixels")
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if width else None
    if decoded is None:
        raise VideoError(f"{len(jpeg)} bytes are not a JPEG or PNG")
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def _stated_size(encoded: bytes) -> tuple[int, int]:
    """Width and height that a JPEG or PNG states before its pixels; (0, 0) if it is neither."""
    if encoded.startswith(b"\x89PNG"):
        return int.from_bytes(encoded[16:20], "big"), int.from_bytes(encoded[20:24], "big")
    place = 2
    while encoded[:2] == b"\xff\xd8" and place + 9 < len(encoded):
        if encoded[place + 1] == 0xFF:
            place += 1
            continue
        marker, length = encoded[place + 1], int.from_bytes(encoded[place + 2 : place + 4], "big")
        if encoded[place] != 0xFF or length < 2:
            break
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # a start of frame
            height, width = encoded[place + 5 : place + 7], encoded[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        place += 2 + length
    return 0, 0
