"""Upper bodies of a clip that was labelled by hand: what a torso reader is scored on."""

from typing import BinaryIO

import numpy as np
import pyarrow as pa

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
    rows = []
    for index, image in enumerate(read_every_frame(video, name)):
        people = labels.take(np.flatnonzero(labels.frames == index))
        chosen = people.are_players & are_clear(people.boxes_px)
        crops = cut_torsos(image, people.boxes_px[chosen])
        for number, crop in zip(people.numbers[chosen].tolist(), crops, strict=True):
            jpeg = encode_jpeg(crop)
            rows.append({"frame_index": index, "number": number or None, "jpeg": jpeg})
    return pa.Table.from_pylist(rows, TORSOS)
