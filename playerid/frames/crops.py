"""Cut people and numbers out of a frame, and keep the cuts as JPEG."""

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.errors import VideoError
from playerid.frames.boxes import areas, intersections, pad_boxes, scale_boxes, to_pixels

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


def decode_jpeg(jpeg: bytes) -> Image:
    """The RGB crop behind a JPEG, or a PNG.

    Raises:
        VideoError: The bytes are no picture.
    """
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if decoded is None:
        raise VideoError(f"{len(jpeg)} bytes are not a JPEG or PNG")
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
