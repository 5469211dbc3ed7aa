import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file
from typer.testing import CliRunner

from playerid.cli.main import app
from playerid.errors import LabelsError, WeightsError
from playerid.models.detector import Detections
from playerid.models.packs import load_pack, model_of
from playerid.scores.detector_scores import JudgedDetections
from playerid.scores.number_scores import JudgedReadings
from playerid.scores.promotion import Difference, compare, refuse_worse, write_promoted
from playerid.training.number_crops import draw_crops


def readings(right, count=200, confidence=0.9):
    """A reader of two answers that is right on the given crops."""
    probs = np.full((count, 2), 1 - confidence)
    probs[np.arange(count), np.where(np.isin(np.arange(count), right), 0, 1)] = confidence
    return JudgedReadings(probs, np.zeros(count, int))


def of_name(differences, name):
    return next(difference for difference in differences if difference.name == name)


def test_a_model_compared_with_itself_differs_by_nothing():
    judged = readings(range(150))
    for difference in compare(judged, judged, resamples=50):
        assert (difference.low, difference.high) == (0, 0)
        assert not difference.is_worse


def test_the_interval_is_that_of_paired_differences():
    # Right on 150, and on 130 of the same: each crop differs by 0 or -1, -0.1 on average, with a
    # standard error of sqrt(0.1 * 0.9 / 200) = 0.021. Unpaired it would be twice as wide.
    found = of_name(compare(readings(range(150)), readings(range(130)), 2000), "top1")
    assert found.candidate - found.current == pytest.approx(-0.1)
    # Three scores share the 5 %: 2.39 standard errors to each side.
    assert found.low == pytest.approx(-0.1 - 2.39 * 0.0212, abs=0.008)
    assert found.high == pytest.approx(-0.1 + 2.39 * 0.0212, abs=0.008)
    assert found.is_worse
    with pytest.raises(
        WeightsError, match=r"number_reader is worse: top1 0\.750 -> 0\.650 \(-0\.1"
    ):
        refuse_worse("number_reader", [found])


def test_a_difference_within_noise_is_no_reason_to_refuse():
    found = compare(readings(range(150)), readings(range(1, 150)))
    refuse_worse("number_reader", found)
    assert of_name(found, "top1").candidate < of_name(found, "top1").current


def test_of_an_error_less_is_better():
    assert Difference("ece", 0.02, 0.10, 0.05, 0.12).is_worse
    assert not Difference("ece", 0.10, 0.02, -0.12, -0.05).is_worse


def test_too_few_pictures_tell_nothing():
    few = readings(range(10), count=10)
    with pytest.raises(LabelsError, match="10 pictures are too few"):
        compare(few, few)


def frames_of_players(missed, count=40):
    """Three players in each frame; of the missed frames' players one is not found."""
    boxes = np.array([[x, 10, x + 20, 50] for x in (0, 50, 100)], np.float32)
    everybody = Detections(boxes, np.full(3, 0.9, np.float32), np.array(["player"] * 3))
    two = everybody.where(np.array([True, True, False]))
    return JudgedDetections([two if i in missed else everybody for i in range(count)],
                            [everybody] * count)  # fmt: skip


def test_a_detector_that_misses_more_is_refused():
    found = compare(frames_of_players({1}), frames_of_players(range(20)), resamples=100)
    assert [difference.name for difference in found] == ["ap50_player"]
    # 20 of 120 players are missed: 101 recalls, of which those up to 100 / 120 are reached.
    assert found[0].candidate == pytest.approx(84 / 101, abs=0.01)
    assert found[0].is_worse
    assert not compare(frames_of_players({1}), frames_of_players({2}), 100)[0].is_worse


def write_noisy(path, noise):
    """The shipped number reader with noise on its weights, as a share of their spread."""
    rng = np.random.default_rng(0)
    with safe_open(model_of("starter", "number_reader").path(path.parent), "np") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for name, value in tensors.items():
        if name.endswith(("weight", "bias")):
            spread = noise * value.astype(np.float32).std()
            tensors[name] = (value + rng.normal(0, spread, value.shape)).astype(value.dtype)
    save_file(tensors, path, metadata)
    return path


@pytest.fixture(scope="module")
def crops(tmp_path_factory):
    """Ninety drawn crops with their numbers."""
    path = tmp_path_factory.mktemp("crops") / "crops.parquet"
    drawn = draw_crops(90, seed=77)
    jpegs = [cv2.imencode(".png", crop[..., ::-1])[1].tobytes() for crop in drawn.pictures]
    numbers = [number or None for number in drawn.numbers]
    pq.write_table(pa.table({"jpeg": jpegs, "number": numbers}), path)
    return path


def promote(*arguments):
    return CliRunner().invoke(app, ["models", "promote", "number_reader", *map(str, arguments)])


def test_weights_with_noise_are_refused_and_better_ones_promoted(tmp_path, crops, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    noisy, pack = write_noisy(tmp_path / "noisy.safetensors", 0.7), tmp_path / "mine.toml"
    refused = promote("--candidate", noisy, "--data", crops, "--to", pack)
    assert refused.exit_code == 1, refused.output
    assert "the candidate for the number_reader is worse: top1" in refused.output
    assert not pack.exists()

    write_promoted("starter", "number_reader", noisy, pack)
    shipped = model_of("starter", "number_reader")
    better = shipped.path(tmp_path)
    done = promote("--candidate", better, "--data", crops, "--pack", pack)
    assert done.exit_code == 0, done.output
    promoted = model_of(str(pack), "number_reader")
    assert promoted.digest == shipped.digest
    assert promoted.local_weights(tmp_path / "cache").read_bytes() == better.read_bytes()
    assert promoted.read_card() == shipped.read_card()


def test_a_pack_of_the_package_is_not_written(tmp_path, crops):
    done = promote("--candidate", tmp_path / "x.safetensors", "--data", crops)
    assert done.exit_code == 1
    assert "--to" in done.output


def test_the_other_jobs_and_the_comments_stay(tmp_path):
    candidate = write_noisy(tmp_path / "new.safetensors", 0.1)
    write_promoted("starter", "number_reader", candidate, tmp_path / "mine.toml")
    before, after = load_pack("starter"), load_pack(str(tmp_path / "mine.toml"))
    assert [job for job in before if before[job] != after[job]] == ["number_reader"]
    assert (tmp_path / "mine.toml").read_text().startswith("# Models trained here")


def test_a_pack_is_not_torn_from_the_weights_beside_it(tmp_path):
    candidate = write_noisy(tmp_path / "new.safetensors", 0.1)
    write_promoted("starter", "number_reader", candidate, tmp_path / "mine.toml")
    (tmp_path / "elsewhere").mkdir()
    court = model_of("starter", "court").path(tmp_path)
    with pytest.raises(WeightsError, match=r"the weights of \['number_reader'\] lie beside"):
        write_promoted(str(tmp_path / "mine.toml"), "court", court, tmp_path / "elsewhere/p.toml")
    assert not list((tmp_path / "elsewhere").glob("p.toml*"))
