"""Upper bodies of a clip that was labelled by hand: what a torso reader is scored on."""

from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.evaluate.people import PersonRows
from playerid.frames.crops import are_clear, cut_torsos, encode_jpeg
from playerid.frames.video import read_every_frame

TORSOS = pa.schema(
    [
        pa.field("frame_index", pa.int64(), nullable=False),
        pa.field("number", pa.string()),
        pa.field("jpeg", pa.binary(), nullable=False),
    ]
)


def cut_labelled_torsos(video: BinaryIO, name: str, labels: PersonRows) -> pa.Table:
    """Cut the upper bodies of labelled players out of a video.

    Only of players who stand alone (`are_clear`, among all who are labelled), as the pipeline
    reads no others.

    Args:
        video: the file.
        name: of the file, for messages.
        labels: people of some frames, with the number where a person can read it.

    Returns:
        Rows of `TORSOS`; `number` is null where nobody can read one.
    """
    rows: list[dict[str, Any]] = []
    for index, image in enumerate(read_every_frame(video, name)):
        people = labels.take(np.flatnonzero(labels.frames == index))
        rows += rows_of_frame(index, image, people.boxes_px, people.numbers, people.are_players)
    return pa.Table.from_pylist(rows, TORSOS)


def rows_of_frame(
    index: int,
    image: NDArray[np.uint8],
    boxes_px: NDArray[np.floating],
    numbers: NDArray[np.str_],
    are_asked: NDArray[np.bool_],
) -> list[dict[str, Any]]:
    """Rows of `TORSOS` of those of N people who are asked for and stand alone.

    Args:
        index: of the frame.
        image: (height, width, 3) RGB.
        boxes_px: (N, 4), of everybody.
        numbers: (N,) what a person reads on each; "" where nobody can.
        are_asked: (N,).
    """
    chosen = are_asked & are_clear(boxes_px)
    crops = cut_torsos(image, boxes_px[chosen])
    return [
        {"frame_index": index, "number": number or None, "jpeg": encode_jpeg(crop)}
        for number, crop in zip(numbers[chosen].tolist(), crops, strict=True)
    ]
