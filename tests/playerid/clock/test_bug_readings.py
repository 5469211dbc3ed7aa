import numpy as np
import pyarrow as pa

from playerid import tables
from playerid.clock.bug_readings import read_score_bug, thin_out
from playerid.frames.main_view import SampledFrame


class CountsAndReads:
    """Reader: the text is the brightness of the crop."""

    def __init__(self):
        self.crops = 0

    def find(self, image):
        raise AssertionError

    def read(self, crops):
        self.crops += len(crops)
        return [str(int(np.median(crop))) for crop in crops], [0.9] * len(crops)


def frames(*brightness):
    """Frames 0, 1, ...: grey with noise of a few levels, as compression leaves it."""
    noise = np.random.default_rng(0)
    for index, level in enumerate(brightness):
        image = level + noise.integers(-3, 4, (90, 160, 3))
        yield SampledFrame(index, index / 5, 0, image.astype(np.uint8))


def test_a_place_that_looks_as_before_is_not_read_again():
    reader = CountsAndReads()
    boxes = {"clock": [10, 10, 60, 30], "period": [10, 10, 60, 30]}
    rows = read_score_bug("g", frames(100, 100, 100, 160, 160), boxes, reader).to_pylist()
    assert reader.crops == 2
    assert [row["text"] for row in rows if row["field"] == "clock"] == ["100"] * 3 + ["160"] * 2
    assert len(rows) == 10


def test_a_box_beyond_the_picture_is_cut():
    rows = read_score_bug("g", frames(80), {"clock": [150, 80, 400, 300]}, CountsAndReads())
    assert rows["text"].to_pylist() == ["80"]


def test_frames_are_thinned_out_evenly():
    times_s = [0.0, 0.1, 0.2, 0.3, 0.41, 0.5, 7.0]
    table = pa.table({"time_s": times_s, "frame_index": range(7)})
    assert thin_out(table, 5)["frame_index"].to_pylist() == [0, 2, 4, 6]
    assert thin_out(tables.SAMPLED_FRAMES.schema.empty_table()).num_rows == 0
