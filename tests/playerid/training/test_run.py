import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from playerid.cli.main import app
from playerid.errors import LabelsError, WeightsError
from playerid.models.packs import JOBS
from playerid.scores.score_table import ArenaSizes
from playerid.training.curve import read_curve, write_page
from playerid.training.jobs import (
    TRAINED_ON,
    TRAINERS,
    TrainingPlan,
    find_trainer,
    labels_of_job,
)
from playerid.training.run import run_training
from tests.playerid.training.tiny import train_tiny, write_data


def test_a_run_leaves_weights_curve_and_card(tmp_path, monkeypatch):
    monkeypatch.setitem(TRAINERS["number_reader"], "resnet", train_tiny)
    plan = TrainingPlan(write_data(tmp_path), tmp_path / "run", minutes=0.01, seed=3)
    done = run_training("number_reader", plan, arena=ArenaSizes(stills=1))
    card, top1 = done.card.read_text(), done.scores["jersey_crops_valid.parquet"]["top1"]
    for said in (
        "playerid train number_reader --backend resnet --minutes 0.01 --seed 3",
        "`jersey_crops_train.parquet`, SHA-256",
        f"| jersey_crops_valid.parquet | top1 | {top1:.4g} |",
        "| rendered games | top1 |",
        "ms a picture",
        "Calibration",
    ):  # fmt: skip
        assert said in card
    assert "<svg" in done.page.read_text()
    assert done.weights.suffix == ".safetensors"
    with pytest.raises(LabelsError, match="holds a run: resume it"):
        run_training("number_reader", TrainingPlan(plan.data, plan.out, 0.01, resume=False))


def test_a_folder_in_which_another_process_trains_is_refused(tmp_path, monkeypatch):
    """Two that wrote the same checkpoint in turns would undo each other's steps."""
    monkeypatch.setitem(TRAINERS["number_reader"], "resnet", lambda plan: pytest.fail("trained"))
    plan = TrainingPlan(write_data(tmp_path), tmp_path / "run", minutes=0.01, seed=3)
    plan.out.mkdir()
    first = (
        "import sys, filelock; lock = filelock.FileLock(sys.argv[1]); lock.acquire();"
        "print('has it', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", first, str(plan.out / ".training")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "has it\n"
        with pytest.raises(LabelsError, match="run: another process trains in this folder: wait"):
            run_training("number_reader", plan)
        other.kill()
    monkeypatch.setitem(TRAINERS["number_reader"], "resnet", train_tiny)
    run_training("number_reader", plan, arena=ArenaSizes(stills=1))  # a killed one holds nothing


def test_every_job_with_a_training_is_one_of_a_pack_and_says_what_it_learns_from():
    assert set(TRAINERS) <= set(JOBS)
    assert set(TRAINERS) == set(TRAINED_ON)
    assert find_trainer("detector")[0] == "centres"
    assert find_trainer("detector", "rfdetr")[0] == "rfdetr"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["cook"], "nothing trains 'cook': jobs are", id="no such job"),
        pytest.param(["court", "--backend", "x"], "backends are ['keypoints']", id="no backend"),
        pytest.param(
            ["court", "--start", "x"], "no pack 'x': expected", id="no pack to start with"
        ),
        pytest.param(["court"], "expected courts_train.parquet", id="no data"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_is_spent(tmp_path, arguments, message):
    run = ["train", *arguments, "--data", str(tmp_path), "--out", str(tmp_path / "run")]
    done = CliRunner().invoke(app, run)
    assert done.exit_code == 1
    assert message in done.output
    assert not (tmp_path / "run").exists()


def test_steps_that_were_taken_again_count_once_and_half_a_line_not_at_all(tmp_path):
    notes = [{"step": 1, "loss": 9.0}, {"step": 5, "loss": 7.0}, {"step": 3, "loss": 8.0}]
    text = "".join(json.dumps(note) + "\n" for note in notes) + '{"step": 8, "lo'
    (tmp_path / "curve.jsonl").write_text(text)
    assert read_curve(tmp_path) == [notes[0], notes[2]]
    assert read_curve(tmp_path / "nowhere") == []


def test_a_page_draws_every_number_and_needs_nothing_else(tmp_path):
    curve = [{"step": n, "loss": 2.0 / n, "top<1": n / 9} for n in range(1, 9)]
    write_page(curve, tmp_path / "page.html", "a & b")
    page = tmp_path.joinpath("page.html").read_text()
    assert "a &amp; b" in page
    assert "top&lt;1" in page
    assert "src=" not in page
    assert 'href="http' not in page


def test_an_unknown_trainer_is_an_error():
    with pytest.raises(WeightsError, match="nothing trains the tracker 'motion'"):
        find_trainer("tracker", "motion")


@pytest.mark.parametrize(
    ("job", "sport", "labels"),
    [
        ("court", "basketball", "courts_train"),
        ("court", "soccer", None),
        ("detector", "soccer", "players_train"),
        ("tracker", "soccer", None),
    ],
)
def test_labels_that_a_training_needs(job, sport, labels):
    assert labels_of_job(job, sport) == labels
