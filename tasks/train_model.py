"""Labelled data -> new weights of a job; new weights -> a pack, unless they are worse."""

from pathlib import Path

from prefect import get_run_logger, task

from playerid.models.packs import STARTER, model_of
from playerid.scores.label_files import need_labels
from playerid.scores.promotion import compare_weights, refuse_worse, write_promoted
from playerid.scores.score_table import HELD_OUT
from playerid.training.jobs import TrainingPlan
from playerid.training.run import run_training
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings


@task(task_run_name="train-{job}", **EXPENSIVE)
def train_model(job: str, plan: TrainingPlan) -> Path:
    """Train a model; a second try goes on from the checkpoint of the first."""
    trained = run_training(job, plan, on_progress=get_run_logger().info)
    for name, scores in trained.scores.items():
        get_run_logger().info("%s on %s: %s", job, name, dict(scores))
    return trained.weights


@task(task_run_name="promote-{job}", **EXPENSIVE)
def promote_model(job: str, weights: Path, data: Path, to: Path, settings: Settings) -> str:
    """Put weights into the pack `to`, which begins as the pack of the settings.

    Returns:
        SHA-256 of the weights.

    Raises:
        WeightsError: They are worse than the current ones by more than noise.
    """
    pack = str(to) if to.is_file() else settings.pack or STARTER
    current, held_out = model_of(pack, job), need_labels(data, HELD_OUT[job])
    differences = compare_weights(current, weights, held_out, settings.weights_cache)
    for difference in differences:
        get_run_logger().info("%s: %s", job, difference)
    refuse_worse(job, differences)
    return write_promoted(pack, job, weights, to).sha256
