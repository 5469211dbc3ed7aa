"""How the picture of the main view moves, frame by frame, so that what is drawn stays in place."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.frames.main_view import VideoSource
from playerid.frames.segments import Segment
from playerid.frames.video import read_every_frame
from playerid.models.tracker.motion import CameraMotion


def follow_picture(
    videos: Sequence[VideoSource], segments: Sequence[Segment], *, width_px: int = 640
) -> NDArray[np.float64]:
    """Follow points of the picture through every frame of the main view.

    Args:
        videos: of a game, in order of play.
        segments: all of the game.
        width_px: pictures are scaled down to it before points are followed.

    Returns:
        (F, 3, 3) transforms from pixels of a segment's first frame to pixels of each frame; at
        rest outside the main view.
    """
    count = max((segment.end_frame for segment in segments), default=0)
    first_to_now = np.tile(np.eye(3), (count, 1, 1))
    starts = {segment.start_frame for segment in segments}
    is_main = np.zeros(count, np.bool_)
    for segment in segments:
        is_main[segment.start_frame : segment.end_frame] = segment.view == "main"
    index, camera = 0, CameraMotion(downscale=1)
    for video in videos:
        with video.open() as source:
            for image in read_every_frame(source, video.name):
                if index in starts:
                    camera = CameraMotion(downscale=1)
                if index < count and is_main[index]:
                    step = _step(camera, image, width_px)
                    before = np.eye(3) if index in starts else first_to_now[index - 1]
                    first_to_now[index] = step @ before
                index += 1
    return first_to_now


def _step(camera: CameraMotion, image: NDArray[np.uint8], width_px: int) -> NDArray[np.float64]:
    """Transform from the last frame's pixels to this one's."""
    scale = min(width_px / image.shape[1], 1.0)
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    step = camera.follow(small)
    step[:2, 2] /= scale
    return step
