"""Crops of numbers and of upper bodies -> readings, each with its wearer."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid import tables
from playerid.frames.boxes import boxes_of
from playerid.frames.crops import decode_jpeg
from playerid.frames.masks import decode_mask
from playerid.models.number_reader import NumberReader, Readings
from playerid.models.torso_reader import TorsoReader
from playerid.models.tracker import TrackedPeople
from playerid.numbers.pairing import NOBODY, pair_numbers
from playerid.tables import NUMBERS

AT_ONCE = 250


def read_numbers(
    crops: pa.Table,
    objects: pa.Table,
    boxes: pa.Table,
    masks: pa.Table,
    *,
    reader: NumberReader,
    at_once: int = AT_ONCE,
) -> pa.Table:
    """Read every number crop of a game and find its wearer.

    Args:
        crops: rows of `number_crops`.
        objects: rows of `object_boxes`: where the crops were cut.
        boxes: rows of `tracked_boxes`: who may wear them. A box called a referee does not.
        masks: rows of `masks`; may be empty, then boxes stand for masks.
        reader: reads crops.
        at_once: frames that are in memory as more than columns.

    Returns:
        Rows of `number_readings`.
    """
    return pa.concat_tables(
        _read_numbers(*of_frames, reader=reader)
        for of_frames in _in_turn((crops, objects, boxes, masks), at_once)
    )


def _read_numbers(
    crops: pa.Table, objects: pa.Table, boxes: pa.Table, masks: pa.Table, *, reader: NumberReader
) -> pa.Table:
    readings = _read_all(crops["jpeg"], reader.read)
    wearers = _wearers(objects, boxes, masks)
    places = {(o["frame_index"], o["object_index"]): o for o in objects.to_pylist()}
    rows = []
    for crop, row_probs in zip(
        crops.select(["frame_index", "object_index"]).to_pylist(), readings.probs, strict=True
    ):
        place = crop["frame_index"], crop["object_index"]
        wearer, ios = wearers.get(place, (NOBODY, 0.0))
        rows.append(
            {
                **{name: places[place][name] for name in ("game_id", "time_s", "segment_index")},
                **crop,
                "source": "box",
                "tracklet_id": None if wearer == NOBODY else wearer,
                "ios": None if wearer == NOBODY else ios,
                **_answers(row_probs),
            }
        )
    return pa.Table.from_pylist(rows, tables.NUMBER_READINGS.schema)


def read_torsos(crops: pa.Table, *, reader: TorsoReader, at_once: int = AT_ONCE) -> pa.Table:
    """Read the number on every upper body of a game.

    Args:
        crops: rows of `torso_crops`; each tells whose it is.
        reader: reads crops.
        at_once: as of `read_numbers`.

    Returns:
        Rows of `number_readings`; `object_index` counts the torsos of a frame.
    """
    return pa.concat_tables(
        _read_torsos(of_frames, reader) for (of_frames,) in _in_turn((crops,), at_once)
    )


def _read_torsos(crops: pa.Table, reader: TorsoReader) -> pa.Table:
    readings = _read_all(crops["jpeg"], reader.read_torsos)
    seen: Counter[int] = Counter()
    rows = []
    for crop, row_probs in zip(
        crops.drop_columns(["jpeg"]).to_pylist(), readings.probs, strict=True
    ):
        frame_index = crop["frame_index"]
        rows.append(
            {
                **crop,
                "source": "torso",
                "object_index": seen[frame_index],
                **_answers(row_probs),
            }
        )
        seen[frame_index] += 1
    return pa.Table.from_pylist(rows, tables.NUMBER_READINGS.schema)


def _in_turn(of_game: Sequence[pa.Table], at_once: int) -> Iterator[list[pa.Table]]:
    """The rows of some frames after the others, of all tables; the frames of the first one.

    Rows are many times as large in Python as in columns; a whole game of them took 2 GB.
    """
    frames = np.unique(of_game[0]["frame_index"].to_numpy())
    for start in range(0, max(len(frames), 1), at_once):
        some = pa.array(frames[start : start + at_once])
        yield [rows.filter(pc.is_in(rows["frame_index"], some)) for rows in of_game]


def _read_all(
    jpegs: pa.ChunkedArray, read: Callable[[Sequence[NDArray[np.uint8]]], Readings]
) -> Readings:
    probs = [
        read([decode_jpeg(jpeg) for jpeg in chunk.to_pylist()]).probs
        for chunk in _chunks(jpegs, 64)
    ]
    return Readings(np.concatenate([np.zeros((0, len(NUMBERS)), np.float32), *probs]))


def _answers(probs: NDArray[np.float32], candidates: int = 6) -> dict[str, Any]:
    order = np.argsort(-probs, kind="stable")[:candidates]
    return {
        "legible_prob": float(1 - probs[0]),
        "jersey_number": NUMBERS[order[0]] or None,
        "number_prob": float(probs[order[0]]),
        "candidates": [NUMBERS[i] for i in order],
        "candidate_probs": [float(probs[i]) for i in order],
    }


def _chunks(values: pa.ChunkedArray, size: int) -> Iterator[pa.ChunkedArray]:
    for start in range(0, len(values), size):
        yield values.slice(start, size)


def _wearers(
    objects: pa.Table, boxes: pa.Table, masks: pa.Table
) -> dict[tuple[int, int], tuple[int, float]]:
    """(frame, object) of each number -> (tracklet or NOBODY, IoS)."""
    rle = {
        (m["frame_index"], m["tracklet_id"]): (m["mask_rle"], m["height_px"], m["width_px"])
        for m in masks.to_pylist()
    }
    numbers = objects.filter(pc.equal(objects["label"], "number"))
    players = boxes.filter(pc.not_equal(boxes["label"], "referee"))
    number_rows, player_rows = _by_frame(numbers), _by_frame(players)
    number_boxes, player_boxes = boxes_of(numbers), boxes_of(players).astype(np.float32)
    tracklets = np.asarray(players["tracklet_id"], np.int32)
    found = {}
    for frame, rows in number_rows.items():
        people = player_rows.get(frame, np.zeros(0, np.int64))
        encoded = [rle[key] for t in tracklets[people] if (key := (frame, int(t))) in rle]
        tracked = TrackedPeople(
            player_boxes[people],
            tracklets[people],
            np.ones(len(people), np.float32),
            np.full(len(people), "player"),
            [decode_mask(*one) for one in encoded] if len(encoded) == len(people) else (),
        )
        wearers = pair_numbers(number_boxes[rows], tracked)
        for row, tracklet, ios in zip(rows, wearers.track_ids, wearers.ios, strict=True):
            key = frame, numbers["object_index"][int(row)].as_py()
            found[key] = (int(tracklet), float(ios))
    return found


def _by_frame(rows: pa.Table) -> dict[int, NDArray[np.int64]]:
    frames = np.asarray(rows["frame_index"])
    return {int(frame): np.flatnonzero(frames == frame) for frame in np.unique(frames)}
