"""Which frame of the video a labelled picture is, by the name that a labelling tool gave it.

A name ends in its frame, counted from 0: `frame_000123.PNG` (CVAT, whose numbers are the video's
also where it shows every tenth frame only), `shot2_000123.jpg`. What tools add is taken off:
`3f2a9b1c-` in front (Label Studio), `_jpg.rf.<digest>` behind (Roboflow). Roboflow counts the
pictures that it took out of a video (`game_mp4-12_jpg.rf.<digest>.jpg`), which are not its frames;
such a name, one without a number at its end, and two pictures of one frame are refused.

References:
    https://docs.cvat.ai/docs/dataset_management/formats/format-coco/; Roboflow and Label Studio
    Export, whose names are as described above.
"""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from playerid.errors import LabelsError
from playerid.scores.coco_labels import Image

ROBOFLOW = re.compile(r"_(?:jpe?g|png|bmp|webp)\.rf\.[0-9A-Za-z]{8,}$", re.IGNORECASE)
CUT_BY_ROBOFLOW = re.compile(r"_(?:mp4|mov|avi|mkv|m4v|webm|ts|mpe?g)-\d+$", re.IGNORECASE)
LABEL_STUDIO = re.compile(r"^[0-9a-f]{8}-")
FRAME_AT_END = re.compile(r"(?:^|[^0-9.])(\d+)$")


def frames_of_images(images: Sequence[Image], path: Path) -> dict[int, int]:
    """Id of each image -> its frame.

    Raises:
        LabelsError: A name does not say the frame of the video, or two say the same one.
    """
    frames: dict[int, int] = {}
    names: dict[int, str] = {}
    for image in images:
        frame = image.frame_index
        if frame is None:
            frame = frame_of_name(image.file_name, path)
        if frame in names:
            raise LabelsError(
                f"{path}: images: {names[frame]!r} and {image.file_name!r} are both frame {frame}"
            )
        names[frame] = image.file_name
        frames[image.id] = frame
    return frames


def frame_of_name(file_name: str, path: Path) -> int:
    """The frame that a file name says.

    Raises:
        LabelsError: It says none, or a number that is not that of the video's frame.
    """
    stem = PurePosixPath(file_name.replace("\\", "/")).stem
    named, of_roboflow = ROBOFLOW.subn("", stem)
    if of_roboflow and CUT_BY_ROBOFLOW.search(named):
        raise LabelsError(
            f"{path}: images: file_name {file_name!r} counts the pictures that Roboflow took, not"
            " the frames of the video; name the pictures after their frames before uploading them"
        )
    found = FRAME_AT_END.search(LABEL_STUDIO.sub("", named))
    if not found:
        raise LabelsError(
            f"{path}: images: file_name {file_name!r} does not say its frame: expected its number"
            " at the end, as in frame_000123.jpg"
        )
    return int(found[1])
