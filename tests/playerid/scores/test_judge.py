import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.errors import LabelsError, WeightsError
from playerid.models.court import CourtKeypoints
from playerid.models.detector import Detections
from playerid.models.number_reader import Readings
from playerid.models.packs import load_pack
from playerid.scores.judge import judge, score, with_weights
from playerid.tables import NUMBERS

BOX = [0.25, 0.25, 0.5, 0.75]


def picture(grey=0, side=64):
    return cv2.imencode(".png", np.full((side, side, 3), grey, np.uint8))[1].tobytes()


def players_file(path, frames):
    """Frames, each a list of (label, box)."""
    boxes = [[{"label": label, "box": box} for label, box in frame] for frame in frames]
    struct = pa.list_(pa.struct([("label", pa.string()), ("box", pa.list_(pa.float32()))]))
    jpegs = [picture(index) for index in range(len(frames))]
    pq.write_table(pa.table({"jpeg": jpegs, "boxes": pa.array(boxes, struct)}), path)
    return path


class Oracle:
    """Finds one player at `BOX`, in every frame."""

    def detect(self, images):
        sides = np.array([64, 64, 64, 64])
        return [
            Detections((np.array([BOX]) * sides).astype(np.float32), np.ones(1, np.float32),
                       np.array(["player"]))
            for _ in images
        ]  # fmt: skip


class AlwaysSeven:
    def read(self, crops):
        probs = np.zeros((len(crops), len(NUMBERS)), np.float32)
        probs[:, NUMBERS.index("7")] = 1
        return Readings(probs)

    read_torsos = read


class Blind:
    def find(self, images):
        return [CourtKeypoints(np.zeros((67, 2), np.float32), np.zeros(67, np.float32))] * len(
            images
        )


def test_a_detector_is_scored_on_its_frames(tmp_path):
    # One of two players is found: 51 of 101 recalls. The rim is not found. Clocks do not count.
    other = [0.7, 0.1, 0.9, 0.4]
    data = players_file(
        tmp_path / "p.parquet",
        [[("player", BOX), ("player", other), ("rim", other), ("clock", other)]],
    )
    scores = score(Oracle(), "detector", data)
    assert scores["ap50_player"] == pytest.approx(51 / 101)
    assert scores["ap50_rim"] == 0
    assert np.isnan(scores["ap50_ball"])


def test_scores_over_chosen_frames_are_those_of_the_frames_alone(tmp_path):
    good, bad = [("player", BOX)], [("player", [0.7, 0.1, 0.9, 0.4])]
    judged = judge(Oracle(), "detector", players_file(tmp_path / "p.parquet", [good, bad, good]))
    assert len(judged) == 3
    assert judged.scores(np.array([0, 2]))["ap50_player"] == pytest.approx(1)
    assert judged.scores(np.array([1, 1]))["ap50_player"] == 0
    # Two found in three frames: precision 2/3 at two thirds of the recalls, 67 of 101.
    assert judged.scores(np.array([0, 1, 2]))["ap50_player"] == pytest.approx(67 / 101, abs=0.23)


def test_a_number_reader_is_scored_on_its_crops(tmp_path):
    table = pa.table({"jpeg": [picture()] * 4, "number": ["7", "7", "8", None]})
    pq.write_table(table, tmp_path / "n.parquet")
    scores = score(AlwaysSeven(), "number_reader", tmp_path / "n.parquet")
    assert (scores["top1"], scores["ece"]) == (0.5, pytest.approx(0.5))


def test_a_torso_reader_is_scored_on_its_bodies(tmp_path):
    table = pa.table({"jpeg": [picture()] * 4, "number": ["7", "7", "8", None]})
    pq.write_table(table, tmp_path / "n.parquet")
    scores = score(AlwaysSeven(), "torso_reader", tmp_path / "n.parquet")
    assert (scores["read"], scores["precision"]) == (pytest.approx(2 / 3), 0.5)


def test_a_court_model_that_sees_nothing_solves_nothing(tmp_path):
    regions = [{"region": "court", "polygon": [0.1, 0.1, 0.9, 0.1, 0.9, 0.9]}]
    table = pa.table({"image_id": ["a"], "jpeg": [picture()], "regions": [regions]})
    pq.write_table(table, tmp_path / "c.parquet")
    assert score(Blind(), "court", tmp_path / "c.parquet")["solved"] == 0


def test_a_file_that_is_not_there(tmp_path):
    for job in ("detector", "number_reader", "torso_reader", "court"):
        with pytest.raises(LabelsError, match=r"none\.parquet: there is no such file"):
            judge(None, job, tmp_path / "none.parquet")


def test_a_file_that_is_no_parquet(tmp_path):
    (tmp_path / "x.parquet").write_text("no")
    with pytest.raises(LabelsError, match=r"x\.parquet: not a Parquet file"):
        judge(None, "detector", tmp_path / "x.parquet")


JPEG, BOXES = [b"no picture"], [[{"label": "player", "box": BOX}]]


@pytest.mark.parametrize(
    ("job", "columns", "message"),
    [
        pytest.param("detector", {"jpeg": JPEG}, "lacks the column 'boxes'", id="no boxes"),
        pytest.param(
            "detector", {"jpeg": JPEG, "boxes": [1]}, "column 'boxes' must be a list", id="a number"
        ),
        pytest.param(
            "detector",
            {"jpeg": JPEG, "boxes": [[{"label": "player", "box": [0.1, 0.2]}]]},
            "column 'boxes', row 0, player: expected 4 numbers",
            id="half a box",
        ),
        pytest.param(
            "detector",
            {"jpeg": JPEG, "boxes": [[{"name": "player"}]]},
            "column 'boxes' must hold label and box",
            id="no label",
        ),
        pytest.param(
            "detector", {"jpeg": JPEG, "boxes": BOXES}, "column 'jpeg', row 0", id="no picture"
        ),
        pytest.param(
            "number_reader", {"jpeg": JPEG, "number": [7]}, "column 'number' must be text", id="int"
        ),
        pytest.param(
            "number_reader",
            {"jpeg": [picture()], "number": ["x"]},
            r"column 'number': not jersey numbers: \['x'\]",
            id="letter",
        ),
        pytest.param(
            "court",
            {
                "image_id": ["a"],
                "jpeg": [picture()],
                "regions": [[{"region": "lane", "polygon": [0.1, 0.2, 0.3]}]],
            },
            "column 'regions', row 0, lane: expected x and y",
            id="odd polygon",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path, job, columns, message):
    pq.write_table(pa.table(columns), tmp_path / "odd.parquet")
    with pytest.raises(LabelsError, match=rf"odd\.parquet: .*{message}"):
        judge(Oracle(), job, tmp_path / "odd.parquet")


def test_jobs_without_labelled_files(tmp_path):
    with pytest.raises(LabelsError, match="no labelled files are known for 'tracker'"):
        judge(None, "tracker", tmp_path)


def test_other_weights_are_safetensors_only(tmp_path):
    model = load_pack("starter")["detector"]
    with pytest.raises(WeightsError, match="safetensors files only"):
        with_weights(model, tmp_path / "model.pt")
    with pytest.raises(WeightsError, match="there is no such file"):
        with_weights(model, tmp_path / "model.safetensors")
    (tmp_path / "model.safetensors").write_bytes(b"junk")
    changed = with_weights(model, tmp_path / "model.safetensors")
    assert changed.digest != model.digest
    assert changed.parameters == model.parameters
