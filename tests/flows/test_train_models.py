import pytest

from flows.train_models import train_models
from playerid.training.jobs import TRAINERS, TrainingPlan
from tasks.platform.settings import Settings
from tests.playerid.training.tiny import train_tiny, write_data

pytestmark = pytest.mark.usefixtures("orchestrator")


def test_a_worse_model_keeps_out_and_the_other_jobs_go_on(tmp_path, monkeypatch):
    """A reader trained for a second against the shipped one; for the court there is no data."""
    monkeypatch.setitem(TRAINERS["number_reader"], "resnet", train_tiny)
    plan = TrainingPlan(write_data(tmp_path), tmp_path / "run", minutes=0.01)
    settings = Settings(weights_cache=tmp_path / "weights")
    outcomes = train_models(plan, tmp_path / "new.toml", settings, jobs=("court", "number_reader"))
    assert "expected courts_train.parquet" in outcomes["court"]
    assert "the candidate for the number_reader is worse: top1" in outcomes["number_reader"]
    assert not (tmp_path / "new.toml").exists()
