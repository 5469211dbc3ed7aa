import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from playerid.errors import LabelsError
from playerid.models.number_reader import Readings
from playerid.scores.number_scores import (
    JudgedTorsos,
    accuracy_at_coverage,
    expected_calibration_error,
    judge_readings,
    read_labelled_crops,
    score,
    top1,
)
from playerid.tables import NUMBERS

# Four readings of three answers; the first three are right, the last, the least sure, is wrong.
PROBS = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.3, 0.1, 0.6], [0.5, 0.4, 0.1]])
ANSWERS = np.array([0, 1, 2, 1])


def test_top1_counts_the_likeliest_answers():
    assert top1(PROBS, ANSWERS) == 0.75


@pytest.mark.parametrize(
    ("coverage", "accuracy"),
    [
        pytest.param(1.0, 0.75, id="every row"),
        pytest.param(0.75, 1.0, id="without the least sure"),
        pytest.param(0.8, 0.75, id="rounded up to whole rows"),
        pytest.param(0.25, 1.0, id="the surest alone"),
    ],
)
def test_accuracy_at_coverage_drops_the_least_sure(coverage, accuracy):
    assert accuracy_at_coverage(PROBS, ANSWERS, coverage) == accuracy


def test_a_wrong_but_sure_reading_counts_at_low_coverage():
    probs = np.array([[0.99, 0.01], [0.4, 0.6]])
    assert accuracy_at_coverage(probs, np.array([1, 1]), 0.5) == 0.0


def test_calibration_error_is_the_gap_of_confidence_and_accuracy_bin_by_bin():
    # Ten bins: 0.9, 0.8, 0.6 and 0.5 each lie alone, right, right, right, wrong:
    # the mean of the gaps 0.1, 0.2, 0.4 and 0.5.
    assert expected_calibration_error(PROBS, ANSWERS, bins=10) == pytest.approx(0.3)


def test_calibration_error_averages_within_a_bin():
    # One bin: mean confidence 0.7, accuracy 0.75.
    assert expected_calibration_error(PROBS, ANSWERS, bins=1) == pytest.approx(0.05)


def test_no_crops_have_no_score():
    nothing = np.zeros((0, 3)), np.zeros(0, int)
    assert np.isnan([top1(*nothing), expected_calibration_error(*nothing)]).all()
    assert np.isnan(accuracy_at_coverage(*nothing, 0.9))


def write_crops(path, numbers, mode="RGB"):
    """Crops of one grey level each, 10 x 8 px: 20 times their place in the file."""
    pictures = []
    for place in range(len(numbers)):
        buffer = io.BytesIO()
        grey = (20 * place,) * len(mode)
        Image.new(mode, (8, 10), grey).save(buffer, "PNG")
        pictures.append(buffer.getvalue())
    pq.write_table(pa.table({"jpeg": pictures, "number": pa.array(numbers, pa.string())}), path)


class GreyReader:
    """Reads crop i of `write_crops` as the i-th of the given numbers, with the given certainty."""

    def __init__(self, readings):
        self.readings = readings

    def read(self, crops):
        probs = np.zeros((len(crops), len(NUMBERS)), np.float32)
        for row, crop in zip(probs, crops, strict=True):
            number, prob = self.readings[int(crop[0, 0, 0]) // 20]
            row[:] = (1 - prob) / (len(NUMBERS) - 1)
            row[NUMBERS.index(number)] = prob
        return Readings(probs)


def test_score_compares_readings_with_labels(tmp_path):
    write_crops(tmp_path / "crops.parquet", ["0", "00", None, "23", "9"])
    reader = GreyReader([("0", 0.9), ("00", 0.9), ("", 0.9), ("23", 0.9), ("8", 0.4)])
    scores = score(reader, tmp_path / "crops.parquet")
    # Four rows of confidence 0.9 are right, one of 0.4 is wrong: (4 * 0.1 + 0.4) / 5.
    assert scores == {
        "top1": pytest.approx(0.8),
        "ece": pytest.approx(0.16, abs=1e-6),
        "accuracy_at_90_coverage": pytest.approx(0.8),
        "crops": 5,
    }


def test_labelled_crops_are_rgb_whatever_their_form(tmp_path):
    write_crops(tmp_path / "crops.parquet", ["1", None], mode="RGBA")
    crops, numbers = read_labelled_crops(tmp_path / "crops.parquet")
    assert [crop.shape for crop in crops] == [(10, 8, 3)] * 2
    assert numbers == ["1", ""]


def test_a_number_that_is_none_is_refused(tmp_path):
    write_crops(tmp_path / "crops.parquet", ["07"])
    with pytest.raises(LabelsError, match="'07'"):
        read_labelled_crops(tmp_path / "crops.parquet")


def test_other_columns_are_refused(tmp_path):
    pq.write_table(pa.table({"number": ["1"]}), tmp_path / "crops.parquet")
    with pytest.raises(LabelsError, match="jpeg"):
        read_labelled_crops(tmp_path / "crops.parquet")


def test_a_torso_reader_is_scored_on_what_it_reads_and_on_knowing_when():
    # legible: read; read wrongly; left unread.  illegible: left unread; read all the same.
    truth = ["7", "7", "12", "", ""]
    probs = np.zeros((5, len(NUMBERS)))
    for row, (number, prob) in enumerate(
        [("7", 0.9), ("1", 0.6), ("12", 0.4), ("3", 0.2), ("3", 0.7)]
    ):
        probs[row, NUMBERS.index(number)], probs[row, 0] = prob, 1 - prob
    judged = JudgedTorsos(judge_readings(probs, truth))
    scores = judged.scores(np.arange(len(judged)))
    assert scores["top1"] == 2 / 5
    assert scores["read"] == 1 / 3
    assert scores["precision"] == 1 / 3  # of 7, 1 and 3
    assert scores["legible_auc"] == pytest.approx(4 / 6)  # all but 0.6 and 0.4 against 0.7
    assert scores["torsos"] == 5
    assert np.isnan(judged.scores(np.array([0]))["legible_auc"])
