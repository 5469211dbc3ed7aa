import numpy as np
import pyarrow as pa
import pytest

from playerid import tables
from playerid.archive.store import check
from playerid.frames.crops import encode_jpeg
from playerid.models.number_reader import Readings
from playerid.numbers.readings import read_torsos
from playerid.tables import NUMBERS


class ByBrightness:
    """A bright body shows 23 for certain, a dark one nothing."""

    def read_torsos(self, crops):
        probs = np.zeros((len(crops), len(NUMBERS)), np.float32)
        for row, crop in enumerate(crops):
            probs[row, NUMBERS.index("23")] = crop.mean() / 255
        probs[:, 0] = 1 - probs.sum(axis=1)
        return Readings(probs)


def torso_rows(*rows):
    names = ("tracklet_id", "frame_index", "time_s", "segment_index", "jpeg")
    rows = [{"game_id": "g", **dict(zip(names, row, strict=True))} for row in rows]
    return pa.Table.from_pylist(rows, tables.TORSO_CROPS.schema)


def test_every_body_is_read_for_its_tracklet():
    bright, dark = (encode_jpeg(np.full((40, 30, 3), v, np.uint8)) for v in (255, 0))
    crops = torso_rows(
        (30001, 9, 0.3, 3, dark), (30002, 9, 0.3, 3, bright), (30002, 12, 0.4, 3, dark)
    )
    rows = read_torsos(crops, reader=ByBrightness())
    assert check(tables.NUMBER_READINGS, rows).num_rows == 3
    assert rows["source"].to_pylist() == ["torso"] * 3
    assert rows["object_index"].to_pylist() == [0, 1, 0]
    assert rows["tracklet_id"].to_pylist() == [30001, 30002, 30002]
    assert rows["segment_index"].to_pylist() == [3, 3, 3]
    assert rows["jersey_number"].to_pylist() == [None, "23", None]
    assert rows["legible_prob"].to_pylist() == pytest.approx([0, 1, 0], abs=0.01)
    assert rows["ios"].to_pylist() == [None] * 3


def test_nobody_to_read():
    assert read_torsos(torso_rows(), reader=ByBrightness()).num_rows == 0


def test_some_frames_after_the_others_give_the_same_as_all_at_once():
    """Sorted by tracklet, as they lie in the archive; two bodies are in most frames."""
    looks = [encode_jpeg(np.full((8, 8, 3), 20 * n, np.uint8)) for n in range(12)]
    crops = torso_rows(
        *((1, n, n / 10, 0, looks[n]) for n in range(6)),
        *((2, n, n / 10, 0, looks[n + 6]) for n in range(1, 6)),
    )
    key = [("frame_index", "ascending"), ("object_index", "ascending")]
    expected = read_torsos(crops, reader=ByBrightness()).sort_by(key)
    for at_once in (1, 4, 6):
        found = read_torsos(crops, reader=ByBrightness(), at_once=at_once)
        assert found.sort_by(key).equals(expected)
