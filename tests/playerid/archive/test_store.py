from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.archive import store
from playerid.errors import ArchiveError, TableError
from playerid.tables import SAMPLED_FRAMES, TRACKED_BOXES


def frames(indices):
    rows = [
        {"game_id": "g", "frame_index": i, "time_s": i / 10, "segment_index": 0} for i in indices
    ]
    return pa.Table.from_pylist(rows, SAMPLED_FRAMES.schema)


def boxes(**changes):
    row = {
        "game_id": "g", "frame_index": 1, "time_s": 0.1, "segment_index": 0, "tracklet_id": 7,
        "x_min_px": 10.06, "y_min_px": 20.0, "x_max_px": 30.0, "y_max_px": 80.0,
        "label": "player", "detection_score": 0.5,
    }  # fmt: skip
    return pa.Table.from_pylist([row | changes], TRACKED_BOXES.schema)


def test_rows_come_back_sorted_by_their_key(archive):
    manifest = store.write(archive, SAMPLED_FRAMES, "g", frames([2, 0, 1]))
    assert store.read(archive, SAMPLED_FRAMES, manifest)["frame_index"].to_pylist() == [0, 1, 2]
    assert manifest.rows == 3


def test_the_same_rows_are_the_same_object(archive):
    first = store.write(archive, SAMPLED_FRAMES, "g", frames([0, 1]))
    assert store.write(archive, SAMPLED_FRAMES, "g", frames([1, 0])) == first


def test_pixels_are_rounded_to_an_eighth(archive):
    manifest = store.write(archive, TRACKED_BOXES, "g", boxes())
    assert store.read(archive, TRACKED_BOXES, manifest)["x_min_px"].to_pylist() == [10.0]


def test_the_meaning_of_columns_is_in_the_file(archive):
    manifest = store.write(archive, SAMPLED_FRAMES, "g", frames([0]))
    schema = pq.read_schema(archive.path(manifest.path))
    assert schema.field("time_s").metadata[b"meaning"].startswith(b"Presentation time")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param(frames([0, 0]), "1 rows repeat a key", id="a key twice"),
        pytest.param(frames([0]).drop_columns(["time_s"]), "missing columns", id="a column less"),
        pytest.param(
            frames([0]).append_column("speed", pa.array([1.0])), "undeclared", id="a column more"
        ),
        pytest.param(
            frames([0]).set_column(2, "time_s", pa.array([None], pa.float64())),
            "'time_s' with null values",
            id="null where none may be",
        ),
    ],
)
def test_rows_that_differ_from_the_declaration_are_refused(archive, rows, message):
    with pytest.raises(TableError, match=message):
        store.write(archive, SAMPLED_FRAMES, "g", rows)


def test_a_column_that_was_added_later_is_null_where_it_may_be(archive):
    manifest = store.write(archive, SAMPLED_FRAMES, "g", frames([0]))

    def with_column(field):
        return replace(SAMPLED_FRAMES, schema=SAMPLED_FRAMES.schema.append(field))

    added = with_column(pa.field("blur_px", pa.float32()))
    rows = store.read(archive, added, manifest)
    assert rows.schema.equals(added.schema)
    assert rows["blur_px"].to_pylist() == [None]
    needed = with_column(pa.field("blur_px", pa.float32(), nullable=False))
    with pytest.raises(TableError, match=r"expected the columns .*blur_px.*process its game again"):
        store.read(archive, needed, manifest)


def test_a_changed_object_is_refused(archive):
    manifest = store.write(archive, SAMPLED_FRAMES, "g", frames([0]))
    assert store.is_intact(archive, [manifest])
    archive.write(manifest.path, b"something else")
    assert not store.is_intact(archive, [manifest])
    with pytest.raises(ArchiveError, match="differs from its recorded SHA-256"):
        store.read(archive, SAMPLED_FRAMES, manifest)


def test_no_rows_make_an_empty_table(archive):
    manifest = store.write(archive, SAMPLED_FRAMES, "g", frames([]))
    assert store.read_all(archive, SAMPLED_FRAMES, [manifest]).num_rows == 0
    assert store.read_all(archive, SAMPLED_FRAMES, []).schema == SAMPLED_FRAMES.schema
