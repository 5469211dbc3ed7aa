"""The same labels as MOTChallenge and COCO: two players in each of frames 0 to 9."""

import json
import math
from pathlib import Path

import pyarrow as pa
import pytest

from playerid.errors import LabelsError, TableError
from playerid.evaluate.label_formats import read_label_file
from playerid.evaluate.labels import count_labels, match_labels, score_labelled_tracks
from playerid.game.roster import read_game

GAME_FILE = Path(__file__).parents[2] / "data" / "sas-okc-2020" / "game.json"
GAME = read_game(GAME_FILE.read_bytes(), "game.json")
LABELS = [(frame, k, 100 + 200 * k + frame) for frame in range(10) for k in (0, 1)]


def mot(folder):
    path = folder / "gt.txt"
    lines = [f"{frame + 1},{k + 1},{left},100,40,100,1,1,1" for frame, k, left in LABELS]
    lines.append("1,9,700,100,40,100,0,1,1")  # not considered
    path.write_text("\n".join(lines), "utf-8")
    return path


def coco(folder, **changes):
    path = folder / "labels.json"
    content = {
        "categories": [{"id": 1, "name": "player"}, {"id": 2, "name": "referee"},
                       {"id": 3, "name": "ball"}],
        "images": [{"id": 70 + frame, "file_name": f"game4/shot2_{frame:06d}.jpg", "width": 1280,
                    "height": 720} for frame in range(10)],
        "annotations": [{"image_id": 70 + frame, "category_id": 1, "track_id": k,
                         "bbox": [left, 100, 40, 100]} for frame, k, left in LABELS]
        + [{"image_id": 70, "category_id": 2, "track_id": 5, "bbox": [700, 100, 40, 100]},
           {"image_id": 70, "category_id": 3, "track_id": 6, "bbox": [900, 100, 9, 9]}],
    } | changes  # fmt: skip
    path.write_text(json.dumps(content), "utf-8")
    return path


def found():
    """Every third frame; the second player is lost after frame 3, and somebody is nobody."""
    rows = [row for row in LABELS if row[0] % 3 == 0 and (row[1] == 0 or row[0] < 6)]
    rows.append((9, 8, 1000))
    size = len(rows)
    texts = dict.fromkeys(("player_id", "jersey_number"), pa.nulls(size, pa.string()))
    numbers = dict.fromkeys(
        ("identity_prob", "court_x_m", "court_y_m"), pa.nulls(size, pa.float32())
    )
    columns = {
        "frame_index": [frame for frame, _, _ in rows],
        "tracklet_id": [k for _, k, _ in rows],
        "role": ["player"] * size,
        "team_id": ["A"] * size,
        "x_min_px": [float(left) for *_, left in rows],
        "y_min_px": [100.0] * size,
        "x_max_px": [left + 40.0 for *_, left in rows],
        "y_max_px": [200.0] * size,
    }
    return pa.table(columns | texts | numbers)


@pytest.mark.parametrize("write", [mot, coco])
def test_recall_precision_and_tracking_against_labels_of_every_frame(write, tmp_path):
    """Frames 0, 3, 6, 9 are compared: 6 of 8 players found in 7 rows; one followed for 2 of 4."""
    labels = read_label_file(write(tmp_path), GAME)
    counts = count_labels(match_labels(found(), labels))
    assert (counts.frames, counts.players, counts.players_found, counts.found) == (4, 8, 6, 7)
    assert counts.referees == (1 if write is coco else 0)
    assert (counts.known, counts.teamed, counts.numbers_wrong) == (0, 0, 0)
    assert math.isnan(counts.scores()["team_coverage"])
    tracks = score_labelled_tracks(found(), labels)
    assert tracks["idf1"] == pytest.approx(2 * 6 / (2 * 6 + 1 + 2))
    assert tracks["deta"] == pytest.approx(6 / 9)
    assert tracks["assa"] == pytest.approx((4 * 1 + 2 * 2 / 4) / 6)
    assert tracks["hota"] == pytest.approx(math.sqrt(6 / 9 * 5 / 6))


def test_labels_that_follow_nobody_have_no_tracking_scores(tmp_path):
    annotations = [
        {"image_id": 70 + frame, "category_id": 1, "bbox": [left, 100, 40, 100]}
        for frame, _, left in LABELS
    ]
    labels = read_label_file(coco(tmp_path, annotations=annotations), GAME)
    assert all(math.isnan(value) for value in score_labelled_tracks(found(), labels).values())
    assert count_labels(match_labels(found(), labels)).players_found == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"categories": [{"id": k, "name": "car"} for k in (1, 2, 3)]},
                     "no player, referee or person", id="nobody"),
        pytest.param({"images": [{"id": 70 + k, "file_name": "shot.jpg", "width": 9, "height": 9}
                                 for k in range(10)]}, "'shot.jpg' does not say", id="frame"),
        pytest.param({"annotations": [{"image_id": 70, "category_id": 1, "bbox": [0, 0, 0, 9]}]},
                     r"annotations\.0: bbox", id="box"),
        pytest.param({"annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9]}]},
                     r"annotations\.0: unknown image_id 1", id="image"),
    ],
)  # fmt: skip
def test_bad_coco_is_named_by_field(changes, message, tmp_path):
    with pytest.raises(LabelsError, match=message):
        read_label_file(coco(tmp_path, **changes), GAME)


def test_bad_files_are_errors(tmp_path):
    with pytest.raises(LabelsError, match="no such file"):
        read_label_file(tmp_path / "none.csv", GAME)
    (tmp_path / "bytes.csv").write_bytes(b"\x80\x81")
    with pytest.raises(LabelsError, match="UTF-8"):
        read_label_file(tmp_path / "bytes.csv", GAME)
    (tmp_path / "gt.txt").write_text("1,1,a", "utf-8")
    with pytest.raises(TableError, match=r"gt\.txt"):
        read_label_file(tmp_path / "gt.txt", GAME)


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    """As spreadsheets and Windows write it, in front of CSV and JSON."""
    text = "frame_index,x_min_px,y_min_px,x_max_px,y_max_px,role,team_id,jersey_number\n"
    path = tmp_path / "labels.csv"
    path.write_text(text + "0,31.5,477.875,92.625,660.0,player,,\n", "utf-8-sig")
    assert read_label_file(path, GAME).frames.tolist() == [0]
    path = coco(tmp_path)
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert len(read_label_file(path, GAME).frames) == 21
    text = GAME_FILE.read_text("utf-8")
    assert read_game(text.encode("utf-8-sig"), "game.json") == GAME
    assert read_game(text.encode("utf-16"), "game.json") == GAME


def test_labels_need_no_size_of_the_picture(tmp_path):
    images = [{"id": 70 + frame, "file_name": f"{frame}.jpg"} for frame in range(10)]
    assert len(read_label_file(coco(tmp_path, images=images), GAME).frames) == 21
